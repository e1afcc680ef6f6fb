/** Spans of time that have ended, as lists of rows: of many hosts a few each. */
import type { FrameReference } from './attempt.js';
import { doublesIn, grown, growthOf, HEAP, moved, type Room, wordsOf } from './columns.js';
import { NEVER, NONE } from './host-rows.js';
import {
  FORGOTTEN_FROM_NS,
  FORGOTTEN_TO_NS,
  MAXIMUM_SPANS,
  SPAN_BEFORE,
  SPAN_COUNT,
  SPAN_COUNTERS,
  SPAN_DOUBLES,
  SPAN_FIRST_FRAME,
  SPAN_FROM,
  SPAN_LAST_FRAME,
  SPAN_LENGTH,
  SPAN_TO,
  SPAN_WORDS,
} from './layout/hosts.js';

/** A time without long gaps between arrivals. */
export interface Span {
  fromNs: number;
  toNs: number;
  firstFrame: FrameReference;
  lastFrame: FrameReference;
}

const FIRST_SPANS = 1 << 10;

/** The ended spans of all hosts; a list is known by its latest span, or NONE. */
export class SpanPool {
  rows: Float64Array;
  /** What is counted, by layout/hosts.ts. */
  counters: Float64Array;
  #words: Int32Array;
  #room = HEAP;

  constructor() {
    this.rows = doublesIn(this.#room, FIRST_SPANS * SPAN_DOUBLES);
    this.#words = wordsOf(this.rows);
    this.counters = doublesIn(this.#room, SPAN_COUNTERS);
    this.counters[FORGOTTEN_FROM_NS] = Number.POSITIVE_INFINITY;
    this.counters[FORGOTTEN_TO_NS] = NEVER;
  }

  /** Moves all to other memory. */
  moveTo(room: Room): void {
    this.#room = room;
    this.#take(moved(this.rows, room));
    this.counters = moved(this.counters, room);
  }

  /** True if there are as many in all lists as may be. */
  get isFull(): boolean {
    return this.counters[SPAN_COUNT] === MAXIMUM_SPANS;
  }

  length(list: number): number {
    return list === NONE ? 0 : this.#words[list * SPAN_WORDS + SPAN_LENGTH];
  }

  /** Adds the latest span of a list, which is then known by the number that this gives. */
  push(list: number, span: Span): number {
    const { rows, counters } = this;
    if (counters[SPAN_COUNT] * SPAN_DOUBLES === rows.length) this.#grow();
    const row = counters[SPAN_COUNT]++;
    const length = this.length(list) + 1;
    this.#set(row, span);
    this.#words[row * SPAN_WORDS + SPAN_BEFORE] = list;
    this.#words[row * SPAN_WORDS + SPAN_LENGTH] = length;
    return row;
  }

  /** Adds the latest span of a list in the place of the oldest one. */
  replaceOldest(list: number, span: Span): void {
    // Rare, and lists are short: the spans move up, each into the row of the one before it.
    let later = span;
    for (let row = list; row !== NONE; row = this.#words[row * SPAN_WORDS + SPAN_BEFORE]) {
      const own = this.#at(row);
      this.#set(row, later);
      later = own;
    }
  }

  /** The spans of a list, the oldest first. */
  of(list: number): Span[] {
    const spans: Span[] = [];
    for (let row = list; row !== NONE; row = this.#words[row * SPAN_WORDS + SPAN_BEFORE]) spans.push(this.#at(row));
    return spans.reverse();
  }

  /** Widens the time that spans lie in which were not kept. */
  forget({ fromNs, toNs }: Span): void {
    const { counters } = this;
    if (fromNs < counters[FORGOTTEN_FROM_NS]) counters[FORGOTTEN_FROM_NS] = fromNs;
    if (toNs > counters[FORGOTTEN_TO_NS]) counters[FORGOTTEN_TO_NS] = toNs;
  }

  /** True if any of those may lie in this time. */
  mayHaveForgotten(fromNs: number, toNs: number): boolean {
    return this.counters[FORGOTTEN_FROM_NS] <= toNs && this.counters[FORGOTTEN_TO_NS] >= fromNs;
  }

  #grow(): void {
    const { rows } = this;
    const length = Math.min(rows.length * growthOf(rows), MAXIMUM_SPANS * SPAN_DOUBLES);
    this.#take(grown(rows, length, this.#room));
  }

  #take(rows: Float64Array): void {
    this.rows = rows;
    this.#words = wordsOf(rows);
  }

  #at(row: number): Span {
    const at = row * SPAN_DOUBLES;
    return {
      fromNs: this.rows[at + SPAN_FROM],
      toNs: this.rows[at + SPAN_TO],
      firstFrame: this.rows[at + SPAN_FIRST_FRAME],
      lastFrame: this.rows[at + SPAN_LAST_FRAME],
    };
  }

  #set(row: number, { fromNs, toNs, firstFrame, lastFrame }: Span): void {
    const at = row * SPAN_DOUBLES;
    this.rows[at + SPAN_FROM] = fromNs;
    this.rows[at + SPAN_TO] = toNs;
    this.rows[at + SPAN_FIRST_FRAME] = firstFrame;
    this.rows[at + SPAN_LAST_FRAME] = lastFrame;
  }
}
