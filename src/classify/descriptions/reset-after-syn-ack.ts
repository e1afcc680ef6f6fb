import type { CauseDescription } from '../cause-description.js';

export const resetAfterSynAck = {
  id: 'reset-after-syn-ack',
  outcome: 'refused',
  title: 'The server answered, then reset the connection before it was complete',
  shownBy: "The server sends a SYN-ACK and then an RST, and the client's ACK is not there.",
  explanation: [
    'The SYN was accepted and answered, and then the server took its answer back. So something did listen on the ' +
      'port, and packets travel at least from the client to the server.',
    'It comes from a listener that went away in between (a restart, a deployment, a crash), from a load balancer or ' +
      'SYN proxy that answers for its backends and resets when it reaches none of them, and from stacks that end a ' +
      'SYN-ACK nobody acknowledged with an RST: then the question is where the ACK, or the SYN-ACK itself, was lost.',
    'A client that received the SYN-ACK counts itself connected for a moment: its application may see ECONNRESET ' +
      '("Connection reset by peer") instead of ECONNREFUSED.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--------- SYN, ACK ----------|
  |                              |   no ACK from the client
  |<----------- RST -------------|`,
  lookAlikes: [
    { cause: 'port-closed', difference: 'there the RST is the first and only answer; no SYN-ACK comes before it' },
    {
      cause: 'service-unstable',
      difference: 'there the RST is the only answer to this SYN, and other SYNs are accepted',
    },
    { cause: 'return-path-lost', difference: 'there the server repeats its SYN-ACK and goes silent; it never resets' },
    { cause: 'half-open-probe', difference: 'there the RST comes from the client, right after the SYN-ACK' },
    { cause: 'middlebox-reset', difference: 'there the RST is not made by the host that sent the SYN-ACK' },
  ],
  platforms: {
    linux: [
      'Linux itself takes back no SYN-ACK: when the listener closes, it forgets the attempt, and the RST is its answer to the next packet of the client. An RST without any packet before it hints at a client ACK that the capture missed, or at another stack.',
      'With net.ipv4.tcp_abort_on_overflow set to 1, a full accept queue may end in an RST. Linux 6.18 was seen to stay silent even so.',
    ],
    containers: [
      'Where several pods or containers stand behind one address, the second packet of the client may be sent to another one than the first: while backends come and go, or over parallel routes. That one knows nothing of the SYN and resets.',
    ],
    clouds: [
      'Protection against floods of SYNs may answer in the name of the target and reset what it does not trust yet; the next attempt gets in. Balancers that are proxies (AWS ALB and Classic, Azure Application Gateway, proxies of GCP) complete the handshake first, so that a missing backend shows later, as accepted-then-reset.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "tcpdump -ni any 'host {client} and tcp port {port}'",
      text: "the client's ACK arrives before the RST leaves: the server resets of its own accord; only SYNs arrive: the SYN-ACK or the ACK is lost on the way; no RST leaves here: something in between made it.",
    },
    {
      where: 'server',
      command: "ss -ltn 'sport = :{port}'",
      text: 'a line: something listens now, look in its log for a restart at that moment; no line: it is gone. Recv-Q above Send-Q: its queue is full.',
    },
    {
      where: 'server',
      command: 'sysctl net.ipv4.tcp_abort_on_overflow',
      text: '1: a full accept queue may answer with an RST, and `nstat -az TcpExtListenOverflows` grows with each one; 0: it stays silent, so that it is not the queue.',
    },
    {
      where: 'path',
      text: 'If {server} is a load balancer or a proxy, look at the health of its backends at that moment: one without healthy backends answers and resets.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
