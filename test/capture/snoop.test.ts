import { describe, expect, test } from 'vitest';
import { type SnoopKind, type SnoopRecord, snoop } from '../build/older-containers.js';
import { readAll } from './read-all.js';

const bytes = Uint8Array.of(1, 2, 3, 4, 5);
const record: SnoopRecord = { bytes, seconds: 1_139_894_113, microseconds: 175_474, originalBytes: 1500 };

describe('what is read of a snoop capture', () => {
  test('packets, their times and lengths', () => {
    const { packets, facts } = readAll(snoop({}, [record, { ...record, microseconds: 175_500 }]));
    expect(packets).toEqual([
      {
        number: 1,
        epochNs: 1_139_894_113_175_474_000n,
        bytes: '0102030405',
        originalBytes: 1500,
        linkType: 1,
        interfaceIndex: 0,
        direction: 0,
      },
      expect.objectContaining({ number: 2, epochNs: 1_139_894_113_175_500_000n, bytes: '0102030405' }),
    ]);
    expect(facts).toMatchObject({
      format: 'snoop',
      interfaces: [{ linkType: 1, snapLength: 0 }],
      packets: 2,
      bytes: 16 + 2 * 32,
      firstPacketNs: 0,
      lastPacketNs: 26_000,
      damages: [],
    });
  });

  test('a capture without packets', () => {
    expect(readAll(snoop({}, []))).toMatchObject({ packets: [], facts: { format: 'snoop', packets: 0, damages: [] } });
  });

  test('how many packets were dropped, as the records count them', () => {
    const { facts } = readAll(snoop({}, [record, { ...record, drops: 3 }, { ...record, drops: 7 }]));
    expect(facts.interfaces).toEqual([{ linkType: 1, snapLength: 0, dropped: 7 }]);
  });

  test.for([
    [0, 1],
    [2, 6],
    [4, 1],
    [8, 10],
    [18, 123],
    [0x8000_0001, 101],
    [0x8000_0005, 226],
  ])('data link type %i is LINKTYPE_ %i', ([datalinkType, linkType]) => {
    expect(readAll(snoop({ datalinkType }, [record])).packets[0].linkType).toBe(linkType);
  });

  test.for<[string, SnoopKind, string, RegExp]>([
    ['a medium that is not read', { datalinkType: 26 }, 'unsupported-format', /data link type 26/],
    ['a version that nobody wrote', { version: 9 }, 'unsupported-version', /version 9/],
  ])('%s is told', ([, kind, code, message]) => {
    expect(() => readAll(snoop(kind, [record]))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('a header that is cut is told', () => {
    expect(() => readAll(snoop({}, []).subarray(0, 12), [1])).toThrow(
      expect.objectContaining({ code: 'truncated-header', message: expect.stringMatching(/12 bytes of the 16/) }),
    );
  });
});

describe("Surveyor's captures, which have a trailer behind every packet", () => {
  const behind = new Uint8Array(16);

  test('are told by the room behind the first packet, and number media otherwise', () => {
    const { packets, facts } = readAll(snoop({ version: 4, datalinkType: 12 }, [{ ...record, behind }]));
    expect(facts.format).toBe('snoop (Surveyor)');
    expect(packets).toMatchObject([{ linkType: 1, bytes: '0102030405' }]);
  });

  test('have a header of their own before 802.11 frames', () => {
    const wireless = Uint8Array.of(0, 0, 0, 9, 0, 0, 2, 0, 1, 50, 0, 6, 0xff, 8, 1);
    const { packets } = readAll(snoop({ datalinkType: 18 }, [{ bytes: wireless, behind }]));
    expect(packets).toMatchObject([{ linkType: 105, bytes: '0801', originalBytes: 2 }]);
  });

  test.for([2, 6])('a packet of %i bytes, too short for that header, is empty', (length) => {
    const { packets } = readAll(snoop({ datalinkType: 18 }, [{ bytes: new Uint8Array(length), behind }]));
    expect(packets).toMatchObject([{ bytes: '' }]);
  });
});

describe('a snoop capture that is damaged is read up to there', () => {
  test.for<[string, Uint8Array, number, RegExp]>([
    ['inside a record header', snoop({}, [record, record]).subarray(0, 60), 48, /inside a record header/],
    ['inside a packet', snoop({}, [record, record]).subarray(0, 75), 48, /record of 5 bytes reaches beyond/],
    ['inside the padding', snoop({}, [record]).subarray(0, 46), 46, /in the padding/],
    [
      'at a packet that no medium has',
      snoop({}, [record, { bytes, capturedBytes: 0x7fff_ffff }]),
      48,
      /no record header/,
    ],
    ['at a record shorter than its packet', snoop({}, [record, { bytes, recordBytes: 28 }]), 48, /no record header/],
    [
      'where a record says to be huge',
      snoop({}, [{ ...record, recordBytes: 0xffff_ffff }, record]),
      80,
      /in the padding/,
    ],
  ])('%s', ([, capture, atByte, reason]) => {
    const { packets, facts } = readAll(capture, [9]);
    expect(packets).toHaveLength(1);
    expect(facts.damages).toEqual([{ atByte, skippedBytes: null, reason: expect.stringMatching(reason) }]);
  });
});
