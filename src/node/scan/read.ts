/** Reading from files, as far as there is something. */
import { readSync } from 'node:fs';

/**
 * Reads so many bytes from this position of a file to this place of an array; gives how many there were, fewer only at the
 * end. Throws as the file system does.
 */
export function readFully(descriptor: number, bytes: Uint8Array, to: number, count: number, position: number): number {
  let length = 0;
  while (length < count) {
    const more = readSync(descriptor, bytes, to + length, count - length, position + length);
    if (more === 0) break;
    length += more;
  }
  return length;
}
