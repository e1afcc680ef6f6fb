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
  |<----- RST, ACK ----|                   |   one hop farther than usual`,
  lookAlikes: [
    { cause: 'port-closed', difference: 'there the RST has come as far as the other packets of the address' },
    { cause: 'middlebox-reset', difference: 'there the RST has come from nearer, not from farther away' },
    { cause: 'service-unstable', difference: 'there the same port accepts a connection at another time' },
  ],
  nextSteps: [
    {
      where: 'server',
      command: "nft list ruleset | grep -n 'dnat'",
      text: 'names the host and port that {port} is passed on to (`{iptables} -t nat -vnL` where iptables is used; on a home router or a balancer, its list of forwarded ports or targets).',
    },
    {
      where: 'path',
      text: 'On the host behind, `ss -ltnp` (Windows: `Get-NetTCPConnection -State Listen`) has to show the port of that rule, and not on 127.0.0.1 only: no line means that the service is stopped or on another port.',
    },
    {
      where: 'path',
      text: 'Connect from {server} to the host and port of the rule with `nc -vz`: refused as well means the service there; accepted means that the rule points elsewhere.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
