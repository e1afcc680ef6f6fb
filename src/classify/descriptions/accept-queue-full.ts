import type { CauseDescription } from '../cause-description.js';

export const acceptQueueFull = {
  id: 'accept-queue-full',
  outcome: 'timed-out',
  title: 'The service takes some connections and leaves out others under load',
  shownBy:
    'Silence, while the same port accepts others before and after, some of them only when they repeat their SYN.',
  explanation: [
    'The port is open and others get in, so neither the address nor a plain firewall rule is to blame: which connection ' +
      'gets in depends on the moment. A SYN that is sent again often succeeds, a second, three or seven seconds late.',
    'A listening socket has a queue of connections that are complete and wait until the program accepts them. When the ' +
      'program is too slow (blocked, swapping, out of threads or file descriptors) the queue fills up; then Linux drops ' +
      'new SYNs, and also the ACK that would complete a handshake, without a word. The queue is as long as the program ' +
      'asked for with listen(), and never longer than net.core.somaxconn: 128 on older kernels, also inside a container, ' +
      'which has a value of its own.',
    'A limit of new connections looks the same: a rule of nftables or iptables (limit, hashlimit, connlimit), the ' +
      'protection of a cloud or a load balancer against floods, a connection table that is full ("nf_conntrack: table ' +
      'full, dropping packet"; instances of clouds have such a limit too), a proxy at its maximum of connections.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--------- SYN, ACK ----------|   the last place in the queue
  |------ SYN, other port ------>|   dropped: the queue is full
  |------ SYN, other port ------>|   1 s later, dropped again
  |------ SYN, other port ------>|   3 s later, the program has accepted
  |<--------- SYN, ACK ----------|   or it stays silent until the end`,
  lookAlikes: [
    { cause: 'backend-silent', difference: 'there the same source ports always get in and others never do' },
    { cause: 'port-dropped', difference: 'there nobody gets in on this port, or nobody any more from one moment on' },
    { cause: 'source-dropped', difference: 'there all connections of one client are dropped, and none of another' },
    { cause: 'return-path-lost', difference: 'there the server does answer the SYN, and no ACK of the client follows' },
    { cause: 'host-silent', difference: 'there the target answers nobody on anything' },
  ],
  platforms: {
    linux: [
      'The queue is the smaller of listen() and net.core.somaxconn (4096 since Linux 5.4, 128 before). When it is full, Linux drops SYNs, and the ACK that would complete a handshake; with tcp_abort_on_overflow some kernels answer the latter with an RST.',
    ],
    macos: ['kern.ipc.somaxconn is 128. `netstat -Lan` shows for each listener how many wait and how many may.'],
    windows: [
      'Windows does not stay silent when a queue is full: it refuses with an RST, so that this looks like service-unstable. Only with its firewall on is the RST hidden.',
    ],
    containers: [
      'somaxconn belongs to the network of the container, and a change on the host does not reach it: `docker run --sysctl net.core.somaxconn=4096`; in Kubernetes it is one of the unsafe sysctls, which the kubelet has to allow.',
    ],
    clouds: [
      'Instances have limits of their own for connections and for packets a second. AWS: `ethtool -S eth0 | grep allowance_exceeded`, where conntrack_allowance_exceeded counts what was dropped. Azure and GCP show it in metrics of the instance. Protection against floods at the edge looks the same.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "ss -ltn 'sport = :{port}'",
      text: 'under load, Recv-Q is what waits to be accepted and Send-Q how many may: Recv-Q above Send-Q means that the queue is full, and the program too slow or its backlog too small.',
    },
    {
      where: 'server',
      command: 'nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop TcpExtTCPReqQFullDoCookies',
      text: 'twice, a few seconds apart: growing overflows mean a full queue of the program; only the last two growing, too many half-open connections (a SYN flood?); none of them, a limit before the socket.',
    },
    {
      where: 'server',
      command: "nft list ruleset | grep -nE 'limit|ct count|meter'",
      text: 'a rate or a number of connections for port {port} is the limit; so are limit, hashlimit, connlimit and recent in `{iptables} -vnL`.',
    },
    {
      where: 'path',
      command: 'conntrack -S; sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
      text: 'drop or insert_failed growing, or a count near its maximum: the table of connections is full; on an instance in a cloud, look also at its metrics of exceeded connection limits.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
