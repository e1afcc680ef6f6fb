/**
 * How many different values there were, in little memory: exactly while there are few, then estimated. A flood comes
 * from twenty million addresses, and a set of them would take a gigabyte.
 */

/** So many are told apart. */
const MOST_EXACT = 100;
/** Of a hash of 32 bits so many choose the register: 4,096 registers of a byte err by 1.6 % (HyperLogLog). */
const INDEX_BITS = 12;
const REGISTERS = 1 << INDEX_BITS;
const BIAS = 0.7213 / (1 + 1.079 / REGISTERS);
/** Up to here the empty registers tell more than the full ones. */
const LINEAR_LIMIT = 2.5 * REGISTERS;

/** Counts different values. */
export class DistinctCount {
  readonly #exact = new Set<number>();
  #registers: Uint8Array | undefined;

  /** Takes a value, by its hash. */
  add(hash: number): void {
    if (this.#registers !== undefined) raise(this.#registers, hash);
    else {
      this.#exact.add(hash);
      if (this.#exact.size > MOST_EXACT) this.#estimateFromNow();
    }
  }

  /** Takes all that another one took. */
  addAll(other: DistinctCount): void {
    if (other.#registers === undefined) {
      for (const hash of other.#exact) this.add(hash);
      return;
    }
    const registers = this.#registers ?? this.#estimateFromNow();
    for (const [index, rank] of other.#registers.entries()) if (rank > registers[index]) registers[index] = rank;
  }

  /** True if `count` is no more than near. */
  get isEstimate(): boolean {
    return this.#registers !== undefined;
  }

  get count(): number {
    if (this.#registers === undefined) return this.#exact.size;
    let sum = 0;
    let empty = 0;
    for (const rank of this.#registers) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const raw = (BIAS * REGISTERS * REGISTERS) / sum;
    return rounded(raw <= LINEAR_LIMIT && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : raw);
  }

  #estimateFromNow(): Uint8Array {
    const registers = new Uint8Array(REGISTERS);
    for (const hash of this.#exact) raise(registers, hash);
    this.#exact.clear();
    this.#registers = registers;
    return registers;
  }
}

/** Three digits: more are not known. */
function rounded(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2);
  return Math.round(value / unit) * unit;
}

function raise(registers: Uint8Array, hash: number): void {
  const index = hash >>> (32 - INDEX_BITS);
  const rank = Math.min(Math.clz32(hash << INDEX_BITS), 32 - INDEX_BITS) + 1;
  if (rank > registers[index]) registers[index] = rank;
}

/** The ports among all, exactly: they fit into a bit each. */
export class PortCount {
  readonly isEstimate = false;
  readonly #bits = new Uint8Array(0x10000 / 8);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(port: number): void {
    const bit = 1 << (port & 7);
    if ((this.#bits[port >>> 3] & bit) !== 0) return;
    this.#bits[port >>> 3] |= bit;
    this.#count++;
  }
}

/** A hash of 32 bits, the same in each run: FNV-1a, and mixed once more, as near values would share their first bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
