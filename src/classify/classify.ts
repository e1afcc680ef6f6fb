/** Runs the rules over an attempt and picks its outcome and cause. */
import type { Attempt, AttemptEvent, EventKind } from '../track/attempt.js';
import { CATALOGUE, type CauseId } from './catalogue.js';
import { acceptQueueFull } from './causes/accept-queue-full.js';
import { answeredTooLate } from './causes/answered-too-late.js';
import { backendSilent } from './causes/backend-silent.js';
import { badSynAck } from './causes/bad-syn-ack.js';
import { captureEnded } from './causes/capture-ended.js';
import { captureStartedLate } from './causes/capture-started-late.js';
import { clientAborted } from './causes/client-aborted.js';
import { clientFirewall } from './causes/client-firewall.js';
import { clientGaveUp } from './causes/client-gave-up.js';
import { forwardedPortClosed } from './causes/forwarded-port-closed.js';
import { halfOpenProbe } from './causes/half-open-probe.js';
import { hostSilent } from './causes/host-silent.js';
import { icmpRule } from './causes/icmp-unreachable.js';
import { middleboxReset } from './causes/middlebox-reset.js';
import { neighborUnresolved } from './causes/neighbor-unresolved.js';
import { oneWayCapture } from './causes/one-way-capture.js';
import { pathOutage } from './causes/path-outage.js';
import { portClosed } from './causes/port-closed.js';
import { portDropped } from './causes/port-dropped.js';
import { resetAfterSynAck } from './causes/reset-after-syn-ack.js';
import { returnPathLost } from './causes/return-path-lost.js';
import { routingLoop } from './causes/routing-loop.js';
import { serverFirewall } from './causes/server-firewall.js';
import { serviceUnstable } from './causes/service-unstable.js';
import { watchedAfter } from './causes/silence.js';
import { sourceDropped } from './causes/source-dropped.js';
import { staleConnection } from './causes/stale-connection.js';
import {
  type Alternative,
  type Context,
  type Evidence,
  type Finding,
  framesOf,
  nameFrames,
  type Rule,
  type Telling,
} from './finding.js';
import type { Confidence, Outcome } from './outcome.js';
import { type AttemptPackets, sortPackets } from './packets.js';

/** What became of an attempt, and why. */
export interface Verdict {
  outcome: Outcome;
  /** Null only for established attempts. */
  cause: CauseId | null;
  confidence: Confidence;
  evidence: Evidence[];
  alternatives: Alternative[];
}

/** The rule of every cause; the order in which they are asked is the catalogue's. */
const RULES: Readonly<Record<CauseId, Rule>> = {
  'middlebox-reset': middleboxReset,
  'forwarded-port-closed': forwardedPortClosed,
  'service-unstable': serviceUnstable,
  'reset-after-syn-ack': resetAfterSynAck,
  'port-closed': portClosed,
  'admin-prohibited': icmpRule('admin-prohibited'),
  'reject-port-unreachable': icmpRule('reject-port-unreachable'),
  'reject-protocol-unreachable': icmpRule('reject-protocol-unreachable'),
  'host-unreachable': icmpRule('host-unreachable'),
  'network-unreachable': icmpRule('network-unreachable'),
  'client-firewall': clientFirewall,
  'server-firewall': serverFirewall,
  'source-dropped': sourceDropped,
  'port-dropped': portDropped,
  'bad-syn-ack': badSynAck,
  'stale-connection': staleConnection,
  'answered-too-late': answeredTooLate,
  'return-path-lost': returnPathLost,
  'routing-loop': routingLoop,
  'neighbor-unresolved': neighborUnresolved,
  'path-outage': pathOutage,
  'accept-queue-full': acceptQueueFull,
  'backend-silent': backendSilent,
  'client-gave-up': clientGaveUp,
  'host-silent': hostSilent,
  'half-open-probe': halfOpenProbe,
  'client-aborted': clientAborted,
  'capture-ended': captureEnded,
  'capture-started-late': captureStartedLate,
  'one-way-capture': oneWayCapture,
};

/** What is asked for a cause. */
interface CauseRule {
  id: CauseId;
  outcome: Outcome;
  rule: Rule;
}

const ORDERED_RULES: readonly CauseRule[] = CATALOGUE.map(({ id, outcome }) => ({ id, outcome, rule: RULES[id] }));
const RULE_OF = new Map(ORDERED_RULES.map((rule) => [rule.id, rule]));

/** A verdict that nobody has put into words yet. */
export interface Judgement extends Finding {
  outcome: Outcome;
  /** Null only for established attempts. */
  cause: CauseId | null;
}

/** Judges an attempt by its own packets and what else the capture shows. */
export function classify(attempt: Attempt, context: Context): Verdict {
  return inWords(judge(sortPackets(attempt), context));
}

/** A verdict with what it rests on. */
export function inWords({ outcome, cause, confidence, tell }: Judgement): Verdict {
  return { outcome, cause, confidence, ...tell() };
}

/** The same as `classify`, of packets that are sorted already, and without a word. */
export function judge(packets: AttemptPackets, context: Context): Judgement {
  if (packets.answer === 'completed' || isCompletedUnseen(packets, context)) return judgeEstablished(packets, context);
  for (const rule of ORDERED_RULES) {
    const judgement = judgeBy(rule, packets, context);
    if (judgement !== undefined) return judgement;
  }
  throw new Error(`no rule fits an attempt that was answered by ${packets.answer}`);
}

/** The same of an attempt that was judged before: the rules that did not fit are not asked again. */
export function judgeAgain(cause: CauseId | null, packets: AttemptPackets, context: Context): Judgement {
  return cause === null ? judgeEstablished(packets, context) : judgeBy(RULE_OF.get(cause)!, packets, context)!;
}

function judgeEstablished(packets: AttemptPackets, context: Context): Judgement {
  return {
    outcome: 'established',
    cause: null,
    confidence: isSeenInFull(packets) ? 'high' : 'medium',
    tell: () => ({ evidence: [describeEstablished(packets, context)], alternatives: [] }),
  };
}

/** What the rule of a cause says; undefined if it does not fit. */
function judgeBy({ id, outcome, rule }: CauseRule, packets: AttemptPackets, context: Context): Judgement | undefined {
  const finding = rule(packets, context);
  if (finding === undefined) return undefined;
  const { confidence, tell } = finding;
  const judgement = { outcome, cause: id, confidence, tell };
  return wasJudgedEarly(packets, id) ? judgedEarly(judgement) : judgement;
}

/** True if what was missing may still have come, had the attempt not made room for newer ones. */
function wasJudgedEarly({ attempt, answer }: AttemptPackets, cause: CauseId): boolean {
  return attempt.end === 'evicted' && (answer === 'silence' || answer === 'not-completed') && cause !== 'capture-ended';
}

const JUDGED_EARLY: Evidence = {
  text: 'It was judged early, because too many attempts were pending at once: an answer may have come later',
  frames: [],
};

function judgedEarly({ outcome, cause, tell }: Judgement): Judgement {
  const tellAll = (): Telling => {
    const { evidence, alternatives } = tell();
    return { evidence: [...evidence, JUDGED_EARLY], alternatives };
  };
  return { outcome, cause, confidence: 'low', tell: tellAll };
}

/** SYN-ACKs of a capture that has no ACK at all need so many for company before they count as connections. */
const ENOUGH_SYN_ACKS = 2;
/** No system waits longer before it sends a SYN-ACK again for the first time. */
const REPEATED_BY_THEN_NS = 3.2e9;

/**
 * True for a SYN-ACK in a capture whose filter kept only SYNs, FINs and RSTs: a server that is not acknowledged would
 * have repeated it, and a client that did not get it would have repeated its SYN.
 */
function isCompletedUnseen(packets: AttemptPackets, context: Context): boolean {
  if (packets.answer !== 'not-completed') return false;
  const { attempt, syns, synAcks, lastSyn } = packets;
  // Of one that had to make room before that, nobody knows whether anything would have been repeated.
  if (attempt.end === 'evicted' && watchedAfter(synAcks[0], packets) < REPEATED_BY_THEN_NS) return false;
  const { capture } = context;
  return (
    capture.plainSegments === 0 &&
    capture.synAcks >= ENOUGH_SYN_ACKS &&
    synAcks.length === 1 &&
    lastSyn !== undefined &&
    // A single SYN may have been recorded behind its answer.
    (syns.length === 1 || lastSyn.timeNs <= synAcks[0].timeNs)
  );
}

/** What a simultaneous open consists of (RFC 9293 section 3.5). */
const MUTUAL_KINDS: ReadonlySet<EventKind> = new Set<EventKind>(['syn', 'reverse-syn', 'syn-ack', 'reverse-syn-ack']);

/** The SYN, the SYN-ACK and the ACK, as far as they are in the capture. */
function handshakeOf({ firstSyn, synAcks, events }: AttemptPackets): AttemptEvent[] {
  return [firstSyn, synAcks[0], events('ack')[0]].filter((event) => event !== undefined);
}

function mutualOf({ attempt }: AttemptPackets): AttemptEvent[] {
  return attempt.events.filter(({ kind }) => MUTUAL_KINDS.has(kind));
}

function isSeenInFull(packets: AttemptPackets): boolean {
  return handshakeOf(packets).length === 3 || mutualOf(packets).length >= 3;
}

function describeEstablished(packets: AttemptPackets, context: Context): Evidence {
  const seen = handshakeOf(packets);
  if (seen.length === 3) {
    return { text: `SYN, SYN-ACK and ACK are in ${nameFrames(seen, context)}`, frames: framesOf(seen) };
  }
  const mutual = mutualOf(packets);
  if (mutual.length >= 3) {
    const text = `Both ends sent a SYN to each other, and answered it (${nameFrames(mutual, context)})`;
    return { text, frames: framesOf(mutual) };
  }
  const frames = seen.length === 0 ? packets.attempt.events.slice(0, 1) : seen;
  const text = `The connection was made (${nameFrames(frames, context)}), although not all of its handshake is in the capture`;
  return { text, frames: framesOf(frames) };
}
