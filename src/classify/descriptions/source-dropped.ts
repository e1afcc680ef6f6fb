import type { CauseDescription } from '../cause-description.js';

export const sourceDropped = {
  id: 'source-dropped',
  outcome: 'filtered',
  title: 'This client is dropped, while others get in',
  shownBy: 'Silence for this client, while the same address and port answers other clients in the capture.',
  explanation: [
    'The service works: it answers others. Something drops what this client sends, or the answers to it.',
    'It comes from allow-lists (a security group or firewall rule that names source networks), from block-lists ' +
      '(fail2ban, rate limits, geographic blocking), and from routing: the server has no route back to this client, or ' +
      'another one than the SYN came by, and a stateful firewall or the reverse-path filter drops it. Clients behind one ' +
      'address of a NAT can also fill a limit of connections for each source.',
  ],
  ladder: `
client A            client B           server
  |                    |---- SYN ------->|
  |                    |<-- SYN, ACK ----|   B gets in
  |---------------- SYN -------- X       |
  |---------------- SYN -------- X       |   A hears nothing`,
  lookAlikes: [
    { cause: 'accept-queue-full', difference: 'there this client gets in as well, at other moments' },
    { cause: 'backend-silent', difference: 'there this client gets in as well, from other source ports' },
    { cause: 'port-dropped', difference: 'there nobody in the capture gets an answer on this port' },
    { cause: 'host-silent', difference: 'there the target answers nobody on anything' },
  ],
  nextSteps: [
    {
      where: 'server',
      command: "tcpdump -ni any 'host {client} and tcp port {port}'",
      text: 'no SYN arrives: it is dropped on the way (security group, firewall); SYNs without SYN-ACK: this host drops them; SYN-ACKs leave: the way back is broken.',
    },
    {
      where: 'server',
      command: "nft list ruleset | grep -F '{client}'",
      text: 'also look for sets and networks that contain {client}; `fail2ban-client banned` lists what fail2ban blocks.',
    },
    {
      where: 'server',
      command: 'ip route get {client}',
      text: 'another interface than the SYN came in by: the answer goes astray, or the reverse-path filter drops the SYN.',
    },
    {
      where: 'path',
      text: 'Compare the sources that the security group or firewall allows for port {port} with {client}, as the server would see it: after NAT it may have another address.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
