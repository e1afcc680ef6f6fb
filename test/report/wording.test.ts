import { describe, expect, test } from 'vitest';
import { formatCount, formatDuration, formatSocket, wrap } from '../../src/report/wording.js';

describe('durations', () => {
  test.each([
    [0, '0 ms'],
    [0.42, '0.42 ms'],
    [12.34, '12.3 ms'],
    [999, '999 ms'],
    [1020.1, '1.02 s'],
    [67_000, '67 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [864_000_000, '10 days'],
    [-8.2, '-8.2 ms'],
  ])('%d ms reads %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});

test('counts have thousands separators', () => {
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
});

test('an IPv6 address stands in brackets before its port', () => {
  expect(formatSocket({ address: '::1', port: 80 })).toBe('[::1]:80');
});

describe('a wrapped paragraph', () => {
  test('breaks between words and indents what follows', () => {
    expect(wrap('one two three', 9, '- ', '  ')).toEqual(['- one two', '  three']);
  });

  test('never breaks a command', () => {
    expect(wrap('run `ss -ltn sport` now', 8)).toEqual(['run', '`ss -ltn sport`', 'now']);
  });

  test('of nothing is one empty line', () => {
    expect(wrap('', 10)).toEqual(['']);
  });
});
