import type { CauseDescription } from '../cause-description.js';

export const captureStartedLate = {
  id: 'capture-started-late',
  outcome: 'inconclusive',
  title: 'The capture begins in the middle of the handshake',
  shownBy: 'The SYN is not in the capture: it begins with a SYN-ACK.',
  explanation: [
    "The first packet of this attempt is the server's SYN-ACK, so the port is open, but the client's SYN was before the " +
      'capture, was dropped while capturing, or takes a way that does not pass the capture point. How long the client ' +
      'had been trying is not known.',
  ],
  ladder: `
client                         server
  ==== the capture begins here ====
  |<--------- SYN, ACK ----------|`,
  lookAlikes: [
    {
      cause: 'one-way-capture',
      difference: 'there the conversation goes on and one direction stays missing throughout',
    },
    { cause: 'return-path-lost', difference: 'there the SYN is in the capture too' },
  ],
  platforms: {
    linux: [
      'tcpdump says "listening on ..." when it is ready: start the client after that. Packets that the kernel dropped are in its last lines.',
    ],
    containers: [
      'In the first moments of a pod its SYNs may leave before a capture in it can start: capture on the node instead.',
    ],
    clouds: [
      'Behind a balancer whose servers answer directly, the SYN and the answer take different ways: capture where both pass.',
    ],
  },
  nextSteps: [
    {
      where: 'capture',
      command: "tcpdump -ni any -w more.pcap 'host {server} and tcp port {port} or icmp or icmp6 or arp'",
      text: 'start it before the client tries; if the SYN is missing again, only the answers pass this capture point.',
    },
  ],
  applicationError: 'none',
} as const satisfies CauseDescription;
