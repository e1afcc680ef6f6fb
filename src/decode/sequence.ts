/**
 * Arithmetic on TCP sequence numbers, which count modulo 2^32 (RFC 9293 section 3.4).
 */

/** `sequence + count`, as an unsigned 32-bit number. */
export function sequenceAdd(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}

/**
 * How far `a` lies after `b`: negative if it lies before, from -2^31 to 2^31 - 1. At the distance of exactly 2^31,
 * where RFC 1982 section 3.2 leaves the order undefined, the answer is -2^31.
 */
export function sequenceDifference(a: number, b: number): number {
  return (a - b) | 0;
}

/** How many numbers one has to count up from `b` to reach `a`: 0 to 2^32 - 1. */
export function sequenceDistance(a: number, b: number): number {
  return (a - b) >>> 0;
}

/** Whether `sequence` is one of the `count` numbers from `first` on. */
export function isWithin(sequence: number, first: number, count: number): boolean {
  return (sequence - first) >>> 0 < count;
}
