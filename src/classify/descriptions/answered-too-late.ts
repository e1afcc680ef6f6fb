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
    { cause: 'client-gave-up', difference: 'there no answer comes within the capture' },
  ],
  platforms: {
    linux: [
      'A listen queue that is full lets a SYN in only when it is repeated: 1, 3 or 7 s late. That is accept-queue-full, and here the client did not wait for it.',
    ],
    windows: [
      '`Test-NetConnection SERVER -Port PORT` waits for some 21 s, longer than most programs do: it tells whether patience helps.',
    ],
    containers: [
      'A container or function that is started on demand (scale to zero, socket activation) answers after its start: give the first call a longer limit.',
    ],
    clouds: [
      'Databases that pause (serverless ones), VPNs that dial on demand, and instances woken by traffic take seconds for the first connection.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: "curl -so /dev/null --connect-timeout 30 -w '%{time_connect}\\n' http://{server-in-url}:{port}/",
      text: 'prints the seconds a connection takes when the client is patient (whatever the service speaks): always slow means the path, now and then means load. On Windows, with curl.exe and NUL for /dev/null.',
    },
    {
      where: 'server',
      command: 'nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop',
      text: 'numbers that rise between two runs: the server is too slow to accept connections, and SYNs get in only when repeated; they stay: the delay is on the way.',
    },
    {
      where: 'client',
      text: "Compare the wait before the SYN-ACK with the program's connect timeout, and raise that if the path is slow by nature.",
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
