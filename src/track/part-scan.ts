/** Scans a part of a capture ahead: where its packets lie, and which of them the sieve would let through. */
import { Packet, STRETCH_BYTES } from '../capture/format.js';
import type { EnterableReader, PartTally } from '../capture/parts.js';
import { Sieve } from './sieve.js';

/** More packets than this of one part are not scanned: they have less than 16 bytes each. */
export const PART_PACKETS = STRETCH_BYTES / 32;
/** Nor are more runs. */
export const PART_RUNS = 1 << 12;

/** The columns of a scan, which may lie in memory that threads share. */
export interface PartColumns {
  /** What `Sieve.sift` says of each packet. */
  codes: Int32Array;
  /** Where each packet's record begins, from the part's first byte. */
  positions: Int32Array;
  /** Of each run: the index of its first packet, and the latest time in it. */
  runStarts: Int32Array;
  runLatestNs: Float64Array;
}

/** What a scan found beside its columns. */
export interface PartScan extends PartTally {
  /** Offsets in the capture: of the part's first byte, of its first record, and behind the last record that was scanned. */
  partOffset: number;
  fromOffset: number;
  toOffset: number;
  packets: number;
  runs: number;
}

/**
 * Scans one part, as far as its bytes have come, up to the first record that begins in the next part or is not quite
 * ordinary.
 */
export class PartScanner {
  readonly #reader: EnterableReader;
  readonly #columns: PartColumns;
  readonly #partOffset: number;
  readonly #sieve: Sieve;
  readonly #packet = new Packet();
  /** Offset of the first record; -1 until it was found. */
  #fromOffset = -1;
  #packets = 0;
  #runs = 0;

  /** `sieve` may have sifted another part before. */
  constructor(reader: EnterableReader, sieve: Sieve, columns: PartColumns, partOffset: number) {
    this.#reader = reader;
    this.#sieve = sieve;
    this.#columns = columns;
    this.#partOffset = partOffset;
    sieve.restart();
  }

  /** Goes on in `bytes`, which are those of the part from its first one on, and more than before. */
  scan(bytes: Uint8Array, view: DataView): void {
    const reader = this.#reader;
    const offset = this.#fromOffset < 0 ? this.#partOffset : reader.offset;
    reader.lieOver(bytes, view, this.#partOffset);
    reader.jump(offset, 0);
    if (this.#fromOffset < 0) {
      if (!reader.findEntry()) return;
      this.#fromOffset = reader.offset;
    }
    this.#run();
  }

  /** What was found so far. */
  get found(): PartScan {
    return {
      partOffset: this.#partOffset,
      fromOffset: this.#fromOffset,
      toOffset: this.#reader.offset,
      packets: this.#packets,
      runs: this.#runs,
      ...this.#reader.tally(),
    };
  }

  #run(): void {
    const reader = this.#reader;
    const sieve = this.#sieve;
    const packet = this.#packet;
    const partOffset = this.#partOffset;
    const { codes, positions, runLatestNs } = this.#columns;
    const comments = reader.facts.comments.length;
    for (let index = this.#packets; index < codes.length; index++) {
      const position = reader.offset - partOffset;
      if (position >= STRETCH_BYTES || !reader.nextInPlace(packet)) return;
      const code = sieve.sift(packet);
      // Comments are for the reader of the whole capture to keep.
      if (reader.facts.comments.length > comments || (sieve.startsRun && !this.#startRun())) {
        reader.jump(partOffset + position, -1);
        return;
      }
      codes[index] = code;
      positions[index] = position;
      runLatestNs[this.#runs - 1] = sieve.latestNs;
      this.#packets = index + 1;
    }
  }

  /** False: there are too many. */
  #startRun(): boolean {
    const { runStarts } = this.#columns;
    if (this.#runs === runStarts.length) return false;
    runStarts[this.#runs++] = this.#packets;
    return true;
  }
}
