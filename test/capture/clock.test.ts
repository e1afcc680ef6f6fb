import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecondsClock, UnitsClock } from '../../src/capture/clock.js';
import type { TimeOrigin } from '../../src/capture/format.js';

/** 100 days: what a double holds in nanoseconds without loss. */
const EXACT_NS = 100n * 86_400n * 1_000_000_000n;

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  return dividend >= 0n ? dividend / divisor : -((-dividend + divisor - 1n) / divisor);
}

describe('a clock of seconds and fractions', () => {
  test('the first time becomes the origin', () => {
    const origin: TimeOrigin = { epochNs: undefined };
    expect(new SecondsClock(origin, 1_000_000).timeNs(1_700_000_000, 42)).toBe(0);
    expect(origin.epochNs).toBe(1_700_000_000_000_042_000n);
  });

  test('a time before the origin is negative', () => {
    const origin: TimeOrigin = { epochNs: 1_700_000_000_000_000_005n };
    expect(new SecondsClock(origin, 1_000_000_000).timeNs(1_699_999_999, 999_999_999)).toBe(-6);
  });

  test('every nanosecond within a hundred days is exact', () => {
    const seconds = fc.integer({ min: 1_700_000_000, max: 1_708_000_000 });
    const fraction = fc.nat(999_999_999);
    fc.assert(
      fc.property(seconds, fraction, seconds, fraction, (firstSeconds, firstFraction, seconds2, fraction2) => {
        const clock = new SecondsClock({ epochNs: undefined }, 1_000_000_000);
        clock.timeNs(firstSeconds, firstFraction);
        const expected = BigInt(seconds2 - firstSeconds) * 1_000_000_000n + BigInt(fraction2 - firstFraction);
        expect(BigInt(clock.timeNs(seconds2, fraction2))).toBe(expected);
      }),
    );
  });
});

describe('a clock of 64-bit units', () => {
  const resolutions = fc.integer({ min: 0, max: 255 });
  const offsets = fc.bigInt({ min: -4_000_000_000n, max: 4_000_000_000n });
  const units = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

  test('every resolution gives the nanoseconds that BigInt gives, cut off where it is finer', () => {
    const steps = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 33n }), units), { maxLength: 6 });
    fc.assert(
      fc.property(resolutions, offsets, units, steps, (resolution, offset, first, further) => {
        const origin: TimeOrigin = { epochNs: undefined };
        const clock = new UnitsClock(origin, resolution, offset);
        const exponent = BigInt(resolution & 0x7f);
        const perSecond = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
        const toNs = (time: bigint) => floorDivide(time * 1_000_000_000n, perSecond) + offset * 1_000_000_000n;
        for (const time of [first, ...further.map((step) => (first + step) % 2n ** 64n)]) {
          const read = clock.timeNs(Number(time >> 32n), Number(time & 0xffff_ffffn));
          const expected = toNs(time) - (origin.epochNs ?? 0n);
          if (expected < EXACT_NS && expected > -EXACT_NS) expect(BigInt(read)).toBe(expected);
          else expect(read / Number(expected)).toBeCloseTo(1, 12);
        }
        expect(origin.epochNs).toBe(toNs(first));
      }),
      { numRuns: 500 },
    );
  });

  test('upper halves that change with every packet cost no more than microseconds', () => {
    const clock = new UnitsClock({ epochNs: undefined }, 127, 0n);
    const started = performance.now();
    for (let turn = 0; turn < 20_000; turn += 1) clock.timeNs(Math.imul(turn, 2_654_435_761) >>> 0, turn);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
