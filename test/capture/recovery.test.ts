import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAXIMUM_DAMAGES } from '../../src/capture/facts.js';
import { join, pcap, pcapHeader, pcapng, pcapRecord } from '../build/container.js';
import { STARTED_NS } from '../build/make-formats.js';
import { fixture, fixtureNames, type ReadCapture, readAll } from './read-all.js';

/** What the damaged fixtures lose: packets read, and where and how far reading stopped. */
const DAMAGED: Record<string, { packets: number; damage: [atByte: number, skippedBytes: number | null] }> = {
  'cut-in-a-record.pcap': { packets: 5, damage: [374, null] },
  'cut-in-a-record-header.pcap': { packets: 6, damage: [444, null] },
  'length-of-four-gigabytes.pcap': { packets: 5, damage: [94, 70] },
  'length-beyond-the-end.pcap': { packets: 5, damage: [94, 70] },
  'length-too-short.pcap': { packets: 6, damage: [130, 34] },
  'garbage-in-the-middle.pcap': { packets: 6, damage: [94, 777] },
  'zeros-at-the-end.pcap': { packets: 6, damage: [444, null] },
  'nothing-but-garbage.pcap': { packets: 0, damage: [24, null] },
  'cut-in-a-block.pcapng': { packets: 5, damage: [500, null] },
  'length-of-four-gigabytes.pcapng': { packets: 5, damage: [148, 88] },
  'length-of-zero.pcapng': { packets: 5, damage: [148, 88] },
  'two-lengths.pcapng': { packets: 5, damage: [148, 88] },
  'packet-longer-than-its-block.pcapng': { packets: 5, damage: [148, 88] },
  'garbage-in-the-middle.pcapng': { packets: 6, damage: [148, 777] },
  'zeros-at-the-end.pcapng': { packets: 6, damage: [588, null] },
};

describe('of a damaged capture all is read but the damage', () => {
  for (const [name, { packets, damage }] of Object.entries(DAMAGED)) {
    test(name, () => {
      const read = readAll(fixture(`hostile/${name}`));
      expect(read.packets).toHaveLength(packets);
      expect(read.packets.map((packet) => packet.number)).toEqual(Array.from({ length: packets }, (_, at) => at + 1));
      expect(read.facts.damages).toEqual([
        { atByte: damage[0], skippedBytes: damage[1], reason: expect.stringMatching(/^[a-z][^.]+$/) },
      ]);
    });
  }
});

const records = Array.from({ length: 20 }, (_, index) =>
  pcapRecord({}, { bytes: new Uint8Array(40 + index).fill(index), timeNs: STARTED_NS + BigInt(index) * 1_000_000n }),
);
const little = pcapng('little');
const blocks = Array.from({ length: 20 }, (_, index) =>
  little.packet({ bytes: new Uint8Array(40 + index).fill(index), time: STARTED_NS / 1000n + BigInt(index) }),
);
const sectionHead = join(little.section(), little.interface());

describe('garbage between packets costs the garbage and nothing else', () => {
  // Bytes of 128 and more: no length that they could make is one of a packet, no text or zeros among them.
  const garbage = fc.uint8Array({ min: 128, minLength: 40, maxLength: 3000 });
  const place = fc.integer({ min: 1, max: 17 });

  test('in pcap', () => {
    fc.assert(
      fc.property(garbage, place, (noise, at) => {
        const read = readAll(join(pcapHeader(), ...records.slice(0, at), noise, ...records.slice(at)));
        expect(read.packets).toHaveLength(20);
        expect(read.facts.damages).toMatchObject([{ skippedBytes: noise.length }]);
      }),
    );
  });

  test('in pcapng', () => {
    fc.assert(
      fc.property(garbage, place, (noise, at) => {
        const read = readAll(join(sectionHead, ...blocks.slice(0, at), noise, ...blocks.slice(at)));
        expect(read.packets).toHaveLength(20);
        expect(read.facts.damages).toMatchObject([{ skippedBytes: noise.length }]);
      }),
    );
  });
});

describe('sections', () => {
  test('a damaged section header is passed over, and its interfaces count from 0', () => {
    const damaged = little.section();
    damaged[4] = 0xff;
    const read = readAll(join(sectionHead, blocks[0], damaged, little.interface({ linkType: 101 }), blocks[1]));
    expect(read.packets.map((packet) => packet.linkType)).toEqual([1, 101]);
    expect(read.facts.damages).toMatchObject([{ skippedBytes: 28 }]);
  });

  test('reading goes on in a section of the other byte order', () => {
    const big = pcapng('big');
    const other = join(big.section(), big.interface(), big.packet({ bytes: Uint8Array.of(1), time: 1n }));
    const read = readAll(join(sectionHead, blocks[0], new Uint8Array(100).fill(0xaa), other));
    expect(read.packets).toHaveLength(2);
    expect(read.facts.damages).toMatchObject([{ skippedBytes: 100 }]);
  });
});

describe('long blocks', () => {
  test('a custom block of 40 MiB is passed over without being kept', () => {
    const custom = little.block(0x0bad, new Uint8Array(40 * 1024 * 1024));
    const read = readAll(join(sectionHead, blocks[0], custom, blocks[1]), [65_536]);
    expect(read.packets.map((packet) => packet.number)).toEqual([1, 3]);
    expect(read.facts.damages).toEqual([]);
  });

  test('one that ends behind the capture is told', () => {
    const custom = little.block(0x0bad, new Uint8Array(100), { length: 0x8000_0000 });
    const read = readAll(join(sectionHead, blocks[0], custom, blocks[1]));
    expect(read.packets).toHaveLength(1);
    expect(read.facts.damages).toMatchObject([{ skippedBytes: null }]);
  });

  test('a packet block that is longer than any packet is damage', () => {
    const read = readAll(
      join(sectionHead, little.packet({ bytes: new Uint8Array(60), length: 0x4000_0000 }), blocks[1]),
    );
    expect(read.packets).toHaveLength(1);
    expect(read.facts.damages).toHaveLength(1);
  });
});

test('damages beyond a hundred are counted only', () => {
  const lost = little.packet({ bytes: new Uint8Array(4), interfaceId: 5 });
  const { facts } = readAll(join(sectionHead, ...Array.from({ length: MAXIMUM_DAMAGES + 7 }, () => lost)));
  expect(facts.damages).toHaveLength(MAXIMUM_DAMAGES);
  expect(facts.furtherDamages).toBe(7);
});

test('a packet is judged alike wherever its chunk ends', () => {
  const far = 5n * 366n * 86_400n * 1_000_000_000n;
  const odd = pcapRecord({}, { bytes: new Uint8Array(60), timeNs: STARTED_NS + far, originalBytes: 2 ** 29 });
  const classic = join(pcapHeader(), ...records.slice(0, 3), odd, new Uint8Array(90).fill(0xf0), ...records.slice(3));
  expect(readAll(classic, [1])).toEqual(readAll(classic));
  const options = new Uint8Array(60_000);
  const long = little.packet({ bytes: new Uint8Array(4), options: Array.from({ length: 20 }, () => [9, options]) });
  const next = join(sectionHead, blocks[0], long, blocks[1]);
  expect(readAll(next, [1000])).toEqual(readAll(next));
});

describe('hostile captures take no longer than others', () => {
  /** Milliseconds per megabyte. */
  function costOf(bytes: Uint8Array, chunkSizes?: number[]): number {
    const started = performance.now();
    readAll(bytes, chunkSizes);
    return (performance.now() - started) / (bytes.length / 1e6);
  }

  function repeat(bytes: Uint8Array, times: number): Uint8Array {
    return new Uint8Array(Buffer.alloc(bytes.length * times, bytes));
  }

  const plausible = pcapRecord(
    {},
    { bytes: new Uint8Array(0), timeNs: STARTED_NS, capturedBytes: 200_000, originalBytes: 200_000 },
  );
  const blockStart = little.fields([10, 4], [1_000_000, 4]);

  test.for([
    [
      'headers that each promise a long record',
      join(pcapHeader(), records[0], new Uint8Array(16).fill(255), repeat(plausible, 100_000)),
    ],
    [
      'block types that each promise a long block',
      join(sectionHead, new Uint8Array(16).fill(255), repeat(blockStart, 200_000)),
    ],
    ['zeros', join(pcapHeader(), new Uint8Array(2_000_000))],
  ] as const)('%s', ([, bytes]) => {
    expect(costOf(bytes)).toBeLessThan(1500);
    expect(costOf(bytes, [1000])).toBeLessThan(1500);
  });
});

describe('whatever the bytes, reading ends and throws nothing', () => {
  const names = [...fixtureNames('formats'), ...fixtureNames('hostile')].filter((name) => !/header|version/.test(name));

  test('corrupted captures', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...names), changes, fc.nat(), (name, changed, cut) => {
        const bytes = fixture(name);
        // The first header decides whether it is a capture at all.
        const variable = bytes.length - 28;
        for (const [at, value] of changed) if (variable > 0) bytes[28 + (at % variable)] = value;
        const read: ReadCapture = readAll(bytes.subarray(0, 28 + (cut % (variable + 1))));
        expect(read.facts.packets).toBe(read.packets.length);
      }),
      { numRuns: 500 },
    );
  });

  test('random bytes behind a header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (noise, classic) => {
        readAll(join(classic ? pcap({}, []) : sectionHead, noise));
      }),
    );
  });
});
