/** Captures in the order of the packets that they have at hand. */
import type { FedCapture } from './input.js';

/** True if one capture's packet is taken before the other's: it is older or, at the same time, of the capture given first. */
export function comesBefore(one: FedCapture, other: FedCapture): boolean {
  return one.head.timeNs < other.head.timeNs || (one.head.timeNs === other.head.timeNs && one.index < other.index);
}

/** A binary heap: the capture that comes first is at hand, whatever their number. */
export class InputHeap {
  readonly #inputs: FedCapture[] = [];

  get size(): number {
    return this.#inputs.length;
  }

  /** The capture that comes first. */
  get top(): FedCapture | undefined {
    return this.#inputs[0];
  }

  /** Every capture, in no order. */
  [Symbol.iterator](): Iterator<FedCapture> {
    return this.#inputs[Symbol.iterator]();
  }

  /** The time of the packet that would come first without the top; Infinity: there is none. */
  get secondNs(): number {
    const [, left, right] = this.#inputs;
    if (left === undefined) return Number.POSITIVE_INFINITY;
    return right === undefined ? left.head.timeNs : Math.min(left.head.timeNs, right.head.timeNs);
  }

  add(input: FedCapture): void {
    this.#inputs.push(input);
    this.#rise(this.#inputs.length - 1);
  }

  /** Puts the top in its place after its packet has become another one. */
  renewTop(): void {
    this.#sink(0);
  }

  removeTop(): FedCapture | undefined {
    const [top] = this.#inputs;
    if (top !== undefined) this.remove(top);
    return top;
  }

  /** Takes a capture out; false: it is not here. */
  remove(input: FedCapture): boolean {
    const place = this.#inputs.indexOf(input);
    if (place === -1) return false;
    const last = this.#inputs.pop()!;
    if (last === input) return true;
    this.#inputs[place] = last;
    this.#sink(place);
    this.#rise(place);
    return true;
  }

  #rise(from: number): void {
    const inputs = this.#inputs;
    for (let place = from; place > 0; ) {
      const parent = (place - 1) >> 1;
      if (!comesBefore(inputs[place], inputs[parent])) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #sink(from: number): void {
    const inputs = this.#inputs;
    for (let place = from; ; ) {
      const left = 2 * place + 1;
      let first = place;
      if (left < inputs.length && comesBefore(inputs[left], inputs[first])) first = left;
      if (left + 1 < inputs.length && comesBefore(inputs[left + 1], inputs[first])) first = left + 1;
      if (first === place) return;
      this.#swap(place, first);
      place = first;
    }
  }

  #swap(one: number, other: number): void {
    const inputs = this.#inputs;
    const moved = inputs[one];
    inputs[one] = inputs[other];
    inputs[other] = moved;
  }
}
