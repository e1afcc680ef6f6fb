/** Captures as files and on standard input, read in chunks. */
import { constants, open as openDescriptor } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { type Compression, decompress } from './decompress.js';
import type { SeekableCapture } from './scan-ahead.js';

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
  /** The file, where it can be read at any offset as it is; undefined for pipes and for what is compressed. */
  readonly seekable: SeekableCapture | undefined;
  /** Bytes read so far, as they are stored. */
  readonly positionBytes: number;
  /** After the end: what was wrong with the compressed data, in words without a full stop. */
  readonly damage: string | undefined;
  /**
   * The next bytes, decompressed, or undefined at the end. They stay unchanged until the next call, no longer: the
   * buffer is used again. Fails as the file system does.
   */
  next(): Promise<Uint8Array | undefined>;
  /** Gives back what the source holds; for when it was not read to its end. */
  close(): Promise<void>;
  /** Lets go of a pipe while `next` waits for it: that ends, or fails. */
  abandon(): void;
}

/** The name that stands for standard input. */
export const STANDARD_INPUT = '-';

/** Chunks of one capture alone: with 1 MiB reading takes longer, with 4 MiB no less. */
const LARGEST_CHUNK = 2 << 20;
/** Chunks that are being read while one is looked at. */
const CHUNKS_AHEAD = 2;
const SMALLEST_CHUNK = 64 << 10;
/** What the buffers of all captures together may take: a ring of a thousand files is read at once. */
const BUFFER_BUDGET = 64 << 20;

/** How large the chunks of each of so many captures should be. */
export function chunkBytesFor(captures: number): number {
  const share = BUFFER_BUDGET / ((CHUNKS_AHEAD + 1) * captures);
  return Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, 2 ** Math.floor(Math.log2(share))));
}

/** Opens a file, or standard input for '-'. Throws SourceError where there is nothing that could be read. */
export async function openCapture(name: string, chunkBytes: number): Promise<CaptureSource> {
  if (name === STANDARD_INPUT) return decompressed(name, undefined, process.stdin, () => process.stdin.destroy());
  if (await isPipe(name)) return openPipe(name);
  const handle = await openFile(name);
  const stats = await handle.stat();
  if (stats.isDirectory()) {
    await handle.close();
    throw new SourceError(`${name} is a directory; name the captures in it`);
  }
  if (stats.isFile()) {
    const source = await decompressed(name, stats.size, readAhead(handle, Math.min(chunkBytes, stats.size + 1)));
    const isPlain = source.compression === undefined;
    return isPlain ? Object.assign(source, { seekable: { descriptor: handle.fd, sizeBytes: stats.size } }) : source;
  }
  // A pipe may stay silent for long: what it has is taken at once, however little.
  return decompressed(name, undefined, handle.createReadStream({ highWaterMark: SMALLEST_CHUNK }));
}

async function isPipe(name: string): Promise<boolean> {
  const stats = await stat(name).catch(() => undefined);
  return stats?.isFIFO() === true;
}

/** Not as a file: a read that waits in another thread can't be taken back, and Node would wait for it at its end. */
async function openPipe(name: string): Promise<CaptureSource> {
  try {
    const pipe = new Socket({ fd: await promisify(openDescriptor)(name, constants.O_RDONLY), writable: false });
    return await decompressed(name, undefined, pipe, () => pipe.destroy());
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError(explainOpenError(name, error));
  }
}

async function openFile(name: string): Promise<FileHandle> {
  try {
    return await open(name, constants.O_RDONLY);
  } catch (error) {
    throw new SourceError(explainOpenError(name, error));
  }
}

/** Why a file can't be opened, in words. */
function explainOpenError(name: string, error: unknown): string {
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

/**
 * Reads ahead while chunks are being looked at, so that the copying from the page cache is another core's work: of
 * 1 GB that is 0.15 s. Handing a read to another thread and back takes 0.2 ms; two at a time hide it. The first chunk is
 * read alone: of many captures it may be the only one that is wanted for long.
 */
async function* readAhead(handle: FileHandle, chunkBytes: number): AsyncGenerator<Uint8Array> {
  let position = 0;
  const read = async (buffer: Uint8Array<ArrayBuffer>) => {
    const from = position;
    position += chunkBytes;
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, from);
    return { buffer, bytesRead };
  };
  const first = await read(new Uint8Array(chunkBytes));
  const pending: ReturnType<typeof read>[] = [];
  const readOn = (buffer: Uint8Array<ArrayBuffer>) => {
    const chunk = read(buffer);
    // Who fails at an earlier chunk never asks for this one; its error is then nobody's.
    chunk.catch(() => undefined);
    pending.push(chunk);
  };
  try {
    for (let { buffer, bytesRead } = first; bytesRead > 0; ) {
      yield buffer.subarray(0, bytesRead);
      // A short read is the end: files that still grow are read as far as they are.
      if (bytesRead < chunkBytes) return;
      while (pending.length < CHUNKS_AHEAD - 1) readOn(new Uint8Array(chunkBytes));
      readOn(buffer);
      ({ buffer, bytesRead } = await pending.shift()!);
    }
  } finally {
    await Promise.allSettled(pending);
    await handle.close();
  }
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
      seekable: undefined,
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
      },
      abandon,
    };
  } catch (error) {
    throw new SourceError(`${name} can't be read: ${(error as Error).message}`);
  }
}
