import { describe, expect, test } from 'vitest';
import { AnsweredClients } from '../../src/track/answered-clients.js';
import { addressKey } from '../../src/track/hash.js';
import { MOST_ANSWERED } from '../../src/track/layout/ports.js';

const ipv4 = (word: number) => addressKey(0, 0, 0xffff, word);
const ipv6 = (word: number) => addressKey(0x20010db8, word >>> 16, word & 0xffff, 7);

describe('the clients that ports answered', () => {
  test('are not taken for others, of which there are hundreds of thousands', () => {
    const answered = new AnsweredClients();
    const clients = 250_000;
    for (let client = 0; client < clients; client++) {
      answered.add(client % 7, ipv4(0x0a00_0000 + client));
      answered.add(client % 7, ipv6(client));
    }
    let wrong = 0;
    for (let client = 0; client < clients; client++) {
      if (!answered.has(client % 7, ipv4(0x0a00_0000 + client)) || !answered.has(client % 7, ipv6(client))) wrong++;
      // With 32 bits of a hash there would be dozens of them.
      if (answered.has((client + 1) % 7, ipv4(0x0a00_0000 + client))) wrong++;
      if (answered.has(client % 7, ipv4(0xc000_0000 + client)) || answered.has(client % 7, ipv6(clients + client)))
        wrong++;
    }
    expect(wrong).toBe(0);
  });

  test('are as many as may be, and then it is said that there may be more', () => {
    const answered = new AnsweredClients();
    for (let client = 0; client < MOST_ANSWERED - 1; client++) answered.add(3, ipv4(client));
    expect(answered.isFull).toBe(false);
    answered.add(3, ipv4(0xffff_ffff));
    expect(answered.isFull).toBe(true);
    answered.add(3, ipv4(0xfffe_0000));
    expect(answered.has(3, ipv4(0xfffe_0000))).toBe(false);
    expect(answered.has(3, ipv4(0xffff_ffff))).toBe(true);
  });
});

test('an IPv4 address is its own key, and no key of an IPv6 address is among them', () => {
  expect(ipv4(0xffff_ffff)).toBe(0xffff_ffff);
  for (let word = 0; word < 1000; word++) {
    expect(ipv6(word)).toBeGreaterThanOrEqual(2 ** 32);
    expect(ipv6(word)).toBeLessThan(2 ** 45);
  }
});
