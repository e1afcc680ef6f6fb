/** By what it shows that a file is still the same one, and not another that took its name or its place. */
import { closeSync, openSync, readSync } from 'node:fs';

/** The first bytes of a capture hold the time of its first packet, so that no two begin alike. */
const BEGINNING_BYTES = 512;

/** A file as it was when it was read last. */
export interface FileMark {
  device: number;
  inode: number;
  /** How far it was read. */
  sizeBytes: number;
  modifiedMs: number;
  /** Its first bytes, as many as there were. */
  beginning: Uint8Array;
}

/** Adds to the beginning of a file what was read behind it. */
export function extendBeginning(beginning: Uint8Array, more: Uint8Array): Uint8Array {
  if (beginning.length >= BEGINNING_BYTES) return beginning;
  return Buffer.concat([beginning, more.subarray(0, BEGINNING_BYTES - beginning.length)]);
}

/** The first bytes of a file; none where it can't be read. */
export function readBeginning(path: string): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return readBeginningOf(descriptor);
  } catch {
    return new Uint8Array(0);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The same of a file that is open. */
export function readBeginningOf(descriptor: number): Uint8Array {
  const bytes = new Uint8Array(BEGINNING_BYTES);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, BEGINNING_BYTES, 0));
}

/** True if a file that began in one way now begins in the other: it was only written on. */
export function continues(before: Uint8Array, now: Uint8Array): boolean {
  return Buffer.compare(before, now.subarray(0, before.length)) === 0;
}
