import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import type { CaptureInput } from '../../src/capture/input.js';
import { ChunkBuffers } from '../../src/node/chunk-buffers.js';
import { type CaptureSource, openFile } from '../../src/node/file.js';
import { controlWords } from '../../src/node/scan/chunks.js';
import { CLAIMED, divide } from '../../src/node/scan/memory.js';
import { Scan, startThreads } from '../../src/node/scan/scan.js';
import { FIRST_BYTES, openScanned } from '../../src/node/scan/scanned-capture.js';
import { renderJson } from '../../src/report/json.js';
import { Kernel, SCAN } from '../../src/track/kernel.js';
import { generate, type Traffic } from '../bench/generate.js';
import { join as joinBytes, pcapHeader, pcapng, pcapRecord } from '../build/container.js';

const LIMIT_MS = 240_000;
const THREADS = 3;

/** What is said of files, and of how many of their chunks other threads had laid out records. */
async function analyze(paths: readonly string[], threads: number): Promise<{ report: string; scanned: number }> {
  const analyzer = new Analyzer({ all: true });
  const sources = new Map<CaptureInput, CaptureSource>();
  for (const path of paths) {
    sources.set(analyzer.addCapture('a capture'), await openFile(path, { threads, leastScanned: 1 }));
  }
  let scanned = 0;
  for (let input = analyzer.starving(); input !== undefined; input = analyzer.starving()) {
    const bytes = await sources.get(input)?.next(input);
    if (Kernel.get()?.ahead !== undefined) scanned++;
    if (bytes === undefined) input.end();
    else input.push(bytes);
  }
  return { report: `${renderJson(analyzer.finish())} ${analyzer.frameCounts}`, scanned };
}

async function bytesOf(source: CaptureSource): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next()) pieces.push(bytes.slice());
  return Buffer.concat(pieces);
}

/** Gives how many chunks were laid out by other threads. */
async function expectTheSame(...paths: readonly string[]): Promise<number> {
  const { report } = await analyze(paths, 0);
  const { report: again, scanned } = await analyze(paths, THREADS);
  expect(again === report, paths.join()).toBe(true);
  return scanned;
}

describe('large captures that several threads scan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-scan-'));
  const made = (format: 'pcap' | 'pcapng', dataBytes: number, packets: number, traffic: Traffic = 'data') => {
    const path = join(folder, `${dataBytes}-${packets}-${traffic}.${format}`);
    generate(path, { packets, dataBytes, format, traffic });
    return path;
  };

  beforeAll(async () => {
    const path = made('pcap', 90, 10);
    const descriptor = openSync(path, 'r');
    startThreads(THREADS);
    const scan = Scan.begin(descriptor, 0, 90);
    // What this thread does not ask for others read.
    const control = controlWords(Kernel.get()!.bytes.buffer, SCAN);
    while (control[CLAIMED] === 0) await setTimeout(10);
    scan?.end();
    closeSync(descriptor);
  }, LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['pcap', 1400, 30_000, 'data'],
    ['pcapng', 1400, 30_000, 'data'],
    ['pcap', 100, 80_000, 'data'],
    ['pcapng', 100, 80_000, 'data'],
    ['pcap', 54, 120_000, 'handshakes'],
    ['pcapng', 700, 60_000, 'connections'],
  ] as const)(
    'give the same report: %s of %i bytes',
    { timeout: LIMIT_MS },
    async (format, bytes, packets, traffic) => {
      const path = made(format, bytes, packets, traffic);
      const chunks = Math.floor((readFileSync(path).length - FIRST_BYTES) / divide(bytes).chunkBytes);
      expect(await expectTheSame(path)).toBeGreaterThanOrEqual(chunks);
    },
  );

  test('give the same report when others are read meanwhile, or afterwards', { timeout: LIMIT_MS }, async () => {
    const paths = [made('pcap', 300, 30_000), made('pcapng', 310, 30_000), made('pcap', 320, 30_001)];
    await expectTheSame(...paths);
    for (const path of paths) await expectTheSame(path);
  });

  test('give the same report where there are other blocks between the packets', { timeout: LIMIT_MS }, async () => {
    const path = join(folder, 'blocks.pcapng');
    const bytes = readFileSync(made('pcapng', 300, 60_000));
    const blocks = pcapng('little');
    const others = [
      blocks.interface({ linkType: 1, options: [[9, Uint8Array.of(9)]] }),
      blocks.packet({ bytes: new Uint8Array(60), time: 1n, options: [[1, 'look at this']] }),
      blocks.packet({ bytes: new Uint8Array(60), interfaceId: 77 }),
      blocks.block(0xbad, new Uint8Array(3 << 20)),
      blocks.block(0x0a, new Uint8Array(300 << 10)),
    ];
    const pieces: Uint8Array[] = [];
    let from = 0;
    let count = 0;
    for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
      if (++count % 9000 !== 0) continue;
      pieces.push(bytes.subarray(from, at), others[(count / 9000) % others.length] ?? bytes.subarray(0, 0));
      from = at;
    }
    // A new section counts its interfaces anew.
    const half = bytes.subarray(from);
    writeFileSync(path, joinBytes(...pieces, half, blocks.section(), blocks.interface(), bytes.subarray(48), half));
    expect(await expectTheSame(path)).toBeGreaterThan(3);
  });

  test('give the same report where records are longer than what two chunks share', { timeout: LIMIT_MS }, async () => {
    const record = (length: number, at: number) =>
      pcapRecord({}, { bytes: new Uint8Array(length).fill(at), timeNs: BigInt(at) * 1_000_000n });
    const path = join(folder, 'long.pcap');
    const records = Array.from({ length: 60 }, (_, index) => record(262_144 - (index % 7) * 1000, index));
    writeFileSync(path, joinBytes(pcapHeader(), ...records));
    await expectTheSame(path);
    // And where nothing but the beginning of one is left behind the last chunk.
    const whole = joinBytes(pcapHeader(), ...records);
    const { chunkBytes } = divide(whole.length / records.length);
    for (const [chunks, more] of [1, 2, 3].flatMap((chunks) => [-1, 0, 1, 17].map((more) => [chunks, more]))) {
      writeFileSync(path, whole.subarray(0, FIRST_BYTES + chunks * chunkBytes + more));
      await expectTheSame(path);
    }
  });

  test.each(['pcap', 'pcapng'] as const)(
    'give the same report when any bytes are other ones: %s',
    { timeout: LIMIT_MS },
    async (format) => {
      const whole = readFileSync(made(format, 700, 30_000));
      const path = join(folder, `damaged.${format}`);
      const change = fc.tuple(fc.integer({ min: 500, max: whole.length - 1 }), fc.nat(255), fc.nat(2000));
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(30), async (changes, cut) => {
          const bytes = Uint8Array.from(whole.subarray(0, whole.length - cut));
          for (const [at, value, length] of changes) bytes.fill(value, at, at + length);
          writeFileSync(path, bytes);
          await expectTheSame(path);
        }),
        { numRuns: 12 },
      );
    },
  );

  test('may be let go at any time', { timeout: LIMIT_MS }, async () => {
    const path = made('pcap', 1400, 9000);
    const { report } = await analyze([path], 0);
    for (let turn = 0; turn < 300; turn++) {
      const source = await openFile(path, { threads: THREADS, leastScanned: 1 });
      const input = new Analyzer().addCapture('a capture');
      for (let chunk = turn % 5; chunk > 0; chunk--) {
        const bytes = await source.next(input);
        if (bytes !== undefined) input.push(bytes);
      }
      await source.close();
    }
    expect((await analyze([path], THREADS)).report).toBe(report);
  });

  test('that cannot be read are closed, and say why', async () => {
    const path = made('pcap', 1400, 9000);
    const handle = await open(path, 'a');
    const file = { name: path, sizeBytes: 1 << 24, handle, buffers: new ChunkBuffers(1 << 24) };
    await expect(openScanned(file, THREADS)).rejects.toThrow('EBADF');
    expect(handle.fd).toBe(-1);
  });

  test('give the same where very many are open, so that each has little memory', { timeout: LIMIT_MS }, async () => {
    const path = made('pcap', 1400, 9000);
    const source = await openFile(path, { chunkBytes: 64 << 10, threads: THREADS, leastScanned: 1 });
    expect((await bytesOf(source)).equals(readFileSync(path))).toBe(true);
  });

  test('are read without threads where they are compressed', async () => {
    const path = made('pcap', 1400, 9000);
    const compressed = `${path}.gz`;
    // Stored: then it has more than one chunk as well.
    writeFileSync(compressed, gzipSync(readFileSync(path), { level: 0 }));
    const source = await openFile(compressed, { threads: THREADS, leastScanned: 1 });
    expect(source.compression).toBe('gzip');
    expect((await bytesOf(source)).equals(readFileSync(path))).toBe(true);
  });

  test('are read whole where nobody can give bytes back', async () => {
    const path = made('pcap', 1400, 9000);
    const source = await openFile(path, { threads: THREADS, leastScanned: 1 });
    expect((await bytesOf(source)).equals(readFileSync(path))).toBe(true);
    expect(source.positionBytes).toBe(source.sizeBytes);
  });
});
