/**
 * Which link-layer address belongs to the capturing machine: on its own interface every unicast frame comes from it or
 * goes to it. On a mirror port no address is in all of them.
 */
import type { Frame } from '../decode/frame.js';
import { captureOf, type FrameReference } from './attempt.js';

/** The addresses that were in every unicast frame of one capture so far: two at first, then one or none. */
interface Candidates {
  one: number;
  other: number;
  frames: number;
}

/** In the place of an address that was not in some frame. */
const NO_ADDRESS = -1;
/** Fewer frames than this, and one address in all of them is chance. */
const ENOUGH_FRAMES = 4;
/** More captures than this are not looked at. */
const MAXIMUM_CAPTURES = 1024;
/** The group bit of the first octet (IEEE 802). */
const GROUP_BIT = 0x0100;

/** The points from which captures were taken. */
export class CapturePoints {
  readonly #captures = new Map<number, Candidates>();
  /** Of the capture that the latest frame was in, which is that of the next one mostly. */
  #latest: Candidates | undefined;
  #latestCapture = -1;

  note(frame: Frame, reference: FrameReference): void {
    const { linkSourceHigh, linkSourceLow, linkDestinationHigh, linkDestinationLow } = frame;
    if (linkSourceHigh < 0 || linkDestinationHigh < 0 || (linkDestinationHigh & GROUP_BIT) !== 0) return;
    const source = linkSourceHigh * 2 ** 32 + linkSourceLow;
    const destination = linkDestinationHigh * 2 ** 32 + linkDestinationLow;
    // Loopback interfaces have none.
    if (source === 0 || destination === 0) return;
    const capture = captureOf(reference);
    if (capture !== this.#latestCapture) {
      this.#latestCapture = capture;
      this.#latest = this.#captures.get(capture);
    }
    const known = this.#latest;
    if (known === undefined) {
      if (this.#captures.size < MAXIMUM_CAPTURES) {
        this.#latest = { one: source, other: destination, frames: 1 };
        this.#captures.set(capture, this.#latest);
      }
      return;
    }
    known.frames++;
    if (known.one === NO_ADDRESS && known.other === NO_ADDRESS) return;
    if (known.one !== source && known.one !== destination) known.one = NO_ADDRESS;
    if (known.other !== source && known.other !== destination) known.other = NO_ADDRESS;
  }

  /** True if this address alone was in every unicast frame of a capture. */
  isSole(address: number, capture: number): boolean {
    const known = this.#captures.get(capture);
    if (known === undefined || known.frames < ENOUGH_FRAMES) return false;
    return known.one === NO_ADDRESS ? known.other === address : known.other === NO_ADDRESS && known.one === address;
  }
}
