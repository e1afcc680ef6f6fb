import { after, type Context, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The target answered with an RST that acknowledges the SYN (RFC 9293 section 3.5.2). */
export function portClosed(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, syns } = packets;
  if (answer !== 'reset' || decisive === undefined) return undefined;
  const resets = packets.events('rst');
  // The SYN that it answers is the last one before it; recorded out of order, the first one.
  const syn = syns.filter(({ timeNs }) => timeNs <= decisive.timeNs).at(-1) ?? syns[0];
  const wasEarlier = decisive.timeNs < syn.timeNs;
  const evidence = [
    {
      text: wasEarlier
        ? `The RST of ${nameFrames([decisive], context)} acknowledges the SYN of ${nameFrames([syn], context)}, which the capture recorded just behind it`
        : `The RST of ${nameFrames([decisive], context)} acknowledges the SYN of ${nameFrames([syn], context)}, ${after(syn, decisive)}`,
      frames: framesOf([syn, decisive]),
    },
  ];
  if (resets.length > 1) {
    evidence.push({
      text: `The client asked ${syns.length} times and was refused ${resets.length} times (${nameFrames(resets, context)})`,
      frames: framesOf(resets),
    });
  }
  return { confidence: 'high', evidence, alternatives: [] };
}
