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
    {
      cause: 'forwarded-port-closed',
      difference: 'there the port accepts nobody, and the RST comes from farther away',
    },
  ],
  platforms: {
    linux: [
      '`systemctl status UNIT` tells since when a service runs, `journalctl -u UNIT` why it ended, and `journalctl -k | grep -i "out of memory"` whether the kernel ended it. With a socket unit, systemd keeps the port open over restarts.',
    ],
    macos: [
      '`sudo launchctl print system/LABEL` shows the number of runs and the last exit code of a service of the system.',
    ],
    windows: [
      'A client on Windows repeats a refused SYN up to four times, half a second apart, so that it may not notice a short restart.',
      'A server on Windows also refuses when its listen queue is full, while Linux stays silent then. That holds if its firewall is off; if it is on, it hides the RST.',
    ],
    containers: [
      'Docker: `docker events --since 1h --filter event=die` tells which container ended, and when (Ctrl-C ends it).',
      'Kubernetes: in a rolling update a pod may stop to listen before all nodes know that it is gone: a short sleep as preStop hook helps. At the start, a readiness probe keeps clients away until it listens.',
    ],
    clouds: [
      'A load balancer that passes packets through goes on sending to a target until its health check has failed often enough, and sends to a new one as soon as it passes: let the check ask the very port, and a drain (deregistration delay, connection draining) precede a stop.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "ss -ltnp 'sport = :{port}'",
      text: 'which process listens now, and its number; `ps -o lstart= -p` with that number tells since when: after this refusal means that it was restarted; long before means that another host refused.',
    },
    {
      where: 'server',
      command: 'journalctl --since today | grep -iE "started|stopped|failed|killed|oom"',
      text: 'look for the service at the time of the refusal; nothing there: another backend, or a firewall, refused.',
    },
    {
      where: 'server',
      system: 'Windows',
      command: "Get-WinEvent -FilterHashtable @{LogName='System'; Id=7031,7034,7036} -MaxEvents 50",
      text: 'the same: 7031 and 7034 are services that ended by themselves, 7036 tells starts and stops.',
    },
    {
      where: 'path',
      text: 'In a cluster, `kubectl get pods -A -o wide`: RESTARTS above 0 or READY 0/1 names the pod; `kubectl describe pod` tells why, and a missing readiness probe is why it gets traffic before it listens.',
    },
    {
      where: 'path',
      text: 'If refusals and acceptances alternate, list the backends behind {server} and connect to port {port} of each one directly: the one that always refuses is down and still in rotation. If it is always {client} that is refused, look for a rule that rejects it.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
