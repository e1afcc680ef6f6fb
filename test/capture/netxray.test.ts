import { describe, expect, test } from 'vitest';
import { join } from '../build/container.js';
import { type NetxrayKind, netxray, netxrayRecord } from '../build/older-containers.js';
import { readAll } from './read-all.js';

const bytes = Uint8Array.of(1, 2, 3, 4, 5);
const STARTED_NS = 1_700_000_000_000_000_000n;

function timesOf(kind: NetxrayKind, ...ticks: bigint[]): bigint[] {
  const records = ticks.map((each) => ({ bytes, ticks: each }));
  return readAll(netxray(kind, records)).packets.map(({ epochNs }) => epochNs - STARTED_NS);
}

describe('what is read of a NetXRay or Sniffer capture', () => {
  test.for([
    ['VL', 'NetXRay', 5],
    ['001.000', 'Sniffer (NetXRay)', 1500],
    ['001.100', 'Sniffer (NetXRay)', 1500],
    ['002.000', 'Sniffer (NetXRay)', 1500],
    ['002.003', 'Sniffer (NetXRay)', 1500],
  ] as const)('of version %s', ([version, format, originalBytes]) => {
    const { packets, facts } = readAll(netxray({ version }, [{ bytes, originalBytes }, { bytes }]), [10]);
    expect(packets).toMatchObject([
      { number: 1, epochNs: STARTED_NS, bytes: '0102030405', originalBytes, linkType: 1, direction: 0 },
      { number: 2, bytes: '0102030405', originalBytes: 5 },
    ]);
    expect(facts).toMatchObject({ format, packets: 2, damages: [], interfaces: [{ linkType: 1, snapLength: 0 }] });
  });

  test('versions before 1.1 count milliseconds', () => {
    expect(timesOf({ version: 'VL' }, 1500n)).toEqual([1_500_000_000n]);
    expect(timesOf({ version: '001.000' }, 1500n)).toEqual([1_500_000_000n]);
    expect(timesOf({ version: '001.100' }, 1500n)).toEqual([1_500_000n]);
  });

  test.for<[string, NetxrayKind, bigint]>([
    ['microseconds', { timeUnit: 0 }, 1_000_000n],
    ['1193000 a second', { timeUnit: 1 }, 1_193_000n],
    ['as many as the header tells', { timeUnit: 2, realTicks: 3_579_545 }, 3_579_545n],
    ['1193182 where the header tells none', { timeUnit: 2 }, 1_193_182n],
    ['1193182 for Token Ring, whatever it tells', { timeUnit: 2, network: 1, realTicks: 7 }, 1_193_182n],
    ['nanoseconds of a gigabit pod', { captureType: 2 }, 1_000_000_000n],
    ['32 ns of a gigabit pod', { captureType: 2, timeUnit: 2 }, 31_250_000n],
    ['800 ns of another pod', { captureType: 3, timeUnit: 2 }, 1_250_000n],
    ['50 ns of a blade', { captureType: 6, timeUnit: 2 }, 20_000_000n],
  ])('ticks of version 2 are %s', ([, kind, ticksPerSecond]) => {
    const ticks = 12_345_678_901n;
    expect(timesOf(kind, ticks)).toEqual([(ticks * 1_000_000_000n) / ticksPerSecond]);
  });

  test('ticks count from those that the header tells', () => {
    expect(timesOf({ startTicks: 2n ** 33n }, 2n ** 33n + 5n, 2n ** 33n - 5n)).toEqual([5000n, -5000n]);
  });

  test('but from 0 where a pod captured, from version 2.2 on', () => {
    expect(timesOf({ version: '002.002', captureType: 3, startTicks: 9n }, 10n)).toEqual([10_000n]);
    expect(timesOf({ version: '002.001', captureType: 3, startTicks: 9n }, 10n)).toEqual([1000n]);
  });

  test('four bytes that are announced behind a frame are cut off', () => {
    const { packets } = readAll(
      netxray({}, [
        { bytes, hasRest: true },
        { bytes: bytes.subarray(3), hasRest: true },
      ]),
    );
    expect(packets).toMatchObject([
      { bytes: '01', originalBytes: 1 },
      { bytes: '', originalBytes: 0 },
    ]);
  });

  test('but for check sequences, which belong to the frame', () => {
    const { packets } = readAll(netxray({ realTicks: 0x123428 }, [{ bytes, hasRest: true }]));
    expect(packets[0].bytes).toBe('0102030405');
  });

  test('packets of wide area networks have a direction', () => {
    const kind: NetxrayKind = { network: 3, captureType: 3 };
    const { packets } = readAll(netxray(kind, [{ bytes, isSent: true }, { bytes }]));
    expect(packets).toMatchObject([
      { linkType: 9, direction: 2 },
      { linkType: 9, direction: 1 },
    ]);
  });

  test.for<[NetxrayKind, number]>([
    [{ network: 1 }, 6],
    [{ network: 2 }, 10],
    [{ network: 1, numbering: 2 }, 1],
    [{ network: 9 }, 105],
    [{ network: 3, version: '001.100' }, 1],
    [{ network: 3, captureType: 4 }, 107],
    [{ network: 3, captureType: 19 }, 104],
  ])('%o is LINKTYPE_ %i', ([kind, linkType]) => {
    expect(readAll(netxray(kind, [{ bytes }])).packets[0].linkType).toBe(linkType);
  });

  test.for<[string, Uint8Array, string, RegExp]>([
    ['ATM', netxray({ network: 8 }, []), 'unsupported-format', /network type 9/],
    ['ISDN', netxray({ network: 3, captureType: 6 }, []), 'unsupported-format', /capture type 6/],
    ['a numbering that is not known', netxray({ numbering: 7 }, []), 'unsupported-format', /way 7/],
    ['a time unit that is not known', netxray({ captureType: 3, timeUnit: 1 }, []), 'unsupported-format', /time unit/],
    ['a version that is not known', netxray({ version: '003.000' }, []), 'unsupported-version', /version/],
    ['a header that is cut', netxray({}, []).subarray(0, 127), 'truncated-header', /127 bytes of the 128/],
  ])('%s is told', ([, capture, code, message]) => {
    expect(() => readAll(capture, [50])).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('where the records of a NetXRay capture lie', () => {
  const record = (value: number) => netxrayRecord('002.001', { bytes: Uint8Array.of(value) });
  const bytesOf = (capture: Uint8Array) => readAll(capture, [19]).packets.map((packet) => packet.bytes);

  test('what lies behind the last record is not read', () => {
    expect(bytesOf(join(netxray({}, [{ bytes }]), new Uint8Array(999)))).toEqual(['0102030405']);
  });

  test('the first record may lie further on', () => {
    const capture = join(
      netxray({ startOffset: 128 + 41, endOffset: 128 + 3 * 41 }, []),
      record(1),
      record(2),
      record(3),
    );
    expect(bytesOf(capture)).toEqual(['02', '03']);
  });

  test('a header that does not say where they end lets them go on to the end', () => {
    expect(bytesOf(netxray({ endOffset: 0 }, [{ bytes }, { bytes }]))).toHaveLength(2);
  });

  test('a capture whose records end where they start has none', () => {
    expect(readAll(netxray({}, []))).toMatchObject({ packets: [], facts: { damages: [] } });
  });

  test('the newest records of a ring come last, though they lie first', () => {
    const ring = netxray({ startOffset: 128 + 2 * 41 + 6, endOffset: 128 + 2 * 41 }, []);
    const capture = join(ring, record(3), record(4), new Uint8Array(6), record(1), record(2));
    expect(bytesOf(capture)).toEqual(['01', '02', '03', '04']);
    const cut = readAll(capture.subarray(0, capture.length - 1));
    expect(cut.packets.map((packet) => packet.bytes)).toEqual(['01', '03', '04']);
    expect(cut.facts.damages).toMatchObject([{ atByte: 257, skippedBytes: 40 }]);
  });

  test('the newest records of a ring are left out where they are too many to wait', () => {
    const newest = new Uint8Array(33 * 1024 * 1024);
    const startOffset = 128 + newest.length;
    const { packets, facts } = readAll(
      join(netxray({ startOffset, endOffset: startOffset - 1 }, []), newest, record(1)),
    );
    expect(packets).toMatchObject([{ number: 1, bytes: '01' }]);
    expect(facts.damages).toMatchObject([{ atByte: 128, skippedBytes: newest.length - 1 }]);
  });

  test.for<[string, number, number, RegExp]>([
    ['inside a record header', 60, 173, /inside a record header/],
    ['inside a packet', 47, 173, /record of 5 bytes reaches beyond/],
    ['between records', 90, 173, /before its last record/],
  ])('a capture that breaks off %s is read up to there', ([, cut, atByte, reason]) => {
    const capture = netxray({}, [{ bytes }, { bytes }, { bytes }]);
    const { packets, facts } = readAll(capture.subarray(0, capture.length - cut), [7]);
    expect(packets).toHaveLength(atByte === 173 ? 1 : 0);
    expect(facts.damages).toEqual([{ atByte, skippedBytes: null, reason: expect.stringMatching(reason) }]);
  });

  test('a capture that breaks off before its first record', () => {
    const { facts } = readAll(netxray({ startOffset: 500, endOffset: 900 }, []));
    expect(facts.damages).toEqual([
      { atByte: 128, skippedBytes: null, reason: 'the capture ends before its first record' },
    ]);
  });
});
