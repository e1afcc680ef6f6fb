import type { CauseDescription } from '../cause-description.js';

export const portDropped = {
  id: 'port-dropped',
  outcome: 'filtered',
  title: 'The port is dropped in silence, while the host is alive',
  shownBy: 'Silence on this port, while the target answers on another one, resets, echoes or sends ICMP.',
  explanation: [
    'The host is there and answers other traffic of the same capture, yet SYNs to this port vanish. A live host without ' +
      'a filter answers every SYN, with a SYN-ACK or an RST, so something drops them: DROP in a host firewall, a security ' +
      'group or network ACL that does not list the port, a firewall on the way.',
    'If the port answered earlier in the capture and then fell silent for good, somebody changed a rule, or a ' +
      'protection (against SYN floods, or too many connections) took hold.',
  ],
  ladder: `
client                         server
  |---- SYN to another port ---->|
  |<---- SYN, ACK or RST --------|   the host is alive
  |------------ SYN ------- X    |
  |------------ SYN ------- X    |   1 s later
  |------------ SYN ------- X    |   3 s later`,
  lookAlikes: [
    { cause: 'source-dropped', difference: 'there other clients do get an answer on this very port' },
    { cause: 'accept-queue-full', difference: 'there the port accepts others before and after' },
    { cause: 'backend-silent', difference: 'there the port answers in the same seconds, from other source ports' },
    { cause: 'host-silent', difference: 'there nothing in the capture shows that the target is alive' },
    { cause: 'return-path-lost', difference: "there the server's SYN-ACKs are seen, and the client does not get them" },
    {
      cause: 'server-firewall',
      difference: 'there the capture was taken at the server, and shows that the SYN arrived',
    },
    {
      cause: 'path-outage',
      difference: 'there the other targets of this client are silent in the same seconds as well',
    },
  ],
  platforms: {
    linux: [
      'A policy of drop in nftables or iptables; ufw, which denies what is not allowed; firewalld in the zone drop (its other zones reject and say so).',
    ],
    macos: [
      'A Mac in stealth mode stays silent on ports on which nothing listens: look whether the service runs before you look at rules.',
    ],
    windows: [
      'With its firewall on, a port on which nothing listens is silent as well ("stealth mode"), so "blocked" and "closed" look the same from outside: `Get-NetTCPConnection -State Listen -LocalPort PORT` on the server decides.',
    ],
    containers: [
      'Kubernetes: a pod that any NetworkPolicy selects drops all that no policy allows. A Service with externalTrafficPolicy Local drops on nodes without an endpoint.',
      'Docker: the FORWARD chain of the host drops what is routed to a container without a published port.',
    ],
    clouds: [
      'The default of all three is deny. AWS: security group, then the network ACL, which has no memory and needs a rule for the answers (ports 1024 to 65535) too. Azure: DenyAllInBound of a network security group, on the subnet or the interface. GCP: the implied rule that denies ingress. Flow logs name what was rejected.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "tcpdump -ni any 'tcp port {port}'",
      text: 'while the client tries. No SYN arrives: a security group or firewall on the way drops it; SYNs arrive and nothing answers: the firewall of this host does, or the service hangs, and `ss -ltn` shows a Recv-Q above its Send-Q.',
    },
    {
      where: 'server',
      command: "nft list ruleset | grep -n -e drop -e policy -e 'dport {port}'",
      text: 'a policy of drop without a rule that accepts port {port} explains it; `{iptables} -vnL INPUT`, `ufw status` and `firewall-cmd --list-all` show the same elsewhere.',
    },
    {
      where: 'server',
      system: 'Windows',
      command: 'Get-NetTCPConnection -State Listen -LocalPort {port}; netsh advfirewall show currentprofile',
      text: 'an error at first: nothing listens, and the firewall hides that; a line, and State ON with BlockInbound: a rule for the port is missing.',
    },
    {
      where: 'client',
      command: 'nmap{-6} -Pn -p {probe-ports} --reason {server}',
      text: '"filtered no-response" on {port} alone: a rule for this port; on all of them: the host is down, or it lets in only some sources.',
    },
    {
      where: 'path',
      text: 'In a cloud, look for an inbound rule for TCP {port} in the security group and in the network ACL of the subnet (which also needs one for the answers).',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
