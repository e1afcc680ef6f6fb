import type { CauseDescription } from '../cause-description.js';

export const backendSilent = {
  id: 'backend-silent',
  outcome: 'timed-out',
  title: 'One of several backends is silent, the others answer',
  shownBy:
    'An attempt stays silent for all its retransmissions, while others to the same address and port, from other source ports, are answered at once.',
  explanation: [
    'The address is not one host. Whatever stands before it (a load balancer, the virtual address of a Kubernetes ' +
      'Service, anycast, parallel paths of equal cost, bonded links) chooses by a hash, mostly over both addresses and ' +
      'ports. A retransmission has the same ports, so it is sent to the same silent place again, however often; a new ' +
      'connection has another source port and may get in at once.',
    'The silent one is a backend that is down or drops (a firewall or security group on that one only, no route back to ' +
      'the client, a node that vanished without its address being taken out), or one of several parallel links or routers ' +
      'that loses everything. A health check that is missing, too slow, or asks another port or path keeps it in rotation.',
    'A NAT or a stateful firewall does the same with one host behind it: it still has an old entry for this source port ' +
      'and sends the SYN to where the service used to be, or drops it. That is common after a container or a pod was ' +
      'replaced.',
  ],
  ladder: `
client                balancer              backends
  |-- SYN, port 40001 -->|-------- SYN ------->|  A
  |<----- SYN, ACK ------|<----- SYN, ACK -----|
  |-- SYN, port 40002 -->|-------- SYN --- X      B, silent
  |-- SYN, port 40002 -->|-------- SYN --- X      B again, 1 s later
  |-- SYN, port 40003 -->|-------- SYN ------->|  A
  |<----- SYN, ACK ------|<----- SYN, ACK -----|`,
  lookAlikes: [
    {
      cause: 'accept-queue-full',
      difference: 'there the moment decides and not the source port, and a retransmission may get in',
    },
    { cause: 'service-unstable', difference: 'there the backend that is down refuses with an RST' },
    { cause: 'source-dropped', difference: 'there all attempts of one client are silent' },
    { cause: 'port-dropped', difference: 'there no attempt to this port is answered in the same seconds' },
    { cause: 'host-silent', difference: 'there the target answers nobody on anything' },
  ],
  platforms: {
    linux: [
      'As a balancer: `ipvsadm -ln` lists the backends of IPVS; `ip route show` lists parallel routes (nexthop), and net.ipv4.fib_multipath_hash_policy says whether ports choose among them (1).',
    ],
    windows: [
      'The balancer of Windows (NLB) gives each host its share of clients: `Get-NlbClusterNode` shows one that is not converged.',
    ],
    containers: [
      'Kubernetes: kube-proxy chooses a pod for each connection. A node that is lost keeps its pods in the Service for most of a minute; a NetworkPolicy or a broken network on one node makes its pods silent, while their probes, which come from the node itself, pass.',
      'A pod that was replaced may leave a stale conntrack entry on the node: the same source port then ends nowhere.',
    ],
    clouds: [
      'Health checks come from addresses of the platform (168.63.129.16 at Azure; 35.191.0.0/16 and 130.211.0.0/22 at GCP; the nodes of the balancer at AWS), and clients from elsewhere: a security group, tag or firewall on one instance may let in the first and drop the others. AWS NLB without cross-zone balancing: one zone silent, each by its own address.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'for p in $(seq 40001 40016); do nc -nvz -w 3 -p $p {server} {port}; done',
      text: 'some ports time out: note them and repeat it after two minutes. The same ports again: a hash to a silent backend or path; all get in: an entry that went stale; others: a limit or a full queue.',
    },
    {
      where: 'client',
      command: 'curl -sv -o /dev/null --connect-timeout 3 --local-port 40001 http://{server-in-url}:{port}/',
      text: 'the same with a request (https:// where it is TLS): with the source port of a silent attempt it tells at once whether the repair works.',
    },
    {
      where: 'path',
      text: 'List the backends behind {server} and connect to port {port} of each one directly, from where the balancer stands; then see why the health check of the silent one passes (which port and path it asks, how often, from where).',
    },
    {
      where: 'path',
      command: 'conntrack -L{-f-ipv6} -p tcp --orig-dst {server} --dport {port}',
      text: 'an entry [UNREPLIED] names, as the source of its second half, the backend that stays silent; if no service is there any more, `conntrack -D` with the same options removes the stale entries.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
