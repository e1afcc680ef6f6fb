/** Names that stand for others, label by label and of the same length, so that they fit where the others stood. */
import { BLOCK_BYTES, type BlockCipher } from './prefix-cipher.js';

const LETTERS = 26;
const DIGITS = 10;
const LETTER_A = 0x61;
const DIGIT_0 = 0x30;
const DOMAIN_FORWARDS = 0x6e;
const DOMAIN_BACKWARDS = 0x6f;
const MAXIMUM_REMEMBERED = 1 << 16;

/**
 * Labels that say what kind of name it is, and of nobody: https://www.iana.org/assignments/special-use-domain-names, and
 * those that src/track/resolutions.ts knows.
 */
const KEPT: ReadonlySet<string> = new Set([
  'local',
  'localhost',
  'arpa',
  'in-addr',
  'ip6',
  'invalid',
  'test',
  'example',
  'internal',
  'onion',
  'isatap',
  'wpad',
  'www',
]);

/** Replaces names: what was the same is the same afterwards, and of ordinary names no two become one. */
export class NameMap {
  readonly #cipher: BlockCipher;
  readonly #known = new Map<string, string>();

  constructor(cipher: BlockCipher) {
    this.#cipher = cipher;
  }

  /** A whole name; the dots in it stay, so do those at its end. */
  name(text: string): string {
    return text
      .split('.')
      .map((label) => this.label(label))
      .join('.');
  }

  /** One label: letters become letters, digits become digits, hyphens and underscores stay, all else becomes letters. */
  label(text: string): string {
    const lower = text.toLowerCase();
    if (lower === '' || KEPT.has(lower)) return lower;
    const known = this.#known.get(lower);
    if (known !== undefined) return known;
    const once = this.#shift(lower, DOMAIN_FORWARDS);
    const replaced = reversed(this.#shift(reversed(once), DOMAIN_BACKWARDS));
    if (this.#known.size === MAXIMUM_REMEMBERED) this.#known.clear();
    this.#known.set(lower, replaced);
    return replaced;
  }

  /** Each character moves on in the alphabet, by what the characters before it say; so it can be undone. */
  #shift(text: string, domain: number): string {
    let state = new Uint8Array(BLOCK_BYTES);
    state[0] = domain;
    let shifted = '';
    for (const character of text) {
      state = this.#cipher(state).slice(0, BLOCK_BYTES);
      const code = character.charCodeAt(0);
      const random = state[0] * 0x10000 + state[1] * 0x100 + state[2];
      shifted += shiftCharacter(character, code, random);
      state[4] ^= code;
      state[5] ^= code >>> 8;
    }
    return shifted;
  }
}

function shiftCharacter(character: string, code: number, by: number): string {
  if (character === '-' || character === '_') return character;
  if (character >= '0' && character <= '9') return String.fromCharCode(DIGIT_0 + ((code - DIGIT_0 + by) % DIGITS));
  const from = character >= 'a' && character <= 'z' ? code - LETTER_A : code;
  return String.fromCharCode(LETTER_A + ((from + by) % LETTERS));
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
