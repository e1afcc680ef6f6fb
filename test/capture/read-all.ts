/** Reads whole captures for tests, in chunks as told. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CaptureFacts, type CaptureReader, Packet, type TimeOrigin } from '../../src/capture/format.js';
import { AnyCaptureReader } from '../../src/capture/reader.js';

/** A packet as values that can be kept and compared. */
export interface ReadPacket {
  number: number;
  epochNs: bigint;
  bytes: string;
  originalBytes: number;
  linkType: number;
  interfaceIndex: number;
  direction: number;
}

/** All that a reader says of a capture. */
export interface ReadCapture {
  packets: ReadPacket[];
  facts: CaptureFacts;
}

/**
 * Reads `bytes` in chunks of the given sizes, again and again; without sizes at once. Each chunk is wiped as soon as
 * the reader asks for more, as a caller may do, and lies somewhere inside a larger buffer.
 */
export function readAll(bytes: Uint8Array, chunkSizes: readonly number[] = [bytes.length || 1]): ReadCapture {
  const origin: TimeOrigin = { epochNs: undefined };
  const reader = new AnyCaptureReader(origin);
  const packets: ReadPacket[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = chunkSizes[turn % chunkSizes.length];
    const chunk = new Uint8Array(size + 7).subarray(3, 3 + Math.min(size, bytes.length - at));
    chunk.set(bytes.subarray(at, at + size));
    at += size;
    reader.push(chunk);
    takePackets(reader, origin, packets);
    chunk.fill(0xee);
  }
  reader.end();
  takePackets(reader, origin, packets);
  return { packets, facts: reader.facts };
}

function takePackets(reader: CaptureReader, origin: TimeOrigin, packets: ReadPacket[]): void {
  const packet = new Packet();
  while (reader.next(packet)) {
    const { number, offset, capturedBytes, originalBytes, linkType, interfaceIndex, direction } = packet;
    packets.push({
      number,
      epochNs: (origin.epochNs ?? 0n) + BigInt(packet.timeNs),
      bytes: Buffer.from(packet.bytes.subarray(offset, offset + capturedBytes)).toString('hex'),
      originalBytes,
      linkType,
      interfaceIndex,
      direction,
    });
  }
}

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** The path of a fixture, or of the folder of all. */
export function fixturePath(name = ''): string {
  return join(FIXTURES, name);
}

/** A fixture's bytes. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(name)));
}

/** The names of the uncompressed captures in a folder of the fixtures. */
export function fixtureNames(folder: string): string[] {
  return readdirSync(fixturePath(folder))
    .filter((name) => /\.(pcap|pcapng)$/.test(name))
    .map((name) => `${folder}/${name}`)
    .sort();
}
