/**
 * TCP options. They are read where they matter, on SYNs and a few others, not for every packet.
 */

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
} from './tcp-option-kinds.js';

/** What the options of one segment say. One instance is filled again and again. */
export class TcpOptions {
  /** -1: not there. */
  maximumSegmentSize = -1;
  /** The shift count as it stands, also above 14; -1: not there. */
  windowScale = -1;
  sackPermitted = false;
  hasTimestamp = false;
  timestampValue = 0;
  timestampEcho = 0;
  /** -1: not there; 0: the client asks for a cookie; else the bytes of the cookie. */
  fastOpen = -1;
  /** A multipath TCP option of any subtype. */
  mptcp = false;
  /** An MD5 signature or an authentication option: who can't verify it drops the segment silently. */
  authenticated = false;
  /** A hash of the kinds in their order, padding included: the same stack writes the same. */
  fingerprint = 0;
}

/**
 * Reads the options in `bytes` bytes from `offset` (Frame.optionsOffset and optionsBytes). What is nonsense or cut off
 * ends the reading; what was read before it counts. An option of the wrong length is passed over.
 */
export function readTcpOptions(view: DataView, offset: number, bytes: number, options: TcpOptions): void {
  clear(options);
  const end = offset + bytes;
  let fingerprint = FNV_OFFSET;
  for (let at = offset; at < end; ) {
    const kind = view.getUint8(at);
    fingerprint = Math.imul(fingerprint ^ kind, FNV_PRIME);
    if (kind === END_OF_OPTIONS) break;
    if (kind === NO_OPERATION) {
      at += 1;
      continue;
    }
    if (end - at < 2) break;
    const length = view.getUint8(at + 1);
    if (length < 2 || length > end - at) break;
    readOption(view, kind, at + 2, length - 2, options);
    at += length;
  }
  options.fingerprint = fingerprint >>> 0;
}

function clear(options: TcpOptions): void {
  options.maximumSegmentSize = -1;
  options.windowScale = -1;
  options.sackPermitted = false;
  options.hasTimestamp = false;
  options.timestampValue = 0;
  options.timestampEcho = 0;
  options.fastOpen = -1;
  options.mptcp = false;
  options.authenticated = false;
}

/** Reads one option's `bytes` bytes after kind and length. */
function readOption(view: DataView, kind: number, at: number, bytes: number, options: TcpOptions): void {
  switch (kind) {
    case MAXIMUM_SEGMENT_SIZE:
      if (bytes === 2) options.maximumSegmentSize = view.getUint16(at);
      return;
    case WINDOW_SCALE:
      if (bytes === 1) options.windowScale = view.getUint8(at);
      return;
    case SACK_PERMITTED:
      options.sackPermitted = true;
      return;
    case TIMESTAMPS:
      if (bytes !== 8) return;
      options.hasTimestamp = true;
      options.timestampValue = view.getUint32(at);
      options.timestampEcho = view.getUint32(at + 4);
      return;
    case MULTIPATH:
      options.mptcp = true;
      return;
    case MD5_SIGNATURE:
    case AUTHENTICATION:
      options.authenticated = true;
      return;
    case FAST_OPEN:
      options.fastOpen = bytes;
      return;
    case EXPERIMENT:
      if (bytes >= 2 && view.getUint16(at) === FAST_OPEN_EXPERIMENT) options.fastOpen = bytes - 2;
      return;
    default:
  }
}
