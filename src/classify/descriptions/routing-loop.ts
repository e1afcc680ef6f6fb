import type { CauseDescription } from '../cause-description.js';

export const routingLoop = {
  id: 'routing-loop',
  outcome: 'timed-out',
  title: 'The SYN goes round in a routing loop',
  shownBy: 'An ICMP time-exceeded error quotes a SYN that was sent with a normal time to live.',
  explanation: [
    'Each router takes one from the time to live, and one of them counted down to zero: the SYN was passed on more often ' +
      'than any real path is long. Two or more routers each believe that the other is nearer to the target.',
    'Typical are a default route that points back where a more specific route was withdrawn (an unused part of a ' +
      'network that a provider routes to a customer), two gateways that use each other as default, and a tunnel or VPN ' +
      'whose own outer packets are routed into itself.',
    'A traceroute does the same on purpose, with a time to live that is low from the start.',
  ],
  ladder: `
client          router A         router B         server
  |---- SYN ------>|                |                |
  |                |----- SYN ----->|                |
  |                |<---- SYN ------|  and again ... |
  |<- ICMP 11/0 ---|                |                |`,
  lookAlikes: [
    { cause: 'network-unreachable', difference: 'there a router knows that it has no route and says so' },
    { cause: 'host-silent', difference: 'there nothing comes back, as when the routers of a loop send no errors' },
  ],
  platforms: {
    linux: [
      'A Linux client sees EHOSTUNREACH, "No route to host". Routers on Linux avoid the typical loop with a route of type unreachable or blackhole for the whole of a network of which only parts are in use.',
    ],
    macos: ['macOS ignores the error and reports a timeout after 75 s.'],
    windows: ['Windows ignores the error and reports 10060 after some 21 s; `tracert -d SERVER` shows the loop.'],
    containers: [
      'A node whose default route leads to a router that sends the range of the pods back to it: packets for a pod that is gone go round until they expire. A blackhole route for the range of the node ends that.',
    ],
    clouds: [
      'A virtual appliance or VPN gateway whose own subnet has a route to itself: leave its subnet out of the route that leads to it. Transit gateways and peerings with a default route on both sides do the same.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'traceroute -n -T -p {port} {server}',
      text: 'the same two or three addresses in turn are the loop; the first of them is where the wrong route is. No repetition: it was a passing one, while routes changed.',
    },
    { where: 'client', system: 'Windows', command: 'tracert -d {server}', text: 'the same.' },
    {
      where: 'path',
      command: 'ip route get {server}',
      text: 'on the routers of the loop: the one whose answer points back to where the packet came from needs the route corrected.',
    },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
