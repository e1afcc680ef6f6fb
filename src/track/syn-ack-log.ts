/** When a port answered SYNs, as far back as a silent attempt is followed, to say whether it answered others meanwhile. */
import type { FrameReference } from './attempt.js';

/** Answers closer together than this are one entry. */
const SPACING_NS = 250e6;
/** Four minutes of a port that answers all the time; an attempt is decided 130 s after its last packet. */
const ENTRIES = 1024;

/** The latest SYN-ACKs of a port, thinned out. */
export class SynAckLog {
  readonly #timeNs: number[] = [];
  readonly #frame: FrameReference[] = [];
  /** Where the next entry goes, once all are in use. */
  #next = 0;
  #latestNs = Number.NEGATIVE_INFINITY;

  note(timeNs: number, frame: FrameReference): void {
    if (Math.abs(timeNs - this.#latestNs) < SPACING_NS) return;
    this.#latestNs = timeNs;
    this.#timeNs[this.#next] = timeNs;
    this.#frame[this.#next] = frame;
    this.#next = (this.#next + 1) % ENTRIES;
  }

  /** One that came in this time, both ends included; undefined if there is none. */
  between(fromNs: number, toNs: number): FrameReference | undefined {
    const found = this.#timeNs.findIndex((timeNs) => timeNs >= fromNs && timeNs <= toNs);
    return found === -1 ? undefined : this.#frame[found];
  }
}
