import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, isMulticast, parseAddress } from '../../../src/decode/address.js';
import { AddressMap } from '../../../src/report/anonymize/addresses.js';
import type { BlockCipher } from '../../../src/report/anonymize/prefix-cipher.js';

function cipherOf(key: string): BlockCipher {
  const aes = createCipheriv('aes-256-ecb', Buffer.alloc(32, key), null).setAutoPadding(false);
  return (blocks) => aes.update(blocks);
}

const map = new AddressMap(cipherOf('key'), true);
const word = fc.integer({ min: 0, max: 0xffffffff });
const ipv6 = fc.tuple(word, word, word, word);

/** How many bits two strings of bits begin alike with. */
function commonBits(one: readonly number[], other: readonly number[]): number {
  for (const [index, bits] of one.entries()) {
    if (bits !== other[index]) return 32 * index + Math.clz32((bits ^ other[index]) >>> 0);
  }
  return 32 * one.length;
}

const near = fc
  .tuple(word, fc.integer({ min: 0, max: 31 }), word)
  .map(([one, bits, noise]) => [one, (one ^ (noise >>> bits)) >>> 0] as const);

describe('addresses in disguise', () => {
  test('share as long a prefix as the original ones, in IPv4', () => {
    fc.assert(
      fc.property(near, ([one, other]) => {
        expect(commonBits([map.ipv4(one)], [map.ipv4(other)])).toBe(commonBits([one], [other]));
      }),
    );
  });

  test('share as long a prefix as the original ones, in IPv6', () => {
    // Mapped and translated IPv4 and the groups of neighbour solicitation follow IPv4 and the link layer.
    const ordinary = fc.tuple(fc.integer({ min: 0x20020000, max: 0xfe80ffff }), word, word, word);
    const pairs = fc.tuple(ordinary, fc.integer({ min: 0, max: 3 }), near).map(([one, at, [a, b]]) => {
      const [first, second] = [[...one], [...one]];
      if (at > 0) [first[at], second[at]] = [a, b];
      return [first, second];
    });
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const [a, b] = [one, other].map(([w0, w1, w2, w3]) => [...map.words(w0, w1, w2, w3)]);
        expect(commonBits(a, b)).toBe(commonBits(one, other));
      }),
    );
  });

  test('are the same with the same key, and others with another', () => {
    const again = new AddressMap(cipherOf('key'), true);
    const other = new AddressMap(cipherOf('other'), true);
    let differing = 0;
    fc.assert(
      fc.property(word, ipv6, (v4, [w0, w1, w2, w3]) => {
        expect(again.ipv4(v4)).toBe(map.ipv4(v4));
        expect([...again.words(w0, w1, w2, w3)]).toEqual([...map.words(w0, w1, w2, w3)]);
        if (other.ipv4(v4) !== map.ipv4(v4)) differing++;
      }),
    );
    expect(differing).toBeGreaterThan(10);
  });

  test.each([
    ['10.1.2.3', /^10\./],
    ['172.20.1.1', /^172\.(?:1[6-9]|2\d|3[01])\./],
    ['192.168.7.9', /^192\.168\./],
    ['100.64.0.9', /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
    ['169.254.8.8', /^169\.254\./],
    ['127.0.0.1', /^127\.0\.0\.1$/],
    ['0.0.0.0', /^0\.0\.0\.0$/],
    ['255.255.255.255', /^255\.255\.255\.255$/],
    ['224.0.0.251', /^224\.0\.0\.251$/],
    ['::1', /^::1$/],
    ['::', /^::$/],
    ['ff02::fb', /^ff02::fb$/],
    ['fe80::211:22ff:fe33:4455', /^fe80::[0-9a-f]+:/],
    ['fd12:3456:789a::1', /^fd/],
    ['2001:db8::1', /^[23]/],
  ])('stay of the kind that they are: %s', (address, kind) => {
    expect(map.text(address)).toMatch(kind);
  });

  test('of the public internet do not get among the special ones, and none of those out', () => {
    const isSpecial = (text: string) =>
      /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
        text,
      ) || Number(text.split('.')[0]) >= 224;
    fc.assert(
      fc.property(word, (one) => {
        const text = formatAddress(0, 0, 0xffff, one);
        expect(isSpecial(map.text(text))).toBe(isSpecial(text));
      }),
    );
  });

  test('of IPv4 are the same within those of a translator', () => {
    const inner = parseAddress(map.text('198.51.100.7'))![3];
    expect(map.text('64:ff9b::198.51.100.7')).toBe(formatAddress(0x64ff9b, 0, 0, inner));
  });

  test('say nothing of the MAC address that one was made of', () => {
    expect(map.text('fe80::211:22ff:fe33:4455')).not.toContain('ff:fe');
  });

  test('of a group that one joins for its own address tell nothing of that', () => {
    const group = parseAddress(map.text('ff02::1:ff33:4455'))!;
    expect(isMulticast(group[0], group[1], group[2], group[3])).toBe(true);
    expect(group[3] & 0xffffff).not.toBe(0x334455);
    expect([...map.mac(0x3333, 0xff334455)].slice(2)).toEqual(
      [0xff, group[3] >>> 16, group[3] >>> 8, group[3]].map((b) => b & 0xff),
    );
  });
});

describe('MAC addresses in disguise', () => {
  const mac = fc.tuple(fc.integer({ min: 0, max: 0xffff }), word);

  test('keep their vendor, unless they have none or it is to go too', () => {
    expect([...map.mac(0xb827, 0xeb123456)].slice(0, 3)).toEqual([0xb8, 0x27, 0xeb]);
    expect([...map.mac(0x0242, 0xac110002)].slice(2)).not.toEqual([0xac, 0x11, 0, 2]);
    const without = new AddressMap(cipherOf('key'), false);
    expect([...without.mac(0xb827, 0xeb123456)].slice(0, 3)).not.toEqual([0xb8, 0x27, 0xeb]);
  });

  test('stay those of one host, of a group, or of nobody', () => {
    fc.assert(
      fc.property(mac, ([high, low]) => {
        expect(map.mac(high, low)[0] & 3).toBe((high >>> 8) & 3);
      }),
    );
    expect([...map.mac(0xffff, 0xffffffff)]).toEqual(Array(6).fill(0xff));
    expect([...map.mac(0, 0)]).toEqual(Array(6).fill(0));
    expect([...map.mac(0x0100, 0x5e0000fb)]).toEqual([1, 0, 0x5e, 0, 0, 0xfb]);
  });

  test('of two hosts never become one', () => {
    fc.assert(
      fc.property(mac, mac, ([high, low], [otherHigh, otherLow]) => {
        const isSame = high === otherHigh && low === otherLow;
        expect(map.mac(high, low).join() === map.mac(otherHigh, otherLow).join()).toBe(isSame);
      }),
    );
  });
});
