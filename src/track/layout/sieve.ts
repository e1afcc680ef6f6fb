/** The table of the sieve, and what is told of packets that were sifted. */

/**
 * Words of a place: both addresses, the ports, and the mark of a connection; a quarter of a cache line. The words are as
 * they lie in the packet, read as little-endian ones, whatever they mean: WebAssembly can't read others.
 */
export const PLACE_WORDS = 4;
export const SECOND = 1;
export const BOTH_PORTS = 2;
export const MARK = 3;
/** A sparser table is larger, and takes 8 ns longer: what counts is how much of it fits the caches. */
export const PLACES_PER_CONNECTION = 2;
/** The lower bits of a mark: which ends have sent a segment, and whether an attempt between them may be open. */
export const FIRST_END = 1;
export const SECOND_END = 2;
export const MAY_BE_OPEN = 4;

/**
 * A bit for each SYN of a piece, 2 kB, so that they stay in the first-level cache: its word and its bit are the upper bits of
 * the hash of its ends, which are the good ones. The lower ones are the same for whole networks.
 */
export const SYN_WORDS = 512;
export const SYN_WORD_SHIFT = 23;
export const SYN_BIT_SHIFT = 18;

// What `sift` tells of a piece: two doubles, and words behind them
export const EARLIEST_NS = 0;
export const LATEST_NS = 1;
export const LET_THROUGH = 4;
export const CONNECTIONS = 5;
