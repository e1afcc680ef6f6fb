import type { CauseDescription } from '../cause-description.js';

export const rejectPortUnreachable = {
  id: 'reject-port-unreachable',
  outcome: 'filtered',
  title: 'A firewall rejects the port',
  shownBy: 'An ICMP port-unreachable error (3/3, ICMPv6 1/4) quotes the SYN; a closed TCP port would send an RST.',
  explanation: [
    'A TCP stack answers a closed port with an RST. Port unreachable for TCP is therefore nearly always a rule: it is ' +
      'what REJECT of iptables and reject of nftables send unless told otherwise. Very rarely it is a tiny embedded ' +
      'stack.',
    'In Kubernetes kube-proxy rejects this way when a Service has no ready endpoints, and IPVS does when a virtual ' +
      'address has no backend left: then nothing is wrong with the firewall, the pods or backends are not ready.',
    'Linux and macOS clients see the same "Connection refused" as from a closed port, so it is easily taken for one.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--- ICMP port unreachable ---|   a REJECT rule, or no backend`,
  lookAlikes: [
    { cause: 'port-closed', difference: 'there an RST answers; the application sees the same error' },
    { cause: 'admin-prohibited', difference: 'there the rule says that it is a rule (3/9, 3/10, 3/13, ICMPv6 1/1)' },
  ],
  nextSteps: [
    {
      where: 'reporter',
      command: '{iptables} -vnL | grep REJECT',
      text: 'the rule whose counter rises with each attempt is the one.',
    },
    {
      where: 'reporter',
      command: "nft list ruleset | grep -n 'reject'",
      text: 'the same where nftables is used.',
    },
    {
      where: 'client',
      command: "kubectl get services -A | grep -F '{server}'",
      text: 'in a cluster. A line: it is the address of a Service; `kubectl get endpointslices -n NAMESPACE` shows whether it has ready endpoints.',
    },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
