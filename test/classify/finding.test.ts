import { describe, expect, test } from 'vitest';
import { CROWD } from '../../src/classify/company.js';
import { type Context, formatDuration, formatEndpoint, nameFrames } from '../../src/classify/finding.js';
import { HostTable } from '../../src/track/hosts.js';
import { NO_NAMES } from '../../src/track/names.js';

const context: Context = {
  hosts: new HostTable(),
  company: CROWD,
  names: NO_NAMES,
  capture: { plainSegments: 1, synAcks: 1 },
  frameNumber: (reference) => reference + 100,
};

function named(count: number): string {
  return nameFrames(
    Array.from({ length: count }, (_, index) => ({ frame: index + 1 })),
    context,
  );
}

describe('sentences', () => {
  test('name frames as Wireshark numbers them, and count those that are many', () => {
    expect(named(1)).toBe('frame 101');
    expect(named(2)).toBe('frames 101 and 102');
    expect(named(7)).toBe('frames 101, 102, 103, 104, 105, 106 and 107');
    expect(named(8)).toBe('frames 101, 102, 103, 104, 105, 106 and 2 more');
  });

  test.each([
    [0, '0 ms'],
    [4000, '0.004 ms'],
    [423_000, '0.42 ms'],
    [12_340_000, '12 ms'],
    [1_024_000_000, '1.02 s'],
    [63e9, '63 s'],
    [125e9, '2 min 5 s'],
    [7300e9, '2 h'],
    [-250e6, '250 ms'],
  ])('tell %i ns as %s', (durationNs, text) => {
    expect(formatDuration(durationNs)).toBe(text);
  });

  test.each([999.6e6, 9.999e6, 119.6e9, 179.7e9, 3599.7e9])(
    'never round %i ns to a unit that is full',
    (durationNs) => {
      expect(formatDuration(durationNs)).not.toMatch(/\b(1000 ms|min 60 s|120 s)\b/);
    },
  );

  test('put brackets around IPv6', () => {
    expect(formatEndpoint({ address: '192.0.2.1', port: 80 })).toBe('192.0.2.1:80');
    expect(formatEndpoint({ address: '2001:db8::1', port: 80 })).toBe('[2001:db8::1]:80');
  });
});
