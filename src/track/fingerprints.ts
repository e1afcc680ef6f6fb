/** A bounded set of 32-bit hashes, for 'has this happened to that one' over very many. */
import { HEAP, moved, type Room, wordsIn } from './columns.js';
import { ANSWERED_COUNT, ANSWERED_HASHES, ANSWERED_WAITING, MOST_ANSWERED, MOST_WAITING } from './layout/ports.js';

const FIRST_ENTRIES = 1 << 10;

/** Hashes that were added; two things with the same hash count as one. Beyond MOST_ANSWERED it can't deny anything. */
export class FingerprintSet {
  /** Open addressing; 0 is a free place, and stands for the hash 1. */
  #places = wordsIn(HEAP, FIRST_ENTRIES);
  /**
   * What is counted, and hashes that wait and are added together: one after the other, each waits for the memory of a
   * place where nobody was lately; in one loop the processor fetches several at once. By layout/ports.ts.
   */
  counters = wordsIn(HEAP, ANSWERED_HASHES + MOST_WAITING);

  /** Moves what others may write into to other memory. */
  moveTo(room: Room): void {
    this.counters = moved(this.counters, room);
  }

  get isFull(): boolean {
    this.#addWaiting();
    return this.counters[ANSWERED_COUNT] === MOST_ANSWERED;
  }

  add(hash: number): void {
    const { counters } = this;
    if (counters[ANSWERED_COUNT] === MOST_ANSWERED) return;
    counters[ANSWERED_HASHES + counters[ANSWERED_WAITING]++] = hash;
    if (counters[ANSWERED_WAITING] === MOST_WAITING) this.#addWaiting();
  }

  has(hash: number): boolean {
    this.#addWaiting();
    return this.#places[this.#placeOf(hash)] !== 0;
  }

  /** Adds those that wait, if that are many: others may have more. */
  makeRoom(): void {
    if (this.counters[ANSWERED_WAITING] * 2 >= MOST_WAITING) this.#addWaiting();
  }

  #addWaiting(): void {
    const { counters } = this;
    const count = counters[ANSWERED_WAITING];
    for (let at = 0; at < count; at++) this.#addNow(counters[ANSWERED_HASHES + at]);
    counters[ANSWERED_WAITING] = 0;
  }

  #addNow(hash: number): void {
    const { counters } = this;
    if (counters[ANSWERED_COUNT] === MOST_ANSWERED) return;
    if (counters[ANSWERED_COUNT] * 2 >= this.#places.length) this.#grow();
    const place = this.#placeOf(hash);
    if (this.#places[place] !== 0) return;
    this.#places[place] = occupied(hash);
    counters[ANSWERED_COUNT]++;
  }

  #placeOf(hash: number): number {
    const wanted = occupied(hash);
    const mask = this.#places.length - 1;
    let place = (wanted ^ (wanted >>> 16)) & mask;
    while (this.#places[place] !== 0 && this.#places[place] !== wanted) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = wordsIn(HEAP, old.length * 2);
    for (const hash of old) if (hash !== 0) this.#places[this.#placeOf(hash)] = hash;
  }
}

/** A signed word that is not 0. */
function occupied(hash: number): number {
  return (hash | 0) === 0 ? 1 : hash | 0;
}
