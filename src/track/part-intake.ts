/** Takes a capture in parts that were scanned ahead, as long as no other capture has packets of their time. */
import type { PartFormat } from '../capture/enterable.js';
import type { FedCapture } from '../capture/input.js';
import type { CaptureMerge } from '../capture/merge.js';
import type { Follower } from './follower.js';
import type { PartColumns, PartScan } from './part-scan.js';

/** The parts of one capture, of which nothing has been pushed yet. What the last of them leaves is to be pushed. */
export class PartIntake {
  readonly #input: FedCapture;
  readonly #merge: CaptureMerge;
  readonly #follower: Follower;

  constructor(input: FedCapture, merge: CaptureMerge, follower: Follower) {
    this.#input = input;
    this.#merge = merge;
    this.#follower = follower;
  }

  /**
   * Looks at the first bytes of the capture, up to its first packet. False: it can't be taken in parts, or there is
   * something odd; then nothing was read. Throws CaptureError when this is not a capture.
   */
  enter(bytes: Uint8Array, view: DataView): boolean {
    return this.#input.reader.enter(bytes, view);
  }

  /** Offset in the capture of the next byte that was not read. */
  get offset(): number {
    return this.#input.reader.enterable?.offset ?? 0;
  }

  /** What readers of the parts have to know, and how often it has changed; undefined: the capture's own knows no more. */
  get format(): { format: PartFormat; formatRevision: number } | undefined {
    const reader = this.#input.reader.enterable;
    const format = reader?.partFormat();
    return reader === undefined || format === undefined ? undefined : { format, formatRevision: reader.revision };
  }

  /**
   * Takes a part that was scanned; the bytes are the part's, with those behind it that its last record needs. False: it
   * does not begin where the capture has been read to, or another capture has packets of its time.
   */
  take(bytes: Uint8Array, view: DataView, scan: PartScan, columns: PartColumns): boolean {
    const { head, reader: anyReader } = this.#input;
    const reader = anyReader.enterable;
    if (reader === undefined || scan.fromOffset !== reader.offset) return false;
    if (!this.#isAlone || scan.latestNs >= this.#merge.nextBeginsNs) return false;
    reader.lieOver(bytes, view, scan.partOffset);
    this.#follower.takePart(reader, head, scan, columns);
    // The last ones may have been passed over.
    head.number = reader.lastFrame;
    reader.leave(reader.offset);
    return true;
  }

  /**
   * Takes what lies in these bytes, of which the first has this offset, from where the capture has been read to up to the
   * first record that begins at `untilOffset` or behind it. `offset` may be before that afterwards: where something is
   * damaged or needs more bytes, or another capture has packets of this time.
   */
  takeWithin(bytes: Uint8Array, view: DataView, bytesOffset: number, untilOffset: number): void {
    const { head, reader: anyReader } = this.#input;
    const reader = anyReader.enterable;
    if (reader === undefined || !this.#isAlone || this.#merge.nextBeginsNs !== Number.POSITIVE_INFINITY) return;
    const from = reader.offset;
    reader.lieOver(bytes, view, bytesOffset);
    reader.jump(from, 0);
    while (reader.offset < untilOffset && reader.next(head)) this.#follower.take(head);
    reader.leave(reader.offset);
  }

  get #isAlone(): boolean {
    return this.#merge.alone === this.#input;
  }
}
