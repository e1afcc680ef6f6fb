import { describe, expect, test } from 'vitest';
import { DistinctCount, hashText, PortCount } from '../../src/report/distinct-count.js';

function counted(from: number, to: number): DistinctCount {
  const count = new DistinctCount();
  for (let value = from; value < to; value++) {
    const address = `10.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
    // Each comes twice.
    count.add(hashText(address));
    count.add(hashText(address));
  }
  return count;
}

describe('a number of different values', () => {
  test.each([0, 1, 2, 100])('is exact for %i of them', (size) => {
    const count = counted(0, size);
    expect(count.count).toBe(size);
    expect(count.isEstimate).toBe(false);
  });

  test.each([101, 1000, 5000, 9000, 12_000, 65_536, 300_000])('is near for %i of them, and said to be so', (size) => {
    const count = counted(0, size);
    expect(count.isEstimate).toBe(true);
    expect(Math.abs(count.count - size) / size).toBeLessThan(0.06);
  });

  test('has no more than three digits where it is an estimate', () => {
    expect(counted(0, 123_456).count % 1000).toBe(0);
  });

  test('is that of both, where two are put together', () => {
    const few = counted(0, 60);
    few.addAll(counted(30, 90));
    expect(few.count).toBe(90);
    for (const [one, other] of [
      [counted(0, 60), counted(30, 20_000)],
      [counted(30, 20_000), counted(0, 60)],
      [counted(0, 15_000), counted(5000, 20_000)],
    ] as const) {
      one.addAll(other);
      expect(Math.abs(one.count - 20_000) / 20_000).toBeLessThan(0.06);
    }
  });
});

describe('a number of ports', () => {
  test('is exact', () => {
    const ports = new PortCount();
    for (let port = 0; port < 0x10000; port += 3) {
      ports.add(port);
      ports.add(port);
    }
    expect(ports.count).toBe(21_846);
  });
});
