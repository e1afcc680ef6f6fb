/** Network Monitor's time stamps as seconds and nanoseconds. */

const NANOSECONDS_PER_SECOND = 1_000_000_000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const MICROSECONDS_PER_SECOND = 1_000_000;
const MILLISECONDS_PER_SECOND = 1000;
const NANOSECONDS_PER_TICK = 100;
const TICKS_PER_MICROSECOND = 10n;
const TICKS_PER_SECOND = 10_000_000;
/** Seconds from 1601-01-01, from which FILETIMEs count, to 1970-01-01. */
const FILETIME_TO_EPOCH_SECONDS = 11_644_473_600;
const TWO_TO_THE_32 = 2 ** 32;
/** 2^32 ticks are so many seconds and ticks. */
const HIGH_SECONDS = Math.floor(TWO_TO_THE_32 / TICKS_PER_SECOND);
const HIGH_TICKS = TWO_TO_THE_32 % TICKS_PER_SECOND;
/** Up to this upper half of a 64-bit number a double holds what is computed here exactly. */
const LARGEST_EXACT_FILETIME_HIGH = 0x3fff_ffff;
const LARGEST_EXACT_HIGH = 0x001f_ffff;

/** A time since the epoch in two parts. */
export interface SplitTime {
  seconds: number;
  /** May be more than a second. */
  nanoseconds: number;
}

/** Sets `time` to so many milliseconds, as version 1 counts them from the start of the capture. */
export function setMilliseconds(time: SplitTime, milliseconds: number): void {
  time.seconds = Math.floor(milliseconds / MILLISECONDS_PER_SECOND);
  time.nanoseconds = (milliseconds % MILLISECONDS_PER_SECOND) * NANOSECONDS_PER_MILLISECOND;
}

/**
 * Sets `time` to a 64-bit number of microseconds, as version 2 counts them from the start of the capture. Frames can be
 * older than that: Network Monitor multiplies by ten and takes the result as signed, so that a huge number is one
 * below zero.
 */
export function setMicroseconds(time: SplitTime, high: number, low: number): void {
  if (high > LARGEST_EXACT_HIGH) {
    const ticks = BigInt.asIntN(64, ((BigInt(high) << 32n) + BigInt(low)) * TICKS_PER_MICROSECOND);
    time.seconds = Number(ticks / BigInt(TICKS_PER_SECOND));
    time.nanoseconds = Number(ticks % BigInt(TICKS_PER_SECOND)) * NANOSECONDS_PER_TICK;
    return;
  }
  const microseconds = high * TWO_TO_THE_32 + low;
  time.seconds = Math.floor(microseconds / MICROSECONDS_PER_SECOND);
  time.nanoseconds = (microseconds % MICROSECONDS_PER_SECOND) * (NANOSECONDS_PER_SECOND / MICROSECONDS_PER_SECOND);
}

/** Sets `time` to a FILETIME (units of 100 ns since 1601, UTC); false where no calendar reaches so far. */
export function setFileTime(time: SplitTime, high: number, low: number): boolean {
  if (high > LARGEST_EXACT_FILETIME_HIGH) return false;
  const ticks = high * HIGH_TICKS + low;
  time.seconds = high * HIGH_SECONDS + Math.floor(ticks / TICKS_PER_SECOND) - FILETIME_TO_EPOCH_SECONDS;
  time.nanoseconds = (ticks % TICKS_PER_SECOND) * NANOSECONDS_PER_TICK;
  return true;
}
