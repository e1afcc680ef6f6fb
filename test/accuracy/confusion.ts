/** Holds the verdicts on labelled captures to what was true, and counts. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Analyzer } from '../../src/analyze.js';
import { findNote } from '../../src/classify/descriptions/notes.js';
import type { Report, ReportAttempt } from '../../src/report/model.js';
import type { LabelledCapture } from '../lab/labels.js';
import { kernelOf } from './kernel.js';

/** How many of something were right. */
export interface Score {
  right: number;
  total: number;
}

/** What was true of an attempt, or what was said of it. */
export interface Judgement {
  outcome: string;
  /** Null of an established one. */
  cause: string | null;
}

/** One kind of attempt: what was true, and what was said of those of which something else was said. */
export interface CauseScore extends Judgement, Score {
  rightOutcome: number;
  takenFor: ReadonlyMap<string, number>;
}

/** What the verdicts were compared with. */
export interface Measured {
  captures: number;
  packets: number;
  attempts: number;
  /** As dumpcap writes them down: 'Linux 6.18.44'. */
  kernels: readonly string[];
}

/** How good the verdicts are. */
export interface Accuracy {
  causes: readonly CauseScore[];
  /** Over all attempts: those of the labels, and those that are told and are in no label. */
  outcome: Score;
  cause: Score;
  /** Notes on attempts, and observations about captures: those of the labels, and those that are told beside them. */
  notes: Score;
  observations: Score;
  /** Captures that look like another cause at first sight. */
  nearMisses: Score;
  measured: Measured;
}

/** In the place of an attempt that the other side does not have. */
const NOTHING: Judgement = { outcome: 'nothing', cause: null };

interface Attempt extends Judgement {
  notes: readonly string[];
}

/** Expected and told attempts of one client and server, those that agree together. */
interface Pair {
  expected: Attempt | undefined;
  told: Attempt | undefined;
}

/** Judges every labelled capture and compares with its label. */
export function measureAccuracy(labelled: readonly LabelledCapture[]): Accuracy {
  const tally = new Tally();
  for (const capture of labelled) tally.add(capture, reportOn(capture));
  return tally.accuracy;
}

function reportOn({ path, label }: LabelledCapture): Report {
  const bytes = readFileSync(path);
  const analyzer = new Analyzer({ all: true });
  const input = analyzer.addCapture(label.capture);
  input.push(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  input.end();
  return analyzer.finish();
}

/** Counts over captures. */
class Tally {
  readonly #causes = new Map<
    string,
    { judgement: Judgement; score: Score; rightOutcome: number; takenFor: Map<string, number> }
  >();
  readonly #notes: Score = { right: 0, total: 0 };
  readonly #observations: Score = { right: 0, total: 0 };
  readonly #nearMisses: Score = { right: 0, total: 0 };
  readonly #kernels = new Set<string>();
  #captures = 0;
  #packets = 0;
  #attempts = 0;

  add({ path, label }: LabelledCapture, report: Report): void {
    this.#captures++;
    this.#packets += report.captures.reduce((sum, { packets }) => sum + packets, 0);
    const kernel = kernelOf(readFileSync(path));
    if (kernel !== undefined) this.#kernels.add(kernel);
    for (const pair of pairUp(expectedOf(label.expect), toldOf(report.attempts))) this.#addPair(pair);
    // Notes of connections that are not listed are observations as well; labels have them at the attempts.
    const told = new Set(report.observations.map(({ code }) => code).filter((code) => findNote(code) === undefined));
    count(this.#observations, new Set(label.observations ?? []), told);
    if (label.nearMiss === undefined) return;
    this.#nearMisses.total++;
    if (report.attempts.every(({ cause }) => cause !== label.nearMiss)) this.#nearMisses.right++;
  }

  get accuracy(): Accuracy {
    const causes = [...this.#causes.values()].map(({ judgement, score, rightOutcome, takenFor }) => {
      return { ...judgement, ...score, rightOutcome, takenFor };
    });
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    const total = sum(causes.map((cause) => cause.total));
    return {
      causes,
      outcome: { right: sum(causes.map(({ rightOutcome }) => rightOutcome)), total },
      cause: { right: sum(causes.map(({ right }) => right)), total },
      notes: this.#notes,
      observations: this.#observations,
      nearMisses: this.#nearMisses,
      measured: {
        captures: this.#captures,
        packets: this.#packets,
        attempts: this.#attempts,
        kernels: [...this.#kernels].sort(),
      },
    };
  }

  #addPair({ expected, told }: Pair): void {
    const { outcome, cause } = expected ?? NOTHING;
    const said = told ?? NOTHING;
    if (expected !== undefined) this.#attempts++;
    const key = callJudgement({ outcome, cause });
    let known = this.#causes.get(key);
    if (known === undefined) {
      known = { judgement: { outcome, cause }, score: { right: 0, total: 0 }, rightOutcome: 0, takenFor: new Map() };
      this.#causes.set(key, known);
    }
    known.score.total++;
    if (outcome === said.outcome) known.rightOutcome++;
    if (key === callJudgement(said)) known.score.right++;
    else known.takenFor.set(callJudgement(said), (known.takenFor.get(callJudgement(said)) ?? 0) + 1);
    count(this.#notes, new Set(expected?.notes), new Set(told?.notes));
  }
}

/** 'refused, port-closed'; 'established'. */
export function callJudgement({ outcome, cause }: Judgement): string {
  return cause === null ? outcome : `${outcome}, ${cause}`;
}

/** Codes that are expected or told, and of them those that are both. */
function count(score: Score, expected: ReadonlySet<string>, told: ReadonlySet<string>): void {
  for (const code of new Set([...expected, ...told])) {
    score.total++;
    if (expected.has(code) && told.has(code)) score.right++;
  }
}

function expectedOf(expect: LabelledCapture['label']['expect']): Map<string, Attempt[]> {
  const byEnds = new Map<string, Attempt[]>();
  for (const { client, server, port, outcome, cause, count: times, notes = [] } of expect) {
    const attempts = Array.from({ length: times }, () => ({ outcome, cause, notes }));
    append(byEnds, `${client} ${server} ${port}`, attempts);
  }
  return byEnds;
}

function toldOf(attempts: readonly ReportAttempt[]): Map<string, Attempt[]> {
  const byEnds = new Map<string, Attempt[]>();
  for (const { client, server, outcome, cause, notes } of attempts) {
    const attempt = { outcome, cause, notes: notes.map(({ code }) => code) };
    append(byEnds, `${client.address} ${server.address} ${server.port}`, [attempt]);
  }
  return byEnds;
}

function append(byEnds: Map<string, Attempt[]>, key: string, attempts: Attempt[]): void {
  byEnds.set(key, [...(byEnds.get(key) ?? []), ...attempts]);
}

/** Labels do not say which attempt is which: of the same ends, those that agree most belong together. */
function pairUp(expected: ReadonlyMap<string, Attempt[]>, told: ReadonlyMap<string, Attempt[]>): Pair[] {
  const pairs: Pair[] = [];
  for (const ends of new Set([...expected.keys(), ...told.keys()])) {
    let left = expected.get(ends) ?? [];
    const rest = [...(told.get(ends) ?? [])];
    for (const agree of [agreesInNotes, agreesInCause, agreesInOutcome, () => true]) {
      left = left.filter((attempt) => {
        const at = rest.findIndex((other) => agree(attempt, other));
        if (at !== -1) pairs.push({ expected: attempt, told: rest.splice(at, 1)[0] });
        return at === -1;
      });
    }
    pairs.push(...left.map((attempt) => ({ expected: attempt, told: undefined })));
    pairs.push(...rest.map((attempt) => ({ expected: undefined, told: attempt })));
  }
  return pairs;
}

function agreesInOutcome(one: Attempt, other: Attempt): boolean {
  return one.outcome === other.outcome;
}

function agreesInCause(one: Attempt, other: Attempt): boolean {
  return agreesInOutcome(one, other) && one.cause === other.cause;
}

function agreesInNotes(one: Attempt, other: Attempt): boolean {
  return agreesInCause(one, other) && [...one.notes].sort().join() === [...other.notes].sort().join();
}
