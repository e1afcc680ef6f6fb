/** An attempt's packets sorted by what they were, and the figures that several rules ask for. */
import type { Attempt, AttemptEvent, EventKind, FrameReference } from '../track/attempt.js';
import { TRAIT_SACK, TRAIT_TIMESTAMPS, TRAIT_WINDOW_SCALE } from '../track/layout/traits.js';

/** What answered an attempt's SYN. Exactly one holds. */
export type Answer =
  /** The handshake completed. */
  | 'completed'
  /** An RST that the client accepted. */
  | 'reset'
  /** An ICMP destination-unreachable error that quotes the SYN. */
  | 'unreachable'
  /** SYN-ACK, then the server's RST, and no ACK in between. */
  | 'reset-after-syn-ack'
  /** The client's own RST or FIN. */
  | 'ended-by-client'
  /** One or several SYN-ACKs that were never acknowledged. */
  | 'not-completed'
  /** Only SYN-ACKs that acknowledge something else. */
  | 'wrong-syn-ack'
  /** Only ACKs of an older connection. */
  | 'challenge'
  /** The connection went on, but only one direction of it is in the capture. */
  | 'one-way'
  /** The SYN itself is not in the capture. */
  | 'no-syn'
  | 'silence';

/** From how far away the target's other packets came. */
export interface Reference {
  nearest: number;
  farthest: number;
  /** Packets that show it. */
  frames: FrameReference[];
}

export interface AttemptPackets {
  attempt: Attempt;
  answer: Answer;
  syns: AttemptEvent[];
  firstSyn: AttemptEvent | undefined;
  lastSyn: AttemptEvent | undefined;
  synAcks: AttemptEvent[];
  /** The RST, ICMP error or SYN-ACK that decided it, where there is one. */
  decisive: AttemptEvent | undefined;
  events: (kind: EventKind) => readonly AttemptEvent[];
  /** What several rules ask, once one of them has found it out. */
  memo: { isRealSilence?: boolean; targetDistance?: Reference | undefined };
}

/** True for ICMP 3 except 'fragmentation needed', and for ICMPv6 1: nothing will come of this SYN. */
function isUnreachable(event: AttemptEvent): boolean {
  const icmp = event.icmp;
  if (event.kind !== 'icmp' || icmp === undefined) return false;
  return icmp.version === 4 ? icmp.type === 3 && icmp.code !== 4 : icmp.type === 1;
}

/** True for ICMP 11 and ICMPv6 3: the TTL ran out on the way. */
export function isTimeExceeded(event: AttemptEvent): boolean {
  const icmp = event.icmp;
  return event.kind === 'icmp' && icmp !== undefined && icmp.type === (icmp.version === 4 ? 11 : 3);
}

/** What stacks offer, and probes, which repeat their SYN whatever came of it, hardly do. */
const TRAITS_OF_STACKS = TRAIT_TIMESTAMPS | TRAIT_SACK | TRAIT_WINDOW_SCALE;
/** No stack that hears nothing sends its SYN again sooner. */
const LEAST_REPETITION_NS = 400e6;

/** True if a SYN offers what only stacks do, so that no probe made it up. */
export function isFromStack({ traits }: AttemptEvent): boolean {
  return (traits & TRAITS_OF_STACKS) !== 0;
}

/**
 * True if an RST or FIN that comes from the client's side did not end the attempt, since its own stack sent the SYN once
 * more: a firewall that rejects the SYN-ACK with a reset, or the end of an older connection on the same ports.
 */
function isContradicted({ timeNs }: AttemptEvent, events: readonly AttemptEvent[]): boolean {
  const syns = events.filter(({ kind }) => kind === 'syn');
  const last = syns.findLast((syn) => syn.timeNs <= timeNs);
  return syns.some(
    (syn) =>
      syn.timeNs > timeNs &&
      isFromStack(syn) &&
      // Another clock, of a second capture, may show the same packet later.
      (last === undefined || syn.timeNs - last.timeNs >= LEAST_REPETITION_NS) &&
      (syn.timestamp === 0 || syn.timestamp !== last?.timestamp),
  );
}

/** RSTs in the client's name behind the SYN-ACK, if its own stack knew nothing of the first of them. */
export function resetsInVain({ attempt, synAcks }: AttemptPackets): AttemptEvent[] {
  return synAcks.length === 0 ? [] : vainResets(attempt.events, synAcks[0]);
}

function vainResets(events: readonly AttemptEvent[], synAck: AttemptEvent): AttemptEvent[] {
  const resets = events.filter(({ kind, timeNs }) => kind === 'client-rst' && timeNs >= synAck.timeNs);
  return resets.length > 0 && isContradicted(resets[0], events) ? resets : [];
}

/** The time from the first packet of any of these attempts to the last; there may be a hundred thousand of them. */
export function timeOf(attempts: readonly Attempt[]): { fromNs: number; toNs: number } {
  let [fromNs, toNs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { events } of attempts) {
    fromNs = Math.min(fromNs, events[0].timeNs);
    toNs = Math.max(toNs, events[events.length - 1].timeNs);
  }
  return { fromNs, toNs };
}

/** Sorts an attempt's packets and says what answered it. */
export function sortPackets(attempt: Attempt): AttemptPackets {
  const { events } = attempt;
  const syns: AttemptEvent[] = [];
  const synAcks: AttemptEvent[] = [];
  for (const event of events) {
    if (event.kind === 'syn') syns.push(event);
    else if (event.kind === 'syn-ack') synAcks.push(event);
  }
  const { answer, decisive } = answerOf(events, syns.length > 0);
  return {
    attempt,
    answer,
    decisive,
    syns,
    firstSyn: syns[0],
    lastSyn: syns[syns.length - 1],
    synAcks,
    events: (kind) => events.filter((event) => event.kind === kind),
    memo: {},
  };
}

interface FoundAnswer {
  answer: Answer;
  decisive?: AttemptEvent;
}

/** The first of a kind. Mostly there are few events: to make a set of their kinds would take longer than to look at them. */
function firstOf(events: readonly AttemptEvent[], kind: EventKind): AttemptEvent | undefined {
  for (const event of events) if (event.kind === kind) return event;
  return undefined;
}

function answerOf(events: readonly AttemptEvent[], hasSyn: boolean): FoundAnswer {
  const first = (kind: EventKind) => firstOf(events, kind);
  const unreachable = events.find(isUnreachable);
  if (!hasSyn) return answerWithoutSyn(first, unreachable);
  const acknowledged = first('ack');
  if (acknowledged !== undefined) return { answer: 'completed', decisive: acknowledged };
  const reset = first('rst');
  const synAck = first('syn-ack');
  const reverseSynAck = first('reverse-syn-ack');
  // In a simultaneous open each side's SYN-ACK acknowledges the other's SYN.
  if (synAck !== undefined && reverseSynAck !== undefined) {
    return { answer: 'completed', decisive: synAck.timeNs > reverseSynAck.timeNs ? synAck : reverseSynAck };
  }
  const oneWay = first('client-segment') ?? first('server-segment');
  // Both may have come: the client obeyed the first, unless it sent another SYN after it.
  const no = decisiveNo(events, reset, unreachable);
  if (no !== undefined && (synAck === undefined || no.timeNs < synAck.timeNs)) {
    return { answer: no.kind === 'rst' ? 'reset' : 'unreachable', decisive: no };
  }
  if (synAck !== undefined) return answerAfterSynAck(events, synAck, oneWay !== undefined);
  const wrong = first('bad-syn-ack');
  if (wrong !== undefined && first('client-segment') !== undefined) return { answer: 'wrong-syn-ack', decisive: wrong };
  if (first('client-segment') !== undefined && first('server-segment') !== undefined) return { answer: 'completed' };
  if (oneWay !== undefined) return { answer: 'one-way', decisive: oneWay };
  return answerWithoutSynAck(events, first);
}

function answerWithoutSyn(
  first: (kind: EventKind) => AttemptEvent | undefined,
  unreachable: AttemptEvent | undefined,
): FoundAnswer {
  if (unreachable !== undefined) return { answer: 'unreachable', decisive: unreachable };
  const serverSegment = first('server-segment');
  const clientSpoke = first('ack') ?? first('client-rst') ?? first('client-fin');
  if (serverSegment === undefined || clientSpoke !== undefined) return { answer: 'no-syn' };
  return { answer: 'one-way', decisive: serverSegment };
}

function answerAfterSynAck(events: readonly AttemptEvent[], synAck: AttemptEvent, isOneWay: boolean): FoundAnswer {
  // An RST before it was for something else: a challenge, a wrong SYN-ACK.
  const inVain = vainResets(events, synAck);
  const ended = events.find(
    (event) => isEnd(event, events) && event.timeNs >= synAck.timeNs && !inVain.includes(event),
  );
  if (ended !== undefined) return { answer: 'ended-by-client', decisive: ended };
  const lateReset = events.find(({ kind }) => kind === 'late-rst');
  if (lateReset !== undefined) return { answer: 'reset-after-syn-ack', decisive: lateReset };
  return { answer: isOneWay ? 'one-way' : 'not-completed', decisive: synAck };
}

function isEnd(event: AttemptEvent, events: readonly AttemptEvent[]): boolean {
  return (event.kind === 'client-rst' || event.kind === 'client-fin') && !isContradicted(event, events);
}

function answerWithoutSynAck(
  events: readonly AttemptEvent[],
  first: (kind: EventKind) => AttemptEvent | undefined,
): FoundAnswer {
  const wrong = first('bad-syn-ack');
  if (wrong !== undefined) return { answer: 'wrong-syn-ack', decisive: wrong };
  const ended = first('client-rst') ?? first('client-fin');
  const challenge = first('bare-ack');
  // A client has to answer a challenge with an RST (RFC 5961 section 4.2): that is not its own end of it.
  if (challenge !== undefined && (ended === undefined || challenge.timeNs <= ended.timeNs)) {
    return { answer: 'challenge', decisive: challenge };
  }
  const end = events.find((event) => isEnd(event, events));
  return end === undefined ? { answer: 'silence' } : { answer: 'ended-by-client', decisive: end };
}

/** Of an RST and an ICMP error the one that the client obeyed: the earlier, unless a SYN was sent between them. */
function decisiveNo(
  events: readonly AttemptEvent[],
  reset: AttemptEvent | undefined,
  unreachable: AttemptEvent | undefined,
): AttemptEvent | undefined {
  if (reset === undefined || unreachable === undefined) return reset ?? unreachable;
  const [earlier, later] = reset.timeNs <= unreachable.timeNs ? [reset, unreachable] : [unreachable, reset];
  const wasRepeated = events.some(
    ({ kind, timeNs }) => kind === 'syn' && timeNs > earlier.timeNs && timeNs < later.timeNs,
  );
  return wasRepeated && later.kind === 'rst' ? later : earlier;
}
