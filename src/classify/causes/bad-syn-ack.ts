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
          ? `${wrong.length === 1 ? 'A SYN-ACK' : `${wrong.length} SYN-ACKs`} (${nameFrames(wrong, context)}) came that did not acknowledge the SYN's sequence number`
          : `${wrong.length === 1 ? 'A SYN-ACK' : `${wrong.length} SYN-ACKs`} (${nameFrames(wrong, context)}) acknowledged this SYN, but came from ${formatEndpoint(from)} instead of ${formatEndpoint(packets.attempt.server)}: no connection that the client knows of`,
      frames: framesOf(wrong),
    },
  ];
  if (resets.length > 0) {
    evidence.push({
      text: `The client rejected ${wrong.length === 1 ? 'it' : 'them'} with ${resets.length === 1 ? 'an RST' : 'RSTs'} (${nameFrames(resets, context)})`,
      frames: framesOf(resets),
    });
  }
  const goesOn = packets.attempt.events.filter(({ kind }) => kind === 'client-segment' || kind === 'server-segment');
  if (goesOn.length > 0) {
    evidence.push({
      text: `All the same the conversation went on (${nameFrames(goesOn, context)}), as no stack does: these packets may be made up, or their numbers rewritten`,
      frames: framesOf(goesOn),
    });
  }
  return { confidence: goesOn.length > 0 ? 'low' : 'high', tell: () => ({ evidence, alternatives: [] }) };
}
