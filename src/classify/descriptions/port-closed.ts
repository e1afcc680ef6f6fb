import type { CauseDescription } from '../cause-description.js';

export const portClosed = {
  id: 'port-closed',
  outcome: 'refused',
  title: 'Nothing listens on the port',
  shownBy: 'The target answers the SYN with an RST that acknowledges it, in about one round trip.',
  explanation: [
    'The SYN arrived, and the answer was an immediate no. The address is right enough that a host answers for it, the ' +
      'way there and back works, and no firewall drops this port: security groups and most firewalls stay silent ' +
      'instead.',
    'Usually the service is stopped, still starting or crashed, it listens on another port, or it is bound to another ' +
      'address: 127.0.0.1 only, IPv4 only, or one interface only. In a container the process may listen on 127.0.0.1 ' +
      'inside, or the port is not published. A load balancer without a backend may answer this way too, and so may a ' +
      "firewall that rejects with a TCP reset; on IPv4 that RST is the same, bit for bit, as the kernel's own.",
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--------- RST, ACK ----------|   after about one round trip`,
  lookAlikes: [
    {
      cause: 'reject-port-unreachable',
      difference: 'there an ICMP error answers instead of an RST, although Linux gives the application the same error',
    },
    { cause: 'reset-after-syn-ack', difference: 'there the server first sends a SYN-ACK' },
    {
      cause: 'service-unstable',
      difference: 'there the same port accepts a connection at another time in the capture',
    },
    { cause: 'port-dropped', difference: 'there nothing answers at all on this port' },
  ],
  nextSteps: [
    {
      where: 'server',
      command: "ss -ltnp 'sport = :{port}'",
      text: 'no line: nothing listens, start the service; 127.0.0.1 or [::1]: it is bound to loopback only; 0.0.0.0, * or [::]: it listens now, so it was down then or a firewall sent the RST.',
    },
    {
      where: 'server',
      command: 'Get-NetTCPConnection -State Listen -LocalPort {port}',
      text: 'the same on Windows.',
    },
    {
      where: 'server',
      command: 'docker ps --filter publish={port}',
      text: 'if the service runs in a container: no line means that no running container publishes the port.',
    },
    {
      where: 'server',
      command: "nft list ruleset | grep 'tcp reset'",
      text: 'a rule that covers port {port} means that a firewall answers here, not the service.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
