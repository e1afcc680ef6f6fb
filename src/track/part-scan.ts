/** Scans a part of a capture ahead: where its packets lie, and which of them the sieve would let through. */
import { STRETCH_BYTES } from '../capture/format.js';
import { type EnterableReader, type PartTally, RecordBatch } from '../capture/enterable.js';
import type { Sieve, SiftedColumns } from './sieve.js';

/** More packets than this of one part are not scanned: they have less than 16 bytes each. */
export const PART_PACKETS = STRETCH_BYTES / 32;
/** Nor are more runs. */
export const PART_RUNS = 1 << 12;

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
  readonly #columns: SiftedColumns;
  readonly #partOffset: number;
  readonly #entryOffset: number | undefined;
  readonly #sieve: Sieve;
  readonly #batch = new RecordBatch();
  /** Offset of the first record; -1 until it was found. */
  #fromOffset = -1;
  #packets = 0;

  /** `sieve` may have sifted another part before. `entryOffset`: where the first record begins, if that is known. */
  constructor(
    reader: EnterableReader,
    sieve: Sieve,
    columns: SiftedColumns,
    { partOffset, entryOffset }: { partOffset: number; entryOffset: number | undefined },
  ) {
    this.#reader = reader;
    this.#sieve = sieve;
    this.#columns = columns;
    this.#partOffset = partOffset;
    this.#entryOffset = entryOffset;
    sieve.restart();
  }

  /** Goes on in `bytes`, which are those of the part from its first one on, and more than before. */
  scan(bytes: Uint8Array, view: DataView): void {
    const reader = this.#reader;
    const offset = this.#fromOffset < 0 ? (this.#entryOffset ?? this.#partOffset) : reader.offset;
    reader.lieOver(bytes, view, this.#partOffset);
    reader.jump(offset, 0);
    if (this.#fromOffset < 0) {
      if (this.#entryOffset === undefined && !reader.findEntry()) return;
      this.#fromOffset = reader.offset;
    }
    this.#run(view);
  }

  /** What was found so far. */
  get found(): PartScan {
    return {
      partOffset: this.#partOffset,
      fromOffset: this.#fromOffset,
      toOffset: this.#reader.offset,
      packets: this.#packets,
      runs: this.#sieve.runs,
      ...this.#reader.tally(),
    };
  }

  #run(view: DataView): void {
    const reader = this.#reader;
    const batch = this.#batch;
    do {
      reader.walk(batch, STRETCH_BYTES);
      const room = Math.min(batch.count, this.#columns.codes.length - this.#packets);
      const sifted = this.#sieve.sift(view, batch, room, this.#columns, this.#packets);
      this.#packets += sifted;
      if (sifted < batch.count) {
        reader.jump(this.#partOffset + batch.positions[sifted], 0);
        return;
      }
    } while (batch.count === batch.size);
  }
}
