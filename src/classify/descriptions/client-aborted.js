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
  ],
  nextSteps: [
    {
      where: 'client',
      text: 'Look in the log of the program on {client} for a cancelled or timed-out request at that moment.',
    },
    {
      where: 'capture',
      text: 'Capture on the other side of any firewall or proxy as well: if the RST is not there when the client sends it, something in between made it.',
    },
  ],
  applicationError: 'none',
};
//# sourceMappingURL=client-aborted.js.map
