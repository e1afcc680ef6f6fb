/**
 * A thread that scans captures: it reads a chunk, waits until it knows where the first record in it begins, lays out its
 * records, and says where the next chunk's first one begins. build/scan-thread.js makes a text of it, which Node runs: so
 * there is no file to be found beside the bundles.
 */
import { workerData } from 'node:worker_threads';
import { LAID_TO, LAID_UNTIL, UNTIL_END } from '../../track/layout/records.js';
import * as at from './memory.js';
import { readFully } from './read.js';

const { module, memory, base }: at.ThreadData = workerData;
const bytes = new Uint8Array(memory.buffer);
const words = new Int32Array(memory.buffer);
const doubles = new Float64Array(memory.buffer);
const control = base / 4;
const { exports } = new WebAssembly.Instance(module, { env: { memory }, tracker: { mayBeOpen: () => 1 } });
const layOut = exports.layOut as (
  from: number,
  end: number,
  format: number,
  rows: number,
  room: number,
  told: number,
) => number;

Atomics.add(words, control + at.STARTED, 1);
Atomics.notify(words, control + at.STARTED);
for (let job = 0; ; ) {
  Atomics.wait(words, control + at.JOB, job);
  job = Atomics.load(words, control + at.JOB);
  Atomics.add(words, control + at.BUSY, 1);
  while (isGoingOn(job) && scanChunk(job));
  Atomics.sub(words, control + at.BUSY, 1);
  Atomics.notify(words, control + at.BUSY);
}

function isGoingOn(job: number): boolean {
  return job % 2 === 1 && Atomics.load(words, control + at.JOB) === job;
}

/** Waits until a word is what is wanted. False: nobody wants it any more. */
function waitFor(word: number, job: number, isWanted: (value: number) => boolean): boolean {
  for (;;) {
    const value = Atomics.load(words, control + word);
    // Afterwards: whoever ends the job gives the word another value behind that.
    if (!isGoingOn(job)) return false;
    if (isWanted(value)) return true;
    Atomics.wait(words, control + word, value);
  }
}

/** Scans the next chunk that nobody has claimed. False: there is nothing more to do. */
function scanChunk(job: number): boolean {
  const window = words[control + at.WINDOW];
  const chunk = Atomics.add(words, control + at.CLAIMED, 1);
  const place = base + at.placeOf(chunk, window);
  const from = at.chunkOf(place);
  if (!waitFor(at.FREED, job, (freed) => chunk - freed < window)) return false;
  const length = read(from, doubles[base / 8 + at.ORIGIN / 2] + chunk * at.CHUNK_BYTES);
  if (!waitFor(at.TURN, job, (turn) => turn === chunk)) return false;
  const left = words[control + at.LEFT];
  const first = from - Math.max(left, 0);
  const end = from + Math.max(length, 0);
  const own = place / 4;
  const told = place + at.LAID * 4;
  // Where nobody knows where a record begins none is laid out.
  const to = left < 0 ? first : end;
  words[own + at.ROWS] = layOut(first, to, base + at.SCAN_FORMAT, at.rowsOf(place), at.CHUNK_ROWS, told);
  words[own + at.LENGTH] = length;
  words[own + at.FIRST] = first;
  const laidTo = words[(told + LAID_TO) / 4];
  const isEnd = words[(told + LAID_UNTIL) / 4] === UNTIL_END;
  const isFollowed = left >= 0 && isEnd && length === at.CHUNK_BYTES && end - laidTo <= at.HEADROOM;
  // The place of the next chunk may be that of one that is still looked at.
  if (isFollowed && !waitFor(at.FREED, job, (freed) => chunk + 1 - freed < window)) return false;
  words[own + at.IS_FOLLOWED] = Number(isFollowed);
  if (isFollowed) {
    const next = at.chunkOf(base + at.placeOf(chunk + 1, window));
    bytes.copyWithin(next - (end - laidTo), laidTo, end);
    words[control + at.LEFT] = end - laidTo;
  }
  Atomics.store(words, own + at.PUBLISHED, chunk + 1);
  Atomics.notify(words, own + at.PUBLISHED);
  if (isFollowed) {
    Atomics.store(words, control + at.TURN, chunk + 1);
    Atomics.notify(words, control + at.TURN);
  }
  return length === at.CHUNK_BYTES || length < 0;
}

/** Reads a chunk from this position of the file to this place of the memory; gives how much there was, -1 if that failed. */
function read(to: number, position: number): number {
  try {
    return readFully(words[control + at.DESCRIPTOR], bytes, to, at.CHUNK_BYTES, position);
  } catch {
    return -1;
  }
}
