import type { CauseDescription } from '../cause-description.js';

export const captureEnded = {
  id: 'capture-ended',
  outcome: 'inconclusive',
  title: 'The capture ends before it is decided',
  shownBy: 'The capture ends, or its clock jumps, too soon after the last SYN for its silence to mean anything.',
  explanation: [
    'The SYN is there and no answer, but the capture stops before one had to be expected: within about three seconds, ' +
      'and before the client would have repeated its SYN. Whether it would have been answered is not in these packets.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  ===== the capture ends here =====`,
  lookAlikes: [
    { cause: 'host-silent', difference: 'there the capture goes on and the silence lasts' },
    { cause: 'client-gave-up', difference: 'there the capture goes on, and the client stopped before its next SYN' },
  ],
  platforms: {
    linux: [
      'tcpdump writes in blocks: end it with Ctrl-C or `kill -INT`, or use `-U`, or the last seconds are missing. `timeout -s INT 60 tcpdump ...` ends it in good order.',
    ],
    windows: ['`pktmon stop` and `netsh trace stop` write the rest; a file copied before is not complete.'],
    containers: [
      'A capture in a pod (`kubectl debug` with an image that has tcpdump) ends with the pod: write it to a volume, or to standard output.',
    ],
    clouds: [
      'Packet captures of Azure Network Watcher and mirror sessions have limits of size and time: look which one ended it.',
    ],
  },
  nextSteps: [
    {
      where: 'capture',
      command: "tcpdump -ni any -w more.pcap 'host {server} and tcp port {port} or icmp or icmp6 or arp'",
      text: 'let it run for at least ten seconds beyond the last attempt, better until the program reports its error.',
    },
  ],
  applicationError: 'none',
} as const satisfies CauseDescription;
