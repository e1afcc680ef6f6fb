/**
 * Which link-layer address belongs to the capturing machine: on its own interface every unicast frame comes from it or
 * goes to it. On a mirror port no address is in all of them.
 */
import type { Frame } from '../decode/frame.js';
import { captureOf, type FrameReference } from './attempt.js';

/** The addresses that were in every unicast frame of one capture so far: two at first, then one or none. */
interface Candidates {
  addresses: number[];
  frames: number;
}

/** Fewer frames than this, and one address in all of them is chance. */
const ENOUGH_FRAMES = 4;
/** More captures than this are not looked at. */
const MAXIMUM_CAPTURES = 1024;
/** The group bit of the first octet (IEEE 802). */
const GROUP_BIT = 0x0100;

/** The points from which captures were taken. */
export class CapturePoints {
  readonly #captures = new Map<number, Candidates>();

  note(frame: Frame, reference: FrameReference): void {
    const { linkSourceHigh, linkSourceLow, linkDestinationHigh, linkDestinationLow } = frame;
    if (linkSourceHigh < 0 || linkDestinationHigh < 0 || (linkDestinationHigh & GROUP_BIT) !== 0) return;
    const source = linkSourceHigh * 2 ** 32 + linkSourceLow;
    const destination = linkDestinationHigh * 2 ** 32 + linkDestinationLow;
    // Loopback interfaces have none.
    if (source === 0 || destination === 0) return;
    const capture = captureOf(reference);
    const known = this.#captures.get(capture);
    if (known === undefined) {
      if (this.#captures.size < MAXIMUM_CAPTURES) {
        this.#captures.set(capture, { addresses: [source, destination], frames: 1 });
      }
      return;
    }
    known.frames++;
    if (known.addresses.every((address) => address === source || address === destination)) return;
    known.addresses = known.addresses.filter((address) => address === source || address === destination);
  }

  /** True if this address alone was in every unicast frame of a capture. */
  isSole(address: number): boolean {
    for (const { addresses, frames } of this.#captures.values()) {
      if (frames >= ENOUGH_FRAMES && addresses.length === 1 && addresses[0] === address) return true;
    }
    return false;
  }
}
