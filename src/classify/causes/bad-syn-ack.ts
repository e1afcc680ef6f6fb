import { type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** An answer came, but to another question. */
export function badSynAck(packets: AttemptPackets, context: Context): Finding | undefined {
  if (packets.answer !== 'wrong-syn-ack') return undefined;
  const wrong = packets.events('bad-syn-ack');
  const resets = packets.events('client-rst');
  const evidence = [
    describeSyns(packets, context),
    {
      text: `The SYN-ACK of ${nameFrames(wrong, context)} acknowledges another sequence number than the SYN's`,
      frames: framesOf(wrong),
    },
  ];
  if (resets.length > 0) {
    evidence.push({ text: `The client rejected it with an RST (${nameFrames(resets, context)})`, frames: framesOf(resets) });
  }
  return { confidence: 'high', evidence, alternatives: [] };
}
