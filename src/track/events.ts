/** The packets of pending attempts, as rows of one typed array. */
import { doublesIn, grown, growthOf, HEAP, moved, type Room, wordsIn, wordsOf } from './columns.js';
import {
  ECHO,
  EVENT_COUNTERS,
  EVENT_DOUBLES,
  EVENT_WORDS,
  FRAME,
  FREE,
  IDENTIFICATION,
  LABEL,
  NEXT,
  OPTIONS,
  SIGNATURE,
  TIME_NS,
  TIMESTAMP,
  USED,
  WINDOW,
} from './layout/slots.js';
import type { Moment } from './moment.js';

/** No slot, no event. */
export const NONE = -1;

const FIRST_EVENTS = 1 << 13;

/** In the place of what an ICMP error does not have: its sender, and its version, type and code, a byte each. */
const ICMP_HOST = ECHO;
const ICMP = OPTIONS;

/** The packets of pending attempts: singly linked lists. */
export class EventPool {
  rows = doublesIn(HEAP, FIRST_EVENTS * EVENT_DOUBLES);
  #words = wordsOf(this.rows);
  /** What is known of all events together, by layout/slots.ts. */
  counters = wordsIn(HEAP, EVENT_COUNTERS);
  #room = HEAP;

  constructor() {
    this.counters[FREE] = NONE;
  }

  /** Moves all to other memory. */
  moveTo(room: Room): void {
    this.#room = room;
    this.#take(moved(this.rows, room));
    this.counters = moved(this.counters, room);
  }

  next(event: number): number {
    return this.#words[event * EVENT_WORDS + NEXT];
  }

  setNext(event: number, next: number): void {
    this.#words[event * EVENT_WORDS + NEXT] = next;
  }

  kind(event: number): number {
    return this.#words[event * EVENT_WORDS + LABEL] & 0xff;
  }

  timeToLive(event: number): number {
    return (this.#words[event * EVENT_WORDS + LABEL] >>> 8) & 0xff;
  }

  /** TRAIT_ bits. */
  traits(event: number): number {
    return this.#words[event * EVENT_WORDS + LABEL] >>> 16;
  }

  timeNs(event: number): number {
    return this.rows[event * EVENT_DOUBLES + TIME_NS];
  }

  frame(event: number): number {
    return this.rows[event * EVENT_DOUBLES + FRAME];
  }

  /** What tells copies of one packet from its retransmission; see copies.ts. A signed word. */
  signature(event: number): number {
    return this.#words[event * EVENT_WORDS + SIGNATURE];
  }

  timestamp(event: number): number {
    return this.#words[event * EVENT_WORDS + TIMESTAMP] >>> 0;
  }

  echo(event: number): number {
    return this.#words[event * EVENT_WORDS + ECHO] >>> 0;
  }

  /** The fingerprint of the options in their order (tcp-options.ts). */
  options(event: number): number {
    return this.#words[event * EVENT_WORDS + OPTIONS] >>> 0;
  }

  /** IPv4 identification or IPv6 flow label; -1 when not known. */
  identification(event: number): number {
    return this.#words[event * EVENT_WORDS + IDENTIFICATION];
  }

  /** Unscaled; -1 when not known. */
  window(event: number): number {
    return this.#words[event * EVENT_WORDS + WINDOW];
  }

  /** The sender of an ICMP error, in the host table. */
  icmpHost(event: number): number {
    return this.#words[event * EVENT_WORDS + ICMP_HOST];
  }

  icmpVersion(event: number): number {
    return this.#words[event * EVENT_WORDS + ICMP] >>> 16;
  }

  icmpType(event: number): number {
    return (this.#words[event * EVENT_WORDS + ICMP] >>> 8) & 0xff;
  }

  icmpCode(event: number): number {
    return this.#words[event * EVENT_WORDS + ICMP] & 0xff;
  }

  /** Says what every event has. The rest is as of a packet of which only that is known. */
  fill(event: number, kind: number, timeToLive: number, signature: number, timestamp: number): void {
    const words = this.#words;
    const row = event * EVENT_WORDS;
    words[row + LABEL] = kind | (timeToLive << 8);
    words[row + SIGNATURE] = signature;
    words[row + TIMESTAMP] = timestamp;
    words[row + ECHO] = 0;
    words[row + OPTIONS] = 0;
    words[row + IDENTIFICATION] = -1;
    words[row + WINDOW] = -1;
  }

  /** Says when an event was, and in which frame. */
  place(event: number, { timeNs, frame }: Moment): void {
    this.rows[event * EVENT_DOUBLES + TIME_NS] = timeNs;
    this.rows[event * EVENT_DOUBLES + FRAME] = frame;
  }

  /** Says what a segment has that was decoded in full. */
  describe(event: number, echo: number, traits: number, options: number, identification: number, window: number): void {
    const words = this.#words;
    const row = event * EVENT_WORDS;
    words[row + LABEL] |= traits << 16;
    words[row + ECHO] = echo;
    words[row + OPTIONS] = options;
    words[row + IDENTIFICATION] = identification;
    words[row + WINDOW] = window;
  }

  /** Says what an ICMP error has. */
  describeIcmp(event: number, host: number, version: number, type: number, code: number): void {
    this.#words[event * EVENT_WORDS + ICMP_HOST] = host;
    this.#words[event * EVENT_WORDS + ICMP] = (version << 16) | (type << 8) | code;
  }

  allocate(): number {
    const { counters } = this;
    let event = counters[FREE];
    if (event !== NONE) counters[FREE] = this.next(event);
    else {
      if (counters[USED] * EVENT_WORDS === this.#words.length) this.#grow();
      event = counters[USED]++;
    }
    this.setNext(event, NONE);
    return event;
  }

  /** Takes back a whole list. */
  release(first: number, last: number): void {
    if (first === NONE) return;
    this.setNext(last, this.counters[FREE]);
    this.counters[FREE] = first;
  }

  #grow(): void {
    this.#take(grown(this.rows, this.rows.length * growthOf(this.rows), this.#room));
  }

  #take(rows: Float64Array): void {
    this.rows = rows;
    this.#words = wordsOf(rows);
  }
}
