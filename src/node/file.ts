/** Captures as files and on standard input, read in chunks. */
import { closeSync, constants, open as openDescriptor, openSync, readSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Taker } from '../capture/input.js';
import { recognizeCompression } from '../capture/recognize.js';
import { ChunkBuffers } from './chunk-buffers.js';
import { type Compression, decompress } from './decompress.js';

/** Reading a capture failed before any of it could be read; the message says why and what would be right. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** A capture that is ready to be read. */
export interface CaptureSource {
  /** As given; '-' is standard input. */
  readonly name: string;
  /** How it is compressed; undefined if it is not. */
  readonly compression: Compression | undefined;
  /** As it is stored; undefined for pipes, whose end nobody knows. */
  readonly sizeBytes: number | undefined;
  /** Bytes read so far, as they are stored. */
  readonly positionBytes: number;
  /** After the end: what was wrong with the compressed data, in words without a full stop. */
  readonly damage: string | undefined;
  /**
   * The next bytes, decompressed, or undefined at the end. They stay unchanged until the next call, no longer: the
   * buffer is used again. A large capture is read by several threads if it is told who takes them, as that may have to
   * give some back. Fails as the file system does.
   */
  next(input?: Taker): Promise<Uint8Array | undefined>;
  /** Gives back what the source holds; for when it was not read to its end. */
  close(): Promise<void>;
  /** Lets go of a pipe while `next` waits for it: that ends, or fails. */
  abandon(): void;
}

/** The name that stands for standard input. */
export const STANDARD_INPUT = '-';

/** More are no faster on two processors, and take 9 MB each. */
const USUAL_THREADS = 1;
/** Of a smaller capture they would take longer to begin than they gain; of 400 MB of small packets they gain a sixth. */
const LEAST_SCANNED = 256 << 20;
/** What a pipe gives at once. */
const PIPE_CHUNK = 64 << 10;

/** How a file is read. */
export interface Reading {
  /** In chunks of so many bytes; of what suits it and the others that are open unless told. */
  chunkBytes?: number | undefined;
  /** With so many threads where it is large; none unless told, 'usual' for as many as is good. */
  threads?: number | 'usual' | undefined;
  /** What large is, in bytes. */
  leastScanned?: number;
}

/** Opens a file, or standard input for '-'. Throws SourceError where there is nothing that could be read. */
export async function openCapture(name: string, reading: Reading = {}): Promise<CaptureSource> {
  if (name === STANDARD_INPUT) return decompressed(name, undefined, process.stdin, () => process.stdin.destroy());
  if (await isPipe(name)) return openPipe(name);
  return openFile(name, reading);
}

/** The same for what is known to be no pipe. */
export async function openFile(
  name: string,
  { chunkBytes, threads = 0, leastScanned = LEAST_SCANNED }: Reading = {},
): Promise<CaptureSource> {
  const stats = lookUp(name);
  if (stats.isDirectory()) throw new SourceError(`${name} is a directory; name the captures in it`);
  if (!stats.isFile()) {
    // It may stay silent for long: what it has is taken at once, however little.
    const stream = (await openHandle(name)).createReadStream({ highWaterMark: PIPE_CHUNK });
    return decompressed(name, undefined, stream);
  }
  const sizeBytes = stats.size;
  const buffers = new ChunkBuffers(sizeBytes, chunkBytes);
  if (sizeBytes < buffers.chunkBytes) {
    const bytes = readWhole(name, buffers);
    if (recognizeCompression(bytes) !== undefined) return decompressed(name, sizeBytes, giveWhole(bytes, buffers));
    return new WholeCapture(name, sizeBytes, bytes, buffers);
  }
  const handle = await openHandle(name);
  const most = threads === 'usual' ? USUAL_THREADS : threads;
  if (most > 0 && sizeBytes >= leastScanned) {
    const { openScanned } = await import('./scan/scanned-capture.js');
    const scanned = await openScanned({ name, sizeBytes, handle, buffers }, most).catch((error) => {
      throw unreadable(name, error);
    });
    if (scanned !== undefined) return scanned;
  }
  return decompressed(name, sizeBytes, readInTurn(handle, buffers));
}

async function isPipe(name: string): Promise<boolean> {
  const stats = await stat(name).catch(() => undefined);
  return stats?.isFIFO() === true;
}

/** Not as a file: a read that waits in another thread can't be taken back, and Node would wait for it at its end. */
async function openPipe(name: string): Promise<CaptureSource> {
  try {
    // Only pipes need it, and loading it takes 2 ms.
    const { Socket } = await import('node:net');
    const pipe = new Socket({ fd: await promisify(openDescriptor)(name, constants.O_RDONLY), writable: false });
    return await decompressed(name, undefined, pipe, () => pipe.destroy());
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError(explainOpenError(name, error));
  }
}

function lookUp(name: string): Stats {
  try {
    return statSync(name);
  } catch (error) {
    throw new SourceError(explainOpenError(name, error));
  }
}

async function openHandle(name: string): Promise<FileHandle> {
  try {
    return await open(name, constants.O_RDONLY);
  } catch (error) {
    throw new SourceError(explainOpenError(name, error));
  }
}

/** Why a file can't be opened, in words. */
export function explainOpenError(name: string, error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no file ${name}`;
    case 'EACCES':
    case 'EPERM':
      return `${name} may not be read by this user`;
    case 'EISDIR':
      return `${name} is a directory; name the captures in it`;
    case 'EMFILE':
    case 'ENFILE':
      return `${name} can't be opened: too many files are open (ulimit -n raises the limit)`;
    default:
      return `${name} can't be opened: ${(error as Error).message}`;
  }
}

async function* readInTurn(handle: FileHandle, buffers: ChunkBuffers): AsyncGenerator<Uint8Array> {
  const buffer = buffers.take();
  let position = 0;
  try {
    for (;;) {
      const length = readSync(handle.fd, buffer, 0, buffer.length, position);
      if (length === 0) return;
      position += length;
      yield buffer.subarray(0, length);
    }
  } finally {
    await handle.close();
    buffers.release();
  }
}

/**
 * A file that fits into one buffer, as most of a ring of thousands do: read and closed at once. Opening, reading and
 * closing in another thread takes three times 0.2 ms, which of 3,000 files would be as long as all the rest.
 */
function readWhole(name: string, buffers: ChunkBuffers): Uint8Array {
  const buffer = buffers.take();
  try {
    const descriptor = openSync(name, constants.O_RDONLY);
    try {
      return buffer.subarray(0, readSync(descriptor, buffer));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    buffers.release();
    throw new SourceError(explainOpenError(name, error));
  }
}

async function* giveWhole(bytes: Uint8Array, buffers: ChunkBuffers): AsyncGenerator<Uint8Array> {
  try {
    yield bytes;
  } finally {
    buffers.release();
  }
}

/** A file that was read at once and is not compressed. Without generators, of which garbage remains for each file. */
class WholeCapture implements CaptureSource {
  readonly name: string;
  readonly compression = undefined;
  readonly sizeBytes: number;
  readonly damage = undefined;
  readonly #buffers: ChunkBuffers;
  readonly #bytes: Uint8Array;
  #isGiven: boolean;

  constructor(name: string, sizeBytes: number, bytes: Uint8Array, buffers: ChunkBuffers) {
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.#bytes = bytes;
    this.#buffers = buffers;
    this.#isGiven = bytes.length === 0;
  }

  get positionBytes(): number {
    return this.#isGiven ? this.#bytes.length : 0;
  }

  async next(): Promise<Uint8Array | undefined> {
    if (!this.#isGiven) {
      this.#isGiven = true;
      return this.#bytes;
    }
    this.#buffers.release();
    return undefined;
  }

  async close(): Promise<void> {
    this.#isGiven = true;
    this.#buffers.release();
  }

  abandon(): void {}
}

function unreadable(name: string, error: unknown): SourceError {
  return new SourceError(`${name} can't be read: ${(error as Error).message}`);
}

async function decompressed(
  name: string,
  sizeBytes: number | undefined,
  stored: AsyncIterable<Uint8Array>,
  abandon: () => void = () => undefined,
): Promise<CaptureSource> {
  let positionBytes = 0;
  async function* counted() {
    for await (const chunk of stored) {
      positionBytes += chunk.length;
      yield chunk;
    }
  }
  try {
    const opened = await decompress(counted());
    const chunks = opened.chunks[Symbol.asyncIterator]();
    return {
      name,
      compression: opened.compression,
      sizeBytes,
      get positionBytes() {
        return positionBytes;
      },
      get damage() {
        return opened.damage;
      },
      async next() {
        const { done, value } = await chunks.next();
        return done === true ? undefined : value;
      },
      async close() {
        await chunks.return?.();
        await opened.close();
      },
      abandon,
    };
  } catch (error) {
    throw unreadable(name, error);
  }
}
