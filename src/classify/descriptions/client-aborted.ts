import type { CauseDescription } from '../cause-description.js';

export const clientAborted = {
  id: 'client-aborted',
  outcome: 'aborted',
  title: 'The client ended the attempt itself',
  shownBy: 'The client sends an RST or FIN before the handshake was complete.',
  explanation: [
    'Before an answer could count, the client took its SYN back: the user closed the window, a program was stopped, a ' +
      'proxy gave up on behalf of its own client, or a firewall or security software reset the attempt in the name of ' +
      'the client.',
    'Systems do not usually send anything when a program closes a socket that is still connecting, so a reset here is ' +
      'worth a second look at what runs at the client.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |------------ RST ------------>|   before any answer`,
  lookAlikes: [
    { cause: 'half-open-probe', difference: 'there the server had answered before the client reset' },
    { cause: 'answered-too-late', difference: 'there the RST is the answer to a SYN-ACK that came too late' },
    { cause: 'client-gave-up', difference: 'there the client only stops, and sends nothing' },
  ],
  platforms: {
    linux: [
      'A Linux client that gives up before any answer sends nothing. So an RST or FIN in its name comes from a stack in user space, a proxy, or a firewall on the way.',
    ],
    windows: ['Endpoint protection may end a connection that it forbids in the name of the program.'],
    containers: [
      'gVisor, and the network in user space of rootless containers, have a TCP of their own, which may say so when its program gives up.',
    ],
    clouds: [
      'A NAT gateway or firewall that is told to reset on a timeout or a change of rules does so in the name of either side.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: "tcpdump -ni any 'host {server} and tcp port {port}'",
      text: 'the RST or FIN leaves here: the client made it, look in the log of its program for a cancelled request; it does not: something on the way made it.',
    },
  ],
  applicationError: 'none',
} as const satisfies CauseDescription;
