/** Large captures as files: the beginning is read here, all else scanned (scan.ts), unless another capture is just then. */
import type { FileHandle } from 'node:fs/promises';
import type { Taker } from '../../capture/input.js';
import { recognizeCompression } from '../../capture/recognize.js';
import type { ChunkBuffers } from '../chunk-buffers.js';
import type { CaptureSource } from '../file.js';
import { readFully } from './read.js';
import { Scan, startThreads } from './scan.js';

/** So much is read at most before anything is scanned: it tells what the capture is, and how long its records are. */
export const FIRST_BYTES = 256 << 10;

/** A file that is to be scanned. */
export interface Scannable {
  name: string;
  sizeBytes: number;
  handle: FileHandle;
  buffers: ChunkBuffers;
}

/**
 * The capture, read with so many threads; undefined where it can't be read in that way, as what is compressed. Throws as the
 * file system does, and has closed the file then.
 */
export async function openScanned(file: Scannable, threads: number): Promise<CaptureSource | undefined> {
  const buffer = file.buffers.take();
  let first: Uint8Array;
  try {
    // Where very many captures are open their buffers are smaller.
    const most = Math.min(FIRST_BYTES, buffer.length);
    first = buffer.subarray(0, readFully(file.handle.fd, buffer, 0, most, 0));
  } catch (error) {
    file.buffers.release();
    await file.handle.close();
    throw error;
  }
  if (recognizeCompression(first) !== undefined) return undefined;
  startThreads(threads);
  return new ScannedCapture(file, buffer, first);
}

class ScannedCapture implements CaptureSource {
  readonly name: string;
  readonly compression = undefined;
  readonly sizeBytes: number;
  readonly damage = undefined;
  positionBytes = 0;
  readonly #file: Scannable;
  readonly #buffer: Uint8Array;
  #first: Uint8Array | undefined;
  #scan: Scan | undefined;
  #isClosed = false;

  constructor(file: Scannable, buffer: Uint8Array, first: Uint8Array) {
    this.name = file.name;
    this.sizeBytes = file.sizeBytes;
    this.#file = file;
    this.#buffer = buffer;
    this.#first = first;
  }

  async next(input?: Taker): Promise<Uint8Array | undefined> {
    let bytes: Uint8Array | undefined;
    try {
      if (!this.#isClosed) bytes = this.#read(input);
      return bytes;
    } finally {
      if (bytes === undefined) await this.close();
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#scan?.end();
    this.#file.buffers.release();
    await this.#file.handle.close();
  }

  abandon(): void {}

  #read(input: Taker | undefined): Uint8Array | undefined {
    const { fd } = this.#file.handle;
    let bytes = this.#first;
    this.#first = undefined;
    if (bytes === undefined) {
      this.#scan ??= Scan.begin(fd, this.positionBytes, this.positionBytes / (input?.packets ?? 1));
      if (this.#scan !== undefined) {
        bytes = this.#scan.next(input);
        // What was read here is not needed any more.
        this.#file.buffers.release();
        this.positionBytes = this.#scan.positionBytes;
        return bytes;
      }
      const buffer = this.#buffer;
      bytes = buffer.subarray(0, readFully(fd, buffer, 0, buffer.length, this.positionBytes));
    }
    this.positionBytes += bytes.length;
    return bytes.length > 0 ? bytes : undefined;
  }
}
