import { after, type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The client ended it without having been answered, or instead of acknowledging the answer. */
export function clientAborted(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, firstSyn, synAcks } = packets;
  if (answer !== 'ended-by-client' || decisive === undefined) return undefined;
  if (decisive.kind === 'client-rst' && synAcks.length > 0) return undefined;
  const what = decisive.kind === 'client-rst' ? 'an RST' : 'a FIN';
  return {
    confidence: 'high',
    tell: () => ({
      evidence: [
        describeSyns(packets, context),
        {
          text: `The client sent ${what} (${nameFrames([decisive], context)}) ${after(firstSyn, decisive)}, ${synAcks.length === 0 ? 'before any answer' : 'and no ACK of the SYN-ACK'}`,
          frames: framesOf([decisive]),
        },
      ],
      alternatives: [],
    }),
  };
}
