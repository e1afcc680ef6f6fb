export const halfOpenProbe = {
  id: 'half-open-probe',
  outcome: 'aborted',
  title: 'The client only asked whether the port is open',
  shownBy: "SYN, SYN-ACK, then the client's RST at once: the port is open.",
  explanation: [
    'The client had what it wanted as soon as the SYN-ACK came, and reset instead of acknowledging. Port scanners do ' +
      'so (nmap -sS, masscan, zmap: their SYNs do not come from a socket, so the system resets the answer), and so do ' +
      'health checks of load balancers that test the port only.',
    'Nothing is wrong with the server. The application never saw a connection.',
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--------- SYN, ACK ----------|   open
  |------------ RST ------------>|   thank you`,
  lookAlikes: [
    { cause: 'answered-too-late', difference: 'there the SYN-ACK came seconds late, after the client had given up' },
    { cause: 'bad-syn-ack', difference: 'there the client resets because the SYN-ACK does not fit' },
    { cause: 'client-aborted', difference: 'there the client ends it before any answer' },
  ],
  nextSteps: [
    {
      where: 'client',
      text: 'Find out what {client} is: a load balancer or monitor explains regular probes of one port, a scanner explains many ports or hosts in a row.',
    },
  ],
  applicationError: 'none',
};
//# sourceMappingURL=half-open-probe.js.map
