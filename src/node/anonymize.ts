/** The key of an anonymization, and AES with it. */
import { createCipheriv, randomBytes, scryptSync } from 'node:crypto';
import { Disguise } from '../report/anonymize/disguise.js';

const KEY_BYTES = 32;
/** Always the same, so that a key gives the same in every run: what it keeps apart is this use of a passphrase. */
const SALT = 'synwhy-anonymize/1';

/**
 * Replaces addresses and names by others. The same key gives the same ones in every run; without one it is a random one,
 * which nobody knows afterwards.
 */
export function createDisguise(key: string | undefined, keepsVendor: boolean): Disguise {
  const secret = key === undefined ? randomBytes(KEY_BYTES) : scryptSync(key, SALT, KEY_BYTES);
  const aes = createCipheriv('aes-256-ecb', secret, null).setAutoPadding(false);
  return new Disguise({ cipher: (blocks) => aes.update(blocks), keepsVendor });
}
