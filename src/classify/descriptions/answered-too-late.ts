import type { CauseDescription } from '../cause-description.js';

export const answeredTooLate = {
  id: 'answered-too-late',
  outcome: 'timed-out',
  title: 'The answer came after the client had given up',
  shownBy: 'The SYN-ACK arrives after the client stopped trying; the client answers it with an RST.',
  explanation: [
    'The port is open and the way works both ways, but the answer took longer than the client waited. Its socket was ' +
      'closed by then, so its system answers with an RST. The time limit is usually one of the program (a connect ' +
      'timeout of a second or so), not of its system, which waits a minute or more.',
    'Either the limit is too tight for this path (a satellite or mobile link, a VPN that dials on demand, a function or ' +
      'virtual machine that is woken by the SYN), or something delays: a queue that is full on the way, an overloaded ' +
      'server or load balancer.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |   gives up, closes           |
  |<--------- SYN, ACK ----------|   too late
  |------------ RST ------------>|`,
  lookAlikes: [
    { cause: 'half-open-probe', difference: 'there the RST answers a SYN-ACK that came in time, every time' },
    { cause: 'return-path-lost', difference: 'there no RST follows: the client never gets the SYN-ACK' },
  ],
  nextSteps: [
    {
      where: 'client',
      text: "Compare the wait before the SYN-ACK with the program's connect timeout, and raise that if the path is slow by nature.",
    },
    {
      where: 'client',
      command: "curl -so /dev/null --connect-timeout 30 -w '%{time_connect}\\n' http://{server-in-url}:{port}/",
      text: 'prints the seconds a connection takes when the client is patient (whatever the service speaks): always slow means the path, now and then means load.',
    },
    {
      where: 'server',
      command: 'nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop',
      text: 'numbers that rise between two runs: the server is too slow to accept connections, and SYNs get in only when repeated.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
