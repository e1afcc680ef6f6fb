/** What the threads that scan a capture share: how their part of the kernel's memory is laid out, and what they wait for. */
import { RECORD_BYTES } from '../../track/layout/records.js';

/** A chunk's part of the capture. Half of it takes 5% longer: threads wait for one another more often. */
export const CHUNK_BYTES = 2 << 20;
/** What may come before it: the beginning of a record that ends in it. */
export const HEADROOM = 264 << 10;
/** More records than ordinary packets can be in a chunk. */
export const CHUNK_ROWS = CHUNK_BYTES / 64;

// Words, from the beginning on
/** Odd while a capture is scanned, another number for each; then its descriptor, and how many chunks there may be at once. */
export const JOB = 0;
export const DESCRIPTOR = 1;
export const WINDOW = 2;
/** How many threads have begun, and how many are at it. */
export const STARTED = 3;
export const BUSY = 4;
/** The next chunk that nobody reads. */
export const CLAIMED = 5;
/** The chunk that may be laid out, and how many bytes of its first record lie in its headroom; -1: that is not known. */
export const TURN = 6;
export const LEFT = 7;
/** How many chunks were given to whoever wanted them and are used no more. */
export const FREED = 8;
/** A double: where in the file the first chunk begins. */
export const ORIGIN = 10;
const FORMAT_WORD = 16;

/** Where it is said how records lie. */
export const SCAN_FORMAT = FORMAT_WORD * Int32Array.BYTES_PER_ELEMENT;
const CONTROL_BYTES = 4 << 10;

// Words of a chunk's place, from its beginning on
/** One more than its number, once it is there. */
export const PUBLISHED = 0;
/** How much of it could be read; less than all of it at the end of the file, -1 where reading failed. */
export const LENGTH = 1;
/** Where in the memory the first record begins, how many were laid out, and where it goes on behind them. */
export const FIRST = 2;
export const ROWS = 3;
export const LAID = 4;
/** 1: the next chunk was told where it begins. */
export const IS_FOLLOWED = 6;

const ROWS_AT = 64;
const HEADROOM_AT = ROWS_AT + CHUNK_ROWS * RECORD_BYTES;
const CHUNK_AT = HEADROOM_AT + HEADROOM;
const PLACE_BYTES = CHUNK_AT + CHUNK_BYTES;

/** Where in the memory, from the beginning of the shared part on, the place of a chunk is. */
export function placeOf(chunk: number, window: number): number {
  return CONTROL_BYTES + (chunk % window) * PLACE_BYTES;
}

/** Where its rows are. */
export function rowsOf(place: number): number {
  return place + ROWS_AT;
}

/** Where its part of the capture is; what comes before lies before it. */
export function chunkOf(place: number): number {
  return place + CHUNK_AT;
}

/** How many chunks there may be at once for so many threads: each reads one while another one is looked at. */
export function windowFor(threads: number, roomBytes: number): number {
  return Math.min(threads + 1, Math.floor((roomBytes - CONTROL_BYTES) / PLACE_BYTES));
}

/** What a thread is told when it begins. */
export interface ThreadData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where the shared part begins. */
  base: number;
}
