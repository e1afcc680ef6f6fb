import type { AttemptEvent } from '../../track/attempt.js';
import {
  type Context,
  describeSyns,
  type Evidence,
  type Finding,
  formatDuration,
  framesOf,
  nameFrames,
} from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { brokeOff, watchedAfter } from './silence.js';

/** Less than this is not worth a number. */
const AT_ONCE_NS = 1e3;

/** Nobody can say what would have come next. */
export function captureEnded(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer } = packets;
  if ((answer !== 'silence' && answer !== 'not-completed') || !brokeOff(packets)) return undefined;
  return { confidence: 'high', tell: () => ({ evidence: describeBreak(packets, context), alternatives: [] }) };
}

function describeBreak(packets: AttemptPackets, context: Context): Evidence[] {
  const { syns, synAcks } = packets;
  const last = synAcks.at(-1) ?? syns[syns.length - 1];
  const due = synAcks.length > 0 ? 'an ACK or a repetition was due' : 'the client would have repeated its SYN';
  const evidence = [describeSyns(packets, context)];
  if (synAcks.length > 0) {
    evidence.push({
      text: `The server answered with a SYN-ACK (${nameFrames(synAcks, context)})`,
      frames: framesOf(synAcks),
    });
  }
  evidence.push({ text: `${describeEnd(last, packets, context)}, before ${due}`, frames: framesOf([last]) });
  return evidence;
}

function describeEnd(last: AttemptEvent, packets: AttemptPackets, context: Context): string {
  const silentNs = watchedAfter(last, packets);
  const frame = nameFrames([last], context);
  const when = silentNs < AT_ONCE_NS ? `right behind ${frame}` : `${formatDuration(silentNs)} after ${frame}`;
  switch (packets.attempt.end) {
    case 'evicted':
      return `It had to make room for newer attempts ${when}`;
    case 'clock-jump':
      return `The capture's clock jumps ${when}`;
    default:
      return `The capture ends ${when}`;
  }
}
