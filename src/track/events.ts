/** The packets of pending attempts, as rows of one typed array. */
import { GROWTH, grown } from './columns.js';
import type { Moment } from './moment.js';

/** No slot, no event. */
export const NONE = -1;

const FIRST_EVENTS = 1 << 16;

/** An event's row: twelve words. */
const ROW_WORDS = 12;
/** The next event of the same attempt, or the next free one. */
const NEXT = 0;
/** Its kind in the lowest byte, then the TTL, then TRAIT_ bits. */
const LABEL = 1;
const SIGNATURE = 6;
const TIMESTAMP = 7;
const ECHO = 8;
const OPTIONS = 9;
const IDENTIFICATION = 10;
const WINDOW = 11;
/** In the place of what an ICMP error does not have: its sender, and its version, type and code, a byte each. */
const ICMP_HOST = ECHO;
const ICMP = OPTIONS;
/** Words 2 to 5 are two doubles, which are counted by themselves. */
const ROW_DOUBLES = ROW_WORDS / 2;
const TIME_NS = 1;
const FRAME = 2;

/** The packets of pending attempts: singly linked lists. */
export class EventPool {
  #words = new Int32Array(FIRST_EVENTS * ROW_WORDS);
  #doubles = new Float64Array(this.#words.buffer);
  #used = 0;
  #free = NONE;

  next(event: number): number {
    return this.#words[event * ROW_WORDS + NEXT];
  }

  setNext(event: number, next: number): void {
    this.#words[event * ROW_WORDS + NEXT] = next;
  }

  kind(event: number): number {
    return this.#words[event * ROW_WORDS + LABEL] & 0xff;
  }

  timeToLive(event: number): number {
    return (this.#words[event * ROW_WORDS + LABEL] >>> 8) & 0xff;
  }

  /** TRAIT_ bits. */
  traits(event: number): number {
    return this.#words[event * ROW_WORDS + LABEL] >>> 16;
  }

  timeNs(event: number): number {
    return this.#doubles[event * ROW_DOUBLES + TIME_NS];
  }

  frame(event: number): number {
    return this.#doubles[event * ROW_DOUBLES + FRAME];
  }

  /** What tells copies of one packet from its retransmission; see copies.ts. A signed word. */
  signature(event: number): number {
    return this.#words[event * ROW_WORDS + SIGNATURE];
  }

  timestamp(event: number): number {
    return this.#words[event * ROW_WORDS + TIMESTAMP] >>> 0;
  }

  echo(event: number): number {
    return this.#words[event * ROW_WORDS + ECHO] >>> 0;
  }

  /** The fingerprint of the options in their order (tcp-options.ts). */
  options(event: number): number {
    return this.#words[event * ROW_WORDS + OPTIONS] >>> 0;
  }

  /** IPv4 identification or IPv6 flow label; -1 when not known. */
  identification(event: number): number {
    return this.#words[event * ROW_WORDS + IDENTIFICATION];
  }

  /** Unscaled; -1 when not known. */
  window(event: number): number {
    return this.#words[event * ROW_WORDS + WINDOW];
  }

  /** The sender of an ICMP error, in the host table. */
  icmpHost(event: number): number {
    return this.#words[event * ROW_WORDS + ICMP_HOST];
  }

  icmpVersion(event: number): number {
    return this.#words[event * ROW_WORDS + ICMP] >>> 16;
  }

  icmpType(event: number): number {
    return (this.#words[event * ROW_WORDS + ICMP] >>> 8) & 0xff;
  }

  icmpCode(event: number): number {
    return this.#words[event * ROW_WORDS + ICMP] & 0xff;
  }

  /** Says what every event has. The rest is as of a packet of which only that is known. */
  fill(event: number, kind: number, timeToLive: number, signature: number, timestamp: number): void {
    const words = this.#words;
    const row = event * ROW_WORDS;
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
    this.#doubles[event * ROW_DOUBLES + TIME_NS] = timeNs;
    this.#doubles[event * ROW_DOUBLES + FRAME] = frame;
  }

  /** Says what a segment has that was decoded in full. */
  describe(event: number, echo: number, traits: number, options: number, identification: number, window: number): void {
    const words = this.#words;
    const row = event * ROW_WORDS;
    words[row + LABEL] |= traits << 16;
    words[row + ECHO] = echo;
    words[row + OPTIONS] = options;
    words[row + IDENTIFICATION] = identification;
    words[row + WINDOW] = window;
  }

  /** Says what an ICMP error has. */
  describeIcmp(event: number, host: number, version: number, type: number, code: number): void {
    this.#words[event * ROW_WORDS + ICMP_HOST] = host;
    this.#words[event * ROW_WORDS + ICMP] = (version << 16) | (type << 8) | code;
  }

  allocate(): number {
    let event = this.#free;
    if (event !== NONE) this.#free = this.next(event);
    else {
      if (this.#used * ROW_WORDS === this.#words.length) this.#grow();
      event = this.#used++;
    }
    this.setNext(event, NONE);
    return event;
  }

  /** Takes back a whole list. */
  release(first: number, last: number): void {
    if (first === NONE) return;
    this.setNext(last, this.#free);
    this.#free = first;
  }

  #grow(): void {
    this.#words = grown(this.#words, this.#words.length * GROWTH);
    this.#doubles = new Float64Array(this.#words.buffer);
  }
}
