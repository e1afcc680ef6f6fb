/**
 * Addresses as four 32-bit words (see frame.ts) and as text: IPv4 dotted, IPv6 as RFC 5952 recommends.
 */

import { IPV4_MAPPED_WORD } from './frame.js';

/** Whether the words are an IPv4 address, kept as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
export function isIpv4(word0: number, word1: number, word2: number): boolean {
  return word2 === IPV4_MAPPED_WORD && word1 === 0 && word0 === 0;
}

/** 0.0.0.0 or ::. */
export function isUnspecified(word0: number, word1: number, word2: number, word3: number): boolean {
  return word3 === 0 && word1 === 0 && word0 === 0 && (word2 === 0 || word2 === IPV4_MAPPED_WORD);
}

/** 224.0.0.0/4 (RFC 1112 section 4) or ff00::/8. */
export function isMulticast(word0: number, word1: number, word2: number, word3: number): boolean {
  if (isIpv4(word0, word1, word2)) return word3 >>> 28 === 0xe;
  return word0 >>> 24 === 0xff;
}

/** 255.255.255.255; the broadcast address of a subnet can't be told from its text. */
export function isLimitedBroadcast(word0: number, word1: number, word2: number, word3: number): boolean {
  return word3 === 0xffffffff && isIpv4(word0, word1, word2);
}

/** An address that one host can have: not unspecified, multicast or broadcast. */
export function isUnicast(word0: number, word1: number, word2: number, word3: number): boolean {
  return (
    !isUnspecified(word0, word1, word2, word3) &&
    !isMulticast(word0, word1, word2, word3) &&
    !isLimitedBroadcast(word0, word1, word2, word3)
  );
}

/** The text of an address: '192.0.2.1' or '2001:db8::1'. */
export function formatAddress(word0: number, word1: number, word2: number, word3: number): string {
  if (isIpv4(word0, word1, word2)) return formatIpv4(word3);
  return formatIpv6([word0, word1, word2, word3]);
}

function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

function formatIpv6(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const { start, length } = longestZeroRun(groups);
  const text = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  // One group of zeros alone is written as 0 (RFC 5952 section 4.2.2).
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** The first of the longest runs of zero groups, which is the one to shorten (RFC 5952 section 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let start = 0;
  let length = 0;
  for (let from = 0; from < groups.length; from++) {
    let to = from;
    while (to < groups.length && groups[to] === 0) to++;
    if (to - from > length) {
      start = from;
      length = to - from;
    }
    from = to;
  }
  return { start, length };
}

const ZERO = '0'.charCodeAt(0);
/** What stands between octets, and for the end of the last one. */
const DOT = '.'.charCodeAt(0) - ZERO;
const NO_DIGITS = -1;
const HEXADECIMAL_GROUP = /^[0-9a-f]{1,4}$/i;

/**
 * The four words of an address in text, or undefined if it is none. Accepts every form of RFC 4291 section 2.2
 * (also with an IPv4 tail); no zone, port, prefix length or brackets.
 */
export function parseAddress(text: string): Uint32Array | undefined {
  if (!text.includes(':')) {
    const word = parseIpv4(text);
    return word === undefined ? undefined : Uint32Array.of(0, 0, IPV4_MAPPED_WORD, word);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0], halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1], true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return Uint32Array.from({ length: 4 }, (_, word) => groups[2 * word] * 0x10000 + groups[2 * word + 1]);
}

/** Digit by digit: in a flood that is asked of each attempt, and expressions for each octet took ten times as long. */
function parseIpv4(text: string): number | undefined {
  let word = 0;
  let octets = 0;
  let octet = NO_DIGITS;
  for (let at = 0; at <= text.length; at++) {
    const digit = at === text.length ? DOT : text.charCodeAt(at) - ZERO;
    if (digit === DOT && octet !== NO_DIGITS) {
      word = word * 0x100 + octet;
      octets++;
      octet = NO_DIGITS;
    } else if (digit >= 0 && digit <= 9 && octet !== 0) {
      octet = octet === NO_DIGITS ? digit : octet * 10 + digit;
      if (octet > 0xff) return undefined;
    } else return undefined;
  }
  return octets === 4 ? word : undefined;
}

/** The 16-bit groups between colons; `isEnd` allows the last one to be an IPv4 address. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (HEXADECIMAL_GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const word = isEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (word === undefined) return undefined;
    groups.push(word >>> 16, word & 0xffff);
  }
  return groups;
}

/** Networks of hosts mostly have prefixes of this length or shorter ones. */
const IPV4_NETWORK_BITS = 24;

/** True if two addresses share the part that names a network: the first 24 bits in IPv4, 64 in IPv6. */
export function isSameNetwork(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  if (a === undefined || b === undefined || a[0] !== b[0] || a[1] !== b[1]) return false;
  if (!isIpv4(a[0], a[1], a[2])) return !isIpv4(b[0], b[1], b[2]);
  return a[2] === b[2] && (a[3] ^ b[3]) >>> (32 - IPV4_NETWORK_BITS) === 0;
}

/** The text of a MAC address held as in Frame: 'b8:27:eb:00:01:02'; empty when there is none. */
export function formatLinkAddress(high: number, low: number): string {
  if (high < 0) return '';
  const digits = high.toString(16).padStart(4, '0') + low.toString(16).padStart(8, '0');
  return (digits.match(/../g) ?? []).join(':');
}
