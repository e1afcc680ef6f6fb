/**
 * IP of either version where nothing but the packet itself says which.
 */

import type { Frame } from './frame.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { BAD_IP_HEADER, IP_HEADER_CUT } from './reasons.js';

/** Decodes the IP packet from `at` by its version. */
export function decodeIp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (at >= end) return IP_HEADER_CUT;
  switch (view.getUint8(at) >>> 4) {
    case 4:
      return decodeIpv4(view, at, end, wireEnd, frame);
    case 6:
      return decodeIpv6(view, at, end, wireEnd, frame);
    default:
      return BAD_IP_HEADER;
  }
}
