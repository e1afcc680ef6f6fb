import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithin, sequenceAdd, sequenceDifference, sequenceDistance } from '../../src/decode/sequence.js';

const anySequence = fc.nat(0xffffffff);

describe('sequence numbers', () => {
  test('go on at 0 behind 2^32 - 1', () => {
    expect(sequenceAdd(0xffffffff, 1)).toBe(0);
    expect(sequenceDifference(0, 0xffffffff)).toBe(1);
    expect(sequenceDifference(0xffffffff, 0)).toBe(-1);
    expect(sequenceDistance(0, 0xffffffff)).toBe(1);
    expect(sequenceDistance(0xffffffff, 0)).toBe(0xffffffff);
  });

  test('are within a window that wraps', () => {
    expect(isWithin(2, 0xfffffffe, 5)).toBe(true);
    expect(isWithin(3, 0xfffffffe, 5)).toBe(false);
    expect(isWithin(0xfffffffd, 0xfffffffe, 5)).toBe(false);
    expect(isWithin(7, 7, 0)).toBe(false);
  });

  test('come back to where they were after adding the difference', () => {
    fc.assert(
      fc.property(anySequence, anySequence, (a, b) => {
        expect(sequenceAdd(b, sequenceDifference(a, b))).toBe(a);
        expect(sequenceAdd(b, sequenceDistance(a, b))).toBe(a);
        expect(sequenceDifference(a, b)).toBeGreaterThanOrEqual(-(2 ** 31));
        expect(sequenceDifference(a, b)).toBeLessThan(2 ** 31);
      }),
    );
  });
});
