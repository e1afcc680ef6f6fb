import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { CaptureError } from '../../src/capture/errors.js';
import { ScanAhead } from '../../src/node/scan-ahead.js';
import { renderJson } from '../../src/report/json.js';
import { generate } from '../bench/generate.js';
import { join as joinBytes, pcapng } from '../build/container.js';
import { captureOf, handshake, rst, syn } from '../build/scenario.js';
import { needsTool, repositoryRoot } from '../tools.js';

const LIMIT_MS = 240_000;
/** Of the corpus, each so-manieth file, unless SYNWHY_CORPUS_ALL says all. */
const CORPUS_STEP = 12;
/** So small that fixtures of a few hundred bytes have several parts, and records reach over their ends. */
const SMALL = [
  { partBytes: 512, overlapBytes: 128 },
  { partBytes: 4096, overlapBytes: 1024 },
  { partBytes: 65_536, overlapBytes: 16_384 },
] as const;
const WORKERS = [0, 1, 3] as const;

const program = pathToFileURL(join(repositoryRoot(), 'dist', 'scan-worker.js'));

/** What is said of captures that are pushed from front to back. */
function analyzeInOrder(bytes: readonly Uint8Array[]): string {
  const analyzer = new Analyzer({ all: true });
  const inputs = bytes.map((_, index) => analyzer.addCapture(`capture ${index}`));
  for (const [index, input] of inputs.entries()) {
    try {
      input.push(bytes[index] ?? new Uint8Array(0));
      input.end();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      return error.code;
    }
  }
  return `${renderJson(analyzer.finish())} ${analyzer.frameCounts}`;
}

/** The same of a file that threads scan ahead, and how much of it was taken by parts. */
async function analyzeAhead(ahead: ScanAhead, path: string): Promise<{ said: string; byParts: number }> {
  const descriptor = openSync(path, 'r');
  try {
    const analyzer = new Analyzer({ all: true });
    const input = analyzer.addCapture('capture 0');
    const capture = { descriptor, sizeBytes: statSync(path).size };
    try {
      const byParts = await ahead.feed(analyzer.parts(input), capture, async () => undefined);
      input.push(readFileSync(path).subarray(byParts));
      input.end();
      return { said: `${renderJson(analyzer.finish())} ${analyzer.frameCounts}`, byParts };
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      return { said: error.code, byParts: 0 };
    }
  } finally {
    closeSync(descriptor);
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(json|txt|md)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

describe('captures that threads scan ahead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-scan-'));
  const threads: ScanAhead[] = [];
  beforeAll(() => {
    for (const sizes of SMALL) for (const workers of WORKERS) threads.push(new ScanAhead(workers, { sizes, program }));
  });
  afterAll(async () => {
    for (const ahead of threads) await ahead.end();
    rmSync(folder, { recursive: true, force: true });
  });

  async function expectTheSame(path: string): Promise<void> {
    const inOrder = analyzeInOrder([readFileSync(path)]);
    for (const ahead of threads) expect((await analyzeAhead(ahead, path)).said, path).toBe(inOrder);
  }

  test('give the same report over all fixtures, whatever the parts and the number of threads', {
    timeout: LIMIT_MS,
  }, async () => {
    for (const path of filesIn(join(repositoryRoot(), 'fixtures'))) await expectTheSame(path);
  });

  test('give the same report over the corpus', { timeout: LIMIT_MS }, async (context) => {
    needsTool(context, '$SYNWHY_CORPUS');
    const files = filesIn(join(process.env.SYNWHY_CORPUS ?? '', 'captures'));
    const step = process.env.SYNWHY_CORPUS_ALL === '1' ? 1 : CORPUS_STEP;
    for (const [index, path] of files.entries()) if (index % step === 0) await expectTheSame(path);
  });

  test.each(['pcap', 'pcapng'] as const)('are taken by parts up to the last one: %s', async (format) => {
    const path = join(folder, `made.${format}`);
    generate(path, { packets: 40_000, dataBytes: 300, format, handshakesOnly: false });
    const inOrder = analyzeInOrder([readFileSync(path)]);
    const parts = Math.floor(statSync(path).size / SMALL[2].partBytes);
    for (const ahead of threads.slice(-WORKERS.length)) {
      const { said, byParts } = await analyzeAhead(ahead, path);
      expect(said).toBe(inOrder);
      expect(byParts).toBeGreaterThanOrEqual(parts * SMALL[2].partBytes);
    }
  });

  test('give the same report when any of their bytes is another one', { timeout: LIMIT_MS }, async () => {
    const path = join(folder, 'damaged.pcap');
    generate(path, { packets: 300, dataBytes: 90, format: 'pcap', handshakesOnly: false });
    const whole = readFileSync(path);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 25), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(threads.length - 1), async (changes, which) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[24 + at] = value;
        writeFileSync(path, bytes);
        const ahead = threads[which];
        if (ahead !== undefined) expect((await analyzeAhead(ahead, path)).said).toBe(analyzeInOrder([bytes]));
      }),
      { numRuns: 60 },
    );
  });

  test('may describe further interfaces, and begin sections of the other byte order, in their middle', async () => {
    const [little, big] = [pcapng('little'), pcapng('big')];
    const frames = [...handshake({ at: 0 }), syn({ at: 10, port: 80 }), rst({ at: 11, port: 80 })].map(
      ({ bytes }) => bytes,
    );
    const section = (blocks: typeof little, from: number) =>
      joinBytes(
        blocks.section(),
        blocks.interface({ linkType: 1 }),
        ...frames.map((bytes, index) => blocks.packet({ bytes, time: BigInt(from + index) })),
        blocks.interface({ linkType: 1 }),
        ...frames.map((bytes, index) => blocks.packet({ bytes, time: BigInt(from + 100 + index), interfaceId: 1 })),
      );
    const path = join(folder, 'sections.pcapng');
    writeFileSync(
      path,
      joinBytes(...Array.from({ length: 12 }, (_, turn) => section(turn % 2 ? big : little, 1e9 + turn * 1e6))),
    );
    await expectTheSame(path);
  });

  test('may hold another capture as data, whose records look like their own', async () => {
    const inner = captureOf([...handshake({ at: 0 }), syn({ at: 10, port: 80 }), rst({ at: 11, port: 80 })]);
    const outer = captureOf([
      syn({ at: 0 }),
      ...Array.from({ length: 40 }, (_, index) => ({
        ...syn({ at: 100 + index, isn: 7 }),
        bytes: joinBytes(syn({ at: 0 }).bytes, inner.subarray(24)),
      })),
    ]);
    const path = join(folder, 'nested.pcap');
    writeFileSync(path, outer);
    await expectTheSame(path);
  });
});
