/**
 * Zstandard (RFC 8878) as a stream: with node:zlib where that has it (Node 22.15 and later), else with fzstd. Frames
 * and blocks are told apart here, and decoders get whole blocks only. So a file that breaks off is read up to its
 * last whole block, a block yields at most 128 KiB however much it promises, and a window is checked before a decoder
 * makes room for it.
 */

import * as zlib from 'node:zlib';
import type { ByteSource } from './byte-source.js';
import { type Engine, EngineFeed } from './inflate-engine.js';

/** RFC 8878 section 3.1.1: a frame's magic number; section 3.1.2: those of skippable frames, but for four bits. */
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const MAGIC_BYTES = 4;

/** Section 3.1.1.1.1: the frame header descriptor. */
const FLAG_SINGLE_SEGMENT = 0x20;
const FLAG_CHECKSUM = 0x04;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const CHECKSUM_BYTES = 4;

/** Section 3.1.1.2: block headers, types and the largest block. */
const BLOCK_HEADER_BYTES = 3;
const BLOCK_TYPE_RLE = 1;
const BLOCK_TYPE_RESERVED = 3;
const LARGEST_BLOCK_BYTES = 128 * 1024;

/** What the zstd program accepts unless told otherwise (--long=27). */
const LARGEST_WINDOW_BYTES = 128 * 1024 * 1024;

const NO_BYTES = new Uint8Array(0);

const TRUNCATED = 'the zstd data breaks off';
const DAMAGED = 'the zstd data is damaged';

/** Turns pieces of zstd data (whole frame headers, blocks and checksums) into what they hold. */
interface Decoder {
  decode(piece: Uint8Array): AsyncIterable<Uint8Array>;
  /** What it has held back when all frames were whole. */
  finish(): AsyncIterable<Uint8Array>;
  readonly failed: boolean;
  close(): void;
}

/** Yields what is in the zstd frames of `source`; returns what was wrong with them, undefined if nothing was. */
export async function* unzstd(source: ByteSource): AsyncGenerator<Uint8Array, string | undefined> {
  const decoder = await createDecoder();
  try {
    const pieces = splitFrames(source);
    for (;;) {
      const { done, value } = await pieces.next();
      if (done) {
        if (value === undefined) yield* decoder.finish();
        return value;
      }
      yield* decoder.decode(value);
      if (decoder.failed) return DAMAGED;
    }
  } finally {
    decoder.close();
  }
}

async function* splitFrames(source: ByteSource): AsyncGenerator<Uint8Array, string | undefined> {
  for (let frame = 0; await source.more(); frame += 1) {
    if (!(await source.has(MAGIC_BYTES + 1))) return TRUNCATED;
    const magic = readUint32(source.rest, 0);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      if (!(await skipFrame(source))) return TRUNCATED;
    } else if (magic === FRAME_MAGIC) {
      const damage = yield* splitFrame(source);
      if (damage !== undefined) return damage;
    } else {
      return frame === 0 ? DAMAGED : 'something else follows the zstd data';
    }
  }
  return undefined;
}

async function skipFrame(source: ByteSource): Promise<boolean> {
  if (!(await source.has(MAGIC_BYTES + 4))) return false;
  source.take(MAGIC_BYTES);
  for (let left = readUint32(source.take(4), 0); left > 0; ) {
    if (!(await source.more())) return false;
    left -= source.take(Math.min(left, source.rest.length)).length;
  }
  return true;
}

async function* splitFrame(source: ByteSource): AsyncGenerator<Uint8Array, string | undefined> {
  const descriptor = source.rest[MAGIC_BYTES];
  const headerBytes = frameHeaderBytes(descriptor);
  if (!(await source.has(headerBytes))) return TRUNCATED;
  if (windowBytes(source.rest) > LARGEST_WINDOW_BYTES) return 'the zstd data needs a window of more than 128 MiB';
  yield source.take(headerBytes);
  for (let last = false; !last; ) {
    if (!(await source.has(BLOCK_HEADER_BYTES))) return TRUNCATED;
    const blockHeader = source.rest[0] | (source.rest[1] << 8) | (source.rest[2] << 16);
    last = (blockHeader & 1) === 1;
    const type = (blockHeader >> 1) & 3;
    const size = blockHeader >> 3;
    if (type === BLOCK_TYPE_RESERVED || size > LARGEST_BLOCK_BYTES) return DAMAGED;
    const blockBytes = BLOCK_HEADER_BYTES + (type === BLOCK_TYPE_RLE ? 1 : size);
    if (!(await source.has(blockBytes))) return TRUNCATED;
    yield source.take(blockBytes);
  }
  if ((descriptor & FLAG_CHECKSUM) === 0) return undefined;
  if (!(await source.has(CHECKSUM_BYTES))) return TRUNCATED;
  yield source.take(CHECKSUM_BYTES);
  return undefined;
}

/** Section 3.1.1.1: magic number, descriptor, window, dictionary and content size. */
function frameHeaderBytes(descriptor: number): number {
  const windowBytes = descriptor & FLAG_SINGLE_SEGMENT ? 0 : 1;
  return MAGIC_BYTES + 1 + windowBytes + DICTIONARY_BYTES[descriptor & 3] + contentSizeBytes(descriptor);
}

function contentSizeBytes(descriptor: number): number {
  const size = CONTENT_SIZE_BYTES[descriptor >> 6];
  return size === 0 && descriptor & FLAG_SINGLE_SEGMENT ? 1 : size;
}

/** Section 3.1.1.1.2: a frame of a single segment needs a window as large as its content. */
function windowBytes(header: Uint8Array): number {
  const descriptor = header[MAGIC_BYTES];
  const at = MAGIC_BYTES + 1;
  if ((descriptor & FLAG_SINGLE_SEGMENT) === 0) {
    const base = 2 ** (10 + (header[at] >> 3));
    return base + (base / 8) * (header[at] & 7);
  }
  let size = 0;
  const sizeAt = at + DICTIONARY_BYTES[descriptor & 3];
  for (let index = contentSizeBytes(descriptor) - 1; index >= 0; index -= 1) size = size * 256 + header[sizeAt + index];
  return size;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}

async function createDecoder(): Promise<Decoder> {
  const create = (zlib as { createZstdDecompress?: (options: { chunkSize: number }) => unknown }).createZstdDecompress;
  if (create === undefined) return await createLibraryDecoder();
  const feed = new EngineFeed(create({ chunkSize: LARGEST_BLOCK_BYTES }) as Engine);
  return {
    decode: (piece) => feed.feed(piece),
    finish: () => feed.feed(NO_BYTES),
    get failed() {
      return feed.failed;
    },
    close: () => feed.close(),
  };
}

/** fzstd is loaded only where it is needed. */
async function createLibraryDecoder(): Promise<Decoder> {
  const { Decompress } = await import('fzstd');
  let outputs: Uint8Array[] = [];
  let failed = false;
  const stream = new Decompress((data) => {
    if (data.length > 0) outputs.push(data);
  });
  async function* push(piece: Uint8Array, final: boolean): AsyncGenerator<Uint8Array> {
    try {
      // It keeps what it can't use yet, and the piece is its giver's again before it can.
      stream.push(piece.slice(), final);
    } catch {
      failed = true;
    }
    yield* outputs;
    outputs = [];
  }
  return {
    decode: (piece) => push(piece, false),
    // It waits for 18 bytes before it looks at a frame, and so keeps a last one that is shorter.
    finish: () => push(NO_BYTES, true),
    get failed() {
      return failed;
    },
    close: () => {},
  };
}
