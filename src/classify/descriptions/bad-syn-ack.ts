import type { CauseDescription } from '../cause-description.js';

export const badSynAck = {
  id: 'bad-syn-ack',
  outcome: 'timed-out',
  title: 'The answer does not belong to the SYN',
  shownBy:
    'SYN-ACKs acknowledge another number than the SYN has, or come from another address or port than it was sent to.',
  explanation: [
    'Something answers, but the client cannot use it: a SYN-ACK has to come from the address and port that the SYN went ' +
      'to and has to acknowledge its sequence number plus one. Anything else is ignored or reset.',
    'From another address or port: the answer bypasses the NAT or load balancer that translated the SYN, because the ' +
      'server sends it to the client directly (asymmetric routing, client and server in one subnet behind the balancer, ' +
      'a container host with two interfaces). With another number: a firewall that rewrites sequence numbers sees only ' +
      'one direction, a SYN proxy or an intrusion-prevention device answers on its own, or the answer belongs to an ' +
      'earlier connection.',
  ],
  ladder: `
client           load balancer           server
  |------- SYN ------->|                   |
  |                    |------- SYN ------>|
  |<------------- SYN, ACK ----------------|   from the server's own
  |---------------- RST ------------------>|   address: not expected`,
  lookAlikes: [
    {
      cause: 'stale-connection',
      difference: 'there the answer is an ACK without SYN, from the address the client asked',
    },
    { cause: 'return-path-lost', difference: 'there the SYN-ACKs are right and only get lost' },
    { cause: 'half-open-probe', difference: 'there the SYN-ACK is right and the client resets on purpose' },
  ],
  nextSteps: [
    {
      where: 'server',
      command: 'ip route get {client}',
      text: 'the answer should leave by the device that translated the SYN; if it goes to the client directly, it keeps the wrong address.',
    },
    {
      where: 'capture',
      command: "tcpdump -ni any -S 'host {client} and tcp port {port}'",
      text: 'at the server and at the client at once: numbers that differ between the two places were rewritten on the way.',
    },
    {
      where: 'path',
      text: 'On the load balancer, turn on source address translation, or make it the gateway of the servers behind it.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
