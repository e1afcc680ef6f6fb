import { describe, expect, test } from 'vitest';
import { MODIFIED_MAGIC, NANOSECONDS_MAGIC, pcap } from '../build/container.js';
import { STARTED_NS } from '../build/make-formats.js';
import { fixture, readAll } from './read-all.js';

const bytes = Uint8Array.of(1, 2, 3, 4, 5);
const timeNs = 1_700_000_000_123_456_789n;

describe('what is read of a pcap', () => {
  for (const byteOrder of ['little', 'big'] as const) {
    test(`${byteOrder}-endian files with microseconds`, () => {
      const { packets, facts } = readAll(pcap({ byteOrder }, [{ bytes, timeNs, originalBytes: 1500 }]));
      expect(packets).toEqual([
        {
          number: 1,
          epochNs: 1_700_000_000_123_456_000n,
          bytes: '0102030405',
          originalBytes: 1500,
          linkType: 1,
          interfaceIndex: 0,
          direction: 0,
        },
      ]);
      expect(facts).toMatchObject({ format: 'pcap', packets: 1, bytes: 45, damages: [], firstPacketNs: 0 });
    });

    test(`${byteOrder}-endian files with nanoseconds`, () => {
      const { packets, facts } = readAll(pcap({ byteOrder, magic: NANOSECONDS_MAGIC }, [{ bytes, timeNs }]));
      expect(packets[0].epochNs).toBe(timeNs);
      expect(facts.format).toBe('pcap (nanoseconds)');
    });

    test(`${byteOrder}-endian files with the longer record headers of the modified format`, () => {
      const { packets, facts } = readAll(
        pcap({ byteOrder, magic: MODIFIED_MAGIC }, [
          { bytes, timeNs },
          { bytes, timeNs },
        ]),
      );
      expect(packets.map((packet) => packet.bytes)).toEqual(['0102030405', '0102030405']);
      expect(facts.format).toBe('pcap (modified)');
    });
  }

  test('the link type is the lower half of its field', () => {
    const { packets, facts } = readAll(fixture('formats/check-sequence-in-link-type.pcap'));
    expect(packets[0].linkType).toBe(1);
    expect(facts.interfaces).toEqual([{ linkType: 1, snapLength: 262_144 }]);
  });

  test.for([
    ['version 2.2', [2, 2]],
    ['DG/UX', [543, 4]],
  ] as const)('%s has the original length in front', ([, version]) => {
    const { packets } = readAll(pcap({ version }, [{ bytes, timeNs, originalBytes: 99 }]));
    expect(packets[0]).toMatchObject({ bytes: '0102030405', originalBytes: 99 });
  });

  test.for([5, 99])('in version 2.3 the smaller length is the captured one (original %i)', (originalBytes) => {
    const swapped = { bytes, timeNs, capturedBytes: originalBytes, originalBytes: bytes.length };
    const { packets } = readAll(pcap({ version: [2, 3] }, [swapped]));
    expect(packets[0]).toMatchObject({ bytes: '0102030405', originalBytes });
  });

  test('a file without packets has no times', () => {
    const { packets, facts } = readAll(fixture('formats/no-packets.pcap'));
    expect(packets).toEqual([]);
    expect(facts).toMatchObject({ packets: 0, firstPacketNs: undefined, lastPacketNs: undefined, damages: [] });
  });

  test('times that are not in order give the earliest and the latest', () => {
    const records = [5n, 3n, 9n, 4n].map((second) => ({ bytes, timeNs: second * 1_000_000_000n }));
    const { facts } = readAll(pcap({}, records));
    expect(facts).toMatchObject({ firstPacketNs: -2e9, lastPacketNs: 4e9 });
  });
});

describe('oddities that are no damage', () => {
  test('packets longer than the snap length', () => {
    const { packets, facts } = readAll(fixture('formats/longer-than-snap-length.pcap'));
    expect(packets).toHaveLength(6);
    expect(facts.damages).toEqual([]);
  });

  test('a captured length beyond the original one counts as the original one too', () => {
    const { packets, facts } = readAll(fixture('formats/captured-more-than-original.pcap'));
    expect(packets.map((packet) => packet.originalBytes)).toEqual([54, 54, 54, 54, 54, 54]);
    expect(facts.damages).toEqual([]);
  });

  test('a fraction of more than a second is added', () => {
    const { packets } = readAll(pcap({}, [{ bytes, timeNs: STARTED_NS, fraction: 3_000_001 }]));
    expect(packets[0].epochNs).toBe((STARTED_NS / 1_000_000_000n) * 1_000_000_000n + 3_000_001_000n);
  });

  test('odd fractions together with a step of years are believed where they lead to the next record', () => {
    const year = 366n * 86_400n * 1_000_000_000n;
    const records = [0n, 2n, 2n, 0n].map((years, index) => ({
      bytes,
      timeNs: STARTED_NS + years * year,
      ...(index === 0 ? {} : { fraction: 101_104_100 }),
    }));
    const { packets, facts } = readAll(pcap({}, records));
    expect(packets).toHaveLength(4);
    expect(facts.damages).toEqual([]);
  });

  test('an empty packet is a packet', () => {
    const empty = { bytes: new Uint8Array(0), timeNs: STARTED_NS, originalBytes: 60 };
    expect(readAll(pcap({}, [empty, empty])).packets).toHaveLength(2);
  });
});
