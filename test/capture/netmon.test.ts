import { describe, expect, test } from 'vitest';
import { fileTime, type NetmonKind, type NetmonRecord, netmon } from '../build/older-containers.js';
import { readAll } from './read-all.js';

const bytes = Uint8Array.of(1, 2, 3, 4, 5);
/** 2005-07-04 07:32:29.058, which is in the header. */
const STARTED_NS = 1_120_462_349_058_000_000n;
const three = [1, 2, 3].map((value) => ({ bytes: Uint8Array.of(value), time: BigInt(value) }));

describe('what is read of a Network Monitor capture', () => {
  test('of version 1, which counts milliseconds', () => {
    const { packets, facts } = readAll(netmon({ major: 1 }, [{ bytes, originalBytes: 1500, time: 12_345n }]));
    expect(packets).toEqual([
      {
        number: 1,
        epochNs: STARTED_NS + 12_345_000_000n,
        bytes: '0102030405',
        originalBytes: 1500,
        linkType: 1,
        interfaceIndex: 0,
        direction: 0,
      },
    ]);
    expect(facts).toMatchObject({ format: 'Network Monitor 1', packets: 1, bytes: 128 + 13 + 4, damages: [] });
  });

  test('of version 2, which counts microseconds', () => {
    const { packets, facts } = readAll(netmon({}, [{ bytes }, { bytes, time: 5_000_000_123n }]));
    expect(packets.map(({ epochNs }) => epochNs - STARTED_NS)).toEqual([0n, 5_000_000_123_000n]);
    expect(facts).toMatchObject({
      format: 'Network Monitor 2',
      interfaces: [{ linkType: 1, snapLength: 0 }],
      firstPacketNs: 0,
      lastPacketNs: 5_000_000_123_000,
    });
  });

  test('a huge time is one before the start', () => {
    const { packets } = readAll(netmon({}, [{ bytes, time: 2n ** 64n - 3n }, { bytes }]));
    expect(packets.map(({ epochNs }) => epochNs - STARTED_NS)).toEqual([-3000n, 0n]);
  });

  test('from version 2.1 on every frame has a network type', () => {
    const records = [1, 2, 9, 0xe071, 0xe080, 0xffe0, 1].map((network) => ({ bytes, network }));
    for (const minor of [1, 2]) {
      const { packets, facts } = readAll(netmon({ minor }, records));
      expect(packets.map(({ linkType }) => linkType)).toEqual([1, 6, 101, 0x71, 105, 0xffff, 1]);
      expect(packets.map(({ interfaceIndex }) => interfaceIndex)).toEqual([0, 1, 2, 3, 4, 5, 0]);
      expect(facts.interfaces).toHaveLength(6);
    }
  });

  test('from version 2.3 on every frame has a time in UTC', () => {
    const epochNs = 1_700_000_000_123_456_700n;
    const { packets } = readAll(netmon({ minor: 3 }, [{ bytes, fileTime: fileTime(epochNs) }]));
    expect(packets).toMatchObject([{ epochNs, bytes: '0102030405' }]);
  });

  test('a time in UTC that no calendar reaches is left for the one since the start', () => {
    const { packets } = readAll(netmon({ minor: 4 }, [{ bytes, time: 7n, fileTime: 2n ** 63n }]));
    expect(packets[0].epochNs).toBe(STARTED_NS + 7000n);
  });

  test('what is no frame has no number', () => {
    const records = [0xfffd, 1, 0xfffe, 0xfffc, 1].map((network) => ({ bytes, network }));
    expect(readAll(netmon({ minor: 1 }, records)).packets.map(({ number }) => number)).toEqual([1, 2]);
  });

  test("802.11 frames come without Network Monitor's header", () => {
    const wireless = Uint8Array.of(2, 5, 0, 9, 9, 8, 1);
    const frames: NetmonRecord[] = [
      { bytes: wireless },
      { bytes: Uint8Array.of(2) },
      { bytes: Uint8Array.of(2, 99, 0) },
    ];
    const { packets } = readAll(netmon({ network: 6 }, frames));
    expect(packets).toMatchObject([{ linkType: 105, bytes: '0801', originalBytes: 2 }, { bytes: '' }, { bytes: '' }]);
  });

  test.for<[string, Uint8Array, string, RegExp]>([
    ['a medium that is not read', netmon({ network: 4 }, three), 'unsupported-format', /network type 4/],
    ['a version that nobody wrote', netmon({ major: 3 }, three), 'unsupported-version', /version 3\.0/],
    ['a header that is cut', netmon({}, three).subarray(0, 100), 'truncated-header', /100 bytes of the 128/],
  ])('%s is told', ([, capture, code, message]) => {
    expect(() => readAll(capture, [11])).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('the frame table of a Network Monitor capture', () => {
  const numbersAndBytes = (kind: NetmonKind) =>
    readAll(netmon(kind, three), [13]).packets.map((packet) => `${packet.number}: ${packet.bytes}`);

  test('says in which order the frames are', () => {
    expect(numbersAndBytes({ table: [1, 2, 0] })).toEqual(['1: 02', '2: 03', '3: 01']);
  });

  test('says where they are if there are gaps', () => {
    expect(numbersAndBytes({ gap: 50, table: [0, 2] })).toEqual(['1: 01', '2: 03']);
  });

  test('may lead to where nothing is', () => {
    const { packets, facts } = readAll(netmon({ table: [0, 3000, 2] }, three));
    expect(packets.map((packet) => packet.bytes)).toEqual(['01', '03']);
    const reason = 'the frame table leads to byte 3000, where no whole frame lies';
    expect(facts.damages).toEqual([{ atByte: 128 + 3 * 17 + 4, skippedBytes: 4, reason }]);
  });

  test.for<[string, NetmonKind]>([
    ['has no entries', { tableLength: 0 }],
    ['has a part of an entry', { tableLength: 7 }],
    ['is longer than the capture', { tableLength: 0x7fff_fff0 }],
    ['leads nowhere from the first', { table: [3000, 1, 2] }],
  ])('is not needed: the frames are read one behind the other where it %s', ([, kind]) => {
    expect(numbersAndBytes(kind)).toEqual(['1: 01', '2: 02', '3: 03']);
  });

  test('is missing where a capture was not finished', () => {
    const { packets, facts } = readAll(netmon({ tableOffset: 0, table: [] }, three));
    expect(packets).toHaveLength(3);
    expect(facts.damages).toEqual([]);
  });

  test('is told to be missing where a capture was cut between two frames', () => {
    const whole = netmon({}, three);
    expect(readAll(whole.subarray(0, whole.length - 12 - 17)).facts.damages).toEqual([
      { atByte: 162, skippedBytes: null, reason: 'the capture ends before its frame table' },
    ]);
  });

  test('is cut off with what came before it', () => {
    const whole = netmon({}, three);
    const ends = [11, 13, 20].map((cut) => readAll(whole.subarray(0, whole.length - cut), [17]));
    expect(ends.map(({ packets }) => packets.length)).toEqual([3, 2, 2]);
    expect(ends.map(({ facts }) => facts.damages)).toEqual([
      [{ atByte: 180, skippedBytes: null, reason: 'the capture ends inside its frame table' }],
      [{ atByte: 162, skippedBytes: null, reason: 'a record of 1 bytes reaches beyond the end of the capture' }],
      [{ atByte: 162, skippedBytes: null, reason: 'the capture ends inside a record header' }],
    ]);
  });

  test('is compared with the frames where a capture is too large to wait for it', () => {
    const frames = new Array<NetmonRecord>(140).fill({ bytes: new Uint8Array(250_000) });
    const capture = netmon({}, frames);
    const chunked = readAll(capture, [3_000_000]);
    expect(chunked.packets).toHaveLength(140);
    expect(chunked.facts).toMatchObject({ packets: 140, damages: [], bytes: capture.length });

    const { packets, facts } = readAll(netmon({ table: [1, 2, 3] }, frames));
    expect(packets).toHaveLength(140);
    expect(facts.damages).toMatchObject([{ reason: 'the frame table lists 3 frames, but 140 lie before it' }]);
  });

  test('a record that no medium has ends the reading where there is no table', () => {
    const { packets, facts } = readAll(netmon({ tableLength: 0 }, [...three, { bytes, capturedBytes: 1e9 }]));
    expect(packets).toHaveLength(3);
    expect(facts.damages).toEqual([{ atByte: 179, skippedBytes: null, reason: 'bytes that are no record header' }]);
  });
});
