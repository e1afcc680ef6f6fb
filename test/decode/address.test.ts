import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatAddress,
  formatLinkAddress,
  isIpv4,
  isLimitedBroadcast,
  isMulticast,
  isUnspecified,
  parseAddress,
} from '../../src/decode/address.js';

type Words = [number, number, number, number];

function words(text: string): Words {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(text);
  return [...parsed] as Words;
}

const anyWords = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(0xffffffff)));
const anyGroup = fc.oneof(fc.constant(0), fc.nat(0xffff));
const anyGroups = fc.array(anyGroup, { minLength: 8, maxLength: 8 });

describe('an address as text', () => {
  test.each([
    '0.0.0.0',
    '192.0.2.1',
    '255.255.255.255',
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '2001:db8:0:1:1:1:1:1',
    '2001:db8::1:0:0:1',
    '2001:0:0:1::1',
    'fe80::1ff:fe23:4567:890a',
  ])('%s is written as it was read', (text) => {
    expect(formatAddress(...words(text))).toBe(text);
  });

  test.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('%s is written as %s', (text, canonical) => {
    expect(formatAddress(...words(text))).toBe(canonical);
  });

  test.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.-4',
    ' 1.2.3.4',
    ':',
    ':::',
    '1:',
    ':1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3',
    '[::1]',
    'fe80::1%eth0',
    'example.org',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('any words survive the way to text and back', () => {
    fc.assert(
      fc.property(anyWords, (any) => {
        expect(words(formatAddress(...(any as Words)))).toEqual(any);
      }),
    );
  });

  test('any groups with zeros in them survive it too', () => {
    fc.assert(
      fc.property(anyGroups, (groups) => {
        const text = groups.map((group) => group.toString(16)).join(':');
        const read = words(text);
        expect(words(formatAddress(...read))).toEqual(read);
      }),
    );
  });

  test('any text is an address or none, without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abf:.% ') }), (text) => void parseAddress(text)),
    );
  });
});

describe('the class of an address', () => {
  const classes = { isIpv4, isUnspecified, isMulticast, isLimitedBroadcast };
  const classesOf = (text: string): string[] =>
    Object.entries(classes)
      .filter(([, is]) => (is as (...any: Words) => boolean)(...words(text)))
      .map(([name]) => name);

  test.each([
    ['0.0.0.0', ['isIpv4', 'isUnspecified']],
    ['127.1.2.3', ['isIpv4']],
    ['239.255.255.250', ['isIpv4', 'isMulticast']],
    ['255.255.255.255', ['isIpv4', 'isLimitedBroadcast']],
    ['169.254.1.1', ['isIpv4']],
    ['10.1.1.1', ['isIpv4']],
    ['172.31.255.255', ['isIpv4']],
    ['172.32.0.0', ['isIpv4']],
    ['192.168.0.1', ['isIpv4']],
    ['100.64.0.1', ['isIpv4']],
    ['100.128.0.1', ['isIpv4']],
    ['8.8.8.8', ['isIpv4']],
    ['::', ['isUnspecified']],
    ['::1', []],
    ['ff02::1', ['isMulticast']],
    ['fe80::1', []],
    ['febf::1', []],
    ['fec0::1', []],
    ['fd00::1', []],
    ['2001:db8::1', []],
  ])('of %s is %j', (text, expected) => {
    expect(classesOf(text)).toEqual(expected);
  });
});

test('a MAC address is written with colons and all its zeros', () => {
  expect(formatLinkAddress(0x0200, 0x0000000a)).toBe('02:00:00:00:00:0a');
  expect(formatLinkAddress(-1, 0)).toBe('');
});
