/** Scans a part of a capture ahead: where its packets lie, and the ends of those that are ordinary segments. */
import { type EnterableReader, type PartTally, RecordBatch } from '../capture/enterable.js';
import { DESTINATION, glanceAt, PORTS, SOURCE } from '../decode/glance.js';
import { RUN_NS, runOf, type SegmentColumns } from './sieve.js';

/** The columns of a part; they may lie in memory that threads share. */
export interface PartColumns extends SegmentColumns {
  /** Where each packet's record begins, from the part's first byte. */
  positions: Int32Array;
  /** Of each run of packets that are of the same time (sieve.ts): its first packet, when that time begins, and the latest. */
  runStarts: Int32Array;
  runFromNs: Float64Array;
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

/** Where a part lies in its capture, and its first record, if that is known. */
export interface PartPlace {
  partOffset: number;
  partBytes: number;
  entryOffset: number | undefined;
}

/**
 * Scans the part whose bytes these are, with some of the next one, up to the first record that begins there or is not
 * quite ordinary.
 */
export function scanPart(
  reader: EnterableReader,
  bytes: Uint8Array,
  view: DataView,
  { partOffset, partBytes, entryOffset }: PartPlace,
  columns: PartColumns,
): PartScan {
  reader.lieOver(bytes, view, partOffset);
  if (entryOffset !== undefined) reader.jump(entryOffset, 0);
  const isEntered = entryOffset !== undefined || reader.findEntry();
  const fromOffset = reader.offset;
  const scan = new Scan(columns);
  if (isEntered) scan.run(reader, view, partOffset, partBytes);
  return {
    partOffset,
    fromOffset,
    toOffset: reader.offset,
    packets: scan.packets,
    runs: scan.runs,
    ...reader.tally(),
  };
}

/** The same of what lies at hand where the reader stands, as far as the columns reach. The reader is behind it then. */
export function scanAtHand(reader: EnterableReader, columns: PartColumns): PartScan {
  const { view, bytesOffset: partOffset, offset: fromOffset } = reader;
  const scan = new Scan(columns);
  scan.run(reader, view, partOffset, Number.POSITIVE_INFINITY);
  const { packets, runs } = scan;
  return { partOffset, fromOffset, toOffset: reader.offset, packets, runs, ...reader.tally() };
}

/** Columns for so many packets. */
export function createColumns(packets: number): PartColumns {
  return {
    flags: new Int16Array(packets),
    sources: new Int32Array(packets),
    destinations: new Int32Array(packets),
    ports: new Int32Array(packets),
    positions: new Int32Array(packets),
    // Each packet may be a run.
    runStarts: new Int32Array(packets),
    runFromNs: new Float64Array(packets),
    runLatestNs: new Float64Array(packets),
  };
}

/** One scan under way. */
class Scan {
  packets = 0;
  runs = 0;
  readonly #columns: PartColumns;
  readonly #batch = new RecordBatch();
  #fromNs = 0;
  #toNs = Number.NEGATIVE_INFINITY;

  constructor(columns: PartColumns) {
    this.#columns = columns;
  }

  run(reader: EnterableReader, view: DataView, partOffset: number, partBytes: number): void {
    const batch = this.#batch;
    const room = this.#columns.positions.length;
    do {
      reader.walk(batch, partBytes);
      const taken = this.#take(view, Math.min(batch.count, room - this.packets));
      this.packets += taken;
      if (taken < batch.count) {
        reader.jump(partOffset + batch.positions[taken], 0);
        return;
      }
    } while (batch.count === batch.size && this.packets < room);
  }

  /** Takes so many packets of the batch, or fewer where there is no room for their runs; gives their number. */
  #take(view: DataView, count: number): number {
    const batch = this.#batch;
    const { positions, flags, sources, destinations, ports, runLatestNs } = this.#columns;
    let at = this.packets;
    for (let index = 0; index < count; index++, at++) {
      const timeNs = batch.timesNs[index];
      if (timeNs < this.#fromNs || timeNs >= this.#toNs) {
        if (!this.#startRun(at, timeNs)) return index;
      } else if (timeNs > runLatestNs[this.runs - 1]) runLatestNs[this.runs - 1] = timeNs;
      const offset = batch.packets[index];
      positions[at] = batch.positions[index];
      flags[at] = glanceAt(view, offset, batch.capturedBytes[index], batch.linkTypes[index]);
      if (flags[at] < 0) continue;
      sources[at] = view.getInt32(offset + SOURCE);
      destinations[at] = view.getInt32(offset + DESTINATION);
      ports[at] = view.getInt32(offset + PORTS);
    }
    return count;
  }

  /** False: there is no room for it. */
  #startRun(packet: number, timeNs: number): boolean {
    const { runStarts, runFromNs, runLatestNs } = this.#columns;
    if (this.runs === runStarts.length) return false;
    runStarts[this.runs] = packet;
    runFromNs[this.runs] = runOf(timeNs);
    runLatestNs[this.runs] = timeNs;
    this.#fromNs = runFromNs[this.runs];
    this.#toNs = this.#fromNs + RUN_NS;
    this.runs++;
    return true;
  }
}
