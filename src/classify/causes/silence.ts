/** What the causes of silence have in common: when silence counts, and how it is told. */
import type { AttemptEvent } from '../../track/attempt.js';
import { type Context, describeSyns, type Evidence, formatDuration, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** So much silence behind a SYN is enough, whenever its client would have repeated it. */
const ENOUGH_SILENCE_NS = 3e9;
/** The first retransmission of every known stack comes after about a second (RFC 6298 section 2). */
const FIRST_TIMEOUT_NS = 1e9;
const BACKOFF = 2;
/** Timers are a little early at times. */
const EARLY_SHARE = 0.9;
/** Two SYNs closer together than this were no timeout's work. */
const QUICK_REPETITION_NS = 200e6;

/** True if the capture broke off, or could not be followed on, before the silence behind the last packet meant anything. */
export function brokeOff(packets: AttemptPackets): boolean {
  const { attempt, syns, synAcks } = packets;
  if (attempt.end === 'quiet') return false;
  // An answer may have been on its way back until now: neither an ACK nor its own repetition was due.
  if (synAcks.length > 0 && watchedAfter(synAcks[0], packets) < EARLY_SHARE * FIRST_TIMEOUT_NS) return true;
  if (attempt.watchedNs >= ENOUGH_SILENCE_NS) return false;
  return attempt.watchedNs < EARLY_SHARE * nextSynAfterNs(syns);
}

/** For how long the capture went on after one of the attempt's packets. */
export function watchedAfter({ timeNs }: AttemptEvent, { attempt, lastSyn }: AttemptPackets): number {
  return attempt.watchedNs - (timeNs - (lastSyn ?? attempt.events[0]).timeNs);
}

/**
 * When the client's next SYN would have been due at the latest, counted from its last one: after twice the gap before
 * it (RFC 6298 section 5.5), although Linux begins with equal ones.
 */
function nextSynAfterNs(syns: readonly AttemptEvent[]): number {
  const last = syns.at(-1);
  const before = syns.at(-2);
  const gapNs = last === undefined || before === undefined ? 0 : last.timeNs - before.timeNs;
  return gapNs > QUICK_REPETITION_NS ? BACKOFF * gapNs : FIRST_TIMEOUT_NS;
}

/** True if the client's answers are missing from the capture altogether: its connections went on without any. */
export function isDeaf({ attempt }: AttemptPackets, { hosts }: Context): boolean {
  return (
    hosts.wentOnUnanswered(attempt.clientHost) && hosts.lastAddressedNs(attempt.clientHost) === Number.NEGATIVE_INFINITY
  );
}

/** Whether this is silence that means something: neither cut off, nor in a capture of one direction. */
export function isRealSilence(packets: AttemptPackets, context: Context): boolean {
  return packets.answer === 'silence' && !brokeOff(packets) && !isDeaf(packets, context);
}

const ODD_SYN: Evidence = {
  text: 'The SYN has FIN, PSH or URG set too, as probes send it: hosts and firewalls may drop it for that alone',
  frames: [],
};

/** 'The SYN was sent 4 times …' and 'no answer came'. */
export function describeSilence(packets: AttemptPackets, context: Context): Evidence[] {
  const silence = `No answer came in the ${formatDuration(packets.attempt.watchedNs)} that the capture went on after the last SYN`;
  return [
    describeSyns(packets, context),
    { text: silence, frames: framesOf(packets.syns.slice(-1)) },
    ...(packets.attempt.isOddSyn ? [ODD_SYN] : []),
    ...ignored(packets, context),
  ];
}

/** RSTs that were no answer: unacceptable to the client (RFC 9293 section 3.10.7.3). */
function ignored(packets: AttemptPackets, context: Context): Evidence[] {
  const resets = packets.events('ignored-rst');
  if (resets.length === 0) return [];
  const text = `RSTs that do not acknowledge the SYN, so that the client has to ignore them: ${nameFrames(resets, context)}`;
  return [{ text, frames: framesOf(resets) }];
}
