import { type Context, type Evidence, formatDuration, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { isOverdue, patienceOf } from '../stack.js';

/** An RST or an ICMP error came when the client's next SYN was overdue: its program had stopped waiting. */
export function answerAfterGiveUp(
  { attempt, decisive, ...packets }: AttemptPackets,
  context: Context,
): Evidence | undefined {
  if (decisive === undefined || (decisive.kind !== 'rst' && decisive.kind !== 'icmp')) return undefined;
  // Probes repeat nothing.
  if (attempt.isOddSyn || attempt.isBareSyn) return undefined;
  const syns = packets.syns.filter(({ timeNs }) => timeNs <= decisive.timeNs);
  const last = syns.at(-1);
  // It went on trying.
  if (last === undefined || syns.length < packets.syns.length) return undefined;
  const waitedNs = decisive.timeNs - last.timeNs;
  if (!isOverdue(syns, waitedNs)) return undefined;
  const what = decisive.kind === 'rst' ? 'RST' : 'ICMP error';
  const { nextSynNs } = patienceOf(syns);
  return {
    text: `The ${what} of ${nameFrames([decisive], context)} came ${formatDuration(waitedNs)} after the last SYN (${nameFrames([last], context)}); the client would have sent another one after ${formatDuration(nextSynNs)}, so it had given up before, and its program reported a timeout`,
    frames: framesOf([last, decisive]),
  };
}
