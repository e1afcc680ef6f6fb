import type { CauseDescription } from '../cause-description.js';

export const forwardedPortClosed = {
  id: 'forwarded-port-closed',
  outcome: 'refused',
  title: 'The port is forwarded to a host where nothing listens',
  shownBy: "The RST comes from farther away than the address's other packets: NAT or a balancer passed the SYN on.",
  explanation: [
    'The address belongs to a router, a gateway or a load balancer that passes this port on to another host. The RST has ' +
      'passed more routers than the other packets of that address, so it is the host behind that says no: nothing ' +
      'listens there, or a firewall of that host rejects.',
    'The forwarding itself works. The service behind is stopped, listens on another port than the rule names or on ' +
      '127.0.0.1 only, or the rule points to an old address that another host has now.',
  ],
  ladder: `
client                NAT                backend
  |------- SYN ------->|------- SYN ------>|   forwarded
  |                    |<---- RST, ACK ----|   nothing listens here
  |<----- RST, ACK ----|                   |   one hop farther`,
  lookAlikes: [
    { cause: 'port-closed', difference: 'there the RST has come as far as the other packets of the address' },
    { cause: 'middlebox-reset', difference: 'there the RST has come from nearer, not from farther away' },
    { cause: 'service-unstable', difference: 'there the same port accepts a connection at another time' },
  ],
  platforms: {
    linux: [
      'The rule is a dnat of nftables or iptables, or a forward-port of firewalld. A proxy (HAProxy, nginx, socat) is no such rule: it accepts the connection itself first.',
    ],
    macos: [
      'Rules rdr of pf pass a port on (`sudo pfctl -s nat` lists them). Docker Desktop accepts in a proxy of its own, so that a service that is stopped behind it looks like accepted-then-closed.',
    ],
    windows: [
      '`Get-NetNatStaticMapping` lists the ports that the NAT of Windows passes on. `netsh interface portproxy show all` lists those of its proxy, which accepts first and closes when it reaches nobody.',
    ],
    containers: [
      'Docker: a published port (`-p 8080:80`) is a dnat rule of its host. If the process in the container listens on 127.0.0.1, or on another port than 80, the container refuses, one hop behind the host.',
      'Kubernetes: a targetPort of a Service that is not the port on which the container listens refuses on every pod, while the Service looks healthy.',
    ],
    clouds: [
      'Load balancers that pass packets through (AWS NLB, Azure Load Balancer, passthrough ones of GCP) hand on the RST of a target. They send to such a target when its health check asks another port; and AWS NLB, and GCP unless told otherwise, also when no target is healthy.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'nmap{-6} -Pn -p {probe-ports} --reason {server}',
      text: 'as root it prints the ttl of each answer. {port} with a lower one than the other ports: its RST comes from behind {server}; the same everywhere: rather from {server} itself.',
    },
    {
      where: 'server',
      command: "nft list ruleset | grep -n 'dnat'",
      text: 'names the host and port to which {port} is passed on; so does `{iptables} -t nat -vnL`. On a home router or a balancer it is in the list of forwarded ports or targets.',
    },
    {
      where: 'server',
      command: 'docker ps --filter publish={port}',
      text: 'a line: a container is behind it; the port after "->" must be the one on which the process in it listens, at 0.0.0.0 or [::] and not at 127.0.0.1.',
    },
    {
      where: 'path',
      text: 'On the host behind, `ss -ltn` (Windows: `Get-NetTCPConnection -State Listen`) has to show the port of that rule: no line: the service is stopped or on another port; 127.0.0.1 only: bound to loopback; there for all addresses: the rule points to another host, or a firewall of that host rejects.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
