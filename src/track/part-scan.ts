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
 * Scans what lies in `bytes`, which begin at `partOffset`, up to the first record that begins at `untilOffset` or behind
 * it, or is not quite ordinary. `fromOffset`: where the first record begins; undefined if that has to be found.
 */
export function scanPart(
  reader: EnterableReader,
  bytes: Uint8Array,
  view: DataView,
  { partOffset, fromOffset, untilOffset }: { partOffset: number; fromOffset?: number | undefined; untilOffset: number },
  columns: PartColumns,
): PartScan {
  reader.lieOver(bytes, view, partOffset);
  if (fromOffset !== undefined) reader.jump(fromOffset, 0);
  const isEntered = fromOffset !== undefined || reader.findEntry();
  const from = reader.offset;
  const scan = new Scan(reader, columns, partOffset, untilOffset);
  if (isEntered) scan.run();
  const { packets, runs } = scan;
  return { partOffset, fromOffset: from, toOffset: reader.offset, packets, runs, ...reader.tally() };
}

/** One scan under way. */
class Scan {
  packets = 0;
  runs = 0;
  readonly #reader: EnterableReader;
  readonly #columns: PartColumns;
  readonly #partOffset: number;
  readonly #untilOffset: number;
  readonly #sieve = new Sieve();
  readonly #packet = new Packet();

  constructor(reader: EnterableReader, columns: PartColumns, partOffset: number, untilOffset: number) {
    this.#reader = reader;
    this.#columns = columns;
    this.#partOffset = partOffset;
    this.#untilOffset = untilOffset;
  }

  run(): void {
    const reader = this.#reader;
    const sieve = this.#sieve;
    const packet = this.#packet;
    const { codes, positions } = this.#columns;
    const comments = reader.facts.comments.length;
    for (;;) {
      const { offset } = reader;
      if (offset >= this.#untilOffset || this.packets === codes.length) return;
      if (!reader.nextInPlace(packet)) return;
      // Comments are for the reader of the whole capture to keep.
      if (reader.facts.comments.length > comments) return reader.jump(offset, -1);
      codes[this.packets] = sieve.sift(packet);
      positions[this.packets] = offset - this.#partOffset;
      if (sieve.startsRun && !this.#startRun()) return reader.jump(offset, -1);
      this.#columns.runLatestNs[this.runs - 1] = sieve.latestNs;
      this.packets++;
    }
  }

  /** False: there are too many. */
  #startRun(): boolean {
    const { runStarts } = this.#columns;
    if (this.runs === runStarts.length) return false;
    runStarts[this.runs++] = this.packets;
    return true;
  }
}
