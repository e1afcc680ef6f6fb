import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { CaptureError } from '../../src/capture/errors.js';
import { renderJson } from '../../src/report/json.js';
import { Kernel, SIFTED_CHUNK_BYTES } from '../../src/track/kernel.js';
import { WITH_AN_ATTEMPT } from '../../src/track/layout/through.js';
import { Sifter } from '../../src/track/sifter.js';
import { generate } from '../bench/generate.js';
import { join as joinBytes, pcapng } from '../build/container.js';
import {
  ack,
  captureOf,
  clientData,
  clientFin,
  handshake,
  icmpError,
  lateRst,
  rst,
  type Step,
  serverAck,
  silence,
  syn,
  synAck,
} from '../build/scenario.js';
import { needsTool, repositoryRoot } from '../tools.js';

const LIMIT_MS = 240_000;
/** Of the corpus, each so-manieth file, unless SYNWHY_CORPUS_ALL says all. */
const CORPUS_STEP = 12;

/** How captures are fed: sifted with so many bytes at hand or more, in chunks of so many bytes. */
interface Feeding {
  leastSifted: number;
  chunkBytes: number;
  /** Chunks lie where they can be sifted without being copied. */
  inPlace?: boolean;
}

const ONE_BY_ONE: Feeding = { leastSifted: Number.POSITIVE_INFINITY, chunkBytes: Number.POSITIVE_INFINITY };
const SIFTED: readonly Feeding[] = [
  { leastSifted: 1, chunkBytes: Number.POSITIVE_INFINITY },
  { leastSifted: 1, chunkBytes: 700 },
  { leastSifted: 1, chunkBytes: 5000, inPlace: true },
  { leastSifted: 2000, chunkBytes: 2100 },
];

/** What is said of captures. */
function analyze(captures: readonly Uint8Array[], { leastSifted, chunkBytes, inPlace }: Feeding): string {
  const analyzer = new Analyzer({ all: true, leastSifted });
  const rest = new Map(captures.map((bytes, index) => [analyzer.addCapture(`capture ${index}`), bytes]));
  const chunk = inPlace ? Kernel.get()?.takeChunk() : undefined;
  try {
    for (let input = analyzer.starving(); input !== undefined; input = analyzer.starving()) {
      const bytes = rest.get(input) ?? new Uint8Array(0);
      const next = bytes.subarray(0, chunkBytes);
      rest.set(input, bytes.subarray(next.length));
      if (next.length === 0) input.end();
      // With several captures the one before still needs its bytes.
      else if (chunk === undefined || captures.length > 1) input.push(next);
      else {
        chunk.set(next);
        input.push(chunk.subarray(0, next.length));
      }
    }
    return `${renderJson(analyzer.finish())} ${analyzer.frameCounts}`;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return error.code;
  } finally {
    if (chunk !== undefined) Kernel.get()?.returnChunk(chunk);
  }
}

function expectTheSame(name: string, ...captures: readonly Uint8Array[]): void {
  const oneByOne = analyze(captures, ONE_BY_ONE);
  for (const feeding of SIFTED) {
    const smallest = captures.length === 1 || feeding.chunkBytes > 1000 ? feeding : { ...feeding, chunkBytes: 1000 };
    expect(analyze(captures, smallest), `${name}, ${JSON.stringify(feeding)}`).toBe(oneByOne);
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(json|txt|md)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

describe('captures that are sifted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-sifter-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('give the same report over all fixtures', { timeout: LIMIT_MS }, () => {
    for (const path of filesIn(join(repositoryRoot(), 'fixtures'))) expectTheSame(path, readFileSync(path));
  });

  test('give the same report over the corpus', { timeout: LIMIT_MS }, (context) => {
    needsTool(context, '$SYNWHY_CORPUS');
    const files = filesIn(join(process.env.SYNWHY_CORPUS ?? '', 'captures'));
    const step = process.env.SYNWHY_CORPUS_ALL === '1' ? 1 : CORPUS_STEP;
    for (const [index, path] of files.entries()) if (index % step === 0) expectTheSame(path, readFileSync(path));
  });

  test.each([
    ['pcap', 'data'],
    ['pcapng', 'data'],
    ['pcap', 'handshakes'],
    ['pcap', 'connections'],
    ['pcapng', 'connections'],
  ] as const)('may be larger than what is sifted at once, and than tables are at first: %s %s', (format, traffic) => {
    const path = join(folder, `made.${format}`);
    generate(path, { packets: 60_000, dataBytes: 300, format, traffic });
    const bytes = readFileSync(path);
    const oneByOne = analyze([bytes], ONE_BY_ONE);
    expect(analyze([bytes], { leastSifted: 1, chunkBytes: Number.POSITIVE_INFINITY })).toBe(oneByOne);
    expect(analyze([bytes], { leastSifted: 1, chunkBytes: SIFTED_CHUNK_BYTES, inPlace: true })).toBe(oneByOne);
  });

  test.each(['pcap', 'pcapng'] as const)(
    'give the same report when any of their bytes is another one: %s',
    {
      timeout: LIMIT_MS,
    },
    (format) => {
      const path = join(folder, `damaged.${format}`);
      generate(path, { packets: 300, dataBytes: 90, format, traffic: 'data' });
      const whole = readFileSync(path);
      const damage = fc.array(fc.tuple(fc.nat(whole.length - 25), fc.nat(255)), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(damage, fc.nat(SIFTED.length - 1), (changes, which) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of changes) bytes[24 + at] = value;
          expect(analyze([bytes], SIFTED[which] ?? ONE_BY_ONE)).toBe(analyze([bytes], ONE_BY_ONE));
        }),
        { numRuns: 100 },
      );
    },
  );

  test('are looked at no more often because others of the same networks open connections', () => {
    const path = join(folder, 'few.pcap');
    generate(path, { packets: 400_000, dataBytes: 90, format: 'pcap', traffic: 'data' });
    const bytes = readFileSync(path);
    const { sift } = Sifter.prototype;
    let looked = 0;
    const spy = vi.spyOn(Sifter.prototype, 'sift').mockImplementation(function (this: Sifter, ...told) {
      const isSifted = sift.apply(this, told);
      for (let index = 0; isSifted && index < this.through; index++) {
        if (this.reason(index) === WITH_AN_ATTEMPT) looked++;
      }
      return isSifted;
    });
    analyze([bytes], { leastSifted: 1, chunkBytes: SIFTED_CHUNK_BYTES, inPlace: true });
    spy.mockRestore();
    expect(looked).toBeLessThan(100);
  });

  test('may describe further interfaces, and begin sections of the other byte order, in their middle', () => {
    const [little, big] = [pcapng('little'), pcapng('big')];
    const frames = [...handshake({ at: 0 }), syn({ at: 10, port: 80 }), rst({ at: 11, port: 80 })].map(
      ({ bytes }) => bytes,
    );
    const section = (blocks: typeof little, from: number) =>
      joinBytes(
        blocks.section(),
        blocks.interface({ linkType: 1 }),
        ...frames.map((bytes, index) => blocks.packet({ bytes, time: BigInt(from + index) })),
        blocks.interface({ linkType: 1, options: [[9, Uint8Array.of(9)]] }),
        ...frames.map((bytes, index) => blocks.packet({ bytes, time: BigInt(from + index) * 1000n, interfaceId: 1 })),
        blocks.interface({ linkType: 1, options: [[9, Uint8Array.of(0x94)]] }),
        ...frames.map((bytes, index) => blocks.packet({ bytes, time: BigInt(from + index), interfaceId: 2 })),
        blocks.packet({ bytes: frames[0] ?? new Uint8Array(0), time: 0xffff_ffff_ffff_fff0n }),
      );
    const turns = Array.from({ length: 12 }, (_, turn) => section(turn % 3 === 1 ? big : little, 1e9 + turn * 1e6));
    expectTheSame('sections', joinBytes(...turns));
  });

  test('are taken one by one where no WebAssembly may be compiled', async () => {
    const bytes = captureOf([
      ...handshake({ at: 0 }),
      clientData({ at: 3 }),
      syn({ at: 10, port: 80 }),
      rst({ at: 11, port: 80 }),
    ]);
    vi.resetModules();
    vi.stubGlobal('WebAssembly', {});
    try {
      const { Analyzer: Elsewhere } = await import('../../src/analyze.js');
      const analyzer = new Elsewhere({ all: true, leastSifted: 1 });
      const input = analyzer.addCapture('capture 0');
      input.push(bytes);
      input.end();
      expect(`${renderJson(analyzer.finish())} ${analyzer.frameCounts}`).toBe(analyze([bytes], ONE_BY_ONE));
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('may be taken in turns with those of another analysis, which needs the same memory', () => {
    const path = join(folder, 'turns.pcap');
    generate(path, { packets: 3000, dataBytes: 90, format: 'pcap', traffic: 'handshakes' });
    const bytes = readFileSync(path);
    const analyzers = [1, 2, 3].map(() => new Analyzer({ all: true, leastSifted: 1 }));
    const inputs = analyzers.map((analyzer) => analyzer.addCapture('capture 0'));
    for (let at = 0; at < bytes.length; at += 9999) {
      for (const input of inputs) input.push(bytes.subarray(at, at + 9999));
    }
    for (const input of inputs) input.end();
    const oneByOne = analyze([bytes], ONE_BY_ONE);
    for (const analyzer of analyzers) {
      expect(`${renderJson(analyzer.finish())} ${analyzer.frameCounts}`).toBe(oneByOne);
    }
  });

  test('may make somebody analyse others, while they are being analysed', () => {
    const path = join(folder, 'nested.pcap');
    generate(path, { packets: 4000, dataBytes: 90, format: 'pcap', traffic: 'handshakes' });
    const bytes = readFileSync(path);
    const alone = analyze([bytes], ONE_BY_ONE);
    const nested: string[] = [];
    const onAttempt = () => {
      if (nested.length < 3) nested.push(analyze([bytes], { leastSifted: 1, chunkBytes: 9999 }));
    };
    const tell = (leastSifted: number, told: () => void) => {
      const analyzer = new Analyzer({ all: true, leastSifted, onAttempt: told, limits: { settled: 20 } });
      const input = analyzer.addCapture('capture 0');
      for (let at = 0; at < bytes.length; at += 9999) input.push(bytes.subarray(at, at + 9999));
      input.end();
      return renderJson(analyzer.finish());
    };
    expect(tell(1, onAttempt)).toBe(tell(Number.POSITIVE_INFINITY, () => undefined));
    expect(nested).toEqual([alone, alone, alone]);
  });

  test('may overlap with others, which open attempts between the same ends', () => {
    const early = [
      ...handshake({ at: 0 }),
      ack({ at: 5, data: 10 }),
      ack({ at: 10, data: 10 }),
      syn({ at: 900, isn: 5 }),
    ];
    const late = [ack({ at: 1, data: 3 }), ack({ at: 6, data: 3 }), syn({ at: 7, isn: 9 }), ack({ at: 950, isn: 5 })];
    expectTheSame('overlapping', captureOf(early), captureOf(late));
  });

  test('give the same report whatever their packets are', { timeout: LIMIT_MS }, () => {
    type Fields = { at: number; isn: number; clientPort: number };
    /** What is said one behind the other, where nothing comes between. */
    const scripts: readonly ((fields: Fields) => Step[])[] = [
      (fields) => [syn(fields)],
      (fields) => [synAck(fields)],
      (fields) => [ack(fields)],
      (fields) => [clientData(fields)],
      (fields) => [serverAck(fields)],
      (fields) => [lateRst(fields)],
      (fields) => [clientFin(fields)],
      (fields) => [icmpError(fields)],
      (fields) => [syn(fields), rst(fields)],
      (fields) => [syn(fields), rst(fields), clientData(fields), serverAck(fields)],
      (fields) => handshake(fields),
      (fields) => [...handshake(fields), clientData(fields), lateRst(fields)],
      (fields) => [...handshake(fields), clientData(fields), serverAck(fields), clientData(fields)],
    ];
    const said = fc.record({
      script: fc.nat(scripts.length - 1),
      isn: fc.constantFrom(1000, 900_000),
      clientPort: fc.constantFrom(50_000, 50_001),
      laterMs: fc.constantFrom(0, 0, 1, 40, 700, 2500),
    });
    const captures = fc.array(said, { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(captures, fc.integer({ min: 100, max: 2000 }), fc.boolean(), (told, chunkBytes, inPlace) => {
        let at = 0;
        const steps = told.flatMap(({ script, isn, clientPort, laterMs }) => {
          at += laterMs;
          return scripts[script]?.({ at, isn, clientPort }) ?? [];
        });
        const bytes = captureOf([...steps, ...silence({ at: at + 200_000, port: 8080 })]);
        expect(analyze([bytes], { leastSifted: 1, chunkBytes, inPlace })).toBe(analyze([bytes], ONE_BY_ONE));
      }),
      { numRuns: 1500 },
    );
  });
});
