import type { CauseDescription } from '../cause-description.js';

export const halfOpenProbe = {
  id: 'half-open-probe',
  outcome: 'aborted',
  title: 'The client only asked whether the port is open',
  shownBy: "SYN, SYN-ACK, then the client's RST at once: the port is open.",
  explanation: [
    'The client had what it wanted as soon as the SYN-ACK came, and reset instead of acknowledging. Port scanners do ' +
      'so (nmap -sS, masscan, zmap: their SYNs do not come from a socket, so the system resets the answer), and so do ' +
      'health checks of load balancers that test the port only.',
    'Nothing is wrong with the server. The application never saw a connection.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--------- SYN, ACK ----------|   open
  |------------ RST ------------>|   thank you`,
  lookAlikes: [
    { cause: 'answered-too-late', difference: 'there the SYN-ACK came seconds late, after the client had given up' },
    { cause: 'bad-syn-ack', difference: 'there the client resets because the SYN-ACK does not fit' },
    {
      cause: 'client-firewall',
      difference: "there the RST is made in the client's name, and the client goes on with its SYN",
    },
    { cause: 'client-aborted', difference: 'there the client ends it before any answer' },
  ],
  platforms: {
    linux: [
      'nmap -sS, masscan and zmap do so. So does HAProxy with a check that only connects: it ends with an RST instead of an ACK.',
    ],
    containers: [
      'Kubernetes: a tcpSocket probe completes the handshake and closes. A reset at once is rather a balancer before the nodes.',
    ],
    clouds: [
      'TCP health checks of balancers, some of which end with an RST, come every few seconds, from a few addresses of the platform, to one port.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      text: 'Find out what {client} is: a load balancer or monitor explains regular probes of one port, a scanner explains many ports or hosts in a row.',
    },
  ],
  applicationError: 'none',
} as const satisfies CauseDescription;
