/**
 * IPv4 (RFC 791).
 */

import { FRAME_IP, FRAME_QUOTED, type Frame, IPV4_MAPPED_WORD } from './frame.js';
import { decodeProtocol, PROTOCOL_TCP } from './protocol.js';
import { BAD_IP_HEADER, IP_HEADER_CUT, UNDERSTOOD } from './reasons.js';
import { decodeTcp } from './tcp.js';

// Offsets in the header (RFC 791 section 3.1)
const VERSION_AND_LENGTH = 0;
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FLAGS_AND_FRAGMENT_OFFSET = 6;
const TIME_TO_LIVE = 8;
const PROTOCOL = 9;
const SOURCE = 12;
const DESTINATION = 16;

const FIXED_HEADER_BYTES = 20;
const VERSION = 4;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET_MASK = 0x1fff;
const FRAGMENT_MASK = MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK;
/** The Don't Fragment flag as stacks leave it that swap the header to host order before they quote it. */
const SWAPPED_DO_NOT_FRAGMENT = 0x0040;

/** Decodes the IPv4 packet from `at`; `end` and `wireEnd` bound what was captured and what was sent of it. */
export function decodeIpv4(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < FIXED_HEADER_BYTES) return IP_HEADER_CUT;
  const versionAndLength = view.getUint8(at + VERSION_AND_LENGTH);
  const headerBytes = (versionAndLength & 0xf) << 2;
  if (versionAndLength >>> 4 !== VERSION || headerBytes < FIXED_HEADER_BYTES) return BAD_IP_HEADER;

  // A length of 0 is a packet that the network card is still to cut into segments: then the capture's own length
  // stands. Other impossible lengths are excused in a quotation only, where stacks have swapped and shortened them.
  const totalLength = view.getUint16(at + TOTAL_LENGTH);
  if (totalLength >= headerBytes) {
    wireEnd = at + totalLength;
    if (end > wireEnd && frame.kind !== FRAME_QUOTED) end = wireEnd;
  } else if (totalLength !== 0 && frame.kind !== FRAME_QUOTED) {
    return BAD_IP_HEADER;
  }

  frame.ipVersion = VERSION;
  frame.ipId = view.getUint16(at + IDENTIFICATION);
  frame.flowLabel = -1;
  frame.timeToLive = view.getUint8(at + TIME_TO_LIVE);
  frame.source0 = 0;
  frame.source1 = 0;
  frame.source2 = IPV4_MAPPED_WORD;
  frame.source3 = view.getUint32(at + SOURCE);
  frame.destination0 = 0;
  frame.destination1 = 0;
  frame.destination2 = IPV4_MAPPED_WORD;
  frame.destination3 = view.getUint32(at + DESTINATION);

  const fragment = view.getUint16(at + FLAGS_AND_FRAGMENT_OFFSET) & FRAGMENT_MASK;
  frame.isFragment = fragment !== 0;
  if ((fragment & FRAGMENT_OFFSET_MASK) !== 0) {
    // Errors are never sent about later fragments (RFC 1122 section 3.2.2), so this one is the swapped flag.
    if (frame.kind !== FRAME_QUOTED || fragment !== SWAPPED_DO_NOT_FRAGMENT) {
      frame.kind = FRAME_IP;
      return UNDERSTOOD;
    }
    frame.isFragment = false;
  }
  const protocol = view.getUint8(at + PROTOCOL);
  // Straight on instead of through the table of protocols: 2 ns.
  if (protocol === PROTOCOL_TCP) return decodeTcp(view, at + headerBytes, end, wireEnd, frame);
  return decodeProtocol(view, protocol, at + headerBytes, end, wireEnd, frame);
}
