/**
 * Crypto-PAn (Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address Anonymization, ICNP 2002): each bit is flipped or not,
 * as a block cipher says of the bits before it. So two that begin alike begin alike afterwards, no two become one, and
 * with the same key the same becomes the same.
 */

/** Encrypts blocks of 16 bytes each by themselves (AES in ECB mode); the result may be the same memory next time. */
export type BlockCipher = (blocks: Uint8Array) => Uint8Array;

export const BLOCK_BYTES = 16;

/** Says whether the bit at an index stays as it is; it must depend on the bits before that one only. */
export type IsKept = (bytes: Uint8Array, bit: number) => boolean;

/** Replaces strings of bits. Of two with other domains the results have nothing to do with each other. */
export class PrefixCipher {
  readonly #cipher: BlockCipher;
  readonly #pad: Uint8Array;

  constructor(cipher: BlockCipher, domain: number) {
    this.#cipher = cipher;
    const seed = new Uint8Array(BLOCK_BYTES);
    seed[0] = domain;
    this.#pad = cipher(seed).slice(0, BLOCK_BYTES);
  }

  /** Up to 16 bytes in, as many out. */
  encrypt(bytes: Uint8Array, isKept: IsKept): Uint8Array {
    const bits = bytes.length * 8;
    const blocks = new Uint8Array(bits * BLOCK_BYTES);
    for (let bit = 0; bit < bits; bit++) this.#putPrefix(blocks, bit * BLOCK_BYTES, bytes, bit);
    const encrypted = this.#cipher(blocks);
    const result = bytes.slice();
    for (let bit = 0; bit < bits; bit++) {
      if (isKept(bytes, bit) || encrypted[bit * BLOCK_BYTES] < 0x80) continue;
      result[bit >>> 3] ^= 0x80 >>> (bit & 7);
    }
    return result;
  }

  /** The first bits of the string, and behind them those of the pad. */
  #putPrefix(blocks: Uint8Array, at: number, bytes: Uint8Array, bits: number): void {
    blocks.set(this.#pad, at);
    const whole = bits >>> 3;
    blocks.set(bytes.subarray(0, whole), at);
    const mask = 0xff00 >>> (bits & 7);
    if ((bits & 7) !== 0) blocks[at + whole] = (bytes[whole] & mask) | (this.#pad[whole] & ~mask);
    // Prefixes of different lengths must not give the same block.
    blocks[at + BLOCK_BYTES - 1] ^= bits;
  }
}
