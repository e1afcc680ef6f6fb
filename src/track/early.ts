/**
 * Answers that stand in the capture just before the SYN that they answer, as they do when several CPUs or interfaces
 * feed it. A SYN-ACK opens an attempt of its own, which its SYN then joins; an RST alone is no attempt and waits here.
 */
import type { Frame } from '../decode/frame.js';
import { EARLY_ANSWER_NS } from './layout/slots.js';
import { CurrentMoment, type Moment } from './moment.js';

const KEPT = 16;
/** Where an RST|ACK says what it acknowledges, which is all that it has in common with the SYN to come. */
const WORDS = 10;

/** The last few RSTs that answered nothing known. */
export class EarlyResets {
  readonly #words = new Uint32Array(KEPT * WORDS);
  readonly #timeNs = new Float64Array(KEPT).fill(-Infinity);
  readonly #frame = new Float64Array(KEPT);
  readonly #timeToLive = new Uint8Array(KEPT);
  #next = 0;
  /** When the latest one came. */
  latestNs = -Infinity;

  /** Found by `take`: the RST's time, place and TTL. */
  readonly found = new CurrentMoment();
  foundTimeToLive = 0;

  add(frame: Frame, moment: Moment): void {
    const at = this.#next;
    this.#next = (at + 1) % KEPT;
    this.#words.set(
      [
        frame.source0,
        frame.source1,
        frame.source2,
        frame.source3,
        frame.destination0,
        frame.destination1,
        frame.destination2,
        frame.destination3,
        ((frame.sourcePort << 16) | frame.destinationPort) >>> 0,
        frame.acknowledgement,
      ],
      at * WORDS,
    );
    this.#timeNs[at] = moment.timeNs;
    this.#frame[at] = moment.frame;
    this.#timeToLive[at] = frame.timeToLive;
    this.latestNs = moment.timeNs;
  }

  /** True if one of them acknowledges this SYN; it is taken out and described by the `found` fields. */
  take(syn: Frame, { timeNs }: Moment): boolean {
    if (timeNs - this.latestNs > EARLY_ANSWER_NS) return false;
    for (let at = 0; at < KEPT; at++) {
      if (timeNs - this.#timeNs[at] > EARLY_ANSWER_NS || !this.#answers(at * WORDS, syn)) continue;
      this.found.timeNs = this.#timeNs[at];
      this.found.frame = this.#frame[at];
      this.foundTimeToLive = this.#timeToLive[at];
      this.#timeNs[at] = -Infinity;
      return true;
    }
    return false;
  }

  #answers(at: number, syn: Frame): boolean {
    const words = this.#words;
    return (
      (words[at + 9] - syn.sequence - 1) >>> 0 <= syn.payloadBytes &&
      words[at + 8] === ((syn.destinationPort << 16) | syn.sourcePort) >>> 0 &&
      words[at + 3] === syn.destination3 &&
      words[at + 7] === syn.source3 &&
      words[at + 2] === syn.destination2 &&
      words[at + 6] === syn.source2 &&
      words[at + 1] === syn.destination1 &&
      words[at + 5] === syn.source1 &&
      words[at] === syn.destination0 &&
      words[at + 4] === syn.source0
    );
  }
}
