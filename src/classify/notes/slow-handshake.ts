import type { AttemptEvent, EventKind } from '../../track/attempt.js';
import { after, type Context, type Evidence, formatDuration, framesOf, nameFrames } from '../finding.js';
import type { Decision } from '../notes.js';
import type { AttemptPackets } from '../packets.js';
import { answeredSyn } from './answered-syn.js';

/** What is repeated sooner was provoked by an answer, and nobody feels it. */
const SLOW_NS = 200e6;
/** No system waits longer for its SYN; what took longer has a clock that jumped. */
const SLOWEST_NS = 200e9;
/** A SYN-ACK that comes a round trip and this behind the ACK did not just cross it. */
const CROSSING_NS = 500e6;

/** Answers to a SYN that let its client try again. */
const OTHER_ANSWERS: ReadonlySet<EventKind> = new Set<EventKind>(['rst', 'icmp', 'bad-syn-ack', 'bare-ack']);

/** The connection was made, but a SYN or a SYN-ACK had to be sent again for it. */
export function slowHandshake(packets: AttemptPackets, context: Context, verdict: Decision): Evidence | undefined {
  if (verdict.outcome !== 'established') return undefined;
  const { firstSyn, synAcks } = packets;
  const asked = answeredSyn(packets, context);
  if (firstSyn === undefined || asked === undefined) return undefined;
  const [ack] = packets.events('ack');
  const taken = synAcks.filter(({ timeNs }) => ack === undefined || timeNs <= ack.timeNs);
  const lastTaken = taken.at(-1) ?? synAcks[0];
  const waitedNs = asked.timeNs - firstSyn.timeNs + (lastTaken.timeNs - synAcks[0].timeNs);
  const tookNs = (ack ?? lastTaken).timeNs - firstSyn.timeNs;
  if (tookNs > SLOWEST_NS) return undefined;
  if (waitedNs < SLOW_NS) return describeSlowPath(packets, asked, context) ?? describeLateAck(packets, ack, context);
  const share = isUncertain(packets) ? '' : `, of which ${formatDuration(waitedNs)} were waiting`;
  const cost = `the handshake took ${formatDuration(tookNs)}${share}`;
  return describeRepetitions(packets, asked, taken, cost, context);
}

/** True if each SYN may have got an answer of its own, so that the first was not lost, only its answer slow. */
function isUncertain({ syns, synAcks }: AttemptPackets): boolean {
  return syns.length > 1 && synAcks.length > 1 && synAcks[0].echo === 0;
}

function describeRepetitions(
  packets: AttemptPackets,
  asked: AttemptEvent,
  taken: readonly AttemptEvent[],
  cost: string,
  context: Context,
): Evidence {
  const syns = packets.syns.filter(({ timeNs }) => timeNs <= asked.timeNs);
  const others = packets.attempt.events.filter(({ kind, timeNs }) => OTHER_ANSWERS.has(kind) && timeNs <= asked.timeNs);
  const parts: string[] = [];
  if (syns.length > 1) {
    const until = others.length > 0 ? 'accepted' : 'answered';
    const first = others.length > 0 ? ` and got another answer first (${nameFrames(others, context)})` : '';
    parts.push(`The SYN was sent ${syns.length} times before it was ${until} (${nameFrames(syns, context)})${first}`);
  }
  if (taken.length > 1) {
    const what = syns.length > 1 ? 'the SYN-ACK' : 'The SYN-ACK was sent';
    parts.push(`${what} ${taken.length} times before the client acknowledged it (${nameFrames(taken, context)})`);
  }
  return { text: `${parts.join(', ')}: ${cost}`, frames: framesOf([...syns, ...others, ...taken]) };
}

/** The first SYN was answered after all, later than its client had patience. */
function describeSlowPath(
  { firstSyn, syns, synAcks }: AttemptPackets,
  asked: AttemptEvent,
  context: Context,
): Evidence | undefined {
  const [synAck] = synAcks;
  const early = syns.filter(({ timeNs }) => timeNs > asked.timeNs && timeNs < synAck.timeNs);
  if (firstSyn === undefined || early.length === 0 || synAck.timeNs - firstSyn.timeNs < SLOW_NS) return undefined;
  const text = `The SYN-ACK of ${nameFrames([synAck], context)} answers the SYN of ${nameFrames([asked], context)}, ${after(asked, synAck)}; that was sent again meanwhile (${nameFrames(early, context)}), although nothing was lost: the way or the server is slow`;
  return { text, frames: framesOf([asked, ...early, synAck]) };
}

/** The client was content, but the server did not take its ACK: only then does it send the SYN-ACK again. */
function describeLateAck(
  { syns, synAcks }: AttemptPackets,
  ack: AttemptEvent | undefined,
  context: Context,
): Evidence | undefined {
  // A repeated SYN brings a repeated SYN-ACK.
  if (ack === undefined || syns.length !== 1) return undefined;
  const roundTripNs = ack.timeNs - syns[0].timeNs;
  const later = synAcks.filter(({ timeNs }) => {
    const waitedNs = timeNs - ack.timeNs;
    return waitedNs > roundTripNs + CROSSING_NS && waitedNs < SLOWEST_NS;
  });
  const last = later.at(-1);
  if (last === undefined) return undefined;
  const text = `The SYN-ACK was sent again up to ${formatDuration(last.timeNs - ack.timeNs)} after the client's ACK of ${nameFrames([ack], context)} (${nameFrames(later, context)}): that ACK was late or lost farther on, or the server's accept queue was full, or it takes connections only once there is data (TCP_DEFER_ACCEPT)`;
  return { text, frames: framesOf([ack, ...later]) };
}
