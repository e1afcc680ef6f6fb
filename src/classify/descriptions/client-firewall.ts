import type { CauseDescription } from '../cause-description.js';

export const clientFirewall = {
  id: 'client-firewall',
  outcome: 'filtered',
  title: "The client's own firewall drops the answer",
  shownBy: 'The SYN-ACK is in a capture taken at the client, yet the client keeps sending its SYN.',
  explanation: [
    'The capture was taken at the client, and the SYN-ACK is in it: it came all the way and arrived at the network card. A ' +
      'capture sees a packet before the firewall of its host does. The client goes on as if nothing had come, so the ' +
      'SYN-ACK was dropped between the capture point and TCP.',
    'What drops it is a rule for arriving packets without one for answers (established, related), a connection table that ' +
      'is full or does not know this connection, security software, or the reverse-path filter of Linux: the answer came ' +
      'by another interface than the route to the server leads to, as happens with a VPN or two interfaces.',
    'The server did its part and its port is open.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  | X<-------- SYN, ACK ---------|   captured, then dropped
  |------------ SYN ------------>|   1 s later: it was not heard
  | X<-------- SYN, ACK ---------|`,
  lookAlikes: [
    { cause: 'return-path-lost', difference: 'there the SYN-ACK gets lost before it reaches the client' },
    { cause: 'bad-syn-ack', difference: 'there the SYN-ACK does not fit, and TCP itself has to refuse it' },
    { cause: 'answered-too-late', difference: 'there the client had given up, and answers with an RST' },
  ],
  platforms: {
    linux: [
      'Three things drop an answer behind the capture point: a rule (often `ct state invalid drop`, when conntrack did not see the SYN leave), a policy of drop without `ct state established,related accept`, and the reverse-path filter (net.ipv4.conf.*.rp_filter), which IPv6 does not have.',
    ],
    macos: [
      'pf, and content filters such as Little Snitch, LuLu or those of a VPN or endpoint protection. `sudo pfctl -s info` counts state-mismatch: packets that fit no state that pf knows.',
    ],
    windows: [
      'The firewall of Windows lets answers to own connections in by itself. What drops them is other software that hooks into the same platform: VPN clients and endpoint protection. `pktmon` shows in which component a packet was dropped.',
    ],
    containers: [
      'If the client is a container and the capture was taken on its host, the answer may be dropped between the two: by the FORWARD chain (Docker sets its policy to DROP; look into DOCKER-USER), or by a network policy or the conntrack table of the node.',
    ],
    clouds: [
      'Security groups let answers in by themselves, and they stand before the capture point: they are not to blame. An instance with two interfaces in one network is a classic of the reverse-path filter.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: "nft list ruleset | grep -n -e drop -e reject -e policy -e 'ct state'",
      text: 'a policy of drop for input without `ct state established,related accept`, or a drop or reject of invalid whose counter grows, explains it; with iptables, `{iptables} -vnL INPUT`.',
    },
    {
      where: 'client',
      ipVersion: 4,
      command: 'nstat -az TcpExtIPReversePathFilter',
      text: 'it grows with each attempt: the reverse-path filter drops the answer, since that comes by another interface than `ip route get {server}` names; it does not: it is a rule.',
    },
    {
      where: 'client',
      command: 'conntrack -L{-f-ipv6} -p tcp --orig-dst {server} --dport {port}',
      text: 'while it tries. SYN_RECV: conntrack has seen the answer, and something after it drops; SYN_SENT [UNREPLIED]: dropped before conntrack, or taken for another connection; no entry: the SYN left untracked, so the answer counts as invalid.',
    },
    {
      where: 'client',
      system: 'Windows',
      command: 'pktmon filter add -i {server} -p {port}; pktmon start --capture',
      text: 'try again, then `pktmon counters --type drop`: a drop names the component that does it; none: TCP got the answer. `pktmon stop` ends it.',
    },
    {
      where: 'client',
      text: 'On macOS and Windows, turn off VPN clients, security software and packet filters one at a time and try again: the one that makes the difference is it.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
