/** Few packets that tell as much as many: by time, and by what is new in them. */
import { FRAME_ICMP_ERROR, FRAME_TCP, type Frame, RST, SYN } from '../decode/frame.js';
import { hopDistance, tellsDistance } from '../track/hops.js';

/** Keys that are remembered. Of more, each is told as if it were new. */
const MAXIMUM_KEYS = 1 << 17;

/** How far apart two things of one key are told: near an attempt, and far from all; the first ones always. */
export interface Pace {
  nearNs: number;
  farNs: number;
  first: number;
}

/** Things that happen often, each told now and then. */
export class FewAtATime {
  readonly #pace: Pace;
  readonly #told = new Map<string, { timeNs: number; count: number }>();

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** True if this one is to be told. */
  note(key: string, timeNs: number, isNear: boolean): boolean {
    const told = this.#told.get(key);
    if (told === undefined) {
      if (this.#told.size < MAXIMUM_KEYS) this.#told.set(key, { timeNs, count: 1 });
      return true;
    }
    const paceNs = isNear ? this.#pace.nearNs : this.#pace.farNs;
    if (told.count >= this.#pace.first && Math.abs(timeNs - told.timeNs) < paceNs) return false;
    told.timeNs = timeNs;
    told.count++;
    return true;
  }
}

/** Packets from nearer or farther away than all of their kind before. */
export class TravelNovelties {
  readonly #hops = new Map<string, { nearest: number; farthest: number }>();

  /** True if a host's packet says something new about where it is. */
  note(host: number, frame: Frame): boolean {
    const timeToLive = frame.kind === FRAME_ICMP_ERROR ? frame.errorTimeToLive : frame.timeToLive;
    // Half a handshake would look like one that failed; whole ones are taken where they matter.
    if (!tellsDistance(timeToLive) || (frame.kind === FRAME_TCP && (frame.flags & SYN) !== 0)) return false;
    const key = `${host} ${frame.kind} ${(frame.flags & RST) !== 0} ${frame.passage}`;
    const hops = hopDistance(timeToLive);
    const known = this.#hops.get(key);
    if (known === undefined) {
      if (this.#hops.size < MAXIMUM_KEYS) this.#hops.set(key, { nearest: hops, farthest: hops });
      return true;
    }
    const isNew = hops < known.nearest || hops > known.farthest;
    known.nearest = Math.min(known.nearest, hops);
    known.farthest = Math.max(known.farthest, hops);
    return isNew;
  }
}

/** Frames that show that a link-layer address is not in all frames of a capture (src/track/capture-points.ts). */
export class LinkNovelties {
  readonly #candidates = new Map<number, { one: number; other: number; frames: number }>();

  note(frame: Frame, capture: number): boolean {
    const { linkSourceHigh, linkSourceLow, linkDestinationHigh, linkDestinationLow } = frame;
    if (linkSourceHigh < 0 || linkDestinationHigh < 0 || (linkDestinationHigh & 0x0100) !== 0) return false;
    // Half a handshake would look like one that failed.
    if (frame.kind === FRAME_TCP && (frame.flags & SYN) !== 0) return false;
    const source = linkSourceHigh * 2 ** 32 + linkSourceLow;
    const destination = linkDestinationHigh * 2 ** 32 + linkDestinationLow;
    if (source === 0 || destination === 0) return false;
    const known = this.#candidates.get(capture);
    if (known === undefined) {
      this.#candidates.set(capture, { one: source, other: destination, frames: 1 });
      return true;
    }
    const isFew = ++known.frames <= ENOUGH_FRAMES;
    const isNew = isNeither(known.one, source, destination) || isNeither(known.other, source, destination);
    if (isNeither(known.one, source, destination)) known.one = NO_ADDRESS;
    if (isNeither(known.other, source, destination)) known.other = NO_ADDRESS;
    return isNew || isFew;
  }
}

const NO_ADDRESS = -1;
const ENOUGH_FRAMES = 4;

function isNeither(candidate: number, source: number, destination: number): boolean {
  return candidate !== NO_ADDRESS && candidate !== source && candidate !== destination;
}
