/** What the causes of silence have in common: when silence counts, and how it is told. */
import type { AttemptEvent } from '../../track/attempt.js';
import { TRAIT_TIMESTAMPS, TRAIT_WINDOW_SCALE } from '../../track/layout/traits.js';
import { type Context, describeSyns, type Evidence, formatDuration, framesOf, nameFrames } from '../finding.js';
import { type AttemptPackets, isTimeExceeded } from '../packets.js';
import { patienceOf, stoppedEarly, stoppedTrying } from '../stack.js';

/** So much silence behind a SYN is enough, whenever its client would have repeated it. */
const ENOUGH_SILENCE_NS = 3e9;
/** A SYN-ACK is repeated after about a second, and its ACK takes less (RFC 6298 section 2). */
const FIRST_TIMEOUT_NS = 1e9;
/** Timers are a little early at times. */
const EARLY_SHARE = 0.9;
/** SYNs over a longer time than this are not lost one by one. */
const LONG_SILENCE_NS = 3e9;
/** Who tries more ports of one host is not connecting but looking. */
const PORTS_OF_A_SCAN = 5;

/** True if the capture broke off, or could not be followed on, before the silence behind the last packet meant anything. */
export function brokeOff(packets: AttemptPackets): boolean {
  const { attempt, syns, synAcks } = packets;
  if (attempt.end === 'quiet') return false;
  // An answer may have been on its way back until now: neither an ACK nor its own repetition was due.
  if (synAcks.length > 0 && watchedAfter(synAcks[0], packets) < EARLY_SHARE * FIRST_TIMEOUT_NS) return true;
  if (attempt.watchedNs >= ENOUGH_SILENCE_NS) return false;
  return attempt.watchedNs < EARLY_SHARE * patienceOf(syns).nextSynNs;
}

/** For how long the capture went on after one of the attempt's packets. */
export function watchedAfter({ timeNs }: AttemptEvent, { attempt, lastSyn }: AttemptPackets): number {
  return attempt.watchedNs - (timeNs - (lastSyn ?? attempt.events[0]).timeNs);
}

/** What macOS leaves out when it has repeated a SYN some times. */
const DROPPED_TRAITS = TRAIT_TIMESTAMPS | TRAIT_WINDOW_SCALE;

/** True if the first SYN offers less than others of this client do: it repeats one that was sent before the capture. */
export function beganBefore({ attempt, firstSyn }: AttemptPackets, { hosts }: Context): boolean {
  const missing = hosts.synTraits(attempt.clientHost) & ~(firstSyn?.traits ?? 0);
  return (missing & DROPPED_TRAITS) === DROPPED_TRAITS;
}

/**
 * True if one SYN was sent and never repeated, although it was due, and nobody else met silence at this port: as likely
 * as anything, that one packet was lost.
 */
export function isLoneSyn(packets: AttemptPackets, context: Context): boolean {
  const { attempt, syns } = packets;
  if (syns.length !== 1 || attempt.isOddSyn || attempt.isBareSyn || beganBefore(packets, context)) return false;
  return stoppedTrying(packets) && !isSilenceOfOthers(packets, context);
}

/** True if others, or the same client again, met the same silence at this port, so that it is no matter of luck. */
export function isSilenceOfOthers(packets: AttemptPackets, context: Context): boolean {
  const { firstSynNs, lastSynNs } = context.company.silenceAt(packets.attempt);
  return lastSynNs - firstSynNs > LONG_SILENCE_NS || isScan(packets, context);
}

/** True if the client tried so many ports of this server that it was looking, not connecting. */
export function isScan({ attempt }: AttemptPackets, { company }: Context): boolean {
  return company.portsTried(attempt) >= PORTS_OF_A_SCAN;
}

/** Why an answer to the client would not have been in the capture, as a sentence; undefined if it would have been. */
export function findDeafness({ attempt }: AttemptPackets, { hosts, company, capture }: Context): string | undefined {
  const { client, server, clientHost, serverHost } = attempt;
  if (company.wentOnUnheard(attempt) && hosts.firstHeardNs(serverHost) === Number.POSITIVE_INFINITY) {
    return `The capture holds nothing that ${server.address} sent, although other connections of ${client.address} to it went on: an answer would not have been seen`;
  }
  if (hosts.lastAddressedNs(clientHost) !== Number.NEGATIVE_INFINITY) return undefined;
  if (hosts.wentOnUnanswered(clientHost)) {
    return `The capture holds nothing that was sent to ${client.address}, although its other connections went on: an answer would not have been seen`;
  }
  if (company.loneSyns > 0 && capture.plainSegments === 0 && capture.synAcks === 0) {
    return `The capture holds ${company.loneSyns} attempts whose SYNs are hardly ever repeated, and no other TCP packet: presumably it was filtered down to SYNs, and an answer would not have been seen`;
  }
  return undefined;
}

/** Whether this is silence that means something: neither cut off, nor in a capture of one direction. */
export function isRealSilence(packets: AttemptPackets, context: Context): boolean {
  if (packets.answer !== 'silence') return false;
  packets.memo.isRealSilence ??= !brokeOff(packets) && findDeafness(packets, context) === undefined;
  return packets.memo.isRealSilence;
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
    ...diedOnTheWay(packets, context),
    ...ownTimeLimit(packets, context),
    ...ignored(packets, context),
  ];
}

/** Routers that a SYN with a low TTL did not get past, as traceroute sends them: no answer of the target. */
function diedOnTheWay(packets: AttemptPackets, context: Context): Evidence[] {
  const errors = packets.events('icmp').filter(isTimeExceeded);
  if (errors.length === 0) return [];
  const routers = [...new Set(errors.map(({ icmp }) => icmp!.from))];
  const text = `Time exceeded from ${routers.slice(0, 3).join(', ')} (${nameFrames(errors, context)}): the SYN was sent with a TTL of ${packets.syns[0].timeToLive} and died on the way, as a traceroute means it to`;
  return [{ text, frames: framesOf(errors) }];
}

/** That the program gave up before its system did, where the SYNs show it. */
function ownTimeLimit(packets: AttemptPackets, context: Context): Evidence[] {
  const { attempt, syns } = packets;
  if (attempt.isOddSyn || attempt.isBareSyn || !stoppedEarly(packets) || beganBefore(packets, context)) return [];
  // A scanner has no system that would go on for it.
  if (isScan(packets, context)) return [];
  const { nextSynNs, givesUpNs, systems } = patienceOf(syns);
  if (systems.length === 0) return [];
  const text = `No further SYN came, although ${systems.join(' or ')} would have sent one within ${formatDuration(nextSynNs)} and gone on for ${formatDuration(givesUpNs)}: presumably the program has a shorter time limit of its own, and reports that`;
  return [{ text, frames: framesOf(syns.slice(-1)) }];
}

/** RSTs that were no answer: unacceptable to the client (RFC 9293 section 3.10.7.3). */
function ignored(packets: AttemptPackets, context: Context): Evidence[] {
  const resets = packets.events('ignored-rst');
  if (resets.length === 0) return [];
  const text = `RSTs that do not acknowledge the SYN, so that the client has to ignore them: ${nameFrames(resets, context)}`;
  return [{ text, frames: framesOf(resets) }];
}
