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
    {
      cause: 'server-firewall',
      difference: 'there the capture at the server shows that the SYN arrived, and nobody gets in',
    },
  ],
  platforms: {
    linux: [
      'Sets of nftables (`nft list sets`), ipset, fail2ban, and hashlimit or connlimit for each source. If the route back to the client leads out of another interface, the reverse-path filter drops the SYN; `nstat -az TcpExtIPReversePathFilter` counts that.',
    ],
    macos: ['Tables of pf: `sudo pfctl -s Tables`, then `sudo pfctl -t TABLE -T show`.'],
    windows: [
      'Many rules of the firewall allow the local subnet only (RemoteAddress LocalSubnet): a client behind a router or a VPN is then silently left out. Others hold for one profile.',
    ],
    containers: [
      'Kubernetes: a NetworkPolicy admits by labels of pods and namespaces, so a client elsewhere gets silence; loadBalancerSourceRanges of a Service drops all other networks.',
    ],
    clouds: [
      'A rule that names a security group (AWS), a tag (GCP) or an application security group (Azure) as its source matches private addresses only: a client that comes over its public address is left out. Check also which address remains after NAT.',
    ],
  },
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
      system: 'Windows',
      command:
        'Get-NetFirewallPortFilter | Where-Object LocalPort -eq {port} | Get-NetFirewallRule | Get-NetFirewallAddressFilter',
      text: 'RemoteAddress without {client} in it (LocalSubnet, a list): this client is not allowed; Any: it is not this firewall.',
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
