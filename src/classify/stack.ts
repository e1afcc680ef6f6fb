/**
 * What the client's own system would have done: when it repeats a SYN, and when it gives up. Learnt from the attempt
 * itself, as far as it shows a schedule; else by what RFC 6298 asks for, a second at first and twice as long each time.
 */
import type { AttemptEvent } from '../track/attempt.js';
import type { AttemptPackets } from './packets.js';

/** The SYNs of one kind of system, as it comes. */
interface Schedule {
  system: string;
  /** Which of them, where it shows. */
  version?: string;
  /** What its packets start with. */
  timeToLive: number;
  /** Seconds between one SYN and the next. */
  gaps: readonly number[];
  /** Seconds from the first SYN to the error. */
  givesUpAfter: number;
}

/** Seen on real systems (design/outcomes.md, 'What kernels really do'). */
const SCHEDULES: readonly Schedule[] = [
  {
    system: 'Linux',
    version: '6.5 or later',
    timeToLive: 64,
    gaps: [1, 1, 1, 1, 1, 2, 4, 8, 16, 34],
    givesUpAfter: 131,
  },
  { system: 'Linux', version: 'before 6.5', timeToLive: 64, gaps: [1, 2, 4, 8, 16, 32], givesUpAfter: 127 },
  { system: 'macOS', timeToLive: 64, gaps: [1, 1, 1, 1, 1, 2, 4, 8, 16, 32], givesUpAfter: 75 },
  { system: 'Windows', timeToLive: 128, gaps: [1, 2, 4], givesUpAfter: 21 },
  { system: 'Windows', timeToLive: 128, gaps: [3, 6], givesUpAfter: 21 },
];

const NS_PER_SECOND = 1e9;
/** The first retransmission of a system that is not known (RFC 6298 section 2.1). */
const FIRST_TIMEOUT_S = 1;
const BACKOFF = 2;
/** Timers are late, and some captures coarse: a gap fits if it is so near. */
const NEAR_SHARE = 0.15;
const NEAR_S = 0.15;
/** Two SYNs closer together than this were no timeout's work. */
const QUICK_REPETITION_NS = 200e6;

/** What the client's system would have done after its last SYN. */
export interface Patience {
  /** Nanoseconds from the last SYN to the next one: the longest that any system would wait that fits. */
  nextSynNs: number;
  /** Nanoseconds from the first SYN to the error of connect(), of the system that gives up first. */
  givesUpNs: number;
  /** The systems that repeat a SYN as this client did; empty when none is known. */
  systems: readonly string[];
}

/** What a single SYN tells, by its TTL: in a flood that is asked of each, and took a fifth of the time of judging. */
const afterOneSyn = new Map<number, Patience>();

/** How long a client that sent these SYNs would have gone on. */
export function patienceOf(syns: readonly AttemptEvent[]): Patience {
  if (syns.length !== 1) return findPatience(syns);
  const { timeToLive } = syns[0];
  let patience = afterOneSyn.get(timeToLive);
  if (patience === undefined) {
    patience = findPatience(syns);
    afterOneSyn.set(timeToLive, patience);
  }
  return patience;
}

function findPatience(syns: readonly AttemptEvent[]): Patience {
  const gaps = gapsOf(syns);
  const fitting = SCHEDULES.filter((schedule) => fits(schedule, gaps, syns));
  const last = gaps.at(-1);
  const doubled = last === undefined ? FIRST_TIMEOUT_S : BACKOFF * last;
  if (fitting.length === 0) return { nextSynNs: doubled * NS_PER_SECOND, givesUpNs: Infinity, systems: [] };
  const nextGaps = fitting.map(({ gaps: all, givesUpAfter }) => all[gaps.length] ?? givesUpAfter - sum(all));
  return {
    nextSynNs: Math.max(...nextGaps) * NS_PER_SECOND,
    givesUpNs: Math.min(...fitting.map(({ givesUpAfter }) => givesUpAfter)) * NS_PER_SECOND,
    systems: namesOf(fitting),
  };
}

/** One version alone is told, several of one system are that system. */
function namesOf(fitting: readonly Schedule[]): string[] {
  return [...new Set(fitting.map(({ system }) => system))].map((system) => {
    const versions = fitting.filter((schedule) => schedule.system === system);
    const version = versions.length === 1 ? versions[0].version : undefined;
    return version === undefined ? system : `${system} ${version}`;
  });
}

/** Some time beyond the moment when the next SYN was due: timers are late on busy machines. */
const GRACE_SHARE = 0.25;
const GRACE_NS = 500e6;

/** True if the capture went on for so long after the last SYN that the client must have stopped by itself. */
export function stoppedTrying({ attempt, syns }: AttemptPackets): boolean {
  return syns.length > 0 && isOverdue(syns, attempt.watchedNs);
}

/** True if a client that sent these SYNs would have sent another one within so much time of the last. */
export function isOverdue(syns: readonly AttemptEvent[], waitedNs: number): boolean {
  return waitedNs >= GRACE_NS && waitedNs >= patienceOf(syns).nextSynNs * (1 + GRACE_SHARE) + GRACE_NS;
}

/** True if it stopped before its system would have given up: the program had a time limit of its own. */
export function stoppedEarly(packets: AttemptPackets): boolean {
  const { syns } = packets;
  if (!stoppedTrying(packets)) return false;
  const { nextSynNs, givesUpNs, systems } = patienceOf(syns);
  const triedNs = syns[syns.length - 1].timeNs - syns[0].timeNs;
  return systems.length === 0 ? syns.length < ENOUGH_SYNS : triedNs + nextSynNs < givesUpNs * (1 - NEAR_SHARE);
}

/** Every known system sends at least so many. */
const ENOUGH_SYNS = 3;

/** Seconds between SYNs, leaving out those that an answer provoked. */
function gapsOf(syns: readonly AttemptEvent[]): number[] {
  const gaps: number[] = [];
  for (const [index, { timeNs }] of syns.entries()) {
    const waitedNs = index === 0 ? 0 : timeNs - syns[index - 1].timeNs;
    if (waitedNs > QUICK_REPETITION_NS) gaps.push(waitedNs / NS_PER_SECOND);
  }
  return gaps;
}

function fits({ timeToLive, gaps }: Schedule, seen: readonly number[], [first]: readonly AttemptEvent[]): boolean {
  // A router on the way takes one each; nobody gives any.
  if (first !== undefined && (first.timeToLive > timeToLive || first.timeToLive <= timeToLive / 2)) return false;
  return seen.length <= gaps.length && seen.every((gap, index) => isNear(gap, gaps[index]));
}

function isNear(seen: number, meant: number): boolean {
  return Math.abs(seen - meant) <= NEAR_S + meant * NEAR_SHARE;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
