/** Time stamps of containers to nanoseconds since the time origin, exactly and without a BigInt per packet. */

import type { TimeOrigin } from './format.js';

const NANOSECONDS_PER_SECOND = 1_000_000_000;
/**
 * Halves of seconds are no whole numbers to V8, as the first seconds would be: it would compile for those, and anew in
 * the third second of a capture. With them no product is rounded either.
 */
const HALF = 0.5;
const NANOSECONDS_PER_TWO_SECONDS = 2 * NANOSECONDS_PER_SECOND;
const NANOSECONDS_PER_SECOND_BIG = 1_000_000_000n;
/** 10^9 = 2^9 · 5^9. */
const FIVE_TO_THE_NINTH = 1_953_125;
/** Up to this denominator (2^32 · 5^9 + denominator) < 2^53, so that a double holds every intermediate value. */
const LARGEST_EXACT_DENOMINATOR = 2 ** 49;

/** if_tsresol (pcapng, "Interface Description Block"): the upper bit chooses the base, the rest is the exponent. */
const BINARY_RESOLUTION_FLAG = 0x80;
/** What if_tsresol is when the option is not there: microseconds. */
export const DEFAULT_RESOLUTION = 6;

/** A time stamp of seconds and a fraction (pcap). */
export class SecondsClock {
  private readonly origin: TimeOrigin;
  private readonly nanosecondsPerFraction: number;
  /** The time origin, once a time was told. */
  originSeconds = 0;
  originFractionNs = 0;
  private started = false;

  constructor(origin: TimeOrigin, fractionsPerSecond: number) {
    this.origin = origin;
    this.nanosecondsPerFraction = NANOSECONDS_PER_SECOND / fractionsPerSecond;
  }

  /** Nanoseconds since the time origin; the first time ever told becomes the origin. */
  timeNs(seconds: number, fraction: number): number {
    if (!this.started) this.start(seconds, fraction);
    const fractionNs = fraction * this.nanosecondsPerFraction;
    return (seconds - this.originSeconds) * HALF * NANOSECONDS_PER_TWO_SECONDS + (fractionNs - this.originFractionNs);
  }

  private start(seconds: number, fraction: number): void {
    this.origin.epochNs ??=
      BigInt(seconds) * NANOSECONDS_PER_SECOND_BIG + BigInt(fraction * this.nanosecondsPerFraction);
    this.originSeconds = Number(this.origin.epochNs / NANOSECONDS_PER_SECOND_BIG);
    this.originFractionNs = Number(this.origin.epochNs % NANOSECONDS_PER_SECOND_BIG);
    this.started = true;
  }
}

/**
 * A 64-bit time stamp of any resolution (pcapng). A unit is numerator/denominator nanoseconds; what is finer than a
 * nanosecond is cut off. The nanoseconds of one time stamp are computed with BigInt and kept as the base; as long as
 * the upper half stays the same, the next ones are that base plus the difference of the lower halves.
 */
export class UnitsClock {
  private readonly origin: TimeOrigin;
  /** What is added to a time stamp: if_tsoffset. */
  readonly offsetNs: bigint;
  private readonly numerator: number;
  private readonly denominator: number;
  private readonly numeratorBig: bigint;
  private readonly denominatorBig: bigint;
  private readonly usesBase: boolean;
  private baseHigh = -1;
  private baseLow = 0;
  private baseNs = 0;
  /** What of the base is finer than a nanosecond, in 1/denominator ns. */
  private baseRemainder = 0;

  /** `resolution`: the byte of if_tsresol; `offsetSeconds`: if_tsoffset. */
  constructor(origin: TimeOrigin, resolution: number, offsetSeconds: bigint) {
    this.origin = origin;
    this.offsetNs = offsetSeconds * NANOSECONDS_PER_SECOND_BIG;
    const exponent = resolution & ~BINARY_RESOLUTION_FLAG;
    const [numerator, denominator] =
      (resolution & BINARY_RESOLUTION_FLAG) === 0 ? decimalUnit(exponent) : binaryUnit(exponent);
    this.numeratorBig = numerator;
    this.denominatorBig = denominator;
    this.numerator = Number(numerator);
    this.denominator = Number(denominator);
    this.usesBase = this.denominator <= LARGEST_EXACT_DENOMINATOR;
  }

  /** What a unit is in nanoseconds; 0 if that is no whole number. */
  get unitNs(): bigint {
    return this.denominatorBig === 1n ? this.numeratorBig : 0n;
  }

  /** Nanoseconds since the time origin; the first time ever told becomes the origin. */
  timeNs(high: number, low: number): number {
    if (high !== this.baseHigh || !this.usesBase) this.rebase(high, low);
    const difference = (low - this.baseLow) * this.numerator;
    if (this.denominator === 1) return this.baseNs + difference;
    return this.baseNs + Math.floor((this.baseRemainder + difference) / this.denominator);
  }

  private rebase(high: number, low: number): void {
    const scaled = ((BigInt(high) << 32n) + BigInt(low)) * this.numeratorBig;
    const absoluteNs = scaled / this.denominatorBig + this.offsetNs;
    this.origin.epochNs ??= absoluteNs;
    this.baseNs = Number(absoluteNs - this.origin.epochNs);
    this.baseRemainder = this.usesBase ? Number(scaled % this.denominatorBig) : 0;
    this.baseHigh = high;
    this.baseLow = low;
  }
}

/** 10^-exponent seconds as a fraction of nanoseconds. */
function decimalUnit(exponent: number): [numerator: bigint, denominator: bigint] {
  return exponent <= 9 ? [10n ** BigInt(9 - exponent), 1n] : [1n, 10n ** BigInt(exponent - 9)];
}

/** 2^-exponent seconds as a fraction of nanoseconds. */
function binaryUnit(exponent: number): [numerator: bigint, denominator: bigint] {
  return exponent <= 9
    ? [NANOSECONDS_PER_SECOND_BIG >> BigInt(exponent), 1n]
    : [BigInt(FIVE_TO_THE_NINTH), 1n << BigInt(exponent - 9)];
}
