/** What stands for nothing in the tables, addresses as they have them, and hashes as hash.ts makes them. */

export const NONE: i32 = -1;
export const NEVER: f64 = -Infinity;
const IPV4_MAPPED_WORD: i32 = 0xffff;

/** The secret of the hashes (hash.ts). */
export let seed: i32 = 0;

export function mix(hash: i32, word: i32): i32 {
  const product = (hash ^ word) * <i32>0x85ebca6b;
  return product ^ <i32>(<u32>product >> 15);
}

/** True if four words are this address. */
export function isOf(at: usize, address: i32): bool {
  return (
    load<i32>(at, 12) === address && load<i32>(at, 8) === IPV4_MAPPED_WORD && load<i32>(at, 4) === 0 && load<i32>(at) === 0
  );
}

export function setAddress(at: usize, address: i32): void {
  store<i32>(at, 0);
  store<i32>(at, 0, 4);
  store<i32>(at, IPV4_MAPPED_WORD, 8);
  store<i32>(at, address, 12);
}
