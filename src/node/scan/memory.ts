/** What the threads that scan a capture share: how their part of the kernel's memory is laid out, and what they wait for. */
import { RECORD_BYTES } from '../../track/layout/records.js';

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** What may come before a chunk: the beginning of a record that ends in it. */
export const HEADROOM = 264 << 10;

// Words, from the beginning on
/** Odd while a capture is scanned, another number for each; then its descriptor. */
export const JOB = 0;
export const DESCRIPTOR = 1;
/** How many threads are at it. */
export const BUSY = 2;
/** The next chunk that nobody reads. */
export const CLAIMED = 3;
/** The chunk that may be laid out, and how much of its first record lies before it; -1: there is none, nobody knows. */
export const TURN = 4;
export const LEFT = 5;
export const NO_TURN = -1;
/** How many chunks were given to whoever wanted them and are used no more. */
export const FREED = 6;
/** Another number whenever something has changed that somebody may wait for. */
export const CHANGES = 7;
/** The `Division`. */
export const CHUNK_BYTES = 8;
export const CHUNK_ROWS = 9;
export const WINDOW = 10;
/** A double: where in the file the first chunk begins. */
export const ORIGIN = 12;
const FORMAT_WORD = 16;

/** Where it is said how records lie. */
export const SCAN_FORMAT = FORMAT_WORD * WORD_BYTES;
const CONTROL_BYTES = 4 << 10;

// Words of a chunk's place, from its beginning on
/** One more than its number, once it is laid out. */
export const PUBLISHED = 0;
/** How much of it could be read; less than all of it at the end of the file, -1 where reading failed. */
export const LENGTH = 1;
/** Where in the memory the first record begins, how many were laid out, and where it goes on behind them. */
export const FIRST = 2;
export const ROWS = 3;
export const LAID = 4;
/** 1: the next chunk was told where it begins. */
export const IS_FOLLOWED = 6;
/** One more than its number, once it is read. */
export const READ = 7;

const ROWS_AT = 64;

/** How long the chunks of a capture are, how many records each has room for, and how many there may be at once. */
export interface Division {
  chunkBytes: number;
  rows: number;
  window: number;
}

/** Where in the memory, from the beginning of the shared part on, the place of a chunk is. */
export function placeOf(chunk: number, { chunkBytes, rows, window }: Division): number {
  return CONTROL_BYTES + (chunk % window) * (ROWS_AT + rows * RECORD_BYTES + HEADROOM + chunkBytes);
}

/** Where its rows are. */
export function rowsOf(place: number): number {
  return place + ROWS_AT;
}

/** Where its part of the capture is; what comes before lies before it. */
export function chunkOf(place: number, { rows }: Division): number {
  return place + ROWS_AT + rows * RECORD_BYTES + HEADROOM;
}

/** Long chunks, so that whoever waits for one is woken less often, and enough for threads to be well ahead: a tenth. */
const USUAL: Division = { chunkBytes: 4 << 20, rows: (4 << 20) / 64, window: 4 };
/** Where records are hardly more than headers there are many attempts, which take the time and the memory: 20 MB less. */
const OF_HEADERS: Division = { chunkBytes: 1 << 20, rows: (1 << 20) / 64, window: 3 };
const HARDLY_MORE_BYTES = 96;

/** How to divide a capture whose records are so long on the average. */
export function divide(recordBytes: number): Division {
  return recordBytes < HARDLY_MORE_BYTES ? OF_HEADERS : USUAL;
}

/** What a thread is told when it begins. */
export interface ThreadData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where the shared part begins. */
  base: number;
}
