/**
 * Most packets are data of connections that were made long ago, and tell nothing that the packet before did not tell:
 * that both ends are alive. The sieve says which packets those are, from the packets alone, without what the tracker
 * knows: so parts of one capture can be sifted at the same time, in other threads, before it is known what happened in
 * the parts before them.
 *
 * A segment without SYN, FIN and RST is a repetition if one of the same connection and direction came before it in the
 * same run. A run ends with a stretch of the capture, as the reader counts them, and with every second second of its time. Whoever
 * follows attempts passes a repetition over unless an attempt between its ends is open (following.ts). Where runs begin
 * depends on nothing but the capture, so that any chunks and any number of threads give the same report.
 */
import { RecordBatch } from '../capture/enterable.js';
import type { Packet } from '../capture/format.js';
import { FIN, RST, SYN } from '../decode/frame.js';
import { DESTINATION, glanceAt, PORTS, SOURCE } from '../decode/glance.js';
import { hashEnds } from './hash.js';

/** What the sieve says of a packet that is no ordinary segment: it may be about anybody. */
export const UNKNOWN_ENDS = -2;
/** Of a segment that begins or ends something, and whose connection had no other one in the run. */
export const NEW_ENDS = -1;

/** For at most so long a connection is passed over. Less than silence must last to count. */
const RUN_NS = 2e9;

/** Small captures do with little. */
const FIRST_PLACES = 1 << 10;
/** A sparser table is larger, and takes 8 ns longer: what counts is how much of it fits the caches. */
const PLACES_PER_CONNECTION = 2;
/** Words of a place: both addresses, the ports, and number and directions of a connection, which is a quarter of a cache line. */
const PLACE_WORDS = 4;
const ENDS_PORTS = 2;
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

/** What a sieve says of packets, as columns that may be longer than a batch; they may lie in memory that threads share. */
export interface SiftedColumns {
  /** UNKNOWN_ENDS, NEW_ENDS, or else the number of the connection, doubled, and one more where it is no repetition. */
  codes: Int32Array;
  /** Where each packet's record begins. */
  positions: Int32Array;
  /** Of each run: the index of its first packet, and the latest time in it. */
  runStarts: Int32Array;
  runLatestNs: Float64Array;
}

/** Sifts the packets of one capture, or of a part of it that begins where a stretch does. */
export class Sieve {
  /** Runs that stand in the columns. */
  runs = 0;
  #fromNs = 0;
  #toNs = Number.NEGATIVE_INFINITY;
  #places = new Int32Array(FIRST_PLACES * PLACE_WORDS);
  /** The mark of the run's first connection, and of the next one that is new. */
  #firstMark = MARK_STEP;
  #nextMark = MARK_STEP;

  /** Begins columns anew, and a run with the next packet. */
  restart(): void {
    this.runs = 0;
    this.endRun();
  }

  /** Begins a run with the next packet. */
  endRun(): void {
    this.#toNs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Sifts the first `count` packets of a batch, of one stretch, into the columns from `first` on. Gives how many there
   * was room for.
   *
   * One loop, with all that it needs in local variables: in functions of their own, with the table as a field, it took
   * 66 ns a packet instead of 46.
   */
  sift(view: DataView, batch: RecordBatch, count: number, columns: SiftedColumns, first: number): number {
    const { codes, positions, runStarts, runLatestNs } = columns;
    let places = this.#places;
    let shift = shiftOf(places);
    let mask = places.length / PLACE_WORDS - 1;
    let firstMark = this.#firstMark;
    let nextMark = this.#nextMark;
    let run = this.runs - 1;
    let index = 0;
    for (; index < count; index++) {
      const timeNs = batch.timesNs[index];
      if (timeNs < this.#fromNs || timeNs >= this.#toNs) {
        if (run + 1 === runStarts.length) break;
        run++;
        runStarts[run] = first + index;
        runLatestNs[run] = timeNs;
        this.#fromNs = Math.floor(timeNs / RUN_NS) * RUN_NS;
        this.#toNs = this.#fromNs + RUN_NS;
        if (nextMark >= LAST_MARK) nextMark = this.#forgetMarks();
        firstMark = nextMark;
      } else if (timeNs > runLatestNs[run]) runLatestNs[run] = timeNs;
      positions[first + index] = batch.positions[index];
      const offset = batch.packets[index];
      const flags = glanceAt(view, offset, batch.capturedBytes[index], batch.linkTypes[index]);
      let code = UNKNOWN_ENDS;
      if (flags >= 0) {
        const source = view.getInt32(offset + SOURCE);
        const destination = view.getInt32(offset + DESTINATION);
        const ports = view.getInt32(offset + PORTS);
        // The end with the smaller address comes first, so that both directions share a place.
        const isSwapped = source > destination || (source === destination && ports >>> 16 > (ports & 0xffff));
        const one = isSwapped ? destination : source;
        const other = isSwapped ? source : destination;
        const bothPorts = isSwapped ? (ports << 16) | (ports >>> 16) : ports;
        const direction = isSwapped ? 2 : 1;
        const begins = (flags & (SYN | FIN | RST)) !== 0;
        let at = (hashEnds(one, other, bothPorts) >>> shift) * PLACE_WORDS;
        // Marks of earlier runs are smaller, and their places count as free.
        while (places[at + MARK] >= firstMark) {
          if (places[at] === one && places[at + 1] === other && places[at + ENDS_PORTS] === bothPorts) break;
          at = (at + PLACE_WORDS) & (mask * PLACE_WORDS);
        }
        const mark = places[at + MARK];
        if (mark >= firstMark) {
          code = ((mark - firstMark) >> DIRECTION_BITS) << 1;
          if (begins) code |= 1;
          else if ((mark & direction) === 0) {
            places[at + MARK] = mark | direction;
            code |= 1;
          }
        } else if (begins) code = NEW_ENDS;
        else {
          places[at] = one;
          places[at + 1] = other;
          places[at + ENDS_PORTS] = bothPorts;
          places[at + MARK] = nextMark | direction;
          const connection = (nextMark - firstMark) >> DIRECTION_BITS;
          code = (connection << 1) | 1;
          nextMark += MARK_STEP;
          if (connection * PLACES_PER_CONNECTION > mask) {
            places = this.#grow(firstMark);
            shift = shiftOf(places);
            mask = places.length / PLACE_WORDS - 1;
          }
        }
      }
      codes[first + index] = code;
    }
    this.runs = run + 1;
    this.#firstMark = firstMark;
    this.#nextMark = nextMark;
    return index;
  }

  #forgetMarks(): number {
    this.#places.fill(0);
    return MARK_STEP;
  }

  /** Moves what is of this run into a table of twice the size. */
  #grow(firstMark: number): Int32Array<ArrayBuffer> {
    const old = this.#places;
    const places = new Int32Array(old.length * 2);
    const shift = shiftOf(places);
    for (let from = 0; from < old.length; from += PLACE_WORDS) {
      if (old[from + MARK] < firstMark) continue;
      let at = (hashEnds(old[from], old[from + 1], old[from + ENDS_PORTS]) >>> shift) * PLACE_WORDS;
      while (places[at + MARK] !== 0) at = (at + PLACE_WORDS) % places.length;
      places.set(old.subarray(from, from + PLACE_WORDS), at);
    }
    this.#places = places;
    return places;
  }
}

/** Sifts packets one by one, as they come from a stream. */
export class SingleSieve {
  /** What is said of the packet that was sifted last. */
  code = UNKNOWN_ENDS;
  readonly #sieve = new Sieve();
  readonly #batch = new RecordBatch(1);
  /** With room for the run at hand and the next one. */
  readonly #columns: SiftedColumns = {
    codes: new Int32Array(1),
    positions: new Int32Array(1),
    runStarts: new Int32Array(2),
    runLatestNs: new Float64Array(2),
  };
  #stretch = -1;

  /** Sifts a packet; true if it begins a run. */
  sift(packet: Packet): boolean {
    const batch = this.#batch;
    const sieve = this.#sieve;
    const columns = this.#columns;
    batch.packets[0] = packet.offset;
    batch.capturedBytes[0] = packet.capturedBytes;
    batch.linkTypes[0] = packet.linkType;
    batch.timesNs[0] = packet.timeNs;
    if (packet.stretch !== this.#stretch) {
      this.#stretch = packet.stretch;
      sieve.endRun();
    }
    const runs = sieve.runs;
    sieve.sift(packet.view, batch, 1, columns, 0);
    this.code = columns.codes[0];
    if (sieve.runs === runs) return false;
    columns.runLatestNs[0] = columns.runLatestNs[runs];
    sieve.runs = 1;
    return true;
  }

  /** The latest time in the run so far, in nanoseconds since the time origin. */
  get latestNs(): number {
    return this.#columns.runLatestNs[0];
  }
}

/** By how many bits a hash is shifted so that it numbers the places: its upper bits are the good ones. */
function shiftOf(places: Int32Array): number {
  return Math.clz32(places.length / PLACE_WORDS - 1);
}
