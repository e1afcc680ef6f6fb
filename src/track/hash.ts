/** Keyed hashes of addresses and four-tuples: whoever sends the packets can't choose ones that collide. */
import { IPV4_MAPPED_WORD } from '../decode/frame.js';

/** Chosen anew in every process; no result depends on it. */
const SEED = Math.floor(Math.random() * 0x1_0000_0000);

/** Multiplication and shift, the round of MurmurHash3's finalizer. */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  return Math.imul(product ^ (product >>> 13), 0xc2b2ae35);
}

/** True for the words of an IPv4 address, as frame.ts keeps them. */
export function isMappedAddress(word0: number, word1: number, word2: number): boolean {
  return word2 === IPV4_MAPPED_WORD && word1 === 0 && word0 === 0;
}

/** 32 bits of an address; IPv4-mapped ones take one round instead of four. */
export function hashAddress(word0: number, word1: number, word2: number, word3: number): number {
  let hash = SEED;
  if (!isMappedAddress(word0, word1, word2)) hash = mix(mix(mix(hash, word0), word1), word2);
  hash = mix(hash, word3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 32 bits of an endpoint; a four-tuple's hash is the sum of both ends', the same in both directions. */
export function hashEndpoint(word0: number, word1: number, word2: number, word3: number, port: number): number {
  const hash = mix(hashAddress(word0, word1, word2, word3), port);
  return (hash ^ (hash >>> 16)) >>> 0;
}
