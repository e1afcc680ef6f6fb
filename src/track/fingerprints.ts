/** A bounded set of 32-bit hashes, for 'has this happened to that one' over very many. */

const FIRST_ENTRIES = 1 << 10;
/** Beyond so many nothing is added; the set then can't deny anything. */
const MAXIMUM_ENTRIES = 1 << 20;
/**
 * So many wait and are added together: one after the other, each waits for the memory of a place where nobody was
 * lately; in one loop the processor fetches several at once.
 */
const WAITING = 64;

/** Hashes that were added; two things with the same hash count as one. */
export class FingerprintSet {
  /** Open addressing; 0 is a free place, and stands for the hash 1. */
  #places = new Uint32Array(FIRST_ENTRIES);
  #count = 0;
  readonly #waiting = new Int32Array(WAITING);
  #waitingCount = 0;

  get isFull(): boolean {
    this.#addWaiting();
    return this.#count === MAXIMUM_ENTRIES;
  }

  add(hash: number): void {
    if (this.#count === MAXIMUM_ENTRIES) return;
    this.#waiting[this.#waitingCount++] = hash;
    if (this.#waitingCount === WAITING) this.#addWaiting();
  }

  has(hash: number): boolean {
    this.#addWaiting();
    return this.#places[this.#placeOf(hash)] !== 0;
  }

  #addWaiting(): void {
    for (let at = 0; at < this.#waitingCount; at++) this.#addNow(this.#waiting[at]);
    this.#waitingCount = 0;
  }

  #addNow(hash: number): void {
    if (this.#count === MAXIMUM_ENTRIES) return;
    if (this.#count * 2 >= this.#places.length) this.#grow();
    const place = this.#placeOf(hash);
    if (this.#places[place] !== 0) return;
    this.#places[place] = occupied(hash);
    this.#count++;
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
    this.#places = new Uint32Array(old.length * 2);
    for (const hash of old) if (hash !== 0) this.#places[this.#placeOf(hash)] = hash;
  }
}

function occupied(hash: number): number {
  return hash >>> 0 === 0 ? 1 : hash >>> 0;
}
