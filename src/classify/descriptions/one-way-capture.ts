import type { CauseDescription } from '../cause-description.js';

export const oneWayCapture = {
  id: 'one-way-capture',
  outcome: 'inconclusive',
  title: 'Only one direction was captured',
  shownBy: 'Only one direction of this conversation is in the capture, although it went on.',
  explanation: [
    'One end is never seen to send anything, yet the other goes on as if it were answered: it acknowledges, sends data, ' +
      'closes. So the answers existed, and silence in this capture means nothing.',
    'A mirror port copies one direction only, the way back leads past the capture point (asymmetric routing, a load ' +
      'balancer whose servers answer directly), a capture filter names one direction (`src host`), or one of two bonded ' +
      'links was captured.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |                              |   SYN, ACK not in the capture
  |------------ ACK ------------>|
  |----------- data ------------>|   so it was answered`,
  lookAlikes: [
    { cause: 'host-silent', difference: 'there the client repeats its SYN, as it does when no answer comes' },
    { cause: 'capture-started-late', difference: 'there both directions are seen from some moment on' },
  ],
  platforms: {
    linux: [
      'With bonded or several interfaces capture on `any`. XDP programs and some drivers with kernel bypass take packets before a capture sees them.',
    ],
    macos: [
      'With a VPN, the two directions may be on different interfaces (en0, utun): capture with `-i any` or on each.',
    ],
    windows: [
      'Npcap does not see on one adapter what leaves by another: with a VPN, choose its adapter, or all of them.',
    ],
    containers: [
      'eBPF data paths (Cilium) may hand packets from one interface to another past the point where tcpdump listens: capture inside the pod.',
    ],
    clouds: [
      'Traffic mirroring copies what its filter names: rules for both directions are needed (AWS: inbound and outbound). A balancer whose servers answer directly shows one direction only.',
    ],
  },
  nextSteps: [
    {
      where: 'capture',
      command: "tcpdump -ni any -w both.pcap 'host {server} and tcp port {port} or icmp or icmp6 or arp'",
      text: 'on {client} or {server} itself, where both directions must pass, and without src or dst in the filter.',
    },
    {
      where: 'path',
      text: 'If it is a mirror port, let it copy both directions (received and transmitted) of all links that the traffic can take.',
    },
  ],
  applicationError: 'none',
} as const satisfies CauseDescription;
