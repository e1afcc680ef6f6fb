import { expect, test } from 'vitest';
import { hashAddress } from '../../src/track/hash.js';

test('addresses whose words differ in their upper bits, each taking back what the one before did, do not share hashes', () => {
  const upper = Array.from({ length: 256 }, (_, bits) => bits << 24);
  const hashes = new Set(
    upper.flatMap((first) => upper.map((second) => hashAddress(0x20010db8 ^ first, second ^ (second >>> 15), 7, 9))),
  );
  expect(hashes.size).toBeGreaterThan(30_000);
});
