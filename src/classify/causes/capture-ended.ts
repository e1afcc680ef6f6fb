import { type Context, describeSyns, type Finding, formatDuration, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { brokeOff } from './silence.js';

/** Nobody can say what would have come next. */
export function captureEnded(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, attempt, synAcks } = packets;
  if ((answer !== 'silence' && answer !== 'not-completed') || !brokeOff(packets)) return undefined;
  const reason =
    attempt.end === 'evicted'
      ? 'This attempt had to make room for newer ones'
      : 'The capture ends, or its clock jumps,';
  const evidence = [
    describeSyns(packets, context),
    {
      text: `${reason} ${formatDuration(attempt.watchedNs)} after that, before the client would have repeated its SYN`,
      frames: framesOf(packets.syns.slice(-1)),
    },
  ];
  if (synAcks.length > 0) {
    evidence.splice(1, 0, {
      text: `The SYN-ACK of ${nameFrames(synAcks, context)} is the last of it`,
      frames: framesOf(synAcks),
    });
  }
  return { confidence: 'high', evidence, alternatives: [] };
}
