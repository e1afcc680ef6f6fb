/** Which traits a SYN or SYN-ACK has (layout/traits.ts). */
import { ACK, CWR, ECE, type Frame } from '../decode/frame.js';
import type { TcpOptions } from '../decode/tcp-options.js';
import {
  TRAIT_AUTHENTICATED,
  TRAIT_DATA,
  TRAIT_ECN,
  TRAIT_FAST_OPEN,
  TRAIT_MAXIMUM_SEGMENT_SIZE,
  TRAIT_MULTIPATH,
  TRAIT_SACK,
  TRAIT_TIMESTAMPS,
  TRAIT_WINDOW_SCALE,
} from './layout/traits.js';

/** The traits of a segment whose options were read. */
export function traitsOf(frame: Frame, options: TcpOptions): number {
  let traits = frame.payloadBytes > 0 ? TRAIT_DATA : 0;
  if ((frame.flags & (ECE | CWR | ACK)) === (ECE | CWR)) traits |= TRAIT_ECN;
  if (options.maximumSegmentSize >= 0) traits |= TRAIT_MAXIMUM_SEGMENT_SIZE;
  if (options.windowScale >= 0) traits |= TRAIT_WINDOW_SCALE;
  if (options.sackPermitted) traits |= TRAIT_SACK;
  if (options.hasTimestamp) traits |= TRAIT_TIMESTAMPS;
  if (options.mptcp) traits |= TRAIT_MULTIPATH;
  if (options.fastOpen >= 0) traits |= TRAIT_FAST_OPEN;
  if (options.authenticated) traits |= TRAIT_AUTHENTICATED;
  return traits;
}
