/** The rows of all hosts. Who keeps which fact in them has a module of its own: signs.ts, arrival-log.ts, whereabouts.ts. */
import { bytesOf, doublesIn, grown, growthOf, HEAP, moved, type Room, wordsIn, wordsOf } from './columns.js';
import {
  ADDRESS,
  ARRIVED,
  ARRIVED_SPANS,
  COLD_DOUBLES,
  COLD_WORDS,
  FIRST_NS,
  HEARD,
  HEARD_SPANS,
  LATEST_NEIGHBOR,
  LATEST_PACKET,
  LATEST_PORT,
  LATEST_TCP,
  MAXIMUM_HOSTS,
  NEAREST,
  NO_HOPS,
  OTHER_TCP,
  TRAVELS,
  WARM_BYTES,
  WARM_DOUBLES,
  WARM_WORDS,
} from './layout/hosts.js';

/** In the place of a number of something that is not there. */
export const NONE = -1;
/** The time of what never was. */
export const NEVER = Number.NEGATIVE_INFINITY;

/** The rows of all hosts, which are numbered in the order in which they were met. */
export class HostRows {
  doubles: Float64Array;
  words: Int32Array;
  bytes: Uint8Array;
  coldDoubles: Float64Array;
  coldWords: Int32Array;
  /** One word: how many there are. */
  counters = wordsIn(HEAP, 1);
  room: Room = HEAP;

  /** Room for so many at first. */
  constructor(hosts: number) {
    this.doubles = doublesIn(this.room, hosts * WARM_DOUBLES);
    this.words = wordsOf(this.doubles);
    this.bytes = bytesOf(this.doubles);
    this.coldDoubles = doublesIn(this.room, hosts * COLD_DOUBLES);
    this.coldWords = wordsOf(this.coldDoubles);
  }

  get count(): number {
    return this.counters[0];
  }

  /** A new host, of which nothing is known but its address. */
  add(word0: number, word1: number, word2: number, word3: number): number {
    if (this.count * WARM_WORDS === this.words.length) this.#grow();
    const host = this.counters[0]++;
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

  /** Moves the rows to other memory. */
  moveTo(room: Room): void {
    this.room = room;
    this.counters = moved(this.counters, room);
    this.#take(moved(this.doubles, room), moved(this.coldDoubles, room));
  }

  #grow(): void {
    const { room, doubles, coldDoubles } = this;
    const hosts = Math.min(this.count * growthOf(doubles), MAXIMUM_HOSTS);
    this.#take(grown(doubles, hosts * WARM_DOUBLES, room), grown(coldDoubles, hosts * COLD_DOUBLES, room));
  }

  #take(doubles: Float64Array, coldDoubles: Float64Array): void {
    this.doubles = doubles;
    this.words = wordsOf(doubles);
    this.bytes = bytesOf(doubles);
    this.coldDoubles = coldDoubles;
    this.coldWords = wordsOf(coldDoubles);
  }
}
