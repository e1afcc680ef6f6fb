import { type Context, describeSyns, type Finding, formatDuration, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { brokeOff, watchedAfter } from './silence.js';

/** Nobody can say what would have come next. */
export function captureEnded(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, attempt, syns, synAcks } = packets;
  if ((answer !== 'silence' && answer !== 'not-completed') || !brokeOff(packets)) return undefined;
  const reason =
    attempt.end === 'evicted' ? 'It had to make room for newer attempts' : 'The capture ends, or its clock jumps,';
  const last = synAcks.at(-1) ?? syns[syns.length - 1];
  const due = synAcks.length > 0 ? 'an ACK or a repetition was due' : 'the client would have repeated its SYN';
  const evidence = [describeSyns(packets, context)];
  if (synAcks.length > 0) {
    evidence.push({
      text: `The server answered with a SYN-ACK (${nameFrames(synAcks, context)})`,
      frames: framesOf(synAcks),
    });
  }
  evidence.push({
    text: `${reason} ${formatDuration(watchedAfter(last, packets))} after ${nameFrames([last], context)}, before ${due}`,
    frames: framesOf([last]),
  });
  return { confidence: 'high', evidence, alternatives: [] };
}
