/**
 * TCP options. They are read where they matter, on SYNs and a few others, not for every packet.
 */

// Kinds (https://www.iana.org/assignments/tcp-parameters)
const END_OF_OPTIONS = 0; // RFC 9293 section 3.2
const NO_OPERATION = 1;
const MAXIMUM_SEGMENT_SIZE = 2;
const WINDOW_SCALE = 3; // RFC 7323 section 2
const SACK_PERMITTED = 4; // RFC 2018 section 2
const TIMESTAMPS = 8; // RFC 7323 section 3
const MD5_SIGNATURE = 19; // RFC 2385
const AUTHENTICATION = 29; // RFC 5925
const MULTIPATH = 30; // RFC 8684
const FAST_OPEN = 34; // RFC 7413 section 2
const EXPERIMENT = 254; // RFC 6994
const FAST_OPEN_EXPERIMENT = 0xf989; // RFC 7413 section 2

/** Offset basis and prime of the 32-bit FNV-1a hash (RFC 9923). */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

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
