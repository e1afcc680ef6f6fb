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
  platforms: {
    linux: [
      'Linux routers send 3/0 when they find no route. With no route in the client itself there is no packet at all, only ENETUNREACH at once: `ip route get` and `ip -6 route get` say so.',
    ],
    macos: [
      'macOS takes the error as a hint only, sends a few more SYNs and then reports EHOSTUNREACH. `route -n get SERVER` shows the way that it takes.',
    ],
    windows: [
      'Windows goes on until 10060; it reports 10051 only if its own table has no route. `Find-NetRoute -RemoteIPAddress SERVER` shows the way that it takes.',
    ],
    containers: [
      'Networks of Docker have no IPv6 unless it is turned on for them: connections to an IPv6 address then fail in the container at once, without a packet on the wire.',
    ],
    clouds: [
      'A virtual network drops silently what its route table does not know. So the error comes from a router of yours or of a provider: the far end of a VPN whose routes are gone, or the internet for a private address.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'ip route get {server}',
      text: 'shows the way the client takes; not the VPN or gateway that you expect: the route is missing here.',
    },
    {
      where: 'client',
      system: 'Windows',
      command: 'Find-NetRoute -RemoteIPAddress {server}',
      text: 'the same (PowerShell); on macOS, `route -n get{-inet6} {server}`.',
    },
    {
      where: 'reporter',
      command: 'ip route get {server}',
      text: '"Network is unreachable": the route is missing there; a next hop: it has come back since. On a managed router, look at the route table that belongs to the subnet.',
    },
    { where: 'client', command: 'traceroute -n -T -p {port} {server}', text: '!N marks the router without a route.' },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
