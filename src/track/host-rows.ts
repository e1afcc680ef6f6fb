/**
 * All that is noted of hosts, as rows: what a packet of TCP changes lies in the two cache lines of a host's warm row, all
 * else in its cold one. Of every packet both ends are noted, and a large network does not fit into any cache: with an
 * array for each fact that is ten waits for memory (pending.ts says what all rows together gained). Who keeps which fact
 * has a module of its own: signs.ts, arrival-log.ts, whereabouts.ts.
 */
import { grown } from './columns.js';

/** In the place of a number of something that is not there. */
export const NONE = -1;
/** The time of what never was. */
export const NEVER = Number.NEGATIVE_INFINITY;

/** A warm row: 32 words, two cache lines. */
export const WARM_WORDS = 32;
export const WARM_DOUBLES = WARM_WORDS / 2;
export const WARM_BYTES = WARM_WORDS * 4;

// Words
/** The address, four words. */
export const ADDRESS = 0;
export const LATEST_TCP_ORIGIN = 22;
export const OTHER_TCP_ORIGIN = 23;
export const LINK_LOW = 24;
/** The upper 16 bits of the link-layer address, and above them TRAIT_ bits of all SYNs. */
export const LINK_HIGH_AND_TRAITS = 25;
export const MARKS = 26;
/** The spans of time that ended, as heads of lists. */
export const HEARD_SPANS = 30;
export const ARRIVED_SPANS = 31;
// Doubles
export const FIRST_NS = 2;
/** A sign is a time and a frame. */
export const LATEST_TCP = 3;
export const OTHER_TCP = 5;
/** Of the latest span its end and last frame. */
export const HEARD = 7;
export const ARRIVED = 9;
// Bytes
/** The fewest and the most hops, by kind of travel. */
export const NEAREST = 108;
export const FARTHEST = 114;
export const TRAVELS = 6;

/** A cold row: 22 doubles, the last of which are three words. */
export const COLD_DOUBLES = 22;
export const COLD_WORDS = COLD_DOUBLES * 2;

// Doubles
export const LATEST_PACKET = 0;
export const LATEST_NEIGHBOR = 2;
/** Of the latest span its beginning and first frame. */
export const HEARD_FROM = 4;
export const ARRIVED_FROM = 6;
/** The frames of the fewest and the most hops, by kind of travel. */
export const NEAREST_FRAME = 8;
export const FARTHEST_FRAME = 14;
// Words
export const LATEST_PACKET_ORIGIN = 40;
export const LATEST_NEIGHBOR_ORIGIN = 41;
/** The host's latest port that answered; a number of the port table. */
export const LATEST_PORT = 42;

/** No packet of this kind yet: more hops than there are. */
export const NO_HOPS = 255;

/** The rows of all hosts, which are numbered in the order in which they were met. */
export class HostRows {
  words: Int32Array<ArrayBuffer>;
  doubles: Float64Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
  coldDoubles: Float64Array<ArrayBuffer>;
  coldWords: Int32Array<ArrayBuffer>;
  count = 0;

  /** Room for so many at first. */
  constructor(hosts: number) {
    this.words = new Int32Array(hosts * WARM_WORDS);
    this.doubles = new Float64Array(this.words.buffer);
    this.bytes = new Uint8Array(this.words.buffer);
    this.coldDoubles = new Float64Array(hosts * COLD_DOUBLES);
    this.coldWords = new Int32Array(this.coldDoubles.buffer);
  }

  /** A new host, of which nothing is known but its address. */
  add(word0: number, word1: number, word2: number, word3: number): number {
    if (this.count * WARM_WORDS === this.words.length) this.#grow();
    const host = this.count++;
    const row = host * WARM_WORDS;
    this.words[row + ADDRESS] = word0;
    this.words[row + ADDRESS + 1] = word1;
    this.words[row + ADDRESS + 2] = word2;
    this.words[row + ADDRESS + 3] = word3;
    this.words[row + HEARD_SPANS] = NONE;
    this.words[row + ARRIVED_SPANS] = NONE;
    const doubles = host * WARM_DOUBLES;
    this.doubles[doubles + FIRST_NS] = Number.POSITIVE_INFINITY;
    this.doubles[doubles + LATEST_TCP] = NEVER;
    this.doubles[doubles + OTHER_TCP] = NEVER;
    this.doubles[doubles + HEARD] = NEVER;
    this.doubles[doubles + ARRIVED] = NEVER;
    this.bytes.fill(NO_HOPS, host * WARM_BYTES + NEAREST, host * WARM_BYTES + NEAREST + TRAVELS);
    this.coldDoubles[host * COLD_DOUBLES + LATEST_PACKET] = NEVER;
    this.coldDoubles[host * COLD_DOUBLES + LATEST_NEIGHBOR] = NEVER;
    this.coldWords[host * COLD_WORDS + LATEST_PORT] = NONE;
    return host;
  }

  #grow(): void {
    this.words = grown(this.words, this.words.length * 2);
    this.doubles = new Float64Array(this.words.buffer);
    this.bytes = new Uint8Array(this.words.buffer);
    this.coldDoubles = grown(this.coldDoubles, this.coldDoubles.length * 2);
    this.coldWords = new Int32Array(this.coldDoubles.buffer);
  }
}
