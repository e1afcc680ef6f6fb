/** When a port answered SYNs, as far back as a silent attempt is followed, to say whether it answered others meanwhile. */
import type { FrameReference } from './attempt.js';
import type { Moment } from './moment.js';

/**
 * Four minutes of a port that answers all the time, at LOG_SPACING_NS; an attempt is decided 130 s after its last packet.
 */
const ENTRIES = 1024;

/** The latest SYN-ACKs of a port, as far as the port's table has not thinned them out. */
export class SynAckLog {
  /** In the order in which they came, which is that of time unless a clock jumped back. */
  readonly #timeNs: number[] = [];
  readonly #frame: FrameReference[] = [];
  readonly #client: number[] = [];
  /** Where the next entry goes, once all are in use. */
  #next = 0;
  #latestNs = Number.NEGATIVE_INFINITY;
  #isInOrder = true;

  /**
   * Notes a SYN-ACK to a client, which is told by the key of its address. Gives the time of the one that it takes the place
   * of; -Infinity: of none.
   */
  note({ timeNs, frame }: Moment, client: number): number {
    if (timeNs < this.#latestNs) this.#isInOrder = false;
    this.#latestNs = timeNs;
    const leftNs = this.#timeNs.length === ENTRIES ? this.#timeNs[this.#next] : Number.NEGATIVE_INFINITY;
    this.#timeNs[this.#next] = timeNs;
    this.#frame[this.#next] = frame;
    this.#client[this.#next] = client;
    this.#next = (this.#next + 1) % ENTRIES;
    return leftNs;
  }

  /** One that came in this time, both ends included; undefined if there is none. */
  between(fromNs: number, toNs: number): FrameReference | undefined {
    const found = this.#isInOrder ? this.#findInOrder(fromNs, toNs) : this.#findAnywhere(fromNs, toNs);
    return found === -1 ? undefined : this.#frame[found];
  }

  /** By halves: there may be a flood of attempts to ask for, and a walk through all entries took 3 µs. */
  #findInOrder(fromNs: number, toNs: number): number {
    const newer = this.#firstSince(fromNs, 0, this.#next);
    if (newer < this.#next && this.#timeNs[newer] <= toNs) return newer;
    const older = this.#firstSince(fromNs, this.#next, this.#timeNs.length);
    return older < this.#timeNs.length && this.#timeNs[older] <= toNs ? older : -1;
  }

  #findAnywhere(fromNs: number, toNs: number): number {
    return this.#timeNs.findIndex((timeNs) => timeNs >= fromNs && timeNs <= toNs);
  }

  /** The first entry from a time on among those from `start` to before `end`, which are in order; or `end`. */
  #firstSince(fromNs: number, start: number, end: number): number {
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timeNs[middle] < fromNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first to this client in this time, as far as those to others left it in the log. */
  toClient(client: number, fromNs: number, toNs: number): { timeNs: number; frame: FrameReference } | undefined {
    let first: number | undefined;
    for (const [index, timeNs] of this.#timeNs.entries()) {
      if (this.#client[index] !== client || timeNs < fromNs || timeNs > toNs) continue;
      if (first === undefined || timeNs < this.#timeNs[first]) first = index;
    }
    return first === undefined ? undefined : { timeNs: this.#timeNs[first], frame: this.#frame[first] };
  }
}
