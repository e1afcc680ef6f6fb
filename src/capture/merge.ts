/**
 * Several captures as one, in order of time: always the oldest packet at hand, as long as every capture that has begun
 * has one. A capture of which it is known when it begins is left alone until then, and is let go when it has ended: of
 * a ring of thousands only those are open that overlap.
 */
import type { FedCapture } from './input.js';
import { comesBefore, InputHeap } from './input-heap.js';

/** What a merge does with captures. */
export interface MergeUse {
  /** Gets a capture whose `head` is the next packet of all. */
  take: (input: FedCapture) => void;
  /** Gets a capture of which all packets at hand are the next ones; has it none left, that is all that `take` does. */
  drain?: (input: FedCapture) => void;
  /** Told when a capture has ended and all its packets were taken; what is known of it is then final. */
  closed?: (input: FedCapture) => void;
}

/** Merges captures that are fed by whoever has their bytes. */
export class CaptureMerge {
  readonly #use: MergeUse;
  /** Those that have not begun. Their heads hold nothing but the time at which they begin. */
  readonly #dormant = new InputHeap();
  /** Those with a packet at hand. */
  readonly #ready = new InputHeap();
  /** Those that need bytes before their next packet is known. */
  readonly #starving = new Set<FedCapture>();

  constructor(use: MergeUse) {
    this.#use = use;
  }

  /**
   * Adds a capture. `beginsNs` is the time of its first packet, in nanoseconds since the time origin, if that is known
   * beforehand; with it the order is the same as without. A packet of it that is older comes when its turn is: late.
   */
  add(input: FedCapture, beginsNs?: number): void {
    if (beginsNs === undefined) {
      this.#starving.add(input);
      return;
    }
    input.head.timeNs = beginsNs;
    this.#dormant.add(input);
  }

  /** The capture that has to be fed or ended before anything more can be taken; undefined when all have ended. */
  starving(): FedCapture | undefined {
    if (this.#starving.size === 0) this.#merge();
    for (const input of this.#starving) return input;
    return undefined;
  }

  /** The capture that alone has begun and has not ended; undefined where there are several of them, or none. */
  get alone(): FedCapture | undefined {
    if (this.#ready.size + this.#starving.size !== 1) return undefined;
    for (const input of this.#starving) return input;
    return this.#ready.top;
  }

  /** When the next of those captures begins that have not: nanoseconds since the time origin; Infinity: all have. */
  get nextBeginsNs(): number {
    return this.#dormant.top?.head.timeNs ?? Number.POSITIVE_INFINITY;
  }

  /** The captures that have begun and have not ended. */
  get open(): FedCapture[] {
    return [...this.#starving, ...this.#ready];
  }

  /** Goes on as far as the bytes allow, after a capture was fed or ended. */
  advance(fed: FedCapture): void {
    if (this.#dormant.remove(fed)) this.#starving.add(fed);
    if (this.alone === fed && this.nextBeginsNs === Number.POSITIVE_INFINITY) this.#drain(fed);
    else if (this.#starving.has(fed)) this.#refill(fed);
    this.#merge();
  }

  /** One capture alone: nothing has to be compared. */
  #drain(input: FedCapture): void {
    const { reader, head, limit } = input;
    const { take, drain } = this.#use;
    if (drain !== undefined && limit === Number.POSITIVE_INFINITY) drain(input);
    else while (head.number < limit && reader.next(head)) take(input);
    if (input.ended) this.#close(input);
  }

  #refill(input: FedCapture): void {
    if (input.next()) {
      this.#starving.delete(input);
      this.#ready.add(input);
    } else if (input.ended) this.#close(input);
  }

  #merge(): void {
    const ready = this.#ready;
    const { take } = this.#use;
    while (this.#starving.size === 0) {
      const oldest = ready.top;
      const dormant = this.#dormant.top;
      if (dormant !== undefined && (oldest === undefined || comesBefore(dormant, oldest))) {
        this.#dormant.removeTop();
        this.#starving.add(dormant);
        return;
      }
      if (oldest === undefined) return;
      const untilNs = Math.min(ready.secondNs, this.nextBeginsNs);
      do take(oldest);
      while (oldest.next() ? oldest.head.timeNs < untilNs : this.#runDry(oldest));
      if (ready.top === oldest) ready.renewTop();
    }
  }

  /** The oldest has no packet left; false, so that a loop ends. */
  #runDry(input: FedCapture): false {
    this.#ready.removeTop();
    if (input.ended) this.#close(input);
    else this.#starving.add(input);
    return false;
  }

  #close(input: FedCapture): void {
    this.#starving.delete(input);
    input.close();
    this.#use.closed?.(input);
  }
}
