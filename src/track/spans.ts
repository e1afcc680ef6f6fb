/** Spans of time that have ended, as lists of rows: of many hosts a few each. */
import type { FrameReference } from './attempt.js';
import { grown } from './columns.js';
import { NONE } from './host-rows.js';

/** A time without long gaps between arrivals. */
export interface Span {
  fromNs: number;
  toNs: number;
  firstFrame: FrameReference;
  lastFrame: FrameReference;
}

const FIRST_SPANS = 1 << 10;
/** Five doubles, the last of which are two words: the span that ended before, and how many did. */
const ROW_DOUBLES = 5;
const ROW_WORDS = ROW_DOUBLES * 2;
const FROM = 0;
const TO = 1;
const FIRST_FRAME = 2;
const LAST_FRAME = 3;
const BEFORE = 8;
const LENGTH = 9;

/** The ended spans of all hosts; a list is known by its latest span, or NONE. */
export class SpanPool {
  #doubles = new Float64Array(FIRST_SPANS * ROW_DOUBLES);
  #words = new Int32Array(this.#doubles.buffer);
  #used = 0;

  /** How many there are in all lists. */
  get count(): number {
    return this.#used;
  }

  length(list: number): number {
    return list === NONE ? 0 : this.#words[list * ROW_WORDS + LENGTH];
  }

  /** Adds the latest span of a list, which is then known by the number that this gives. */
  push(list: number, span: Span): number {
    if (this.#used * ROW_DOUBLES === this.#doubles.length) {
      this.#doubles = grown(this.#doubles, this.#doubles.length * 2);
      this.#words = new Int32Array(this.#doubles.buffer);
    }
    const row = this.#used++;
    const length = this.length(list) + 1;
    this.#set(row, span);
    this.#words[row * ROW_WORDS + BEFORE] = list;
    this.#words[row * ROW_WORDS + LENGTH] = length;
    return row;
  }

  /** Adds the latest span of a list in the place of the oldest one. */
  replaceOldest(list: number, span: Span): void {
    // Rare, and lists are short: the spans move up, each into the row of the one before it.
    let later = span;
    for (let row = list; row !== NONE; row = this.#words[row * ROW_WORDS + BEFORE]) {
      const own = this.#at(row);
      this.#set(row, later);
      later = own;
    }
  }

  /** The spans of a list, the oldest first. */
  of(list: number): Span[] {
    const spans: Span[] = [];
    for (let row = list; row !== NONE; row = this.#words[row * ROW_WORDS + BEFORE]) spans.push(this.#at(row));
    return spans.reverse();
  }

  #at(row: number): Span {
    const at = row * ROW_DOUBLES;
    return {
      fromNs: this.#doubles[at + FROM],
      toNs: this.#doubles[at + TO],
      firstFrame: this.#doubles[at + FIRST_FRAME],
      lastFrame: this.#doubles[at + LAST_FRAME],
    };
  }

  #set(row: number, { fromNs, toNs, firstFrame, lastFrame }: Span): void {
    const at = row * ROW_DOUBLES;
    this.#doubles[at + FROM] = fromNs;
    this.#doubles[at + TO] = toNs;
    this.#doubles[at + FIRST_FRAME] = firstFrame;
    this.#doubles[at + LAST_FRAME] = lastFrame;
  }
}
