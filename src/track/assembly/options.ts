/** The options of a SYN or SYN-ACK, as tcp-options.ts and traits.ts read them. */
import { FLAGS, OPTIONS } from '../../decode/plain-header';
import {
  AUTHENTICATION,
  END_OF_OPTIONS,
  EXPERIMENT,
  FAST_OPEN,
  FAST_OPEN_EXPERIMENT,
  FNV_OFFSET,
  FNV_PRIME,
  MAXIMUM_SEGMENT_SIZE,
  MD5_SIGNATURE,
  MULTIPATH,
  NO_OPERATION,
  SACK_PERMITTED,
  TIMESTAMPS,
  WINDOW_SCALE,
} from '../../decode/tcp-option-kinds';
import {
  TRAIT_AUTHENTICATED,
  TRAIT_ECN,
  TRAIT_FAST_OPEN,
  TRAIT_MAXIMUM_SEGMENT_SIZE,
  TRAIT_MULTIPATH,
  TRAIT_SACK,
  TRAIT_TIMESTAMPS,
  TRAIT_WINDOW_SCALE,
} from '../layout/traits';
import { ACK, CWR, ECE, networkHalf, networkWord, TCP_HEADER_BYTES, tcpHeaderBytes } from './packet';

export let timestamp: i32 = 0;
export let echo: i32 = 0;
export let fingerprint: i32 = 0;
let optionTraits: i32 = 0;

export function forgetOptions(): void {
  timestamp = 0;
  echo = 0;
  fingerprint = 0;
  optionTraits = 0;
}

/** Reads the options of a segment, all of which are there. */
export function readOptions(packet: usize): void {
  forgetOptions();
  let hash: i32 = FNV_OFFSET;
  const end = packet + OPTIONS + tcpHeaderBytes(packet) - TCP_HEADER_BYTES;
  for (let at = packet + OPTIONS; at < end; ) {
    const kind = <i32>load<u8>(at);
    hash = (hash ^ kind) * FNV_PRIME;
    if (kind === END_OF_OPTIONS) break;
    if (kind === NO_OPERATION) {
      at++;
      continue;
    }
    if (end - at < 2) break;
    const length = <usize>load<u8>(at, 1);
    if (length < 2 || length > end - at) break;
    readOption(kind, at + 2, <i32>length - 2);
    at += length;
  }
  fingerprint = hash;
}

/** Reads one option's bytes after kind and length. */
function readOption(kind: i32, at: usize, bytes: i32): void {
  if (kind === MAXIMUM_SEGMENT_SIZE) {
    if (bytes === 2) optionTraits |= TRAIT_MAXIMUM_SEGMENT_SIZE;
  } else if (kind === WINDOW_SCALE) {
    if (bytes === 1) optionTraits |= TRAIT_WINDOW_SCALE;
  } else if (kind === SACK_PERMITTED) optionTraits |= TRAIT_SACK;
  else if (kind === TIMESTAMPS) {
    if (bytes !== 8) return;
    optionTraits |= TRAIT_TIMESTAMPS;
    timestamp = networkWord(at);
    echo = networkWord(at + 4);
  } else if (kind === MULTIPATH) optionTraits |= TRAIT_MULTIPATH;
  else if (kind === MD5_SIGNATURE || kind === AUTHENTICATION) optionTraits |= TRAIT_AUTHENTICATED;
  else if (kind === FAST_OPEN) optionTraits |= TRAIT_FAST_OPEN;
  else if (kind === EXPERIMENT && bytes >= 2 && networkHalf(at) === FAST_OPEN_EXPERIMENT) {
    optionTraits |= TRAIT_FAST_OPEN;
  }
}

export function traitsOf(packet: usize): i32 {
  const flags = <u32>load<u8>(packet, FLAGS);
  return (flags & (ECE | CWR | ACK)) === (ECE | CWR) ? optionTraits | TRAIT_ECN : optionTraits;
}
