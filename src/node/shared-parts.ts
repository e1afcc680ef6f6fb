/** The memory that the thread which follows a capture shares with those that scan ahead for it. */
import { readSync } from 'node:fs';
import type { PartFormat } from '../capture/enterable.js';
import { createPartReader } from '../capture/parts.js';
import { type PartColumns, type PartScan, scanPart } from '../track/part-scan.js';

/** How captures are divided. */
export interface PartSizes {
  partBytes: number;
  /** Of the part behind it, so much is read as well. */
  overlapBytes: number;
}

/** Parts of 2 and of 16 MB were no faster, and take more memory. The last record of a part mostly ends in the overlap. */
export const PART_SIZES: PartSizes = { partBytes: 1 << 20, overlapBytes: 16 << 10 };

/** Shorter records, with less than 16 bytes of a packet, may be too many to be scanned. */
const LEAST_RECORD_BYTES = 32;
/** Nor are more runs scanned of one part. */
const PART_RUNS = 1 << 10;

/** Words of the control block, for Atomics. */
export const NEXT_PART = 0;
/** How many parts were followed: the slots of all before may be used again. */
export const FOLLOWED_PARTS = 1;
/** Counts what was posted about the capture and its format; threads take it in before the next part. */
export const REVISION = 2;
const CONTROL_WORDS = 3;

/** Of a slot: one more than the number of the part that was scanned into it, and the revision that it was scanned by. */
const SCANNED_PART = 0;
const SCANNED_REVISION = 1;
const STATE_WORDS = 2;

const NO_REVISION = -1;

/** A scan's numbers, as doubles. */
const SCAN_FIELDS = [
  'partOffset',
  'fromOffset',
  'toOffset',
  'packets',
  'runs',
  'earliestNs',
  'latestNs',
  'last',
  'bytes',
] as const;

/** What a thread is told of the capture that is read; the descriptor is the process's, and so every thread's. */
export interface SharedCapture {
  revision: number;
  descriptor: number;
  sizeBytes: number;
  parts: number;
  /** Where the first record begins. */
  entryOffset: number;
  format: PartFormat;
  /** The reader's own count of changes of the format. */
  formatRevision: number;
}

/** A scan, and how many bytes of the part and what overlaps with the next were read. */
export type SlotScan = PartScan & { bytes: number };

/** One part's bytes, and what a scan finds in them. */
export class PartSlot {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly columns: PartColumns;
  readonly #partBytes: number;
  readonly #numbers: Float64Array;
  readonly #state: Int32Array;

  constructor(memory: SharedArrayBuffer, { partBytes }: PartSizes) {
    this.#partBytes = partBytes;
    const packets = packetsOf(partBytes);
    let at = 0;
    const doubles = (length: number) => {
      const column = new Float64Array(memory, at, length);
      at += column.byteLength;
      return column;
    };
    const words = (length: number) => {
      const column = new Int32Array(memory, at, length);
      at += column.byteLength;
      return column;
    };
    this.#numbers = doubles(SCAN_FIELDS.length);
    const [runFromNs, runLatestNs] = [doubles(PART_RUNS), doubles(PART_RUNS)];
    this.#state = words(STATE_WORDS);
    this.columns = {
      runFromNs,
      runLatestNs,
      runStarts: words(PART_RUNS),
      positions: words(packets),
      sources: words(packets),
      destinations: words(packets),
      ports: words(packets),
      flags: new Int16Array(memory, at, packets),
    };
    at += this.columns.flags.byteLength;
    this.bytes = new Uint8Array(memory, at);
    this.view = new DataView(memory, at);
  }

  /** Memory for one. */
  static allocate({ partBytes, overlapBytes }: PartSizes): SharedArrayBuffer {
    const packets = packetsOf(partBytes);
    const doubles = SCAN_FIELDS.length + 2 * PART_RUNS;
    const words = STATE_WORDS + PART_RUNS + 4 * packets;
    return new SharedArrayBuffer(doubles * 8 + words * 4 + packets * 2 + partBytes + overlapBytes);
  }

  /** Reads a part and scans it. What can't be read is left to whoever follows the parts. */
  scan(part: number, capture: SharedCapture): void {
    let { revision } = capture;
    try {
      const found = this.#scan(part * this.#partBytes, capture);
      for (const [index, field] of SCAN_FIELDS.entries()) this.#numbers[index] = found[field] ?? Number.NaN;
    } catch {
      revision = NO_REVISION;
    }
    this.#state[SCANNED_REVISION] = revision;
    Atomics.store(this.#state, SCANNED_PART, part + 1);
    Atomics.notify(this.#state, SCANNED_PART);
  }

  #scan(partOffset: number, { descriptor, sizeBytes, format, entryOffset: first }: SharedCapture): SlotScan {
    const bytes = this.read(descriptor, partOffset, sizeBytes);
    const entryOffset = partOffset <= first ? first : undefined;
    const place = { partOffset, partBytes: this.#partBytes, entryOffset };
    const found = scanPart(createPartReader(format), this.bytes.subarray(0, bytes), this.view, place, this.columns);
    return { ...found, bytes };
  }

  /**
   * Reads a part and what overlaps with the next, of a capture of this size; gives the number of bytes. Throws as the file
   * system does.
   */
  read(descriptor: number, partOffset: number, sizeBytes: number): number {
    return readWhole(descriptor, this.bytes, partOffset, sizeBytes);
  }

  /** True once this part was scanned into the slot. */
  holds(part: number): boolean {
    return Atomics.load(this.#state, SCANNED_PART) === part + 1;
  }

  /** Waits until this part was scanned into the slot, at most so long. False: that did not happen. */
  wait(part: number, milliseconds: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#state, SCANNED_PART);
      if (seen === part + 1) return true;
      if (Atomics.wait(this.#state, SCANNED_PART, seen, milliseconds) === 'timed-out') return false;
    }
  }

  /** The revision by which the slot was scanned. */
  get revision(): number {
    return this.#state[SCANNED_REVISION];
  }

  /** Forgets what was scanned: the next capture has parts of the same numbers. */
  clear(): void {
    Atomics.store(this.#state, SCANNED_PART, 0);
  }

  /** What the scan found. */
  get found(): SlotScan {
    const [partOffset, fromOffset, toOffset, packets, runs, earliestNs, latestNs, ended, bytes] = this.#numbers;
    const last = Number.isNaN(ended) ? undefined : ended;
    return { partOffset, fromOffset, toOffset, packets, runs, earliestNs, latestNs, last, bytes };
  }
}

/**
 * Claims the next of so many parts that nobody scans yet; undefined when there is none. Waits while all slots are taken,
 * unless that should not be waited for.
 */
export function claimPart(words: Int32Array, slots: number, parts: number, waits = true): number | undefined {
  for (;;) {
    const part = Atomics.load(words, NEXT_PART);
    if (part >= parts) return undefined;
    const followed = Atomics.load(words, FOLLOWED_PARTS);
    if (part - followed < slots) {
      if (Atomics.compareExchange(words, NEXT_PART, part, part + 1) === part) return part;
    } else if (!waits) return undefined;
    else Atomics.wait(words, FOLLOWED_PARTS, followed);
  }
}

function packetsOf(partBytes: number): number {
  return Math.ceil(partBytes / LEAST_RECORD_BYTES);
}

/** The words by which threads divide the parts among themselves. */
export function allocateControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT);
}

/** Reads from this offset until the bytes are full or the capture ends: one call may give less. Gives their number. */
export function readWhole(descriptor: number, bytes: Uint8Array, offset: number, sizeBytes: number): number {
  const length = Math.min(bytes.length, sizeBytes - offset);
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}
