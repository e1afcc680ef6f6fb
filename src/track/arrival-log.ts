/** When something came to each host, or from it, as spans of time: to say whether it was cut off, or down. */
import type { FrameReference } from './attempt.js';
import { grown } from './columns.js';

/**
 * Arrivals closer together than this are one span: what busy connections carry is noted only every few seconds
 * (QuietConnections), so that a shorter gap may not be one. For the same reason a span may have gone on for about
 * as long behind its last frame.
 */
const LARGEST_GAP_NS = 4e9;
/** Of one host: enough for an hour that is cut off every half minute. */
const SPANS_PER_HOST = 128;
/** Of all hosts together, besides each one's latest: 20 MB. */
const MAXIMUM_SPANS = 1 << 18;

const NEVER = Number.NEGATIVE_INFINITY;

/** A time without long gaps between arrivals. */
interface Span {
  fromNs: number;
  toNs: number;
  firstFrame: FrameReference;
  lastFrame: FrameReference;
}

/** What came to a host around a time: last before it, whether anything did meanwhile, and what came first behind it. */
export interface Arrivals {
  before: FrameReference | undefined;
  meanwhile: boolean;
  after: FrameReference | undefined;
}

/** A host's latest span: four doubles side by side, which is one access to memory. */
const SPAN_FIELDS = 4;
const TO = 0;
const LAST_FRAME = 1;
const FROM = 2;
const FIRST_FRAME = 3;

/** Spans of arrivals, by host: the latest of each in one column, the ones before it as a list. */
export class ArrivalLog {
  #latest: Float64Array<ArrayBuffer>;
  readonly #ended = new Map<number, Span[]>();
  #endedCount = 0;
  /** The time that spans which were not kept lie in. */
  #forgottenFromNs = Number.POSITIVE_INFINITY;
  #forgottenToNs = NEVER;

  constructor(hosts: number) {
    this.#latest = new Float64Array(hosts * SPAN_FIELDS).fill(NEVER);
  }

  /** Makes room for more hosts. */
  grow(hosts: number): void {
    const used = this.#latest.length;
    this.#latest = grown(this.#latest, hosts * SPAN_FIELDS).fill(NEVER, used);
  }

  note(host: number, timeNs: number, frame: FrameReference): void {
    const at = host * SPAN_FIELDS;
    const gapNs = timeNs - this.#latest[at + TO];
    if (gapNs > LARGEST_GAP_NS || gapNs < -LARGEST_GAP_NS) this.#begin(host, timeNs, frame);
    // Packets of several interfaces are a little out of order.
    else if (gapNs >= 0) {
      this.#latest[at + TO] = timeNs;
      this.#latest[at + LAST_FRAME] = frame;
    }
  }

  /** What came to a host around this time, and at most `withinNs` away from it; undefined if nothing ever did. */
  around(host: number, fromNs: number, toNs: number, withinNs: number): Arrivals | undefined {
    if (host < 0 || this.latestNs(host) === NEVER) return undefined;
    if (this.#forgottenFromNs <= toNs && this.#forgottenToNs >= fromNs) return undefined;
    let meanwhile = false;
    let before: Span | undefined;
    let after: Span | undefined;
    for (const span of [...(this.#ended.get(host) ?? []), this.#latestOf(host)]) {
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
    return this.#latest[host * SPAN_FIELDS + TO];
  }

  #begin(host: number, timeNs: number, frame: FrameReference): void {
    if (this.latestNs(host) !== NEVER) this.#keep(host);
    const at = host * SPAN_FIELDS;
    this.#latest[at + FROM] = timeNs;
    this.#latest[at + TO] = timeNs;
    this.#latest[at + FIRST_FRAME] = frame;
    this.#latest[at + LAST_FRAME] = frame;
  }

  #keep(host: number): void {
    const span = this.#latestOf(host);
    const spans = this.#ended.get(host);
    if (spans !== undefined && spans.length === SPANS_PER_HOST) {
      spans.shift();
      spans.push(span);
    } else if (this.#endedCount === MAXIMUM_SPANS) {
      this.#forgottenFromNs = Math.min(this.#forgottenFromNs, span.fromNs);
      this.#forgottenToNs = Math.max(this.#forgottenToNs, span.toNs);
    } else {
      this.#endedCount++;
      if (spans === undefined) this.#ended.set(host, [span]);
      else spans.push(span);
    }
  }

  #latestOf(host: number): Span {
    const at = host * SPAN_FIELDS;
    return {
      fromNs: this.#latest[at + FROM],
      toNs: this.#latest[at + TO],
      firstFrame: this.#latest[at + FIRST_FRAME],
      lastFrame: this.#latest[at + LAST_FRAME],
    };
  }
}
