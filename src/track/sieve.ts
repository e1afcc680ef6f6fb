/**
 * Most packets are data of connections that were made long ago, and tell nothing that the packet before did not tell:
 * that both ends are alive. The sieve says which packets those are, from the packets alone, without what the tracker
 * knows: so parts of one capture can be sifted at the same time, in other threads, before it is known what happened in
 * the parts before them.
 *
 * A segment without SYN, FIN and RST is a repetition if one of the same connection and direction came before it in the
 * same run. A run ends with a stretch of the capture, as the reader counts them, and with each second of its time. Whoever
 * follows attempts passes a repetition over unless an attempt between its ends is open (following.ts). Where runs begin
 * depends on nothing but the capture, so that any chunks and any number of threads give the same report.
 */
import type { Packet } from '../capture/format.js';
import { FIN, RST, SYN } from '../decode/frame.js';
import { Glance, glanceAt } from '../decode/glance.js';
import { hashEnds } from './hash.js';

/** What `sift` says of a packet that is no ordinary segment: it may be about anybody. */
export const UNKNOWN_ENDS = -2;
/** Of a segment that begins or ends something, and whose connection had no other one in the run. */
export const NEW_ENDS = -1;

/** For at most so long, a second, a connection is passed over. Less than silence must last to count. */
export const RUN_NS = 1e9;

/** When the run begins, at the latest, that a packet of this time belongs to. */
export function startOfRun(timeNs: number): number {
  return Math.floor(timeNs / RUN_NS) * RUN_NS;
}

/** Small captures do with little. */
const FIRST_PLACES = 1 << 10;
/** A sparser table is larger, and takes 8 ns longer: what counts is how much of it fits the caches. */
const PLACES_PER_CONNECTION = 2;
/** Words of a place: both addresses, the ports, and number and directions of a connection, which is a quarter of a cache line. */
const PLACE_WORDS = 4;
const PORTS = 2;
const MARK = 3;
/** The lower bits of a mark: which ends have sent a segment. The others: a number that no connection had before. */
const DIRECTION_BITS = 2;
const MARK_STEP = 1 << DIRECTION_BITS;
/** Then the marks are nearly used up, and the table begins anew: they have to stay small integers to V8. */
const LAST_MARK = 2 ** 29;

/** True for a segment that has to be followed, whatever is known of its connection. */
export function isCertain(code: number): boolean {
  return code < 0 || (code & 1) !== 0;
}

/** The number of the connection in its run, from 0; negative codes have none. */
export function connectionOf(code: number): number {
  return code >> 1;
}

/** Sifts the packets of one capture, or of a part of it that begins where a stretch does. */
export class Sieve {
  /** True if the packet that was sifted last began a run. */
  startsRun = false;
  /** The latest time in the run so far, in nanoseconds since the time origin. */
  latestNs = Number.NEGATIVE_INFINITY;
  #stretch = -1;
  #fromNs = 0;
  #toNs = Number.NEGATIVE_INFINITY;
  #places = new Int32Array(FIRST_PLACES * PLACE_WORDS);
  #mask = FIRST_PLACES - 1;
  /** Leaves as many upper bits of a hash as it takes to number the places. */
  #shift = Math.clz32(FIRST_PLACES - 1);
  /** The mark of the run's first connection, and of the next one that is new. */
  #firstMark = MARK_STEP;
  #nextMark = MARK_STEP;
  readonly #glance = new Glance();

  /**
   * Says what a packet is: UNKNOWN_ENDS, NEW_ENDS, or else the number of its connection, doubled, and one more where it
   * is no repetition.
   */
  sift({ timeNs, stretch, view, offset, capturedBytes, linkType }: Packet): number {
    this.startsRun = stretch !== this.#stretch || timeNs < this.#fromNs || timeNs >= this.#toNs;
    if (this.startsRun) {
      this.#stretch = stretch;
      this.#fromNs = startOfRun(timeNs);
      this.#toNs = this.#fromNs + RUN_NS;
      this.latestNs = timeNs;
      this.startRun();
    } else if (timeNs > this.latestNs) this.latestNs = timeNs;
    return this.siftAt(view, offset, capturedBytes, linkType);
  }

  /** The same of a packet at an offset in `view`, by its link type, in the run that was started last. */
  siftAt(view: DataView, offset: number, capturedBytes: number, linkType: number): number {
    const glance = this.#glance;
    if (!glanceAt(view, offset, capturedBytes, linkType, glance)) return UNKNOWN_ENDS;
    // The end with the smaller address comes first, so that both directions share a place.
    const { source, destination, ports, flags } = glance;
    const begins = (flags & (SYN | FIN | RST)) !== 0;
    const isSwapped = source > destination || (source === destination && ports >>> 16 > (ports & 0xffff));
    return isSwapped
      ? this.#find(destination, source, (ports << 16) | (ports >>> 16), 2, begins)
      : this.#find(source, destination, ports, 1, begins);
  }

  #find(first: number, second: number, ports: number, direction: number, isCertain: boolean): number {
    const places = this.#places;
    const mask = this.#mask;
    for (let place = hashEnds(first, second, ports) >>> this.#shift; ; place = (place + 1) & mask) {
      const at = place * PLACE_WORDS;
      const mark = places[at + MARK];
      // Marks of earlier runs are smaller, and their places count as free.
      if (mark < this.#firstMark) {
        if (isCertain) return NEW_ENDS;
        places[at] = first;
        places[at + 1] = second;
        places[at + PORTS] = ports;
        return this.#enter(at, direction);
      }
      if (places[at] === first && places[at + 1] === second && places[at + PORTS] === ports) {
        const code = (mark - this.#firstMark) >> DIRECTION_BITS << 1;
        if (isCertain) return code | 1;
        if ((mark & direction) !== 0) return code;
        places[at + MARK] = mark | direction;
        return code | 1;
      }
    }
  }

  #enter(at: number, direction: number): number {
    const mark = this.#nextMark;
    this.#places[at + MARK] = mark | direction;
    this.#nextMark = mark + MARK_STEP;
    const connection = (mark - this.#firstMark) >> DIRECTION_BITS;
    if (connection * PLACES_PER_CONNECTION > this.#mask) this.#grow();
    return (connection << 1) | 1;
  }

  /** Begins a run: no connection has had a segment yet. */
  startRun(): void {
    this.#firstMark = this.#nextMark;
    if (this.#nextMark < LAST_MARK) return;
    this.#places.fill(0);
    this.#firstMark = MARK_STEP;
    this.#nextMark = MARK_STEP;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Int32Array(old.length * 2);
    this.#mask = this.#places.length / PLACE_WORDS - 1;
    this.#shift = Math.clz32(this.#mask);
    for (let from = 0; from < old.length; from += PLACE_WORDS) {
      if (old[from + MARK] < this.#firstMark) continue;
      let place = hashEnds(old[from], old[from + 1], old[from + PORTS]) >>> this.#shift;
      while (this.#places[place * PLACE_WORDS + MARK] !== 0) place = (place + 1) & this.#mask;
      for (let word = 0; word < PLACE_WORDS; word++) this.#places[place * PLACE_WORDS + word] = old[from + word];
    }
  }
}
