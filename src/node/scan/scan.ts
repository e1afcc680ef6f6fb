/**
 * Has other threads read a large capture and lay out its records (thread.ts): the analysis then sifts rows, and never sees
 * most packets. Of 6.6 million small packets the whole command takes 0.7 s so, where it took 0.85 by itself.
 *
 * Where a chunk's first record begins is known when the chunk before it was laid out. Mostly the threads tell that to one
 * another. Behind what they do not understand (another interface, a comment, damage) the reader has to say it.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { Taker } from '../../capture/input.js';
import type { RecordFormat } from '../../capture/siftable.js';
import { Kernel, SCAN, SCAN_BYTES } from '../../track/kernel.js';
import { LAID_TO } from '../../track/layout/records.js';
import { writeFormat } from '../../track/record-format.js';
import * as at from './memory.js';
import { readFully } from './read.js';
import { THREAD_CODE } from './thread-code.js';

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
const CONTROL = SCAN / WORD_BYTES;

/** How many threads there are: they stay for the next capture. */
let threads = 0;
let isScanning = false;

/** Has so many threads begin, if there are fewer. That takes some 40 ms, which nobody has to wait. */
export function startThreads(wanted: number): void {
  const kernel = Kernel.get();
  if (kernel === undefined) return;
  try {
    for (; threads < wanted; threads++) startThread(kernel);
  } catch {
    // Then there are fewer, or none.
  }
}

/** The scan of one capture. */
export class Scan {
  /** The position in the file behind what was given last. */
  positionBytes: number;
  readonly #kernel: Kernel;
  readonly #descriptor: number;
  readonly #fromBytes: number;
  readonly #words: Int32Array;
  readonly #view: DataView;
  readonly #window: number;
  /** The chunk that is given next, and whether the threads know where its first record begins. */
  #chunk = 0;
  #isFollowed = false;
  /** How records lie, as the threads were told. */
  #format: RecordFormat | undefined;
  #isOver = false;

  /** Begins to scan a file from this position on. Undefined: no thread has begun yet, or another scan is not over. */
  static begin(descriptor: number, fromBytes: number): Scan | undefined {
    const kernel = Kernel.get();
    if (kernel === undefined || isScanning) return undefined;
    const hasBegun = Atomics.load(new Int32Array(kernel.bytes.buffer), CONTROL + at.STARTED) > 0;
    return hasBegun ? new Scan(kernel, descriptor, fromBytes) : undefined;
  }

  private constructor(kernel: Kernel, descriptor: number, fromBytes: number) {
    isScanning = true;
    this.#kernel = kernel;
    this.#descriptor = descriptor;
    this.#fromBytes = fromBytes;
    this.positionBytes = fromBytes;
    const { buffer } = kernel.bytes;
    const words = new Int32Array(buffer, 0, (SCAN + SCAN_BYTES) / WORD_BYTES);
    this.#words = words;
    this.#view = new DataView(buffer, SCAN, SCAN_BYTES);
    this.#window = at.windowFor(threads, SCAN_BYTES);
    for (let chunk = 0; chunk < this.#window; chunk++) words[this.#wordsOf(chunk) + at.PUBLISHED] = 0;
    words[CONTROL + at.DESCRIPTOR] = descriptor;
    words[CONTROL + at.WINDOW] = this.#window;
    words[CONTROL + at.CLAIMED] = 0;
    words[CONTROL + at.FREED] = 0;
    words[CONTROL + at.TURN] = -1;
    this.#view.setFloat64(at.ORIGIN * WORD_BYTES, fromBytes, true);
    Atomics.add(words, CONTROL + at.JOB, 1);
    Atomics.notify(words, CONTROL + at.JOB);
  }

  /**
   * The next bytes, or undefined at the end; they stay unchanged until the next call. `input` has taken what was given
   * before, and may have to give the end of it back. Throws as the file system does.
   */
  next(input: Taker | undefined): Uint8Array | undefined {
    if (this.#isOver) return undefined;
    const words = this.#words;
    const chunk = this.#chunk++;
    const own = this.#wordsOf(chunk);
    const from = at.chunkOf(this.#placeOf(chunk));
    this.#tell(at.FREED, chunk);
    if (!this.#isFollowed) this.#tellFirst(chunk, input);
    this.#await(own + at.PUBLISHED, chunk + 1);
    const position = this.#fromBytes + chunk * at.CHUNK_BYTES;
    let length = words[own + at.LENGTH];
    // Whoever does it himself learns what is wrong.
    if (length < 0) length = readFully(this.#descriptor, this.#kernel.bytes, from, at.CHUNK_BYTES, position);
    this.#isFollowed = words[own + at.IS_FOLLOWED] !== 0;
    this.#isOver = length < at.CHUNK_BYTES;
    this.positionBytes = position + length;
    const laidTo = words[own + at.LAID + LAID_TO / WORD_BYTES];
    const bytes = this.#kernel.bytes.subarray(words[own + at.FIRST], this.#isFollowed ? laidTo : from + length);
    const rows = words[own + at.ROWS];
    const format = this.#format;
    if (rows > 0 && format !== undefined)
      this.#kernel.ahead = { bytes, format, row: at.rowsOf(this.#placeOf(chunk)), rows, to: laidTo };
    return bytes.length > 0 ? bytes : undefined;
  }

  /** Has the threads stop, once; when it returns none of them uses the file any more. */
  end(): void {
    const words = this.#words;
    Atomics.add(words, CONTROL + at.JOB, 1);
    Atomics.notify(words, CONTROL + at.JOB);
    // What threads wait for has to be another value: they may be about to wait.
    this.#tell(at.TURN, -2);
    this.#tell(at.FREED, -1);
    this.#await(CONTROL + at.BUSY, 0);
    this.#kernel.ahead = undefined;
    isScanning = false;
  }

  /** Says where the first record of a chunk begins: with what the input could not use of the bytes before it. */
  #tellFirst(chunk: number, input: Taker | undefined): void {
    const taken = input?.takeBack(at.HEADROOM);
    if (taken !== undefined) {
      this.#kernel.bytes.set(taken.bytes, at.chunkOf(this.#placeOf(chunk)) - taken.bytes.length);
      writeFormat(this.#view, at.SCAN_FORMAT, taken.format);
      this.#format = taken.format;
    }
    this.#words[CONTROL + at.LEFT] = taken?.bytes.length ?? -1;
    this.#tell(at.TURN, chunk);
  }

  #tell(word: number, value: number): void {
    Atomics.store(this.#words, CONTROL + word, value);
    Atomics.notify(this.#words, CONTROL + word);
  }

  /** Waits until a word has a value. */
  #await(word: number, wanted: number): void {
    for (;;) {
      const value = Atomics.load(this.#words, word);
      if (value === wanted) return;
      Atomics.wait(this.#words, word, value);
    }
  }

  #placeOf(chunk: number): number {
    return SCAN + at.placeOf(chunk, this.#window);
  }

  #wordsOf(chunk: number): number {
    return this.#placeOf(chunk) / WORD_BYTES;
  }
}

function startThread({ forThreads }: Kernel): void {
  const workerData = { ...forThreads, base: SCAN };
  // It allocates next to nothing.
  const resourceLimits = { maxYoungGenerationSizeMb: 1 };
  const thread = new Worker(THREAD_CODE, { eval: true, workerData, resourceLimits, env: SHARE_ENV, execArgv: [] });
  // One that can't begin is not missed; and none keeps the process from ending.
  thread.on('error', () => undefined);
  thread.unref();
}
