/** What holds for snoop, Network Monitor and NetXRay captures alike. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/errors.js';
import {
  fileTime,
  type NetmonRecord,
  type NetxrayRecord,
  netmon,
  netxray,
  type SnoopRecord,
  snoop,
} from '../build/older-containers.js';
import { findProgram, needsTool } from '../tools.js';
import { fixturePath, type ReadCapture, readAll } from './read-all.js';

const frames = [60, 61, 150, 14, 0].map((length, index) => new Uint8Array(length).fill(index + 1));
const SECONDS = 1_700_000_000;
const snoopRecords: SnoopRecord[] = frames.map((bytes, index) => ({
  bytes,
  seconds: SECONDS + index,
  microseconds: 7,
}));
const netmonRecords: NetmonRecord[] = frames.map((bytes, index) => ({
  bytes,
  time: BigInt(index) * 1_234_567n,
  network: index === 3 ? 0xfffd : 1,
  fileTime: fileTime(BigInt(SECONDS + index) * 1_000_000_000n + 700n),
}));
const netxrayRecords: NetxrayRecord[] = frames.map((bytes, index) => ({
  bytes,
  ticks: BigInt(index) * 1_234_567n,
  hasRest: index === 1,
}));

const captures: readonly [name: string, capture: Uint8Array][] = [
  ['snoop', snoop({}, snoopRecords)],
  [
    "Surveyor's snoop",
    snoop(
      { version: 3 },
      snoopRecords.map((each) => ({ ...each, behind: new Uint8Array(16) })),
    ),
  ],
  ['Network Monitor 1', netmon({ major: 1 }, netmonRecords)],
  ['Network Monitor 2.0', netmon({}, netmonRecords)],
  ['Network Monitor 2.1', netmon({ minor: 1 }, netmonRecords)],
  ['Network Monitor 2.2', netmon({ minor: 2 }, netmonRecords)],
  ['Network Monitor 2.3', netmon({ minor: 3 }, netmonRecords)],
  ['Network Monitor, its last frame in front', netmon({ table: [1, 2, 3, 4, 0] }, netmonRecords)],
  ['Network Monitor with a gap', netmon({ gap: 33 }, netmonRecords)],
  ['NetXRay before 1.0', netxray({ version: 'VL' }, netxrayRecords)],
  ['NetXRay 1.0', netxray({ version: '001.000' }, netxrayRecords)],
  ['NetXRay 1.1', netxray({ version: '001.100' }, netxrayRecords)],
  ['Sniffer 2.1', netxray({}, netxrayRecords)],
  ['Sniffer 2.3 of a pod', netxray({ version: '002.003', captureType: 2, timeUnit: 2 }, netxrayRecords)],
];
/** The first record is the newest, the second half overwritten, the others are the oldest. */
const ring = netxray({ startOffset: 128 + 2 * 40 + 121, endOffset: 128 + 40 + 60 }, netxrayRecords);

const chunkSizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
const rings = [['a ring', ring]] as const;
const all = new Map<string, Uint8Array>([...captures, ...rings]);
const anyName = fc.constantFrom(...all.keys());

function tryToRead(bytes: Uint8Array, sizes?: readonly number[]): ReadCapture | string {
  try {
    return readAll(bytes, sizes);
  } catch (error) {
    if (error instanceof CaptureError) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe('any chunking gives the same packets and the same facts', () => {
  test.for([...captures, ...rings])('%s', ([, capture]) => {
    const expected = readAll(capture);
    expect(expected.packets.length).toBeGreaterThan(2);
    expect(readAll(capture, [1])).toEqual(expected);
    fc.assert(
      fc.property(chunkSizes, (sizes) => {
        expect(readAll(capture, sizes)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  test('of captures that are cut anywhere', () => {
    fc.assert(
      fc.property(anyName, fc.nat(), chunkSizes, (name, at, sizes) => {
        const capture = all.get(name) ?? ring;
        const cut = capture.subarray(0, at % capture.length);
        expect(tryToRead(cut, sizes)).toEqual(tryToRead(cut));
      }),
      { numRuns: 300 },
    );
  });

  test('of captures that are corrupted in several places: packets and damages, or a CaptureError', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(anyName, changes, chunkSizes, fc.boolean(), (name, changed, sizes, inFront) => {
        const bytes = (all.get(name) ?? ring).slice();
        // Half the time what is hit are the first headers, of which a capture has few bytes.
        for (const [at, value] of changed) bytes[4 + (at % (inFront ? 220 : bytes.length - 4))] = value;
        const expected = tryToRead(bytes);
        expect(tryToRead(bytes, sizes)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });
});

/** What tshark sees of a capture: number, time, captured and original length of each frame. */
function readWithTshark(path: string): string[] {
  const fields = ['frame.number', 'frame.time_epoch', 'frame.cap_len', 'frame.len'].flatMap((field) => ['-e', field]);
  // Network Monitor's times are local ones: tshark takes them for its own, we for UTC.
  const env = { ...process.env, TZ: 'UTC' };
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26, env } as const;
  return spawnSync('tshark', ['-n', '-r', path, '-T', 'fields', ...fields], options)
    .stdout.trim()
    .split('\n');
}

/** The same of us, with each time as tshark has it where they are at most a nanosecond apart. */
function describeLike(theirs: readonly string[], { packets }: ReadCapture): string[] {
  return packets.map(({ number, epochNs, bytes, originalBytes }, index) => {
    const [seconds = '0', fraction = '0'] = theirs[index]?.split('\t')[1]?.split('.') ?? [];
    const apart = epochNs - (BigInt(seconds) * 1_000_000_000n + BigInt(fraction));
    // NetXRay's times it computes with doubles, which cuts off a nanosecond of many.
    const time = apart === 0n || apart === 1n ? `${seconds}.${fraction}` : `${epochNs} ns`;
    return [number, time, bytes.length / 2, originalBytes].join('\t');
  });
}

describe('tshark has the same frames, times and lengths', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'synwhy-older-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function compare(path: string, bytes: Uint8Array): void {
    const theirs = readWithTshark(path);
    const ours = readAll(bytes);
    expect(describeLike(theirs, ours), path).toEqual(theirs);
    expect(ours.facts.damages, path).toEqual([]);
  }

  test.for(captures)('of %s', ([name, capture], context) => {
    needsTool(context, 'tshark');
    const path = join(folder, name);
    writeFileSync(path, capture);
    compare(path, capture);
  });

  test.for(['snoop', 'netmon1', 'netmon2', 'ngwsniffer_1_1', 'ngwsniffer_2_0'])(
    'of what editcap writes as %s',
    (format, context) => {
      needsTool(context, 'tshark', 'editcap');
      const path = join(folder, format);
      execFileSync(findProgram('editcap') ?? '', [
        '-F',
        format,
        fixturePath('formats/microseconds-little-endian.pcap'),
        path,
      ]);
      compare(path, new Uint8Array(readFileSync(path)));
    },
  );

  test('of every such capture of the corpus', { timeout: 120_000 }, (context) => {
    needsTool(context, '$SYNWHY_CORPUS', 'tshark');
    const corpus = join(process.env.SYNWHY_CORPUS ?? '', 'captures');
    const formats = new Map<string, number>();
    for (const name of readdirSync(corpus, { recursive: true, encoding: 'utf8' })) {
      const path = join(corpus, name);
      if (!/\.(cap|pcap|snoop|snoop\.gz)$/i.test(name) || !statSync(path).isFile()) continue;
      const content = readFileSync(path);
      const bytes = new Uint8Array(content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content);
      if (!/^(?:snoop\0|GMBU|RTSS|XCP\0)/.test(Buffer.from(bytes.subarray(0, 8)).toString('latin1'))) continue;
      compare(path, bytes);
      const { format } = readAll(bytes.subarray(0, 1000)).facts;
      formats.set(format, (formats.get(format) ?? 0) + 1);
      if (format === 'Network Monitor 2') compareWithoutTable(bytes);
    }
    expect(Object.fromEntries(formats)).toEqual({ snoop: 4, 'Network Monitor 2': 4, 'Sniffer (NetXRay)': 5 });
  });

  /** Its frames follow one another, so that they are the same without the table. */
  function compareWithoutTable(bytes: Uint8Array): void {
    const unlisted = bytes.slice();
    unlisted.fill(0, 28, 32);
    expect(readAll(unlisted).packets).toEqual(readAll(bytes).packets);
  }
});
