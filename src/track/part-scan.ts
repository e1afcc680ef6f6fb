/** Scans a part of a capture ahead: where its packets lie, and which of them the sieve would let through. */
import { STRETCH_BYTES } from '../capture/format.js';
import { type EnterableReader, type PartTally, RecordBatch } from '../capture/enterable.js';
import { RUN_NS, type Sieve, startOfRun } from './sieve.js';

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
  readonly #entryOffset: number | undefined;
  readonly #sieve: Sieve;
  readonly #batch = new RecordBatch();
  #fromNs = 0;
  #toNs = Number.NEGATIVE_INFINITY;
  /** Offset of the first record; -1 until it was found. */
  #fromOffset = -1;
  #packets = 0;
  #runs = 0;

  /** `sieve` may have sifted another part before. `entryOffset`: where the first record begins, if that is known. */
  constructor(
    reader: EnterableReader,
    sieve: Sieve,
    columns: PartColumns,
    { partOffset, entryOffset }: { partOffset: number; entryOffset: number | undefined },
  ) {
    this.#reader = reader;
    this.#sieve = sieve;
    this.#columns = columns;
    this.#partOffset = partOffset;
    this.#entryOffset = entryOffset;
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
      runs: this.#runs,
      ...this.#reader.tally(),
    };
  }

  #run(view: DataView): void {
    const reader = this.#reader;
    const batch = this.#batch;
    do {
      reader.walk(batch, STRETCH_BYTES);
      const sifted = this.#sift(view, Math.min(batch.count, this.#columns.codes.length - this.#packets));
      if (sifted < batch.count) {
        reader.jump(this.#partOffset + batch.positions[sifted], 0);
        return;
      }
    } while (batch.count === RecordBatch.SIZE);
  }

  /** Sifts so many packets of the batch, or fewer if they have too many runs; gives their number. */
  #sift(view: DataView, count: number): number {
    const sieve = this.#sieve;
    const { positions, packets, capturedBytes, linkTypes, timesNs } = this.#batch;
    const { codes, runLatestNs } = this.#columns;
    const places = this.#columns.positions;
    const first = this.#packets;
    let [fromNs, toNs, run] = [this.#fromNs, this.#toNs, this.#runs - 1];
    let index = 0;
    for (; index < count; index++) {
      const timeNs = timesNs[index];
      if (timeNs < fromNs || timeNs >= toNs) {
        if (run + 1 === PART_RUNS) break;
        run++;
        this.#columns.runStarts[run] = first + index;
        runLatestNs[run] = timeNs;
        fromNs = startOfRun(timeNs);
        toNs = fromNs + RUN_NS;
        sieve.startRun();
      } else if (timeNs > runLatestNs[run]) runLatestNs[run] = timeNs;
      codes[first + index] = sieve.siftAt(view, packets[index], capturedBytes[index], linkTypes[index]);
      places[first + index] = positions[index];
    }
    [this.#fromNs, this.#toNs, this.#runs] = [fromNs, toNs, run + 1];
    this.#packets = first + index;
    return index;
  }
}
