import type { CauseDescription } from '../cause-description.js';

export const middleboxReset = {
  id: 'middlebox-reset',
  outcome: 'refused',
  title: 'Something on the way refuses in the name of the target',
  shownBy:
    "The RST was not made by the target: it comes from nearer, or much sooner than the target's other packets, or the target's SYN-ACK arrives as well.",
  explanation: [
    'The RST carries the address of the target, and the target did not send it. Each router on the way takes one from ' +
      'the time to live of a packet, so what remains tells how far a packet has come: this RST has come less far than ' +
      'the other packets of that address. Or it was here before an answer of the target could be, or the target ' +
      'answered the same SYN with a SYN-ACK.',
    'The sender is a device on the way with a rule for this connection: a firewall that rejects with a reset (reject-both ' +
      'or reset-client, REJECT with tcp-reset, a ruleset of a router that returns RST), an intrusion-prevention system, a ' +
      'filter for web content, a proxy that takes connections for other hosts, or a network that censors.',
    'Whether a service listens on the port is not known: the SYN may never have reached it.',
  ],
  ladder: `
client               firewall            server
  |------- SYN ------->|                   |   not passed on
  |<----- RST, ACK ----|                   |   with the server's address`,
  lookAlikes: [
    { cause: 'port-closed', difference: 'there the RST has come as far as the other packets of the target' },
    { cause: 'forwarded-port-closed', difference: 'there the RST has come from farther away, not from nearer' },
    { cause: 'admin-prohibited', difference: 'there the firewall says so with an ICMP error and its own address' },
    { cause: 'reset-after-syn-ack', difference: 'there the target itself takes its SYN-ACK back' },
  ],
  platforms: {
    linux: [
      'On a router or gateway it is `reject with tcp reset` in a forward chain of nftables, or REJECT with tcp-reset in FORWARD of iptables. In the input chain of the server itself the same rule is port-closed: then the RST has come all the way.',
    ],
    windows: [
      'Security software may filter in the client itself and answer there: then no router has lowered the time to live of the RST (it is still 64 or 128), and it is there in well under a millisecond.',
    ],
    containers: [
      'Kubernetes: network policies drop as a rule, they do not reset. Look for a firewall or an egress gateway between the cluster and the target.',
    ],
    clouds: [
      'Security groups and network ACLs drop, they never reset. A firewall that a network is routed through can: AWS Network Firewall has the action reject, and virtual appliances have theirs.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "tcpdump -ni any 'host {client} and tcp port {port}'",
      text: 'while the client tries. No SYN arrives, or no RST leaves: something on the way made the RST; an RST leaves here: nothing listens, or a rule of this host rejects.',
    },
    {
      where: 'client',
      command: 'nmap{-6} -Pn -p {probe-ports} --reason {server}',
      text: 'as root it prints the ttl of each answer. {port} with a higher one than the other ports: its RST was made nearer, on the way; the same everywhere: rather by the target itself.',
    },
    {
      where: 'client',
      command: 'traceroute -n -T -p {port} {server}',
      text: '{server} seems to answer at an earlier hop than with `-p` and a port that is open: the device stands there, or one hop before.',
    },
    {
      where: 'path',
      text: 'Look in the log of the firewall at that hop for a denied connection from {client} to {server}, port {port}, at the time of the attempt.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
