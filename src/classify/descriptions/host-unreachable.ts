import type { CauseDescription } from '../cause-description.js';

export const hostUnreachable = {
  id: 'host-unreachable',
  outcome: 'filtered',
  title: 'A router cannot reach the host',
  shownBy: 'An ICMP host-unreachable error (3/1, ICMPv6 1/3) quotes the SYN.',
  explanation: [
    'The SYN came as far as the last router, which asked the local network who has the address and got no answer (ARP ' +
      'for IPv4, neighbour discovery for IPv6). Such an error comes about three seconds after the SYN, or at once ' +
      "while the router still remembers the failure. When the error carries the client's own address, the client " +
      'itself is that last hop.',
    'The host is off, asleep, rebooting or in another network than the router believes, its address is wrong or was ' +
      'given up, or its container or virtual machine is gone while the name still points to it. Some firewalls use the ' +
      'same code for a rule; then it comes at once every time while the host answers others.',
  ],
  ladder: `
client               router              server
  |------- SYN ------->|                   |
  |                    |--- ARP who has? ->|   no answer
  |<--- ICMP 3/1 ------|                   |   after about 3 s`,
  lookAlikes: [
    { cause: 'network-unreachable', difference: 'there a router has no route at all (3/0, ICMPv6 1/0)' },
    {
      cause: 'neighbor-unresolved',
      difference: 'there the unanswered ARP itself is in the capture and no ICMP error came',
    },
    { cause: 'admin-prohibited', difference: 'there the error says that a rule forbids it' },
  ],
  platforms: {
    linux: [
      'A router on Linux asks three times, a second apart, and then sends an error for each packet that waits. A route of type unreachable sends the same error at once. Clients see EHOSTUNREACH, "No route to host".',
    ],
    macos: ['macOS takes the error as a hint only: it sends a few more SYNs and then reports EHOSTUNREACH.'],
    windows: [
      'Windows goes on until 10060. `ping` prints the sender of the error: "Reply from ...: Destination host unreachable". On a Windows router, `Get-NetNeighbor -IPAddress` shows whether it knows the host.',
    ],
    containers: [
      'The container or pod is gone, and something still uses its address: its host (the bridge, the node) is the last router and says so. Look for a stale entry: a cached name of a headless Service, a proxy that resolved once at its start, an address in a configuration.',
    ],
    clouds: [
      'The routers of AWS, Azure and GCP are silent about an instance that is stopped. So the error comes from a router of yours: at the far end of a VPN, in the data centre, or a virtual appliance.',
    ],
  },
  nextSteps: [
    {
      where: 'reporter',
      command: 'ip neigh show {server}',
      text: 'FAILED or INCOMPLETE: the host does not answer ARP, it is off or elsewhere; a MAC address: it is up, so suspect a rule on the router.',
    },
    {
      where: 'reporter',
      command: 'ip route get {server}',
      text: '"No route to host" here: a route of type unreachable says so, and the host was not even asked.',
    },
    {
      where: 'client',
      command: 'ping -c 3 {server}',
      text: '"Destination Host Unreachable" again: it is the host, not the port; replies: the host is up and a rule sends the error.',
    },
    {
      where: 'path',
      text: 'Check that {server} is still the right address: compare it with DNS, the DHCP lease, or the console of the cloud or hypervisor.',
    },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
