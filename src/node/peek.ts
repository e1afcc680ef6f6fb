/** When captures begin: a look at the first bytes of each, before any of them is read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CaptureError } from '../capture/errors.js';
import { Packet, type TimeOrigin } from '../capture/format.js';
import { AnyCaptureReader } from '../capture/reader.js';
import { recognizeCompression } from '../capture/recognize.js';
import { type Compression, decompress } from './decompress.js';
import { explainOpenError, SourceError } from './file.js';

/** What the first bytes of a file tell. */
export interface Peek {
  sizeBytes: number;
  compression: Compression | undefined;
  /** When its first packet was captured, in nanoseconds since 1970; undefined: that does not show. */
  beginsAtNs: bigint | undefined;
  /** Why it is no capture; undefined: it is one, as far as it shows. */
  problem: CaptureError | undefined;
  /** True for a capture that is over and holds no packet. */
  isWithoutPackets: boolean;
}

/** What is read of each file. Longer descriptions in front of the first packet are rare: such a file is just opened early. */
const PEEK_BYTES = 64 << 10;
/** So much of compressed data holds a packet nearly always; to unpack all that was read would take as long as all else. */
const COMPRESSED_BYTES = 4 << 10;
/** A block of zstd can only be unpacked as a whole, and is not longer than this. */
const FURTHER_BYTES = 128 << 10;

/** One after another, so one buffer is enough. Its bytes are read anew when the capture is. */
let buffer: Uint8Array<ArrayBuffer> | undefined;

/** Looks at a file, which is no pipe: that can be read only once. Throws SourceError where it can't be read. */
export async function peekCapture(name: string): Promise<Peek> {
  buffer ??= new Uint8Array(PEEK_BYTES);
  const { bytes, sizeBytes } = readPart(name, 0, buffer);
  const compression = recognizeCompression(bytes);
  const origin: TimeOrigin = { epochNs: undefined };
  const reader = new AnyCaptureReader(origin);
  const packet = new Packet();
  const peek: Peek = { sizeBytes, compression, beginsAtNs: undefined, problem: undefined, isWithoutPackets: false };
  try {
    const isFound =
      compression === undefined
        ? readOn(reader, packet, bytes)
        : await readCompressed(reader, packet, piecesOf(name, bytes, sizeBytes));
    if (!isFound && bytes.length >= sizeBytes) {
      reader.end();
      peek.isWithoutPackets = !reader.next(packet);
    }
    peek.beginsAtNs = origin.epochNs;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    peek.problem = error;
  }
  return peek;
}

function readOn(reader: AnyCaptureReader, packet: Packet, bytes: Uint8Array): boolean {
  reader.push(bytes);
  return reader.next(packet);
}

async function readCompressed(
  reader: AnyCaptureReader,
  packet: Packet,
  pieces: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  for await (const chunk of (await decompress(pieces)).chunks) if (readOn(reader, packet, chunk)) return true;
  return false;
}

/** What was read, and then more of it, as far as it is asked for. */
async function* piecesOf(name: string, bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, COMPRESSED_BYTES);
  if (bytes.length > COMPRESSED_BYTES) yield bytes.subarray(COMPRESSED_BYTES);
  if (bytes.length < sizeBytes) yield readPart(name, bytes.length, new Uint8Array(FURTHER_BYTES)).bytes;
}

/** Without handing each step to another thread, which takes longer than all of it. */
function readPart(name: string, at: number, into: Uint8Array<ArrayBuffer>): { bytes: Uint8Array; sizeBytes: number } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(name, 'r');
    const length = readSync(descriptor, into, 0, into.length, at);
    return { bytes: into.subarray(0, length), sizeBytes: fstatSync(descriptor).size };
  } catch (error) {
    throw new SourceError(explainOpenError(name, error));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
