import type { CauseDescription } from '../cause-description.js';

export const neighborUnresolved = {
  id: 'neighbor-unresolved',
  outcome: 'timed-out',
  title: 'Nobody answers for the address on the local network',
  shownBy:
    'ARP requests or IPv6 neighbour solicitations for the target, or for the gateway towards it, stay unanswered.',
  explanation: [
    'Before a packet can be put on the local network, the sender asks who has the address. Nobody said so, so the SYN ' +
      'could not be delivered; often it is not even on the wire.',
    'If the question is for the target itself: it is off, in another VLAN or subnet than the netmask says, its address ' +
      'is wrong or taken away, or the switch or hypervisor isolates the ports. If it is for the gateway: nothing beyond ' +
      'the local network can be reached, and every connection fails alike.',
  ],
  ladder: `
client                         network
  |--- ARP who has server? ----->|   no answer
  |--- ARP who has server? ----->|   1 s later
  |--- ARP who has server? ----->|   "No route to host" after 3 s`,
  lookAlikes: [
    { cause: 'host-unreachable', difference: 'there a router further on met the same silence and reported it by ICMP' },
    { cause: 'host-silent', difference: 'there the SYN was delivered to the next hop and the silence is beyond it' },
  ],
  nextSteps: [
    {
      where: 'client',
      command: 'ip neigh show',
      text: 'FAILED or INCOMPLETE for {server}: it does not answer; for the gateway: the local network or the gateway itself is the problem.',
    },
    {
      where: 'client',
      command: 'ip route get {server}',
      text: 'without "via" the client takes {server} for a neighbour: if it is not in the same subnet, the netmask or route is wrong.',
    },
    {
      where: 'server',
      text: 'Check that it runs, has the address {server}, and is in the same VLAN, subnet or virtual network as {client}.',
    },
  ],
  applicationError: 'neighbor',
} as const satisfies CauseDescription;
