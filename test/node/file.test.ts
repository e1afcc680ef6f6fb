import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { ChunkBuffers, chunkBytesFor } from '../../src/node/chunk-buffers.js';
import { openCapture, SourceError } from '../../src/node/file.js';

const folder = mkdtempSync(join(tmpdir(), 'synwhy-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Every byte depends on where it is. */
function sampleBytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}

async function readAll(path: string, chunkBytes: number): Promise<Buffer> {
  const source = await openCapture(path, { chunkBytes });
  const chunks: Buffer[] = [];
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    // As slow as an analysis: the next chunk is read meanwhile and must not touch this one.
    await new Promise((resolve) => setTimeout(resolve, 1));
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

describe('a file', () => {
  test.each([0, 1, 1023, 1024, 1025, 10_000])('of %i bytes is read whole, in whatever chunks', async (length) => {
    const bytes = sampleBytes(length);
    const path = write(`plain-${length}`, bytes);
    for (const chunkBytes of [1, 1024, 1 << 20]) {
      if (chunkBytes === 1 && length > 2000) continue;
      expect((await readAll(path, chunkBytes)).equals(bytes)).toBe(true);
    }
  });

  test('that is compressed gives its contents, and tells how far it is in what is stored', async () => {
    const bytes = sampleBytes(100_000);
    const compressed = gzipSync(bytes);
    const path = write('compressed.gz', compressed);
    const source = await openCapture(path, { chunkBytes: 1024 });
    expect([source.compression, source.sizeBytes]).toEqual(['gzip', compressed.length]);
    let length = 0;
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) length += chunk.length;
    expect([length, source.positionBytes, source.damage]).toEqual([bytes.length, compressed.length, undefined]);
  });

  test('can be left before its end', async () => {
    const source = await openCapture(write('left', sampleBytes(10_000)), { chunkBytes: 1024 });
    await source.next();
    await source.close();
    await source.close();
    expect(await source.next()).toBeUndefined();
  });

  test('that is missing or a directory is an error that says so', async () => {
    await expect(openCapture(join(folder, 'missing'), { chunkBytes: 1024 })).rejects.toThrow(SourceError);
    await expect(openCapture(folder, { chunkBytes: 1024 })).rejects.toThrow(/is a directory/);
  });
});

describe('chunks', () => {
  test('of one capture are large, and of many open at once small enough for all of them together', () => {
    expect(chunkBytesFor(0)).toBe(2 << 20);
    let takenBytes = 0;
    for (let captures = 0; captures < 50; captures++) takenBytes += chunkBytesFor(takenBytes);
    expect(takenBytes).toBeLessThanOrEqual(64 << 20);
    expect(chunkBytesFor(64 << 20)).toBe(64 << 10);
  });

  test('of a file that was read are used for the next one', () => {
    const first = new ChunkBuffers(200_000);
    const buffer = first.take();
    expect(buffer.length).toBe(256 << 10);
    first.release();
    const second = new ChunkBuffers(190_000);
    expect(second.take()).toBe(buffer);
    second.release();
  });
});
