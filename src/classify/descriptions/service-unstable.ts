import type { CauseDescription } from '../cause-description.js';

export const serviceUnstable = {
  id: 'service-unstable',
  outcome: 'refused',
  title: 'The service refuses, although it accepted at another time',
  shownBy:
    'The target answers the SYN with an RST, and at another time in the capture the same address and port accepts a connection.',
  explanation: [
    'Address and port are right, and the way there and back works: this very port was open earlier or later. At this ' +
      'moment nobody listened on it.',
    'If all refusals lie together, the service was down for that time: it was restarted or deployed, it crashed and was ' +
      'started again, or it was still starting, and clients came before it listened. In a container, published ports ' +
      'and names are there before the program in it listens; an orchestrator that sends traffic to it without waiting ' +
      'for its readiness gives just this.',
    'If refusals and acceptances alternate within the same seconds, several hosts answer for this address and one of ' +
      'them has no listener: a load balancer, a virtual address or a Kubernetes Service that still sends to a backend ' +
      'that is down, because it has no health check, or a slow one. A service that opens and closes its port by its ' +
      'load, or two hosts with the same address, look the same.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--------- SYN, ACK ----------|   accepted
  |------------ SYN ------------>|
  |<--------- RST, ACK ----------|   refused, here or by another backend
  |------------ SYN ------------>|
  |<--------- SYN, ACK ----------|   accepted again`,
  lookAlikes: [
    { cause: 'port-closed', difference: 'there the port accepts no connection in the whole capture' },
    { cause: 'reset-after-syn-ack', difference: 'there the server sends a SYN-ACK to this very SYN before its RST' },
    { cause: 'backend-silent', difference: 'there the SYNs to the backend in question stay unanswered' },
  ],
  nextSteps: [
    {
      where: 'server',
      command: "ss -ltnp 'sport = :{port}'",
      text: 'which process listens now, and its number; `ps -o lstart= -p` with that number tells since when it runs: after this refusal means that it was restarted.',
    },
    {
      where: 'server',
      command: 'journalctl --since today | grep -iE "started|stopped|failed|killed|oom"',
      text: 'look for the service at the time of the refusal; `systemctl status` with its unit tells when it was last started, and `docker ps` shows "Up" with a short time for a container that was restarted.',
    },
    {
      where: 'path',
      text: 'In a cluster, `kubectl get pods -A -o wide`: RESTARTS above 0 or READY 0/1 names the pod; `kubectl describe pod` tells why, and a missing readiness probe is why it gets traffic before it listens.',
    },
    {
      where: 'path',
      text: 'If refusals and acceptances alternate, list the backends behind {server} and connect to port {port} of each one directly: the one that always refuses is down and still in rotation.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
