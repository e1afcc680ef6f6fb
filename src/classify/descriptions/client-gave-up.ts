import type { CauseDescription } from '../cause-description.js';

export const clientGaveUp = {
  id: 'client-gave-up',
  outcome: 'timed-out',
  title: 'The program gave up before an answer had to be expected',
  shownBy:
    'The client stops within a second or two, well before its system would have, and the capture does not show that no answer would have come.',
  explanation: [
    'The system of the client would have repeated its SYN for a minute or more. It stopped almost at once, so the program ' +
      'closed the socket: its own time limit for connecting was over, or somebody cancelled it.',
    'One or two SYNs without an answer prove little: a single lost packet costs a second, since the first repetition comes ' +
      'after one. A limit of a second or less turns each lost SYN, each slow start and each busy moment of the server ' +
      'into a failure. The capture cannot say whether an answer would have come.',
  ],
  ladder: `
client                         server
  |------------ SYN ------- X    |
  |   0.5 s: the program closes  |
  |   1 s: the SYN that its system would have sent is missing`,
  lookAlikes: [
    { cause: 'host-silent', difference: 'there the client keeps trying for seconds, and nothing comes' },
    { cause: 'answered-too-late', difference: 'there the answer does come, after the client gave up' },
    { cause: 'capture-ended', difference: 'there the capture ends before the next SYN was due' },
    { cause: 'client-aborted', difference: 'there the client says so on the wire, with an RST or FIN' },
  ],
  platforms: {
    linux: [
      'By itself Linux goes on for about 130 s (net.ipv4.tcp_syn_retries). Its first repetition comes after 1 s, whatever the limit of the program is.',
    ],
    macos: ['By itself macOS goes on for 75 s.'],
    windows: ['By itself Windows goes on for some 21 s.'],
    containers: [
      'Kubernetes: a probe has one second unless timeoutSeconds says otherwise, and a failure of it reads "context deadline exceeded" or "i/o timeout". One lost SYN is enough.',
    ],
    clouds: [
      'Health checks of balancers have limits of their own, and functions end with their whole time limit: the connection that hangs is then only the last thing that it did.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'nc -vz -w 10 {server} {port}',
      text: 'succeeds, perhaps after a second or three: the time limit of the program is too short; times out: nothing answers, whatever the limit.',
    },
    {
      where: 'client',
      system: 'Windows',
      command: 'Test-NetConnection {server} -Port {port}',
      text: 'the same (PowerShell).',
    },
    {
      where: 'client',
      text: "Look for the program's connect timeout and set it above 3 s, so that one lost SYN or two do not make it fail (they are repeated after 1 and 3 s).",
    },
  ],
  applicationError: 'own-limit',
} as const satisfies CauseDescription;
