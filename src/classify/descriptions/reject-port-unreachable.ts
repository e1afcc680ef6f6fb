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
  platforms: {
    linux: [
      'REJECT of iptables and reject of nftables send this unless told otherwise. `ufw reject` sends an RST for TCP instead.',
    ],
    macos: [
      'As a client, macOS reports ECONNREFUSED at once. As a firewall, pf sends this with `block return-icmp`; its plain `block return` sends an RST.',
    ],
    windows: [
      'Windows ignores the error and reports 10060 after some 21 s, where Linux and macOS say "Connection refused" at once.',
    ],
    containers: [
      'Kubernetes: kube-proxy rejects this way, from the node of the client, when a Service has no ready endpoints; Cilium in its place does so too. With externalTrafficPolicy or internalTrafficPolicy Local, and endpoints on other nodes only, it drops instead.',
    ],
    clouds: [
      'Security groups, network ACLs and balancers of clouds do not send it: look at the host that did, or at the cluster that runs there.',
    ],
  },
  nextSteps: [
    {
      where: 'reporter',
      command: '{iptables} -vnL | grep REJECT',
      text: 'the rule whose counter rises with each attempt is the one; "has no endpoints" in its comment is kube-proxy.',
    },
    { where: 'reporter', command: "nft list ruleset | grep -n 'reject'", text: 'the same where nftables is used.' },
    {
      where: 'reporter',
      command: 'ipvsadm -ln',
      text: '{server}:{port} in the list and no line with an arrow under it: a virtual address without a backend.',
    },
    {
      where: 'client',
      command: "kubectl get services -A | grep -F '{server}'",
      text: 'in a cluster. A line: it is the address of a Service; `kubectl get endpointslices -n NAMESPACE` shows whether it has ready endpoints.',
    },
  ],
  applicationError: 'icmp',
} as const satisfies CauseDescription;
