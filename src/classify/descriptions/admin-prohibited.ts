import type { CauseDescription } from '../cause-description.js';

export const adminProhibited = {
  id: 'admin-prohibited',
  outcome: 'filtered',
  title: 'A firewall forbids the connection and says so',
  shownBy: 'An ICMP error 3/9, 3/10 or 3/13, or ICMPv6 1/1 or 1/5, quotes the SYN.',
  explanation: [
    'Something on the way, the target, or the client itself refused the SYN by a rule and said so. The source address ' +
      'of the ICMP error is the machine that holds the rule; the evidence names it.',
    "It comes from firewalld's default rejection (3/10, or 3/13 in its nftables backend), from REJECT rules with " +
      'icmp-admin-prohibited, and from access lists of routers (3/13). ICMPv6 1/5 means that the source address is not ' +
      'allowed to send this way. Security groups of clouds do not send such errors, they drop in silence: look for a ' +
      'host firewall or a router instead.',
    'Linux clients fail at once. Windows ignores the error and reports a timeout much later.',
  ],
  ladder: `
client               firewall            server
  |------- SYN ------->|                   |
  |<-- ICMP 3/13 ------|                   |   a rule says no`,
  lookAlikes: [
    {
      cause: 'reject-port-unreachable',
      difference: 'there the rule answers with port unreachable (3/3 or ICMPv6 1/4)',
    },
    { cause: 'host-unreachable', difference: 'there the error speaks of a host that cannot be reached, not of a rule' },
    { cause: 'port-dropped', difference: 'there the rule drops and nothing answers' },
    { cause: 'middlebox-reset', difference: 'there the device answers with an RST in the name of the target' },
  ],
  platforms: {
    linux: [
      'firewalld rejects what its zone does not list: with 3/13 (ICMPv6 1/1), in its older iptables backend with 3/10. A route or rule of type prohibit (`ip route`, `ip rule`) sends 3/13 as well.',
      'The program sees EHOSTUNREACH, "No route to host", although nothing is wrong with the routes: that misleads many.',
    ],
    macos: ['macOS ends the attempt at once with ECONNREFUSED, as if the port were closed.'],
    windows: [
      'Windows ignores the error and goes on until 10060, some 21 s later. Its own firewall drops and sends no such error.',
    ],
    containers: [
      'Docker: on a host with firewalld, connections from a container to a port of the host end this way if the interface docker0 is in no zone that allows them.',
    ],
    clouds: [
      'Security groups of AWS, Azure and GCP never say so, they drop. It is a firewall in the instance: images of RHEL and its relatives come with firewalld, those of Oracle Cloud with iptables rules that reject all but SSH.',
    ],
  },
  nextSteps: [
    {
      where: 'reporter',
      command: 'firewall-cmd --get-active-zones; firewall-cmd --list-all',
      text: 'where firewalld runs: port {port} and its service are missing in ports and services, so the zone rejects them (`--zone` for another zone than the default one).',
    },
    {
      where: 'reporter',
      command: "nft list ruleset | grep -n 'reject'",
      text: 'shows the rule; `{iptables} -vnL | grep REJECT` does so on older hosts, with a counter that rises with each attempt.',
    },
    {
      where: 'reporter',
      command: 'ip route get {server}',
      text: '"Permission denied": a route of type prohibit forbids it, and no firewall.',
    },
    {
      where: 'path',
      text: 'If {reporter} is a router of somebody else, give its operator the addresses, port {port} and the time: an access list there says no.',
    },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
