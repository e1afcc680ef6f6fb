/**
 * Most packets are data of connections that were made long ago, and tell nothing that the packet before did not tell:
 * that both ends are alive. The sieve finds those.
 *
 * A segment without SYN, FIN and RST is a repetition if one of the same connection and direction came before it in the
 * same run, when no attempt between its ends was open: a run is packets that stand one behind the other in a capture and
 * are of the same two seconds. A repetition is passed over unless an attempt between its ends is open now. The tracker
 * knows of those. So what is passed over depends on nothing but the packets and their order.
 *
 * Here packets are looked at one by one; sifter.ts does the same to many at once, with the table of this.
 */
import type { Packet } from '../capture/format.js';
import { DESTINATION, PORTS, SOURCE } from '../decode/plain-header.js';
import { growthOfIndex } from './columns.js';
import { hashEnds } from './hash.js';
import {
  BOTH_PORTS,
  FIRST_END,
  MARK,
  MAY_BE_OPEN,
  PLACE_WORDS,
  PLACES_PER_CONNECTION,
  SECOND,
  SECOND_END,
} from './layout/sieve.js';

/** For at most so long a connection is passed over. Less than silence must last to count. */
export const RUN_NS = 2e9;

/** When the two seconds begin that a time belongs to. */
export function runOf(timeNs: number): number {
  return Math.floor(timeNs / RUN_NS) * RUN_NS;
}

/** Small captures do with little. */
const FIRST_PLACES = 1 << 10;
/** Above the lower bits of a mark is the number of the run. */
const RUN_STEP = 8;
/** Then the numbers are used up, and the table begins anew: they have to stay small integers to V8. */
const LAST_RUN = 2 ** 30;

/** Memory for the table of a sieve. */
export interface SieveRoom {
  /** Gives room for so many words, all of them zero, instead of what it gave before; undefined: there is no more. */
  words(count: number): Int32Array | undefined;
}

/** Sifts the packets of one capture. */
export class Sieve {
  /** True if an attempt was opened in this run and nobody knows between which ends: then no repetition is passed over. */
  isUnsure = false;
  /** True if what was looked at last is a repetition. */
  isRepetition = false;
  /** The table; whoever sifts with it writes into it. */
  places: Int32Array = new Int32Array(FIRST_PLACES * PLACE_WORDS);
  /** How many connections of this run are in it. */
  connections = 0;
  run = RUN_STEP;
  #room: SieveRoom | undefined;
  /** What was looked at last: where it stands or would stand, its ends, and its sender. */
  #found = 0;
  #isKnown = false;
  #first = 0;
  #second = 0;
  #bothPorts = 0;
  #sender = 0;

  /** Begins a run. */
  startRun(): void {
    this.isUnsure = false;
    this.connections = 0;
    // What stands in the table from earlier runs has smaller marks, and counts as free.
    this.run += RUN_STEP;
    if (this.run < LAST_RUN) return;
    this.places.fill(0);
    this.run = RUN_STEP;
  }

  /** Looks at a segment, which `glanceAt` understood. True: it can be passed over. */
  look({ view, offset }: Packet): boolean {
    const source = view.getInt32(offset + SOURCE, true);
    const destination = view.getInt32(offset + DESTINATION, true);
    const ends = view.getInt32(offset + PORTS, true);
    const back = (ends << 16) | (ends >>> 16);
    // In the same order for both directions, so that they share a place.
    const isTurned = source > destination || (source === destination && ends > back);
    this.#first = isTurned ? destination : source;
    this.#second = isTurned ? source : destination;
    this.#bothPorts = isTurned ? back : ends;
    this.#sender = isTurned ? SECOND_END : FIRST_END;
    this.#found = this.#find(this.#first, this.#second, this.#bothPorts);
    const mark = this.places[this.#found + MARK];
    this.#isKnown = mark >= this.run;
    this.isRepetition = this.#isKnown && (mark & this.#sender) !== 0;
    return this.isRepetition && (mark & MAY_BE_OPEN) === 0 && !this.isUnsure;
  }

  /**
   * Says whether an attempt between the ends of what was looked at last is open, and whether one may be open soon.
   * Connections are entered only if none is: handshakes, of which there may be a flood, need no place.
   */
  note(isOpen: boolean, mayBeOpen: boolean): void {
    const { places } = this;
    const at = this.#found;
    const open = isOpen || mayBeOpen ? MAY_BE_OPEN : 0;
    if (this.#isKnown) {
      places[at + MARK] = (places[at + MARK] & ~MAY_BE_OPEN) | open | (isOpen ? 0 : this.#sender);
    } else if (!isOpen) {
      places[at] = this.#first;
      places[at + SECOND] = this.#second;
      places[at + BOTH_PORTS] = this.#bothPorts;
      places[at + MARK] = this.run | this.#sender | open;
      this.connections++;
      this.growIfFull();
    }
  }

  /** The hash of the ends of what was looked at last. */
  get hash(): number {
    return hashEnds(this.#first, this.#second, this.#bothPorts);
  }

  /** Says that an attempt between the ends of what was looked at last may have been opened. */
  noteSyn(): void {
    if (this.#isKnown) this.places[this.#found + MARK] |= MAY_BE_OPEN;
  }

  /** Moves what is of this run into a larger table, if there is no room for more connections. */
  growIfFull(): void {
    if (this.connections * PLACES_PER_CONNECTION * PLACE_WORDS < this.places.length) return;
    const old = this.places.slice();
    this.places = this.#wordsFor(old.length * growthOfIndex(old));
    for (let from = 0; from < old.length; from += PLACE_WORDS) {
      if (old[from + MARK] < this.run) continue;
      const to = this.#find(old[from], old[from + SECOND], old[from + BOTH_PORTS]);
      this.places.set(old.subarray(from, from + PLACE_WORDS), to);
    }
  }

  /** Moves the table to other memory; without any, to that of JavaScript. */
  moveTo(room: SieveRoom | undefined): void {
    this.#room = room;
    const old = this.places;
    this.places = this.#wordsFor(old.length);
    this.places.set(old);
  }

  #wordsFor(count: number): Int32Array {
    return this.#room?.words(count) ?? new Int32Array(count);
  }

  /** Where a connection stands, or would stand. */
  #find(first: number, second: number, bothPorts: number): number {
    const { places, run } = this;
    const last = places.length - PLACE_WORDS;
    // The upper bits of the hash are the good ones.
    const shift = Math.clz32(places.length / PLACE_WORDS - 1);
    let at = (hashEnds(first, second, bothPorts) >>> shift) * PLACE_WORDS;
    while (places[at + MARK] >= run) {
      if (places[at] === first && places[at + SECOND] === second && places[at + BOTH_PORTS] === bothPorts) break;
      at = at === last ? 0 : at + PLACE_WORDS;
    }
    return at;
  }
}
