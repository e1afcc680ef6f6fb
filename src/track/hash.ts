/** Keyed hashes of addresses and four-tuples: whoever sends the packets can't choose ones that collide. */
import { isIpv4 } from '../decode/address.js';
import type { Frame } from '../decode/frame.js';

/**
 * Chosen anew in every process; results do not depend on it (but see `addressKey`). A 31-bit integer, so that it is one
 * machine word to V8.
 */
export const SEED = Math.floor(Math.random() * 0x4000_0000);

/** One multiplication and a shift: every bit of the word reaches the upper half, and the shift brings it down again. */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  return product ^ (product >>> 15);
}

/**
 * The same for a word that another one follows. `mix` alone leaves a difference in the upper bits of a word where the
 * next word can take it back, whatever the key is: a million IPv6 addresses shared a thousand hashes. What a second
 * multiplication makes of it depends on the key.
 */
function mixOn(hash: number, word: number): number {
  return mix(mix(hash, word), 0);
}

/** 32 bits of an address. IPv4 skips the three words that are the same in all its addresses. */
export function hashAddress(word0: number, word1: number, word2: number, word3: number): number {
  if (isIpv4(word0, word1, word2)) return hashIpv4(word3);
  return mix(mixOn(mixOn(mixOn(SEED, word0), word1), word2), word3);
}

/** 32 bits of the frame's source address and port. A four-tuple's hash is the sum of both ends', in either direction. */
export function hashSource(frame: Frame): number {
  return mix(hashAddress(frame.source0, frame.source1, frame.source2, frame.source3), frame.sourcePort);
}

/** 32 bits of the frame's destination address and port. */
export function hashDestination(frame: Frame): number {
  const { destination0, destination1, destination2, destination3 } = frame;
  return mix(hashAddress(destination0, destination1, destination2, destination3), frame.destinationPort);
}

/** What `hashAddress` gives for an address of IPv4. */
function hashIpv4(address: number): number {
  return mix(SEED, address);
}

/** What `hashSource` gives for an end of IPv4: an address, a word in network order, and a port. */
export function hashIpv4End(address: number, port: number): number {
  return mix(hashIpv4(address), port);
}

/** The secret factors of `hashEnds`: three odd numbers, chosen anew in every process. */
export const FACTORS: readonly number[] = [0, 1, 2].map(() => Math.floor(Math.random() * 0x1_0000_0000) | 1);
const [FACTOR_1, FACTOR_2, FACTOR_3] = FACTORS;

/**
 * 32 bits of a connection's ends: two IPv4 addresses and both ports, always in the same order. Only the upper bits are
 * good: multiply-shift hashing, with secret factors (Dietzfelbinger et al. 1997). The multiplications do not wait for
 * each other, as they do in `mix`, which took 11 ns here.
 */
export function hashEnds(first: number, second: number, ports: number): number {
  // In 32 bits at every step: a sum of three would be a double.
  return (((Math.imul(first, FACTOR_1) + Math.imul(second, FACTOR_2)) | 0) + Math.imul(ports, FACTOR_3)) | 0;
}

/** 32 bits of a host's number and one of its ports. */
export function hashPort(host: number, port: number): number {
  return mix(mix(SEED, host), port);
}

/** 32 bits of two words. */
export function placeOfPair(first: number, second: number): number {
  return mix(mixOn(SEED, first), second);
}

/** So many bits of a key are above the lower 32, where it is that of an IPv6 address. */
const KEY_BITS = 12;

/**
 * What stands for an address where there may be very many: an integer. That of an IPv4 address is its own. Those of IPv6
 * are above all of them and 44 bits of a hash, so that of a hundred thousand clients of a port one in three thousand times
 * two are taken for one.
 */
export function addressKey(word0: number, word1: number, word2: number, word3: number): number {
  if (isIpv4(word0, word1, word2)) return word3 >>> 0;
  const upper = mix(mixOn(mixOn(mixOn(~SEED, word0), word1), word2), word3);
  return (1 + (upper >>> (32 - KEY_BITS))) * 2 ** 32 + (hashAddress(word0, word1, word2, word3) >>> 0);
}
