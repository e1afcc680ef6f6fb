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
    { cause: 'client-firewall', difference: 'there the SYN-ACK fits, and is dropped behind the capture point' },
  ],
  platforms: {
    linux: [
      'Direct routing of LVS needs the virtual address on each real server, on lo; without it the answer has the wrong one. With several interfaces or addresses, policy rules (`ip rule`) decide by which one an answer leaves.',
    ],
    windows: ['A server behind a balancer that answers directly needs the virtual address on a loopback adapter.'],
    containers: [
      'Docker: a container that calls a published port of its host by the outer address gets its answer from the inner address, if the rule that masquerades such connections is missing. The same holds for pods that reach themselves through their Service without hairpin mode.',
    ],
    clouds: [
      'AWS NLB that keeps the address of the client: a target that calls the balancer and is sent back to itself does not get through. Azure: an answer that leaves past the firewall or balancer by which the SYN came (a user-defined route for one direction only).',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: 'ip route get {client}',
      text: 'the answer should leave by the device that translated the SYN; if it goes to the client directly, it keeps the wrong address.',
    },
    {
      where: 'capture',
      command: "tcpdump -ni any -S 'host {client} and tcp port {port}'",
      text: 'at the server and at the client at once. Other addresses in the two places: NAT on one direction only; other numbers: something on the way rewrites them, or answers on its own.',
    },
    {
      where: 'path',
      text: 'On the load balancer, turn on source address translation, or make it the gateway of the servers behind it: if connections get in then, the answers went past it.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
