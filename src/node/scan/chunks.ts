/**
 * The chunks of a capture that is scanned: each is read, and once it is known where the first record in it begins, its
 * records are laid out. The threads (thread.ts) and whoever looks at the chunks (scan.ts) both do whatever comes next, so
 * that none of them waits for what it could do itself: large packets take a fifth less time so.
 *
 * Where a chunk's first record begins is known when the chunk before it was laid out. Behind what can't be laid out (another
 * interface, a comment, damage) the capture's reader has to say it.
 */
import { LAID_TO, LAID_UNTIL, UNTIL_END } from '../../track/layout/records.js';
import * as at from './memory.js';
import { readFully } from './read.js';

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** `layOut` of assembly/records.ts. */
export type LayOut = (from: number, end: number, format: number, rows: number, room: number, told: number) => number;

/** The words where scans in this memory say what is done, from this address on. */
export function controlWords(memory: ArrayBufferLike, base: number): Int32Array {
  return new Int32Array(memory, base, at.SCAN_FORMAT / WORD_BYTES);
}

/** Those of one scan, in the shared part of a memory from `base` on, where the control words are written already. */
export class Chunks {
  readonly division: at.Division;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #control: Int32Array;
  readonly #originBytes: number;
  readonly #base: number;
  readonly #layOutRecords: LayOut;

  constructor(memory: ArrayBufferLike, base: number, layOut: LayOut) {
    this.#bytes = new Uint8Array(memory);
    this.#words = new Int32Array(memory);
    const control = controlWords(memory, base);
    this.#control = control;
    const [chunkBytes, rows, window] = [control[at.CHUNK_BYTES], control[at.CHUNK_ROWS], control[at.WINDOW]];
    this.division = { chunkBytes, rows, window };
    [this.#originBytes] = new Float64Array(memory, base + at.ORIGIN * WORD_BYTES, 1);
    this.#base = base;
    this.#layOutRecords = layOut;
  }

  /** Where in the memory the place of a chunk is. */
  placeOf(chunk: number): number {
    return this.#base + at.placeOf(chunk, this.division);
  }

  /** Where in the file a chunk begins. */
  positionOf(chunk: number): number {
    return this.#originBytes + chunk * this.division.chunkBytes;
  }

  /** Reads a chunk to its place; gives how much of it there was. Throws as the file system does. */
  read(chunk: number): number {
    const to = at.chunkOf(this.placeOf(chunk), this.division);
    const { chunkBytes } = this.division;
    return readFully(this.#control[at.DESCRIPTOR], this.#bytes, to, chunkBytes, this.positionOf(chunk));
  }

  /** Does what comes next. False: there is nothing to be done until others have done something. */
  step(): boolean {
    return this.#layOutNext() || this.#readNext();
  }

  /** Tells all who wait that something has changed. */
  tell(): void {
    Atomics.add(this.#control, at.CHANGES, 1);
    Atomics.notify(this.#control, at.CHANGES);
  }

  /** How much has changed so far, for `await`. */
  get changes(): number {
    return Atomics.load(this.#control, at.CHANGES);
  }

  /** Waits until more has changed than that. */
  await(changes: number): void {
    Atomics.wait(this.#control, at.CHANGES, changes);
  }

  /** Reads the next chunk that nobody has claimed. False: there is no place for it. */
  #readNext(): boolean {
    const control = this.#control;
    const chunk = Atomics.load(control, at.CLAIMED);
    if (!this.#isFree(chunk)) return false;
    if (Atomics.compareExchange(control, at.CLAIMED, chunk, chunk + 1) !== chunk) return true;
    let length = -1;
    try {
      length = this.read(chunk);
    } catch {
      // Whoever looks at it reads it again, and learns why.
    }
    const place = this.placeOf(chunk);
    this.#words[place / WORD_BYTES + at.LENGTH] = length;
    Atomics.store(this.#words, place / WORD_BYTES + at.READ, chunk + 1);
    this.tell();
    return true;
  }

  /** Lays out the records of the chunk whose turn it is. False: it is not read yet, or nobody knows where they begin. */
  #layOutNext(): boolean {
    const control = this.#control;
    const words = this.#words;
    const chunk = Atomics.load(control, at.TURN);
    // It may have to tell the next one where that begins.
    if (chunk === at.NO_TURN || !this.#isFree(chunk + 1)) return false;
    const place = this.placeOf(chunk);
    const own = place / WORD_BYTES;
    if (Atomics.load(words, own + at.READ) !== chunk + 1) return false;
    if (Atomics.compareExchange(control, at.TURN, chunk, at.NO_TURN) !== chunk) return true;
    const isFollowed = this.#layOut(chunk, place, control[at.LEFT]);
    words[own + at.IS_FOLLOWED] = Number(isFollowed);
    // In this order: who has seen a chunk may tell where the next one's first record begins.
    Atomics.store(control, at.TURN, isFollowed ? chunk + 1 : at.NO_TURN);
    Atomics.store(words, own + at.PUBLISHED, chunk + 1);
    this.tell();
    return true;
  }

  /**
   * Lays out the records of a chunk of which so many bytes lie before it. True: it ends with the beginning of a record,
   * which now lies before the next chunk.
   */
  #layOut(chunk: number, place: number, left: number): boolean {
    const words = this.#words;
    const own = place / WORD_BYTES;
    const { division } = this;
    const from = at.chunkOf(place, division);
    const length = words[own + at.LENGTH];
    const first = from - Math.max(left, 0);
    const end = from + Math.max(length, 0);
    const told = place + at.LAID * WORD_BYTES;
    // Where nobody knows where a record begins none is laid out.
    const to = left < 0 ? first : end;
    const format = this.#base + at.SCAN_FORMAT;
    words[own + at.ROWS] = this.#layOutRecords(first, to, format, at.rowsOf(place), division.rows, told);
    words[own + at.FIRST] = first;
    const rest = end - words[(told + LAID_TO) / WORD_BYTES];
    const isAtEnd = words[(told + LAID_UNTIL) / WORD_BYTES] === UNTIL_END;
    if (left < 0 || !isAtEnd || length < division.chunkBytes || rest > at.HEADROOM) return false;
    this.#bytes.copyWithin(at.chunkOf(this.placeOf(chunk + 1), division) - rest, end - rest, end);
    this.#control[at.LEFT] = rest;
    return true;
  }

  /** True if the place of a chunk is free, or its own already. */
  #isFree(chunk: number): boolean {
    return chunk - Atomics.load(this.#control, at.FREED) < this.division.window;
  }
}
