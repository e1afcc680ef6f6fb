/**
 * Tells of attempts while the capture goes on, before nothing more can be expected of them. What is told may turn out
 * otherwise, as when a SYN-ACK follows an RST that the client ignored; then it is told again under the same number.
 *
 * When an attempt is told:
 * - refused, or answered by an ICMP error, or ended by its client: at once, by what its packets show until then;
 * - established: at once, where such attempts are asked for;
 * - silence, and an answer that completes nothing: when the client's next SYN is overdue, so that it has given up, or
 *   when ten seconds have passed since its first one;
 * - whatever the verdict would be if the capture ended now: `inconclusive` is nothing to tell before the end.
 *
 * The report at the end is made of the same attempts anew; what differs from what was told is told again before it.
 */
import type { Outcome } from '../classify/outcome.js';
import type { Attempt } from '../track/attempt.js';
import { ESTABLISHED, HAS_CLIENT_RST, HAS_ICMP, HAS_RST, HAS_SYN, HAS_SYN_ACK } from '../track/layout/slots.js';
import type { PendingLook, SynTimes } from '../track/look.js';
import { joinStrays } from '../track/strays.js';
import type { JudgedAttempt } from './build.js';
import type { ReportAttempt } from './model.js';

/** So much silence is looked at: the first SYN is repeated after one second by most stacks, three by some. */
const LEAST_PATIENCE_NS = 3.2e9;
/** After twice the gap before it the next SYN is due at the latest (RFC 6298 section 5.5); timers are a little late. */
const BACKOFF = 2;
const LATE_NS = 0.5e9;
/** Longer nobody waits for a word, though stacks go on for two minutes. */
const LONGEST_WAIT_NS = 10e9;

/** Attempts told in a second of the capture: in a flood the others are counted, and told at the end if they are listed. */
const TOLD_PER_SECOND = 2000;
const SECOND_NS = 1e9;

/** How often it is looked who has been silent for too long. */
const SILENCE_LOOK_NS = 0.2e9;

/** Answers without their SYN, kept for the attempt that they belong to. */
const KEPT_STRAYS = 256;

/** Looked at, and nothing to tell of it until it changes. */
const NOTHING_TO_TELL = 0xffffffff;

/** Anything of these is an answer that decides. */
const ANSWERED = ESTABLISHED | HAS_RST | HAS_ICMP | HAS_CLIENT_RST;

/** What a teller needs of the analysis around it. */
export interface Telling {
  look: PendingLook;
  judge: (attempt: Attempt) => JudgedAttempt;
  /** Whether connections that were made are listed. */
  listsEstablished: boolean;
  /** Whether the report is about an attempt with this verdict, and lists it. */
  isListed: (judged: JudgedAttempt) => boolean;
  word: (judged: JudgedAttempt, id: number) => ReportAttempt;
  /** Gets each attempt that is told; `isCorrection`: it was told before with another verdict. */
  tell: (attempt: ReportAttempt, isCorrection: boolean) => void;
}

/** An attempt that waits for an answer. */
export interface PendingAttempt {
  attempt: Attempt;
  syns: number;
  /** Nanoseconds since the first SYN. */
  waitedNs: number;
}

/** An attempt as the report at the end has it. */
export interface SettledAttempt extends Told {
  id: number;
  isListed: boolean;
  word: () => ReportAttempt;
}

interface Told {
  outcome: Outcome;
  cause: string | null;
}

/** Decides what is told when. */
export class Teller {
  readonly #telling: Telling;
  readonly #told = new Map<number, Told>();
  readonly #strays: Attempt[] = [];
  #lastId = 0;
  #lookedNs = Number.NEGATIVE_INFINITY;
  #silenceLookedNs = Number.NEGATIVE_INFINITY;
  #secondNs = Number.NEGATIVE_INFINITY;
  #toldInSecond = 0;

  constructor(telling: Telling) {
    this.#telling = telling;
  }

  /** Tells what has been decided since the last look. */
  look(): void {
    const { look } = this.#telling;
    const sinceNs = this.#lookedNs;
    this.#lookedNs = look.nowNs;
    for (const slot of [...look.active(sinceNs)].reverse()) this.#considerActive(slot);
    // Goes over all that wait: in a flood of SYNs there are hundreds of thousands.
    if (look.nowNs - this.#silenceLookedNs < SILENCE_LOOK_NS) return;
    this.#silenceLookedNs = look.nowNs;
    for (const slot of look.silent(LEAST_PATIENCE_NS)) {
      if (!this.#mayTell()) return;
      if (look.ticket(slot) === 0) this.#considerSilent(slot);
    }
  }

  /** An attempt that is handed over because nothing more is expected of it; gives it its number if it has been told. */
  decided(attempt: Attempt): void {
    if (attempt.ticket === NOTHING_TO_TELL) attempt.ticket = 0;
    if (attempt.ticket === 0 && !this.#mayTell()) return;
    this.#consider(attempt);
  }

  /** An attempt leaves the list: it is not told again. */
  forget({ ticket }: Attempt): void {
    this.#told.delete(ticket);
  }

  /** The number of an attempt in the report: the one that it was told under, or a new one. */
  idOf(ticket: number): number {
    return ticket === 0 || ticket === NOTHING_TO_TELL ? ++this.#lastId : ticket;
  }

  /** Tells what the report says otherwise than it was told, or lists without its having been told. */
  settle(attempts: Iterable<SettledAttempt>): void {
    for (const { id, outcome, cause, isListed, word } of attempts) {
      const told = this.#told.get(id);
      if (told === undefined ? isListed : isOtherwise(told, { outcome, cause })) {
        this.#telling.tell(word(), told !== undefined);
      }
    }
  }

  /** Attempts that were not told yet and wait for an answer for at least so long, the longest silent first. */
  pending(forNs: number, most: number): PendingAttempt[] {
    const { look } = this.#telling;
    const pending: PendingAttempt[] = [];
    for (const slot of look.silent(0)) {
      if (pending.length === most) break;
      const isWaiting = (look.state(slot) & (HAS_SYN | HAS_SYN_ACK | ANSWERED)) === HAS_SYN;
      if (!isWaiting || look.ticket(slot) !== 0) continue;
      const { count, spreadNs, silentNs } = look.synTimes(slot);
      const waitedNs = spreadNs + silentNs;
      if (waitedNs >= forNs) pending.push({ attempt: look.attempt(slot), syns: count, waitedNs });
    }
    return pending;
  }

  /**
   * True while there is something to wait for: an attempt that is neither answered nor silent for so long that more
   * would tell nothing new.
   */
  isUndecided(): boolean {
    const { look } = this.#telling;
    for (const slot of look.active(look.nowNs - LEAST_PATIENCE_NS)) {
      if ((look.state(slot) & ANSWERED) === 0) return true;
    }
    return false;
  }

  #considerActive(slot: number): void {
    const { look } = this.#telling;
    const state = look.state(slot);
    if ((state & (HAS_SYN | HAS_SYN_ACK)) === HAS_SYN_ACK) this.#keepStray(look.attempt(slot));
    if (look.ticket(slot) === NOTHING_TO_TELL) look.setTicket(slot, 0);
    const wasTold = look.ticket(slot) !== 0;
    // Connections are made all the time, and mostly nobody wants to know.
    const isWorthIt = (state & ESTABLISHED) === 0 ? (state & ANSWERED) !== 0 : this.#telling.listsEstablished;
    if (wasTold || (isWorthIt && this.#mayTell())) this.#considerSlot(slot);
  }

  #considerSilent(slot: number): void {
    const { look } = this.#telling;
    const times = look.synTimes(slot);
    if (isOverdue(times, look.idleNs(slot))) this.#considerSlot(slot);
  }

  #considerSlot(slot: number): void {
    const { look } = this.#telling;
    const attempt = look.attempt(slot);
    const isUndecided = this.#consider(attempt) === 'undecided';
    look.setTicket(slot, attempt.ticket === 0 && !isUndecided ? NOTHING_TO_TELL : attempt.ticket);
  }

  /** Judges an attempt, and tells of it if there is something new. */
  #consider(attempt: Attempt): 'undecided' | 'decided' {
    const { judge, isListed, word, tell } = this.#telling;
    const whole = this.#withStrays(attempt);
    const judged = judge(whole);
    const { verdict } = judged;
    const told = this.#told.get(attempt.ticket);
    // What the capture does not cover yet may still come, as long as the attempt is followed.
    if (attempt.end === 'capture-end' && verdict.outcome === 'inconclusive') return 'undecided';
    if (told === undefined ? !isListed(judged) : !isOtherwise(told, verdict)) return 'decided';
    if (told === undefined) attempt.ticket = ++this.#lastId;
    this.#told.set(attempt.ticket, { outcome: verdict.outcome, cause: verdict.cause });
    this.#toldInSecond++;
    tell(word(judged, attempt.ticket), told !== undefined);
    return 'decided';
  }

  #mayTell(): boolean {
    const { nowNs } = this.#telling.look;
    if (nowNs - this.#secondNs >= SECOND_NS) {
      this.#secondNs = nowNs;
      this.#toldInSecond = 0;
    }
    return this.#toldInSecond < TOLD_PER_SECOND;
  }

  #keepStray(stray: Attempt): void {
    const at = this.#strays.findIndex(
      ({ client, server, initialSequence }) =>
        initialSequence === stray.initialSequence &&
        client.port === stray.client.port &&
        server.port === stray.server.port &&
        server.address === stray.server.address,
    );
    if (at !== -1) this.#strays.splice(at, 1);
    this.#strays.push(stray);
    if (this.#strays.length > KEPT_STRAYS) this.#strays.shift();
  }

  #withStrays(attempt: Attempt): Attempt {
    const { client, initialSequence } = attempt;
    const strays = this.#strays.filter(
      (stray) => stray.initialSequence === initialSequence && stray.client.port === client.port,
    );
    return strays.length === 0 || attempt.events[0].kind !== 'syn' ? attempt : joinStrays([attempt, ...strays])[0];
  }
}

/** True if the client would have sent its next SYN by now, or nobody would wait any longer. */
function isOverdue({ gapNs, spreadNs, silentNs }: SynTimes, idleNs: number): boolean {
  if (spreadNs + silentNs >= LONGEST_WAIT_NS) return true;
  return idleNs >= Math.max(LEAST_PATIENCE_NS, BACKOFF * gapNs + LATE_NS);
}

function isOtherwise(told: Told, { outcome, cause }: Told): boolean {
  return told.outcome !== outcome || told.cause !== cause;
}
