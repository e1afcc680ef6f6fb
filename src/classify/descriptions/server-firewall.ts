import type { CauseDescription } from '../cause-description.js';

export const serverFirewall = {
  id: 'server-firewall',
  outcome: 'filtered',
  title: "The server's own firewall drops the SYN",
  shownBy: 'The SYN is in a capture taken at the server, which is alive but answers nobody on this port.',
  explanation: [
    'The capture was taken at the server, so the SYN came all the way and arrived at its network card. A capture sees an ' +
      'arriving packet before the firewall of its host does. A TCP that gets a SYN always answers, with a SYN-ACK or an ' +
      'RST; here it never does on this port, so the SYN was dropped inside the host.',
    'What drops it is a rule or a policy of its firewall, the reverse-path filter (the route back to the client leads out ' +
      'of another interface), a listener that demands TCP-MD5 or TCP-AO signatures (BGP), or security software. A ' +
      'container or a virtual machine behind this host may drop it as well.',
    'Nothing on the way is to blame: no security group, no router, no firewall in between.',
  ],
  ladder: `
client                         server
  |---------------- SYN ------->X|   captured, then dropped
  |---------------- SYN ------->X|   1 s later
  |---------------- SYN ------->X|   3 s later, and no answer`,
  lookAlikes: [
    { cause: 'port-dropped', difference: 'there the capture does not show that the SYN arrived at the server' },
    { cause: 'source-dropped', difference: 'there the same port answers other clients' },
    { cause: 'accept-queue-full', difference: 'there the port accepts others before and after' },
    { cause: 'host-silent', difference: 'there nothing in the capture shows that the target is alive' },
  ],
  platforms: {
    linux: [
      'A policy of drop for input in nftables or iptables, ufw (it denies what is not allowed), firewalld in the zone drop, the reverse-path filter for IPv4, or a listener that demands TCP-MD5 or TCP-AO.',
    ],
    macos: [
      'The application firewall (`/usr/libexec/ApplicationFirewall/socketfilterfw --listapps`) and its stealth mode, in which closed ports stay silent; pf (`sudo pfctl -s rules`).',
    ],
    windows: [
      'The firewall blocks what no rule allows; and, while it is on, it also hides the RST of a port on which nothing listens ("stealth mode"). So first look whether the service listens at all. Rules hold for some profiles only: a network that became "Public" loses those of the domain.',
    ],
    containers: [
      'If the service is in a container, the host forwards to it: rules of INPUT do not matter, those of FORWARD, DOCKER-USER and network policies do. That is also why ufw does not see published ports of Docker.',
      'Kubernetes: a node without a local endpoint drops what comes for a Service with externalTrafficPolicy Local.',
    ],
    clouds: [
      'The SYN was captured in the instance, so the security group, the network ACL and the routes let it in: only the instance itself is left.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "nft list ruleset | grep -n -e drop -e policy -e 'dport {port}'",
      text: 'a policy of drop without a rule that accepts port {port} explains it; `{iptables} -vnL INPUT`, `ufw status` and `firewall-cmd --list-all` show the same elsewhere.',
    },
    {
      where: 'server',
      command: 'nstat -az TcpExtIPReversePathFilter TcpExtTCPMD5NotFound TcpExtTCPAORequired TcpExtListenDrops',
      text: 'the one that grows with each attempt is the reason: the reverse-path filter (IPv4), a missing signature, a full queue; none grows: it is a rule.',
    },
    {
      where: 'server',
      system: 'Windows',
      command: 'Get-NetTCPConnection -State Listen -LocalPort {port}',
      text: 'an error: nothing listens, and the firewall hides that; a line: a rule is missing, or made for another profile.',
    },
    {
      where: 'server',
      system: 'Windows',
      command:
        'Get-NetFirewallPortFilter | Where-Object LocalPort -eq {port} | Get-NetFirewallRule | Format-Table DisplayName, Enabled, Profile, Action',
      text: 'no enabled rule with Allow for the profile that `Get-NetConnectionProfile` names: it is blocked.',
    },
    {
      where: 'server',
      system: 'macOS',
      command: 'sudo pfctl -s rules; /usr/libexec/ApplicationFirewall/socketfilterfw --getstealthmode',
      text: 'a block rule for the port, or stealth mode on a port on which nothing listens, explains it.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
