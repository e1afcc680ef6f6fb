/**
 * TCP segments (RFC 9293), whole or as an ICMP error quotes them.
 */

import { FRAME_ICMP_ERROR, FRAME_QUOTED, FRAME_TCP, type Frame } from './frame.js';
import { BAD_TCP_HEADER, TCP_HEADER_CUT, UNDERSTOOD } from './reasons.js';

// Offsets in the header (RFC 9293 section 3.1)
const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
/** Data offset in the upper four bits, flags in the lower eight. */
const OFFSET_AND_FLAGS = 12;
const WINDOW = 14;
const OPTIONS = 20;

const FIXED_HEADER_BYTES = 20;
const FLAGS_MASK = 0xff;

/** With fewer bytes captured it can't be said what a segment is. */
const LEAST_BYTES = 14;
/** What every ICMP error quotes at least: ports and sequence number (RFC 792). */
const LEAST_QUOTED_BYTES = 8;

/**
 * Decodes the TCP segment from `at`. `end` is where the captured bytes end, `wireEnd` where the segment did by the
 * lengths of the headers around it.
 */
export function decodeTcp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (frame.kind === FRAME_QUOTED) return decodeQuotedTcp(view, at, end, wireEnd, frame);
  const captured = end - at;
  if (captured < LEAST_BYTES) return TCP_HEADER_CUT;
  const offsetAndFlags = view.getUint16(at + OFFSET_AND_FLAGS);
  const headerBytes = (offsetAndFlags >>> 12) << 2;
  if (headerBytes < FIXED_HEADER_BYTES) return BAD_TCP_HEADER;
  frame.kind = FRAME_TCP;
  frame.sourcePort = view.getUint16(at + SOURCE_PORT);
  frame.destinationPort = view.getUint16(at + DESTINATION_PORT);
  frame.sequence = view.getUint32(at + SEQUENCE);
  frame.acknowledgement = view.getUint32(at + ACKNOWLEDGEMENT);
  frame.flags = offsetAndFlags & FLAGS_MASK;
  frame.window = captured >= WINDOW + 2 ? view.getUint16(at + WINDOW) : -1;
  setLengths(at, headerBytes, captured, wireEnd, frame);
  return UNDERSTOOD;
}

/** A quoted segment may end anywhere after its sequence number; what is not there is -1, or 0 for the acknowledgement. */
function decodeQuotedTcp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  const captured = end - at;
  if (captured < LEAST_QUOTED_BYTES) return TCP_HEADER_CUT;
  frame.kind = FRAME_ICMP_ERROR;
  frame.sourcePort = view.getUint16(at + SOURCE_PORT);
  frame.destinationPort = view.getUint16(at + DESTINATION_PORT);
  frame.sequence = view.getUint32(at + SEQUENCE);
  const offsetAndFlags = captured >= LEAST_BYTES ? view.getUint16(at + OFFSET_AND_FLAGS) : 0;
  const headerBytes = (offsetAndFlags >>> 12) << 2;
  // A quotation of eight bytes may be padded with zeros (RFC 4884 section 4), which have no valid data offset.
  const isWhole = headerBytes >= FIXED_HEADER_BYTES;
  frame.acknowledgement = isWhole ? view.getUint32(at + ACKNOWLEDGEMENT) : 0;
  frame.flags = isWhole ? offsetAndFlags & FLAGS_MASK : -1;
  frame.window = isWhole && captured >= WINDOW + 2 ? view.getUint16(at + WINDOW) : -1;
  setLengths(at, headerBytes, captured, wireEnd, frame);
  if (!isWhole) frame.payloadBytes = 0;
  return UNDERSTOOD;
}

function setLengths(at: number, headerBytes: number, captured: number, wireEnd: number, frame: Frame): void {
  frame.payloadOffset = at + headerBytes;
  frame.payloadBytes = Math.max(0, wireEnd - frame.payloadOffset);
  frame.optionsOffset = at + OPTIONS;
  frame.optionsBytes = Math.max(0, Math.min(headerBytes, captured) - FIXED_HEADER_BYTES);
}
