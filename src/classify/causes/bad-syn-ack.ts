import { type Context, describeSyns, type Finding, formatEndpoint, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** An answer came, but to another question. */
export function badSynAck(packets: AttemptPackets, context: Context): Finding | undefined {
  if (packets.answer !== 'wrong-syn-ack') return undefined;
  const wrong = packets.events('bad-syn-ack');
  const resets = packets.events('client-rst');
  const from = wrong[0].from;
  const evidence = [
    describeSyns(packets, context),
    {
      text:
        from === undefined
          ? `The SYN-ACK of ${nameFrames(wrong, context)} acknowledges another sequence number than the SYN's`
          : `The SYN-ACK of ${nameFrames(wrong, context)} acknowledges this SYN, but comes from ${formatEndpoint(from)} instead of ${formatEndpoint(packets.attempt.server)}: no connection that the client knows of`,
      frames: framesOf(wrong),
    },
  ];
  if (resets.length > 0) {
    evidence.push({
      text: `The client rejected it with an RST (${nameFrames(resets, context)})`,
      frames: framesOf(resets),
    });
  }
  return { confidence: 'high', evidence, alternatives: [] };
}
