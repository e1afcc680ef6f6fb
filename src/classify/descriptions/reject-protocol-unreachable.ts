import type { CauseDescription } from '../cause-description.js';

export const rejectProtocolUnreachable = {
  id: 'reject-protocol-unreachable',
  outcome: 'filtered',
  title: 'The target rejects TCP as a protocol',
  shownBy: 'An ICMP protocol-unreachable error (3/2) quotes the SYN.',
  explanation: [
    'The answer says that TCP as such is not spoken here. A host that runs any TCP service cannot mean that, so it is ' +
      'usually a rule (REJECT with icmp-proto-unreachable), and otherwise a device without TCP: a tunnel endpoint, a ' +
      'router that only forwards, a very small embedded stack.',
    'The application on Linux sees the rare ENOPROTOOPT ("Protocol not available").',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<- ICMP protocol unreachable -|`,
  lookAlikes: [
    { cause: 'reject-port-unreachable', difference: 'there the rule names the port (3/3), the far more common form' },
    { cause: 'admin-prohibited', difference: 'there the rule says that it is a rule' },
  ],
  platforms: {
    linux: ['As a rule it is REJECT with icmp-proto-unreachable. A client sees ENOPROTOOPT, "Protocol not available".'],
    macos: ['macOS ends the attempt at once with ECONNREFUSED.'],
    windows: ['Windows ignores the error and reports 10060 after some 21 s.'],
    clouds: [
      'A gateway of a VPN or a tunnel that speaks only ESP, GRE or UDP may answer so: check that its address is really the one of the service.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'nmap{-6} -Pn -p {probe-ports} --reason {server}',
      text: 'proto-unreach on all ports: no TCP there, or the address is wrong; only on {port}: a rule for this port.',
    },
    {
      where: 'reporter',
      command: "nft list ruleset | grep -n 'prot-unreachable'",
      text: 'a rule that covers port {port}: it is this firewall; with iptables, `{iptables} -vnL | grep proto-unreach`.',
    },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
