import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimeOrigin } from '../../src/capture/format.js';
import { FedCapture } from '../../src/capture/input.js';
import { CaptureMerge } from '../../src/capture/merge.js';
import { pcap } from '../build/container.js';

const EPOCH_NS = 1_700_000_000_000_000_000n;

interface Told {
  /** The capture's index and the time of each packet that was taken, in order. */
  taken: [index: number, timeNs: number][];
  /** The most captures that were open at once. */
  mostOpen: number;
  closed: number[];
}

/** The bytes of a capture with packets at these microseconds. */
function captureAt(times: readonly number[]): Uint8Array {
  return pcap(
    { linkType: 1 },
    times.map((time) => ({ bytes: new Uint8Array(60), timeNs: EPOCH_NS + BigInt(time) * 1000n })),
  );
}

/** Merges captures with packets at these microseconds, fed in chunks; with or without knowing when they begin. */
function merge(captures: readonly (readonly number[])[], chunkBytes: number, isKnown: boolean): Told {
  const told: Told = { taken: [], mostOpen: 0, closed: [] };
  const origin: TimeOrigin = { epochNs: EPOCH_NS };
  const captureMerge = new CaptureMerge({
    take: ({ index, head }) => told.taken.push([index, Math.round(head.timeNs / 1000)]),
    closed: ({ index }) => told.closed.push(index),
  });
  const rest = captures.map(captureAt);
  for (const [index, times] of captures.entries()) {
    const telling = { name: '', compression: undefined, index, limit: Number.POSITIVE_INFINITY };
    const input = new FedCapture(telling, origin, (fed) => captureMerge.advance(fed));
    captureMerge.add(input, isKnown && times.length > 0 ? times[0] * 1000 : undefined);
  }
  for (let input = captureMerge.starving(); input !== undefined; input = captureMerge.starving()) {
    told.mostOpen = Math.max(told.mostOpen, captureMerge.open.length);
    const bytes = rest[input.index];
    rest[input.index] = bytes.subarray(chunkBytes);
    if (bytes.length === 0) input.end();
    else input.push(bytes.subarray(0, chunkBytes));
  }
  return told;
}

const captures = fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 6 }), { maxLength: 6 });

describe('captures that are merged', () => {
  test('give the same packets in the same order whether it is known when they begin or not', () => {
    fc.assert(
      fc.property(captures, fc.integer({ min: 1, max: 300 }), (times, chunkBytes) => {
        const known = merge(times, chunkBytes, true);
        expect(known.taken).toEqual(merge(times, chunkBytes, false).taken);
        expect(known.taken).toHaveLength(times.flat().length);
        expect([...known.closed].sort()).toEqual(times.map((_, index) => index));
      }),
    );
  });

  test('give packets in order of time if each has its own in order, those of the same time as the captures were given', () => {
    fc.assert(
      fc.property(captures, fc.integer({ min: 1, max: 300 }), (times, chunkBytes) => {
        const sorted = times.map((each) => [...each].sort((one, other) => one - other));
        const packets = sorted.flatMap((each, index) => each.map((time) => [index, time]));
        const inOrder = packets.sort(([one, time], [other, otherTime]) => time - otherTime || one - other);
        expect(merge(sorted, chunkBytes, true).taken).toEqual(inOrder);
      }),
    );
  });

  test('give the same packets in the same order in chunks of any size', () => {
    fc.assert(
      fc.property(captures, fc.integer({ min: 1, max: 300 }), (times, chunkBytes) => {
        expect(merge(times, chunkBytes, true).taken).toEqual(merge(times, 1e6, true).taken);
      }),
    );
  });

  test('are open only as long as they overlap, in whatever order they were given', () => {
    const ring = Array.from({ length: 500 }, (_, place) => ((place * 77) % 500) * 10);
    const { mostOpen, taken } = merge(
      ring.map((begin) => [begin, begin + 4, begin + 9]),
      1000,
      true,
    );
    expect(mostOpen).toBe(1);
    expect(taken).toHaveLength(1500);
    expect(merge([[0, 25], [10, 21], [20, 40], [100]], 1000, true).mostOpen).toBe(3);
  });

  test('may hold a packet that is older than the first one: it comes late', () => {
    expect(
      merge(
        [
          [0, 10, 20],
          [15, 5],
        ],
        1000,
        true,
      ).taken,
    ).toEqual([
      [0, 0],
      [0, 10],
      [1, 15],
      [1, 5],
      [0, 20],
    ]);
  });
});

test('it shows which capture is open alone, and when the next one begins', () => {
  const captureMerge = new CaptureMerge({ take: () => undefined });
  const origin: TimeOrigin = { epochNs: EPOCH_NS };
  const [early, late, later] = [0, 1, 2].map((index) => {
    const telling = { name: '', compression: undefined, index, limit: Number.POSITIVE_INFINITY };
    const input = new FedCapture(telling, origin, (fed) => captureMerge.advance(fed));
    captureMerge.add(input, index * 1e6);
    return input;
  });
  expect([captureMerge.alone, captureMerge.nextBeginsNs]).toEqual([undefined, 0]);
  expect(captureMerge.starving()).toBe(early);
  expect([captureMerge.alone, captureMerge.nextBeginsNs]).toEqual([early, 1e6]);
  early?.push(captureAt([0, 1500]));
  expect(captureMerge.starving()).toBe(late);
  expect([captureMerge.alone, captureMerge.nextBeginsNs]).toEqual([undefined, 2e6]);
  late?.push(captureAt([1000]));
  late?.end();
  expect([captureMerge.starving(), captureMerge.alone]).toEqual([early, early]);
  early?.end();
  expect([captureMerge.starving(), captureMerge.alone, captureMerge.nextBeginsNs]).toEqual([later, later, Infinity]);
});
