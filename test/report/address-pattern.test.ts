import { describe, expect, test } from 'vitest';
import { parseHostPattern } from '../../src/report/address-pattern.js';

function isMeant(pattern: string, address: string, name?: string): boolean | undefined {
  return parseHostPattern(pattern)?.(address, name);
}

describe('a host pattern', () => {
  test('means an address however it is written', () => {
    expect(isMeant('10.0.0.5', '10.0.0.5')).toBe(true);
    expect(isMeant('10.0.0.5', '10.0.0.50')).toBe(false);
    expect(isMeant('2001:DB8:0::1', '2001:db8::1')).toBe(true);
    expect(isMeant('[2001:db8::1]', '2001:db8::1')).toBe(true);
  });

  test('means every address of a network', () => {
    expect(isMeant('10.0.0.0/8', '10.255.0.1')).toBe(true);
    expect(isMeant('10.0.0.0/8', '11.0.0.1')).toBe(false);
    expect(isMeant('10.0.0.128/25', '10.0.0.127')).toBe(false);
    expect(isMeant('0.0.0.0/0', '203.0.113.1')).toBe(true);
    expect(isMeant('2001:db8::/33', '2001:db8:7fff::1')).toBe(true);
    expect(isMeant('2001:db8::/33', '2001:db8:8000::1')).toBe(false);
  });

  test('of one IP version never means the other', () => {
    expect(isMeant('::/0', '10.0.0.1')).toBe(false);
    expect(isMeant('0.0.0.0/0', '2001:db8::1')).toBe(false);
  });

  test('that is a name means the name of the capture, in any case and with or without the root dot', () => {
    expect(isMeant('DB.lan', '10.0.0.5', 'db.lan.')).toBe(true);
    expect(isMeant('db.lan', '10.0.0.5', 'db.lan.example')).toBe(false);
    expect(isMeant('db.lan', '10.0.0.5')).toBe(false);
  });

  test.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '::1/129',
    'db.lan/24',
    'a b',
    '1::2::3',
    '/8',
  ])("can't be made of '%s'", (text) => expect(parseHostPattern(text)).toBeUndefined());
});
