/** When something came to a host from others, as spans of time: to say whether it was cut off. */
import type { FrameReference } from './attempt.js';

/**
 * Arrivals closer together than this are one span: what busy connections carry is noted only every few seconds
 * (QuietConnections), so that a shorter gap may not be one.
 */
const LARGEST_GAP_NS = 4e9;
/** Enough for an hour that is cut off every half minute. */
const MAXIMUM_SPANS = 128;

/** The latest spans of one host. */
export class ArrivalLog {
  readonly #fromNs: number[] = [];
  readonly #toNs: number[] = [];
  readonly #firstFrame: FrameReference[] = [];
  readonly #lastFrame: FrameReference[] = [];

  note(timeNs: number, frame: FrameReference): void {
    const last = this.#toNs.length - 1;
    if (last >= 0 && timeNs - this.#toNs[last] <= LARGEST_GAP_NS) {
      if (timeNs < this.#toNs[last]) return;
      this.#toNs[last] = timeNs;
      this.#lastFrame[last] = frame;
      return;
    }
    this.#fromNs.push(timeNs);
    this.#toNs.push(timeNs);
    this.#firstFrame.push(frame);
    this.#lastFrame.push(frame);
    if (this.#toNs.length <= MAXIMUM_SPANS) return;
    for (const column of [this.#fromNs, this.#toNs, this.#firstFrame, this.#lastFrame]) column.shift();
  }

  /** True if a span touches this time. */
  hasBetween(fromNs: number, toNs: number): boolean {
    return this.#toNs.some((endNs, index) => endNs >= fromNs && this.#fromNs[index] <= toNs);
  }

  /** The last arrival before a moment, if it was after another. */
  lastBetween(fromNs: number, toNs: number): FrameReference | undefined {
    const index = this.#toNs.findLastIndex((endNs) => endNs >= fromNs && endNs <= toNs);
    return index === -1 ? undefined : this.#lastFrame[index];
  }

  /** The first arrival after a moment, if it was before another. */
  firstBetween(fromNs: number, toNs: number): FrameReference | undefined {
    const index = this.#fromNs.findIndex((startNs) => startNs >= fromNs && startNs <= toNs);
    return index === -1 ? undefined : this.#firstFrame[index];
  }
}
