export const returnPathLost = {
  id: 'return-path-lost',
  outcome: 'timed-out',
  title: 'The server answers, but the handshake never completes',
  shownBy: 'SYN-ACKs are sent again and again and no ACK comes.',
  explanation: [
    'The SYN arrives and the port is open; what gets lost is the rest. If the client repeats its SYN as well, the SYN-ACK ' +
      'does not reach it. If only the SYN-ACK is repeated, the client got it and its ACK is lost, or the SYN carried a ' +
      'forged or unreachable source address, as in a SYN flood.',
    'It comes from asymmetric routing (the answer takes another way and a stateful firewall there never saw the SYN), a ' +
      'default route or policy route that is missing at the server, a network ACL of a cloud without a rule for the ' +
      "ephemeral ports of the answers, a client's own firewall or security software, or an address that another " +
      'host also uses.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |    X ------ SYN, ACK --------|
  |------------ SYN ------------>|   1 s: repeated, so the client
  |    X ------ SYN, ACK --------|   did not get the answer`,
  lookAlikes: [
    { cause: 'port-dropped', difference: 'there no SYN-ACK is sent at all' },
    { cause: 'bad-syn-ack', difference: 'there the SYN-ACK arrives, and it does not fit' },
    { cause: 'answered-too-late', difference: 'there the client does get the SYN-ACK and resets it' },
  ],
  nextSteps: [
    {
      where: 'server',
      command: 'ip route get {client}',
      text: 'another gateway or interface than the SYN came in by: the answer takes a way on which it may be dropped.',
    },
    {
      where: 'client',
      command: "tcpdump -ni any 'host {server} and tcp port {port}'",
      text: 'SYN-ACKs arrive: the firewall of the client drops them after the capture point, or its ACK is lost; none arrive: they are lost on the way back.',
    },
    {
      where: 'path',
      text: 'Look for a stateful firewall that sees only one direction, and in a cloud for a network ACL that lets out the ephemeral ports (1024 to 65535).',
    },
  ],
  applicationError: 'silence',
};
//# sourceMappingURL=return-path-lost.js.map
