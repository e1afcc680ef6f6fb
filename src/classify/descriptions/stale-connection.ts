import type { CauseDescription } from '../cause-description.js';

export const staleConnection = {
  id: 'stale-connection',
  outcome: 'timed-out',
  title: 'The server still holds an old connection on the same ports',
  shownBy:
    'The target answers the SYN with an ACK that has no SYN: a challenge for a connection it believes in (RFC 5961).',
  explanation: [
    'For the server this pair of addresses and ports is still connected, so a SYN is suspect and it asks back with an ' +
      'ACK of the old numbers. A healthy client answers that with an RST, the server forgets the old connection, and ' +
      'the next SYN gets in. Here this did not happen: the ACK or the RST is dropped on the way, usually by a stateful ' +
      'firewall that does not know the old connection any more.',
    'The client reuses its source port before the server has closed: it rebooted or lost its connection without a ' +
      'FIN, it binds a fixed source port, or a NAT with few addresses gives the same port out again.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|   still ESTABLISHED for it
  |<----------- ACK -------------|   of the old numbers
  |------------ RST ------ X     |   should end it, and is lost
  |------------ SYN ------------>|
  |<----------- ACK -------------|`,
  lookAlikes: [
    { cause: 'bad-syn-ack', difference: 'there the wrong answer carries SYN and ACK' },
    { cause: 'host-silent', difference: 'there nothing answers at all' },
  ],
  platforms: {
    linux: [
      'A listener of Linux answers so for a connection in ESTABLISHED (RFC 5961), and for one in TIME-WAIT only if the new SYN looks older than it. With a rule that drops invalid packets, conntrack at the client or on the way may eat the ACK or the RST that would settle it.',
    ],
    windows: [
      '`Get-NetTCPConnection -LocalPort PORT -RemoteAddress CLIENT` shows the old connection; `Restart-Service` of the service ends it.',
    ],
    containers: [
      'A host or node whose NAT gives a source port out again sooner than the server forgets it: look at the conntrack timeouts of the node, and at fixed source ports.',
    ],
    clouds: [
      'AWS NLB that keeps the address of the client: one client behind two nodes of the balancer may reach one target with the same source port twice. NAT gateways and firewalls that forget idle connections (350 s at AWS, 4 min by default at Azure) leave half of them behind at the server: keepalives below that help.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "ss -tano 'sport = :{port}' dst {client-bracketed}",
      text: 'a line with the client port of this attempt: the old connection is still there; `ss -K` with the same filter ends it. None: something on the way answers for the server.',
    },
    {
      where: 'server',
      system: 'Windows',
      command: 'Get-NetTCPConnection -LocalPort {port} -RemoteAddress {client}',
      text: 'the same (PowerShell).',
    },
    {
      where: 'server',
      command: "tcpdump -ni any 'host {client} and tcp port {port}'",
      text: "the client's RSTs arrive: the server ignores them; they leave the client and do not arrive: a firewall in between drops them; none leave: the firewall of the client drops the ACK.",
    },
    {
      where: 'client',
      text: 'If {client} is a NAT or proxy, give it more addresses or ports, or a timeout longer than that of the server; a client with a fixed source port should leave the choice to its system.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
