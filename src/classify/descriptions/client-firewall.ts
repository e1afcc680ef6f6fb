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
  nextSteps: [
    {
      where: 'client',
      command: "nft list ruleset | grep -n -e drop -e policy -e 'ct state'",
      text: 'a policy of drop for input without `ct state established,related accept` explains it; with iptables, the counters of `{iptables} -vnL INPUT` show the rule that drops.',
    },
    {
      where: 'client',
      command: 'nstat -az TcpExtIPReversePathFilter',
      text: 'grows with each attempt: the reverse-path filter drops the answer, since it comes by another interface than `ip route get {server}` names.',
    },
    {
      where: 'client',
      text: 'On Windows and macOS, turn off security software, VPN clients and packet filters one at a time and try again: the one that makes the difference is it.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
