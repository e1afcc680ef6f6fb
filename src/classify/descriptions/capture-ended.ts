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
  lookAlikes: [{ cause: 'host-silent', difference: 'there the capture goes on and the silence lasts' }],
  nextSteps: [
    {
      where: 'capture',
      command: "tcpdump -ni any -w more.pcap 'host {server} and tcp port {port} or icmp or icmp6 or arp'",
      text: 'let it run for at least ten seconds beyond the last attempt, better until the program reports its error.',
    },
  ],
  applicationError: 'none',
} as const satisfies CauseDescription;
