/**
 * Most packets are data of connections that were made long ago, and tell nothing that the packet before did not tell:
 * that both ends are alive. The sieve finds those.
 *
 * A segment without SYN, FIN and RST is a repetition if one of the same connection and direction came before it in the
 * same run, when no attempt between its ends was open: a run is packets that stand one behind the other in a capture and
 * are of the same two seconds. A repetition is passed over unless an attempt between its ends is open now. The tracker
 * knows of those. So what is passed over depends on nothing but the packets and their order.
 */
import type { Packet } from '../capture/format.js';
import { FIN, RST, SYN } from '../decode/frame.js';
import { DESTINATION, glanceAt, PORTS, SOURCE } from '../decode/glance.js';
import { hashEnds } from './hash.js';

/** For at most so long a connection is passed over. Less than silence must last to count. */
export const RUN_NS = 2e9;

/** When the two seconds begin that a time belongs to. */
export function runOf(timeNs: number): number {
  return Math.floor(timeNs / RUN_NS) * RUN_NS;
}

/** Packets, as far as the sieve needs them. */
export interface SegmentColumns {
  /** As `glanceAt` tells them: -1 for a packet that is no ordinary segment, of which the other columns say nothing. */
  flags: Int16Array;
  sources: Int32Array;
  destinations: Int32Array;
  ports: Int32Array;
}

/** Small captures do with little. */
const FIRST_PLACES = 1 << 10;
/** A sparser table is larger, and takes 8 ns longer: what counts is how much of it fits the caches. */
const PLACES_PER_CONNECTION = 2;
/** Words of a place: both addresses, the ports, and the mark of a connection; a quarter of a cache line. */
const PLACE_WORDS = 4;
const BOTH_PORTS = 2;
const MARK = 3;
/** The lower bits of a mark: which ends have sent a segment, and whether an attempt between them may be open. */
const FIRST_END = 1;
const SECOND_END = 2;
const MAY_BE_OPEN = 4;
/** The others are the number of the run. */
const RUN_STEP = 8;
/** Then the numbers are used up, and the table begins anew: they have to stay small integers to V8. */
const LAST_RUN = 2 ** 30;

const NO_PLACE = -1;

/** Sifts the packets of one capture. */
export class Sieve {
  /** True if what `next` has found last is a repetition. */
  isRepetition = false;
  /** True if an attempt was opened in this run and nobody knows between which ends: then no repetition is passed over. */
  isUnsure = false;
  #places = new Int32Array(FIRST_PLACES * PLACE_WORDS);
  #connections = 0;
  #run = RUN_STEP;
  /** Where the connection stands that `next` has found last, or where it would stand. */
  #found = NO_PLACE;
  /** What is to be written there if no attempt is open: the connection itself if it is new, and its sender. */
  #isNew = false;
  #first = 0;
  #second = 0;
  #bothPorts = 0;
  #sender = 0;

  /** Begins a run. */
  startRun(): void {
    this.isUnsure = false;
    this.#connections = 0;
    // What stands in the table from earlier runs has smaller marks, and counts as free.
    this.#run += RUN_STEP;
    if (this.#run < LAST_RUN) return;
    this.#places.fill(0);
    this.#run = RUN_STEP;
  }

  /**
   * Says whether an attempt between the ends of what `next` has found last may be open now. Connections are entered only
   * if not: handshakes, of which there may be a flood, need no place.
   */
  note(mayBeOpen: boolean): void {
    const at = this.#found;
    if (at === NO_PLACE) return;
    const places = this.#places;
    if (!this.#isNew) {
      if (mayBeOpen) places[at + MARK] |= MAY_BE_OPEN;
      else places[at + MARK] = (places[at + MARK] & ~MAY_BE_OPEN) | this.#sender;
    } else if (!mayBeOpen) {
      places[at] = this.#first;
      places[at + 1] = this.#second;
      places[at + BOTH_PORTS] = this.#bothPorts;
      places[at + MARK] = this.#run | this.#sender;
      this.#connections++;
      if (this.#connections * PLACES_PER_CONNECTION * PLACE_WORDS > places.length) this.#grow();
    }
  }

  /**
   * The next of these packets, from `from` to before `end`, that is not to be passed over; `end` if there is none.
   *
   * One loop, with all that it needs in local variables: with functions of their own, and the table as a field, it took
   * 66 ns a packet instead of 46.
   */
  next({ flags, sources, destinations, ports }: SegmentColumns, from: number, end: number): number {
    const places = this.#places;
    const run = this.#run;
    const shift = shiftOf(places);
    const lastPlace = places.length - PLACE_WORDS;
    for (let index = from; index < end; index++) {
      const flagsByte = flags[index];
      if (flagsByte < 0) return this.#find(index, NO_PLACE, false);
      const source = sources[index];
      const destination = destinations[index];
      const endPorts = ports[index];
      // The end with the smaller address comes first, so that both directions share a place.
      const isSwapped = source > destination || (source === destination && endPorts >>> 16 > (endPorts & 0xffff));
      const first = isSwapped ? destination : source;
      const second = isSwapped ? source : destination;
      const bothPorts = isSwapped ? (endPorts << 16) | (endPorts >>> 16) : endPorts;
      let at = (hashEnds(first, second, bothPorts) >>> shift) * PLACE_WORDS;
      let mark = places[at + MARK];
      while (mark >= run) {
        if (places[at] === first && places[at + 1] === second && places[at + BOTH_PORTS] === bothPorts) break;
        at = at === lastPlace ? 0 : at + PLACE_WORDS;
        mark = places[at + MARK];
      }
      const isKnown = mark >= run;
      if ((flagsByte & (SYN | FIN | RST)) !== 0) return this.#find(index, isKnown ? at : NO_PLACE, false);
      const sender = isSwapped ? SECOND_END : FIRST_END;
      if (!isKnown) {
        this.#first = first;
        this.#second = second;
        this.#bothPorts = bothPorts;
        this.#find(index, at, false);
        this.#isNew = true;
        this.#sender = sender;
        return index;
      }
      const isRepetition = (mark & sender) !== 0;
      if (isRepetition && (mark & MAY_BE_OPEN) === 0 && !this.isUnsure) continue;
      this.#find(index, at, isRepetition);
      this.#sender = sender;
      return index;
    }
    return end;
  }

  #find(index: number, place: number, isRepetition: boolean): number {
    this.#found = place;
    this.#isNew = false;
    this.#sender = 0;
    this.isRepetition = isRepetition;
    return index;
  }

  /** Moves what is of this run into a table of twice the size. */
  #grow(): void {
    const old = this.#places;
    const places = new Int32Array(old.length * 2);
    const shift = shiftOf(places);
    for (let from = 0; from < old.length; from += PLACE_WORDS) {
      if (old[from + MARK] < this.#run) continue;
      let to = (hashEnds(old[from], old[from + 1], old[from + BOTH_PORTS]) >>> shift) * PLACE_WORDS;
      while (places[to + MARK] !== 0) to = (to + PLACE_WORDS) % places.length;
      places.set(old.subarray(from, from + PLACE_WORDS), to);
    }
    this.#places = places;
  }
}

/** By how many bits a hash is shifted so that it numbers the places: its upper bits are the good ones. */
function shiftOf(places: Int32Array): number {
  return Math.clz32(places.length / PLACE_WORDS - 1);
}

/** Columns for packets that come one by one. */
export class SingleSegment implements SegmentColumns {
  readonly flags = new Int16Array(1);
  readonly sources = new Int32Array(1);
  readonly destinations = new Int32Array(1);
  readonly ports = new Int32Array(1);

  /** Puts a packet into them. */
  fill({ view, offset, capturedBytes, linkType }: Packet): void {
    const flags = glanceAt(view, offset, capturedBytes, linkType);
    this.flags[0] = flags;
    if (flags < 0) return;
    this.sources[0] = view.getInt32(offset + SOURCE);
    this.destinations[0] = view.getInt32(offset + DESTINATION);
    this.ports[0] = view.getInt32(offset + PORTS);
  }
}
