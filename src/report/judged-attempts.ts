/**
 * Verdicts over all attempts that were kept, as numbers. They are put into words when these are asked for, which means
 * judging once more: texts of all of them took ten times the memory of the attempts.
 */
import { CATALOGUE, type CauseId } from '../classify/catalogue.js';
import { inWords, judge, judgeAgain } from '../classify/classify.js';
import { AttemptIndex } from '../classify/company.js';
import { NOTES, type NoteCode } from '../classify/descriptions/notes.js';
import type { CaptureSummary, Context } from '../classify/finding.js';
import { findNotesIn } from '../classify/notes.js';
import { type Confidence, isFailure, type Outcome } from '../classify/outcome.js';
import { sortPackets } from '../classify/packets.js';
import { type Vantage, VantagePoint } from '../classify/vantage.js';
import type { Attempt, AttemptEnds, FrameReference } from '../track/attempt.js';
import type { HostTable } from '../track/hosts.js';
import type { NameTable } from '../track/names.js';
import { joinStrays } from '../track/strays.js';
import type { JudgedAttempt } from './build.js';
import type { KeptAttempts } from './kept-attempts.js';

/** What verdicts rest on beside the attempts. */
export interface Judging {
  hosts: HostTable;
  names: NameTable;
  capture: CaptureSummary;
  frameNumber: (reference: FrameReference) => number;
  /** Whether the report is about an attempt. */
  isMeant: (attempt: Attempt, outcome: Outcome, cause: CauseId | null) => boolean;
}

const OUTCOMES: readonly Outcome[] = ['established', 'refused', 'filtered', 'timed-out', 'aborted', 'inconclusive'];
const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low'];
const CAUSE_NUMBERS = new Map<CauseId | null, number>([
  [null, CATALOGUE.length],
  ...CATALOGUE.map(({ id }, number) => [id, number] as const),
]);
const NOTE_BITS = new Map(NOTES.map(({ code }, number) => [code, 1 << number]));

/** All attempts in the order in which they began, with their verdicts. */
export class JudgedAttempts {
  readonly #kept: KeptAttempts;
  readonly #judging: Judging;
  readonly #context: Context;
  /** Where each of them is kept. */
  readonly #places: Int32Array;
  /** Those that got an answer from elsewhere, by the place where they are kept without it. */
  readonly #joined: ReadonlyMap<number, Attempt>;
  readonly #outcomes: Uint8Array;
  readonly #causes: Uint8Array;
  readonly #confidences: Uint8Array;
  /** A bit for each note that a failed attempt has. */
  readonly #notes: Uint16Array;
  readonly #meant: Uint8Array;
  /** Where those that the report is about were captured. */
  readonly vantage: Vantage;

  constructor(kept: KeptAttempts, judging: Judging) {
    this.#kept = kept;
    this.#judging = judging;
    kept.findHosts((address) => judging.hosts.findByAddress(address));
    const { strays, joined } = joinKept(kept);
    this.#joined = joined;
    this.#places = inOrder(kept, strays);
    const { length } = this.#places;
    this.#outcomes = new Uint8Array(length);
    this.#causes = new Uint8Array(length);
    this.#confidences = new Uint8Array(length);
    this.#notes = new Uint16Array(length);
    this.#meant = new Uint8Array(length);
    const { hosts, names, capture, frameNumber } = judging;
    this.#context = { hosts, company: new AttemptIndex(this), names, capture, frameNumber };
    const vantage = new VantagePoint(hosts);
    for (let index = 0; index < length; index++) this.#judge(index, vantage);
    this.vantage = vantage.vantage;
  }

  get length(): number {
    return this.#places.length;
  }

  /** An attempt, as a new object. */
  at(index: number): Attempt | undefined {
    const place = this.#places[index];
    return this.#joined.size === 0 ? this.#kept.at(place) : (this.#joined.get(place) ?? this.#kept.at(place));
  }

  outcome(index: number): Outcome {
    return OUTCOMES[this.#outcomes[index]];
  }

  /** Null only of established attempts. */
  cause(index: number): CauseId | null {
    return CATALOGUE[this.#causes[index]]?.id ?? null;
  }

  confidence(index: number): Confidence {
    return CONFIDENCES[this.#confidences[index]];
  }

  /** True if the report is about it. */
  isMeant(index: number): boolean {
    return this.#meant[index] === 1;
  }

  /** How many of these failed attempts have this note. */
  countNotes(indices: readonly number[], code: NoteCode): number {
    const bit = NOTE_BITS.get(code)!;
    let count = 0;
    for (const index of indices) if ((this.#notes[index] & bit) !== 0) count++;
    return count;
  }

  startNs(index: number): number {
    return this.#kept.startNs(this.#places[index]);
  }

  ends(index: number): AttemptEnds {
    return this.#kept.ends(this.#places[index]);
  }

  clientAddress(index: number): string {
    return this.#kept.clientAddress(this.#places[index]);
  }

  serverAddress(index: number): string {
    return this.#kept.serverAddress(this.#places[index]);
  }

  serverPort(index: number): number {
    return this.#kept.serverPort(this.#places[index]);
  }

  acceptedBefore(index: number): number {
    return this.#kept.acceptedBefore(this.#places[index]);
  }

  /** When its first SYN-ACK came; undefined if it has no SYN, or no SYN-ACK. */
  answeredNs(index: number): number | undefined {
    return this.#kept.answeredNs(this.#places[index]);
  }

  /** True if its SYN was sent again. */
  isRepeated(index: number): boolean {
    return this.#kept.isRepeated(this.#places[index]);
  }

  /** True if it was judged early, because too many were pending. */
  isEarly(index: number): boolean {
    return this.#kept.end(this.#places[index]) === 'evicted';
  }

  ticket(index: number): number {
    return this.#kept.ticket(this.#places[index]);
  }

  /** An attempt with its verdict in words. */
  inWords(index: number): JudgedAttempt {
    const attempt = this.at(index)!;
    const packets = sortPackets(attempt);
    const judgement = judgeAgain(this.cause(index), packets, this.#context);
    // Of others it was not noted which they have.
    const isNoted = this.isMeant(index) && isFailure(judgement.outcome);
    const mayHave = (code: NoteCode) => !isNoted || (this.#notes[index] & NOTE_BITS.get(code)!) !== 0;
    return { attempt, verdict: inWords(judgement), notes: findNotesIn(packets, judgement, this.#context, mayHave) };
  }

  #judge(index: number, vantage: VantagePoint): void {
    const attempt = this.at(index)!;
    const packets = sortPackets(attempt);
    const judgement = judge(packets, this.#context);
    const { outcome, cause, confidence } = judgement;
    this.#outcomes[index] = OUTCOMES.indexOf(outcome);
    this.#causes[index] = CAUSE_NUMBERS.get(cause)!;
    this.#confidences[index] = CONFIDENCES.indexOf(confidence);
    if (!this.#judging.isMeant(attempt, outcome, cause)) return;
    this.#meant[index] = 1;
    vantage.note(attempt);
    if (!isFailure(outcome)) return;
    for (const { code } of findNotesIn(packets, judgement, this.#context)) this.#notes[index] |= NOTE_BITS.get(code)!;
  }
}

/** The places of all but the strays, in the order in which the attempts began. */
function inOrder(kept: KeptAttempts, strays: ReadonlySet<number>): Int32Array {
  const places = new Int32Array(kept.length - strays.size);
  let count = 0;
  let isInOrder = true;
  for (let place = 0; place < kept.length; place++) {
    if (strays.size > 0 && strays.has(place)) continue;
    if (count > 0 && byStart(kept, places[count - 1], place) > 0) isInOrder = false;
    places[count++] = place;
  }
  return isInOrder ? places : places.sort((one, other) => byStart(kept, one, other) || one - other);
}

function byStart(kept: KeptAttempts, one: number, other: number): number {
  return kept.startNs(one) - kept.startNs(other) || kept.firstFrame(one) - kept.firstFrame(other);
}

/** Moves answers from elsewhere to the attempts that they belong to (strays.ts); mostly there are none. */
function joinKept(kept: KeptAttempts): { strays: Set<number>; joined: Map<number, Attempt> } {
  const strays = new Set<number>();
  const joined = new Map<number, Attempt>();
  const isStray = (place: number) =>
    kept.firstKind(place) === 'syn-ack' && kept.consistsOf(place, 'syn-ack', 'client-rst');
  const clients = new Set<string>();
  for (let place = 0; place < kept.length; place++) if (isStray(place)) clients.add(kept.clientKey(place));
  if (clients.size === 0) return { strays, joined };
  const places: number[] = [];
  for (let place = 0; place < kept.length; place++) if (clients.has(kept.clientKey(place))) places.push(place);
  const attempts = places.map((place) => kept.at(place)!);
  const left = joinStrays(attempts);
  let next = 0;
  for (const [index, place] of places.entries()) {
    if (left[next] === attempts[index]) next++;
    else if (isStray(place)) strays.add(place);
    else joined.set(place, left[next++]);
  }
  return { strays, joined };
}
