/** IP and MAC addresses that stand for others: what an address means by its place (private, loopback) stays. */
import { formatAddress, isIpv4, parseAddress } from '../../decode/address.js';
import { IPV4_MAPPED_WORD } from '../../decode/frame.js';
import { type BlockCipher, PrefixCipher } from './prefix-cipher.js';

const DOMAIN_IPV4 = 4;
const DOMAIN_IPV6 = 6;
const DOMAIN_MAC = 48;

/** Addresses that are remembered, so that they need not be computed again. */
const MAXIMUM_REMEMBERED = 1 << 17;

/** A range that keeps its prefix; with `isWhole` each address in it stays what it is. */
interface Range {
  bytes: Uint8Array;
  bits: number;
  isWhole: boolean;
}

function range(text: string, bits: number, isWhole = false): Range {
  const words = parseAddress(text) ?? new Uint32Array(4);
  const bytes = bytesOf(words);
  return { bytes: text.includes(':') ? bytes : bytes.slice(12), bits, isWhole };
}

// https://www.iana.org/assignments/iana-ipv4-special-registry and …/ipv4-address-space
const IPV4_RANGES: readonly Range[] = [
  range('0.0.0.0', 8, true),
  range('10.0.0.0', 8),
  range('100.64.0.0', 10),
  range('127.0.0.0', 8, true),
  range('169.254.0.0', 16),
  range('172.16.0.0', 12),
  range('192.168.0.0', 16),
  range('224.0.0.0', 4, true),
  range('240.0.0.0', 4, true),
];

// https://www.iana.org/assignments/iana-ipv6-special-registry and …/ipv6-address-space
const IPV6_RANGES: readonly Range[] = [
  range('::', 8, true),
  range('64:ff9b::', 96),
  range('2000::', 3),
  range('2001::', 32),
  range('2002::', 16),
  range('fc00::', 8),
  range('fd00::', 8),
  range('fe80::', 64),
  range('ff00::', 8, true),
];

/** IPv4 addresses within those of a translator (RFC 6052 section 2.1). */
const NAT64_WORD_0 = 0x0064ff9b;
/** The group that a host joins for neighbour solicitations ends like its address (RFC 4291 section 2.7.1). */
const SOLICITED_NODE = [0xff020000, 0, 1, 0xff000000] as const;
const SOLICITED_NODE_MASK = 0xff000000;

/** Replaces addresses, each always by the same one, and none by that of another. */
export class AddressMap {
  readonly #ipv4: PrefixCipher;
  readonly #ipv6: PrefixCipher;
  readonly #mac: PrefixCipher;
  readonly #keepsVendor: boolean;
  readonly #knownIpv4 = new Map<number, number>();
  readonly #knownIpv6 = new Map<string, Uint32Array>();
  readonly #knownMac = new Map<number, Uint8Array>();

  /** `keepsVendor`: the first half of a MAC address, unless somebody made it up, stays. */
  constructor(cipher: BlockCipher, keepsVendor: boolean) {
    this.#ipv4 = new PrefixCipher(cipher, DOMAIN_IPV4);
    this.#ipv6 = new PrefixCipher(cipher, DOMAIN_IPV6);
    this.#mac = new PrefixCipher(cipher, DOMAIN_MAC);
    this.#keepsVendor = keepsVendor;
  }

  ipv4(word: number): number {
    const known = this.#knownIpv4.get(word);
    if (known !== undefined) return known;
    const bytes = Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
    const replaced = this.#ipv4.encrypt(bytes, (of, bit) => isKeptIn(IPV4_RANGES, of, bit));
    const result = ((replaced[0] << 24) | (replaced[1] << 16) | (replaced[2] << 8) | replaced[3]) >>> 0;
    remember(this.#knownIpv4, word, result);
    return result;
  }

  /** Four words in, four words out, as in Frame: IPv4 addresses are mapped ones. */
  words(word0: number, word1: number, word2: number, word3: number): Uint32Array {
    if (isIpv4(word0, word1, word2)) return Uint32Array.of(0, 0, IPV4_MAPPED_WORD, this.ipv4(word3));
    if (word0 === NAT64_WORD_0 && word1 === 0 && word2 === 0) {
      return Uint32Array.of(word0, 0, 0, this.ipv4(word3));
    }
    if (isSolicitedNode(word0, word1, word2, word3)) return this.#group(word3);
    const key = `${word0} ${word1} ${word2} ${word3}`;
    const known = this.#knownIpv6.get(key);
    if (known !== undefined) return known;
    const bytes = bytesOf(Uint32Array.of(word0, word1, word2, word3));
    const replaced = this.#ipv6.encrypt(bytes, (of, bit) => isKeptIn(IPV6_RANGES, of, bit));
    const result = wordsOf(replaced);
    remember(this.#knownIpv6, key, result);
    return result;
  }

  text(address: string): string {
    const words = parseAddress(address);
    if (words === undefined) return address;
    const [word0, word1, word2, word3] = this.words(words[0], words[1], words[2], words[3]);
    return formatAddress(word0, word1, word2, word3);
  }

  /** The six bytes that stand for those of a MAC address, upper 16 and lower 32 bits. */
  mac(high: number, low: number): Uint8Array {
    const key = high * 2 ** 32 + low;
    const known = this.#knownMac.get(key);
    if (known !== undefined) return known;
    const bytes = Uint8Array.of(high >>> 8, high, low >>> 24, low >>> 16, low >>> 8, low);
    const result = this.#replaceMac(bytes, key === 0);
    remember(this.#knownMac, key, result);
    return result;
  }

  #replaceMac(bytes: Uint8Array, isZero: boolean): Uint8Array {
    const isGroup = (bytes[0] & 1) !== 0;
    // The group of a neighbour solicitation (RFC 2464 section 7), as above.
    if (bytes[0] === 0x33 && bytes[1] === 0x33 && bytes[2] === 0xff) {
      const [, , , word3] = this.#group((0xff000000 | (bytes[3] << 16) | (bytes[4] << 8) | bytes[5]) >>> 0);
      return Uint8Array.of(0x33, 0x33, 0xff, word3 >>> 16, word3 >>> 8, word3);
    }
    if (isGroup || isZero) return bytes;
    const isMadeUp = (bytes[0] & 2) !== 0;
    const keptBits = this.#keepsVendor && !isMadeUp ? 24 : 0;
    return this.#mac.encrypt(bytes, (_of, bit) => bit < keptBits || bit === 6 || bit === 7);
  }

  /** Of the address that it belongs to only the end is known: whose is not to be told from it. */
  #group(word3: number): Uint32Array {
    const tail = Uint8Array.of(0xff, word3 >>> 16, word3 >>> 8, word3);
    const replaced = this.#mac.encrypt(tail, (_of, bit) => bit < 8);
    const low = (0xff000000 | (replaced[1] << 16) | (replaced[2] << 8) | replaced[3]) >>> 0;
    return Uint32Array.of(SOLICITED_NODE[0], 0, 1, low);
  }
}

function isSolicitedNode(word0: number, word1: number, word2: number, word3: number): boolean {
  return (
    word0 === SOLICITED_NODE[0] &&
    word1 === 0 &&
    word2 === 1 &&
    (word3 & SOLICITED_NODE_MASK) >>> 0 === SOLICITED_NODE[3]
  );
}

/**
 * On the way to a range, so that nothing else gets in there and nothing out; and within one that stays as it is. Whether
 * a bit is kept follows from the bits before it.
 */
function isKeptIn(ranges: readonly Range[], bytes: Uint8Array, bit: number): boolean {
  return ranges.some(({ bytes: start, bits, isWhole }) => {
    return (isWhole || bit < bits) && beginsAlike(start, bytes, Math.min(bit, bits));
  });
}

function beginsAlike(one: Uint8Array, other: Uint8Array, bits: number): boolean {
  for (let at = 0; at < bits >>> 3; at++) if (one[at] !== other[at]) return false;
  const rest = bits & 7;
  return rest === 0 || (one[bits >>> 3] ^ other[bits >>> 3]) >>> (8 - rest) === 0;
}

function bytesOf(words: Uint32Array): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, at) => words[at >>> 2] >>> (24 - 8 * (at & 3)));
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return Uint32Array.from({ length: 4 }, (_, word) => view.getUint32(4 * word));
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, value: Value): void {
  if (known.size === MAXIMUM_REMEMBERED) known.clear();
  known.set(key, value);
}
