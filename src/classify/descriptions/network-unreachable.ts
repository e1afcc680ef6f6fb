import type { CauseDescription } from '../cause-description.js';

export const networkUnreachable = {
  id: 'network-unreachable',
  outcome: 'filtered',
  title: 'A router has no route to the network',
  shownBy: 'An ICMP network-unreachable error (3/0, ICMPv6 1/0 or 1/6) quotes the SYN.',
  explanation: [
    'A router on the way looked up the destination and found no route, or a route whose purpose is to reject. The ' +
      'source of the ICMP error is that router.',
    'A VPN or tunnel is down and its routes went with it, a route was withdrawn or never added (peered cloud networks, ' +
      'a new subnet), the address is a private one that the internet does not carry, or IPv6 is configured locally ' +
      'without a way out.',
  ],
  ladder: `
client               router              server
  |------- SYN ------->|                   |
  |<--- ICMP 3/0 ------|  no route         |`,
  lookAlikes: [
    {
      cause: 'host-unreachable',
      difference: 'there the network was reached and only the host was missing (3/1, ICMPv6 1/3)',
    },
    { cause: 'routing-loop', difference: 'there routers pass the SYN on in a circle until it expires' },
  ],
  nextSteps: [
    {
      where: 'client',
      command: 'ip route get {server}',
      text: 'shows the way the client takes; not the VPN or gateway that you expect: the route is missing here.',
    },
    {
      where: 'reporter',
      command: 'ip route get {server}',
      text: '"unreachable" or "prohibit" is its doing; on a managed router, look at the route table that belongs to the subnet.',
    },
    {
      where: 'client',
      command: 'traceroute -n -T -p {port} {server}',
      text: '!N marks the router without a route.',
    },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
