/** When something came to each host, or from it, as spans of time: to say whether it was cut off, or down. */
import type { FrameReference } from './attempt.js';
import { type HostRows, NEVER } from './host-rows.js';
import {
  ARRIVED,
  ARRIVED_FROM,
  ARRIVED_SPANS,
  COLD_DOUBLES,
  HEARD,
  HEARD_FROM,
  HEARD_SPANS,
  LARGEST_GAP_NS,
  SPANS_PER_HOST,
  WARM_DOUBLES,
  WARM_WORDS,
} from './layout/hosts.js';
import type { Moment } from './moment.js';
import { type Span, SpanPool } from './spans.js';

/** What came to a host around a time: last before it, whether anything did meanwhile, and what came first behind it. */
export interface Arrivals {
  before: FrameReference | undefined;
  meanwhile: boolean;
  after: FrameReference | undefined;
}

/** Where the log of what came to a host has its fields in the host's rows: of the latest span end and beginning. */
export const ARRIVED_PLACES = { latest: ARRIVED, from: ARRIVED_FROM, spans: ARRIVED_SPANS };
/** The same of the log of what came from it. */
export const HEARD_PLACES = { latest: HEARD, from: HEARD_FROM, spans: HEARD_SPANS };

/** Behind the time of a span's end or beginning is its frame. */
const FRAME = 1;

/** Spans of arrivals, by host: the latest of each in its row, the ones before it as a list. */
export class ArrivalLog {
  readonly #rows: HostRows;
  readonly #latest: number;
  readonly #from: number;
  readonly #spans: number;
  /** The spans that have ended. */
  readonly ended = new SpanPool();

  constructor(rows: HostRows, places: typeof ARRIVED_PLACES) {
    this.#rows = rows;
    this.#latest = places.latest;
    this.#from = places.from;
    this.#spans = places.spans;
  }

  note(host: number, moment: Moment): void {
    const { doubles } = this.#rows;
    const { timeNs } = moment;
    const at = host * WARM_DOUBLES + this.#latest;
    const gapNs = timeNs - doubles[at];
    if (gapNs > LARGEST_GAP_NS || gapNs < -LARGEST_GAP_NS) this.#begin(host, moment);
    // Packets of several interfaces are a little out of order.
    else if (gapNs >= 0) {
      doubles[at] = timeNs;
      doubles[at + FRAME] = moment.frame;
    }
  }

  /** What came to a host around this time, and at most `withinNs` away from it; undefined if nothing ever did. */
  around(host: number, fromNs: number, toNs: number, withinNs: number): Arrivals | undefined {
    if (host < 0 || this.latestNs(host) === NEVER) return undefined;
    if (this.ended.mayHaveForgotten(fromNs, toNs)) return undefined;
    let meanwhile = false;
    let before: Span | undefined;
    let after: Span | undefined;
    for (const span of [...this.ended.of(this.#listOf(host)), this.#latestOf(host)]) {
      if (span.toNs < fromNs) {
        if (span.toNs >= (before?.toNs ?? fromNs - withinNs)) before = span;
      } else if (span.fromNs > toNs) {
        if (span.fromNs <= (after?.fromNs ?? toNs + withinNs)) after = span;
      } else meanwhile = true;
    }
    return { before: before?.lastFrame, meanwhile, after: after?.firstFrame };
  }

  /** When something came to a host last, in the order of the capture; -Infinity if nothing ever did. */
  latestNs(host: number): number {
    return this.#rows.doubles[host * WARM_DOUBLES + this.#latest];
  }

  #begin(host: number, { timeNs, frame }: Moment): void {
    if (this.latestNs(host) !== NEVER) this.#keep(host);
    const { doubles, coldDoubles } = this.#rows;
    const latest = host * WARM_DOUBLES + this.#latest;
    const from = host * COLD_DOUBLES + this.#from;
    coldDoubles[from] = timeNs;
    coldDoubles[from + FRAME] = frame;
    doubles[latest] = timeNs;
    doubles[latest + FRAME] = frame;
  }

  #keep(host: number): void {
    const span = this.#latestOf(host);
    const list = this.#listOf(host);
    if (this.ended.length(list) === SPANS_PER_HOST) this.ended.replaceOldest(list, span);
    else if (this.ended.isFull) this.ended.forget(span);
    else this.#rows.words[host * WARM_WORDS + this.#spans] = this.ended.push(list, span);
  }

  /** The host's list of spans that have ended. */
  #listOf(host: number): number {
    return this.#rows.words[host * WARM_WORDS + this.#spans];
  }

  #latestOf(host: number): Span {
    const { doubles, coldDoubles } = this.#rows;
    const latest = host * WARM_DOUBLES + this.#latest;
    const from = host * COLD_DOUBLES + this.#from;
    return {
      fromNs: coldDoubles[from],
      toNs: doubles[latest],
      firstFrame: coldDoubles[from + FRAME],
      lastFrame: doubles[latest + FRAME],
    };
  }
}
