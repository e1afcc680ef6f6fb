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
    { cause: 'path-outage', difference: 'there no unanswered ARP shows where it is' },
  ],
  platforms: {
    linux: [
      'Linux asks three times, a second apart, then the program gets EHOSTUNREACH, "No route to host"; often no SYN was ever sent.',
    ],
    macos: [
      'The program gets EHOSTDOWN, "Host is down". From macOS 15 on, a program without the permission "Local Network" (System Settings, Privacy & Security) gets EHOSTUNREACH for each local address, and no packet is sent: then there is nothing to see in a capture.',
    ],
    windows: [
      'The program gets 10060 as from silence. `Get-NetNeighbor -IPAddress SERVER` says Incomplete or Unreachable.',
    ],
    containers: [
      'The container is gone and its address not yet given out again; or two networks overlap, and the host takes a distant address for one of its own bridge (172.17.0.0/16 of Docker).',
    ],
    clouds: [
      'There is no real ARP in clouds: the platform answers for the gateway and for addresses that are assigned (Azure for all of them; an instance of GCP asks for its gateway only). Addresses that a host adds to itself, as keepalived does, work only if they are assigned in the cloud as well.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'ip neigh show',
      text: 'FAILED or INCOMPLETE for {server}: it does not answer; for the gateway: the local network or the gateway itself is the problem. On macOS `{arp} -an`, on Windows `Get-NetNeighbor`.',
    },
    {
      where: 'client',
      command: 'ip route get {server}',
      text: 'without "via" the client takes {server} for a neighbour: if it is not in the same subnet, the netmask or route is wrong.',
    },
    {
      where: 'server',
      command: 'ip -br address',
      text: '{server} is not in the list: it has another address now; it is: check that it is in the same VLAN or virtual network as {client}, and that the switch does not isolate the two.',
    },
  ],
  applicationError: 'neighbor',
} as const satisfies CauseDescription;
