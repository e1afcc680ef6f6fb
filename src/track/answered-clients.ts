/** A bounded set for 'has this port answered that client' over very many. */
import { growthOfIndex, HEAP, moved, type Room, wordsIn } from './columns.js';
import { placeOfPair } from './hash.js';
import {
  ANSWERED_COUNT,
  ANSWERED_PAIRS,
  ANSWERED_WAITING,
  MOST_ANSWERED,
  MOST_WAITING,
  PAIR_PORT_BITS,
} from './layout/ports.js';

const FIRST_ENTRIES = 1 << 10;
const PAIR_WORDS = 2;

/** Pairs of a port and a client, who is told by `addressKey`. Beyond MOST_ANSWERED pairs it can't deny anything. */
export class AnsweredClients {
  /** Open addressing, pairs of words; the second one is 0 where a place is free. */
  #places = wordsIn(HEAP, FIRST_ENTRIES * PAIR_WORDS);
  /**
   * What is counted, and pairs that wait and are added together: one after the other, each waits for the memory of a place
   * where nobody was lately; in one loop the processor fetches several at once. By layout/ports.ts.
   */
  counters = wordsIn(HEAP, ANSWERED_PAIRS + MOST_WAITING * PAIR_WORDS);

  /** Moves what others may write into to other memory. */
  moveTo(room: Room): void {
    this.counters = moved(this.counters, room);
  }

  get isFull(): boolean {
    this.#addWaiting();
    return this.counters[ANSWERED_COUNT] === MOST_ANSWERED;
  }

  /** Adds a client that this port, a number of the port table, answered. */
  add(port: number, client: number): void {
    const { counters } = this;
    if (counters[ANSWERED_COUNT] === MOST_ANSWERED) return;
    const at = ANSWERED_PAIRS + counters[ANSWERED_WAITING]++ * PAIR_WORDS;
    counters[at] = client;
    counters[at + 1] = secondWord(port, client);
    if (counters[ANSWERED_WAITING] === MOST_WAITING) this.#addWaiting();
  }

  has(port: number, client: number): boolean {
    this.#addWaiting();
    return this.#places[this.#placeOf(client | 0, secondWord(port, client)) + 1] !== 0;
  }

  /** Adds those that wait, if that are many: others may have more. */
  makeRoom(): void {
    if (this.counters[ANSWERED_WAITING] * 2 >= MOST_WAITING) this.#addWaiting();
  }

  #addWaiting(): void {
    const { counters } = this;
    const end = ANSWERED_PAIRS + counters[ANSWERED_WAITING] * PAIR_WORDS;
    for (let at = ANSWERED_PAIRS; at < end; at += PAIR_WORDS) this.#addNow(counters[at], counters[at + 1]);
    counters[ANSWERED_WAITING] = 0;
  }

  #addNow(first: number, second: number): void {
    const { counters } = this;
    if (counters[ANSWERED_COUNT] === MOST_ANSWERED) return;
    if (counters[ANSWERED_COUNT] * 2 * PAIR_WORDS >= this.#places.length) this.#grow();
    const place = this.#placeOf(first, second);
    if (this.#places[place + 1] !== 0) return;
    this.#places[place] = first;
    this.#places[place + 1] = second;
    counters[ANSWERED_COUNT]++;
  }

  /** Where a pair stands, or would stand. */
  #placeOf(first: number, second: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = (placeOfPair(first, second) * PAIR_WORDS) & mask;
    while (places[place + 1] !== 0 && (places[place] !== first || places[place + 1] !== second)) {
      place = (place + PAIR_WORDS) & mask;
    }
    return place;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = wordsIn(HEAP, old.length * growthOfIndex(old));
    for (let at = 0; at < old.length; at += PAIR_WORDS) {
      if (old[at + 1] === 0) continue;
      const place = this.#placeOf(old[at], old[at + 1]);
      this.#places[place] = old[at];
      this.#places[place + 1] = old[at + 1];
    }
  }
}

/** The port, which is never 0 so, and what the key of its client has above 32 bits. */
function secondWord(port: number, client: number): number {
  return (port + 1) | (Math.floor(client / 2 ** 32) << PAIR_PORT_BITS);
}
