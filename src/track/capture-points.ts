/**
 * Which link-layer address belongs to the capturing machine: on its own interface every unicast frame comes from it or
 * goes to it. On a mirror port no address is in all of them.
 */
import type { Frame } from '../decode/frame.js';
import { captureOf, type FrameReference } from './attempt.js';
import { doublesIn, grown, HEAP, moved, type Room } from './columns.js';
import { NONE } from './host-rows.js';
import { GROUP_BIT, NO_ADDRESS, POINT_DOUBLES, POINT_FRAMES, POINT_ONE, POINT_OTHER } from './layout/hosts.js';

/** Fewer frames than this, and one address in all of them is chance. */
const ENOUGH_FRAMES = 4;
/** More captures than this are not looked at. */
const MAXIMUM_CAPTURES = 1024;

/** The points from which captures were taken. */
export class CapturePoints {
  /** Of each capture a row: two addresses at first, then one or none. */
  rows = doublesIn(HEAP, POINT_DOUBLES);
  readonly #captures = new Map<number, number>();
  #room = HEAP;
  /** That of the capture that the latest frame was in, which is that of the next one mostly. */
  #latest = NONE;
  #latestCapture = -1;

  /** Moves all to other memory. */
  moveTo(room: Room): void {
    this.#room = room;
    this.rows = moved(this.rows, room);
  }

  note(frame: Frame, reference: FrameReference): void {
    const { linkSourceHigh, linkSourceLow, linkDestinationHigh, linkDestinationLow } = frame;
    if (linkSourceHigh < 0 || linkDestinationHigh < 0 || (linkDestinationHigh & GROUP_BIT) !== 0) return;
    const source = linkSourceHigh * 2 ** 32 + linkSourceLow;
    const destination = linkDestinationHigh * 2 ** 32 + linkDestinationLow;
    // Loopback interfaces have none.
    if (source === 0 || destination === 0) return;
    const capture = captureOf(reference);
    const row = this.rowOf(capture);
    if (row === NONE) {
      this.#begin(capture, source, destination);
      return;
    }
    const { rows } = this;
    const at = row * POINT_DOUBLES;
    const one = rows[at + POINT_ONE];
    const other = rows[at + POINT_OTHER];
    rows[at + POINT_FRAMES]++;
    if (one === NO_ADDRESS && other === NO_ADDRESS) return;
    if (one !== source && one !== destination) rows[at + POINT_ONE] = NO_ADDRESS;
    if (other !== source && other !== destination) rows[at + POINT_OTHER] = NO_ADDRESS;
  }

  /** The row of a capture; NONE if it has had no such frame, or is one too many. */
  rowOf(capture: number): number {
    if (capture !== this.#latestCapture) {
      this.#latestCapture = capture;
      this.#latest = this.#captures.get(capture) ?? NONE;
    }
    return this.#latest;
  }

  #begin(capture: number, source: number, destination: number): void {
    const row = this.#captures.size;
    if (row === MAXIMUM_CAPTURES) return;
    if (row * POINT_DOUBLES === this.rows.length) this.rows = grown(this.rows, this.rows.length * 2, this.#room);
    this.rows.set([source, destination, 1], row * POINT_DOUBLES);
    this.#captures.set(capture, row);
    this.#latest = row;
  }

  /** True if this address alone was in every unicast frame of a capture. */
  isSole(address: number, capture: number): boolean {
    const row = this.#captures.get(capture);
    if (row === undefined) return false;
    const [one, other, frames] = this.rows.subarray(row * POINT_DOUBLES, (row + 1) * POINT_DOUBLES);
    if (frames < ENOUGH_FRAMES) return false;
    return one === NO_ADDRESS ? other === address : other === NO_ADDRESS && one === address;
  }
}
