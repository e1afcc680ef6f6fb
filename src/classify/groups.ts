/** Numbered things that share a number, found by it: an open-addressing table over typed arrays. */

const NONE = -1;
const EMPTY = new Int32Array(0);

/** Groups of members that have one key; each group has its members in the order in which they were given. */
export class Groups {
  readonly #mask: number;
  readonly #keys: Float64Array;
  /** Which group has the key in the same place. */
  readonly #group: Int32Array;
  /** Where each group begins among the members; one more entry says where the last one ends. */
  readonly #from: Int32Array;
  readonly #members: Int32Array;

  constructor(members: Int32Array, keyOf: (member: number) => number) {
    const size = 2 ** Math.ceil(Math.log2(2 * members.length + 2));
    this.#mask = size - 1;
    this.#keys = new Float64Array(size);
    this.#group = new Int32Array(size).fill(NONE);
    const groupOf = new Int32Array(members.length);
    const counts: number[] = [];
    for (let index = 0; index < members.length; index++) {
      const key = keyOf(members[index]);
      const place = this.#placeOf(key);
      if (this.#group[place] === NONE) {
        this.#keys[place] = key;
        this.#group[place] = counts.length;
        counts.push(0);
      }
      groupOf[index] = this.#group[place];
      counts[groupOf[index]]++;
    }
    this.#from = new Int32Array(counts.length + 1);
    for (const [group, count] of counts.entries()) this.#from[group + 1] = this.#from[group] + count;
    const next = this.#from.slice();
    this.#members = new Int32Array(members.length);
    for (let index = 0; index < members.length; index++) this.#members[next[groupOf[index]]++] = members[index];
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  /** The members with this key. */
  of(key: number): Int32Array {
    const group = this.#group[this.#placeOf(key)];
    return group === NONE ? EMPTY : this.#members.subarray(this.#from[group], this.#from[group + 1]);
  }

  /** How many members have this key. */
  countOf(key: number): number {
    const group = this.#group[this.#placeOf(key)];
    return group === NONE ? 0 : this.#from[group + 1] - this.#from[group];
  }

  /** Every group, in the order of their first members. */
  *all(): Generator<Int32Array> {
    for (let group = 0; group + 1 < this.#from.length; group++) {
      yield this.#members.subarray(this.#from[group], this.#from[group + 1]);
    }
  }

  #placeOf(key: number): number {
    const mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 2 ** 32) | 0, 0x85ebca6b);
    let place = (mixed ^ (mixed >>> 15)) & this.#mask;
    while (this.#group[place] !== NONE && this.#keys[place] !== key) place = (place + 1) & this.#mask;
    return place;
  }
}
