/** When a port answered SYNs, as far back as a silent attempt is followed, to say whether it answered others meanwhile. */
import type { FrameReference } from './attempt.js';
import type { Moment } from './moment.js';

/** Answers closer together than this are one entry. */
const SPACING_NS = 250e6;
/** Four minutes of a port that answers all the time; an attempt is decided 130 s after its last packet. */
const ENTRIES = 1024;

/** The latest SYN-ACKs of a port, thinned out. */
export class SynAckLog {
  readonly #timeNs: number[] = [];
  readonly #frame: FrameReference[] = [];
  readonly #client: number[] = [];
  /** Where the next entry goes, once all are in use. */
  #next = 0;
  #latestNs = Number.NEGATIVE_INFINITY;
  /** The latest that is not in the log, or no longer. */
  #leftOutNs = Number.NEGATIVE_INFINITY;

  /** Notes a SYN-ACK to a client, which is told by a hash of its address. */
  note({ timeNs, frame }: Moment, client: number): void {
    if (Math.abs(timeNs - this.#latestNs) < SPACING_NS) {
      this.#leftOutNs = Math.max(this.#leftOutNs, timeNs);
      return;
    }
    this.#latestNs = timeNs;
    if (this.#timeNs.length === ENTRIES) this.#leftOutNs = Math.max(this.#leftOutNs, this.#timeNs[this.#next]);
    this.#timeNs[this.#next] = timeNs;
    this.#frame[this.#next] = frame;
    this.#client[this.#next] = client;
    this.#next = (this.#next + 1) % ENTRIES;
  }

  /** One that came in this time, both ends included; undefined if there is none. */
  between(fromNs: number, toNs: number): FrameReference | undefined {
    const found = this.#timeNs.findIndex((timeNs) => timeNs >= fromNs && timeNs <= toNs);
    return found === -1 ? undefined : this.#frame[found];
  }

  /** True if every SYN-ACK from this time on is in the log. */
  isCompleteSince(timeNs: number): boolean {
    return timeNs > this.#leftOutNs;
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
