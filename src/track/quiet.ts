/**
 * Connections whose ordinary segments tell nothing new for a while: no handshake is in progress for them, and that
 * their server is alive was noted a moment ago. Their packets need not be decoded at all, which saves 30 of the 70 ns
 * that a packet of data takes.
 */

/** 1 MiB in all. */
const ENTRIES = 1 << 15;
/** Three words of a four-tuple, and a time. */
const ENTRY_BYTES = 32;
const WORDS = ENTRY_BYTES / Int32Array.BYTES_PER_ELEMENT;
const DOUBLES = ENTRY_BYTES / Float64Array.BYTES_PER_ELEMENT;
const UNTIL = 2;

/**
 * A two-way cache of IPv4 four-tuples, addresses as in Glance: each may stand in either entry of a pair, which is a
 * cache line. Both directions share an entry: the end with the lower port comes first.
 */
export class QuietConnections {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor() {
    const buffer = new ArrayBuffer(ENTRIES * ENTRY_BYTES);
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    for (let entry = 0; entry < ENTRIES; entry++) this.#setUntil(entry, Number.NEGATIVE_INFINITY);
  }

  has(source: number, sourcePort: number, destination: number, destinationPort: number, timeNs: number): boolean {
    const swapped = isSwapped(source, sourcePort, destination, destinationPort);
    const first = swapped ? destination : source;
    const second = swapped ? source : destination;
    const ports = swapped ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    const entry = this.#find(first, second, ports);
    return entry !== NONE && timeNs < this.#doubles[entry * DOUBLES + UNTIL];
  }

  add(source: number, sourcePort: number, destination: number, destinationPort: number, untilNs: number): void {
    const swapped = isSwapped(source, sourcePort, destination, destinationPort);
    const first = swapped ? destination : source;
    const second = swapped ? source : destination;
    const ports = swapped ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    const found = this.#find(first, second, ports);
    const entry = found === NONE ? this.#older(pairOf(first, second, ports)) : found;
    this.#words[entry * WORDS] = first;
    this.#words[entry * WORDS + 1] = second;
    this.#words[entry * WORDS + 2] = ports;
    this.#setUntil(entry, untilNs);
  }

  /** Something begins there. */
  delete(source: number, sourcePort: number, destination: number, destinationPort: number): void {
    this.add(source, sourcePort, destination, destinationPort, Number.NEGATIVE_INFINITY);
  }

  #find(first: number, second: number, ports: number): number {
    const pair = pairOf(first, second, ports);
    if (this.#is(pair, first, second, ports)) return pair;
    return this.#is(pair + 1, first, second, ports) ? pair + 1 : NONE;
  }

  #is(entry: number, first: number, second: number, ports: number): boolean {
    const at = entry * WORDS;
    return this.#words[at + 2] === ports && this.#words[at] === first && this.#words[at + 1] === second;
  }

  /** Of a pair the entry that has less time left. */
  #older(pair: number): number {
    return this.#doubles[pair * DOUBLES + UNTIL] <= this.#doubles[(pair + 1) * DOUBLES + UNTIL] ? pair : pair + 1;
  }

  #setUntil(entry: number, untilNs: number): void {
    this.#doubles[entry * DOUBLES + UNTIL] = untilNs;
  }
}

const NONE = -1;

function isSwapped(source: number, sourcePort: number, destination: number, destinationPort: number): boolean {
  return sourcePort > destinationPort || (sourcePort === destinationPort && source > destination);
}

/** Who makes connections collide here only makes them slower by a decoding: no key is needed. */
function pairOf(first: number, second: number, ports: number): number {
  const mixed = Math.imul(first ^ Math.imul(second, 0x9e3779b1) ^ ports, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & (ENTRIES - 2);
}
