import type { CauseDescription } from '../cause-description.js';

export const returnPathLost = {
  id: 'return-path-lost',
  outcome: 'timed-out',
  title: 'The server answers, but the handshake never completes',
  shownBy: 'SYN-ACKs are sent again and again and no ACK comes.',
  explanation: [
    'The SYN arrives and the port is open; what gets lost is the rest. If the client repeats its SYN as well, the SYN-ACK ' +
      'does not reach it. If only the SYN-ACK is repeated, the client got it and its ACK is lost, or the SYN carried a ' +
      'forged or unreachable source address, as in a SYN flood.',
    'It comes from asymmetric routing (the answer takes another way and a stateful firewall there never saw the SYN), a ' +
      'default route or policy route that is missing at the server, a network ACL of a cloud without a rule for the ' +
      "ephemeral ports of the answers, a client's own firewall or security software, or an address that another " +
      'host also uses.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |    X ------ SYN, ACK --------|
  |------------ SYN ------------>|   1 s: repeated, so the client
  |    X ------ SYN, ACK --------|   did not get the answer`,
  lookAlikes: [
    { cause: 'port-dropped', difference: 'there no SYN-ACK is sent at all' },
    { cause: 'bad-syn-ack', difference: 'there the SYN-ACK arrives, and it does not fit' },
    { cause: 'answered-too-late', difference: 'there the client does get the SYN-ACK and resets it' },
    {
      cause: 'client-firewall',
      difference: 'there the capture was taken at the client, and shows that the SYN-ACK arrived',
    },
  ],
  platforms: {
    linux: [
      'A server with several interfaces answers by its default route unless `ip rule` says otherwise: the answer then leaves by another interface than the SYN came in by. A stateful firewall on that way, which saw no SYN, drops it.',
    ],
    macos: ['On a client, content filters and VPN clients may drop it behind the capture point: see client-firewall.'],
    windows: [
      'A server with a VPN or two adapters answers by the better metric: `Find-NetRoute -RemoteIPAddress CLIENT` shows by which.',
    ],
    containers: [
      'Answers of a pod or container that leave by another interface of the node, or from a node whose rp_filter or conntrack knows nothing of the SYN, are dropped there. Between clouds and clusters, look for networks with the same range: the address of the client may exist on the server side as well (172.17.0.0/16 of Docker is a classic).',
    ],
    clouds: [
      'AWS: a network ACL has no memory; it must let the answers out to ports 1024 to 65535. Azure and AWS: a route table that leads only one direction through a firewall or virtual appliance. All: the far end of a VPN without a route back to the network of the client.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: 'ip route get {client}',
      text: 'another gateway or interface than the SYN came in by: the answer takes a way on which it may be dropped; docker0 or a bridge: the network of the client exists here twice.',
    },
    {
      where: 'client',
      command: "tcpdump -ni any 'host {server} and tcp port {port}'",
      text: 'SYN-ACKs arrive: the firewall of the client drops them after the capture point, or its ACK is lost; none arrive: they are lost on the way back.',
    },
    {
      where: 'server',
      command: 'traceroute -n {client}',
      text: 'the last router that answers is where to look on the way back.',
    },
    {
      where: 'path',
      text: 'Look for a stateful firewall that sees only one direction, and in a cloud for a network ACL that lets out the ephemeral ports (1024 to 65535).',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
