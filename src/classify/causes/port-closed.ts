import { after, type Context, type Evidence, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The target answered with an RST that acknowledges the SYN (RFC 9293 section 3.5.2). */
export function portClosed(packets: AttemptPackets, context: Context): Finding | undefined {
  if (packets.answer !== 'reset') return undefined;
  return { confidence: 'high', evidence: describeRefusal(packets, context), alternatives: [] };
}

/** The RST and the SYN that it answers, and how often that happened. */
export function describeRefusal(packets: AttemptPackets, context: Context): Evidence[] {
  const { syns } = packets;
  const resets = packets.events('rst');
  const reset = packets.decisive ?? resets[0];
  // The SYN that it answers is the last one before it; recorded out of order, the first one.
  const syn = syns.filter(({ timeNs }) => timeNs <= reset.timeNs).at(-1) ?? syns[0];
  const when = reset.timeNs < syn.timeNs ? 'which the capture recorded just behind it' : after(syn, reset);
  const evidence = [
    {
      text: `The RST of ${nameFrames([reset], context)} acknowledges the SYN of ${nameFrames([syn], context)}, ${when}`,
      frames: framesOf([syn, reset]),
    },
  ];
  if (resets.length > 1) {
    evidence.push({
      text: `The client asked ${syns.length} times and was refused ${resets.length} times (${nameFrames(resets, context)})`,
      frames: framesOf(resets),
    });
  }
  return evidence;
}
