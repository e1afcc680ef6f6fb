/**
 * Generic Routing Encapsulation (RFC 2784, RFC 2890, RFC 1701), PPTP's variant of it (RFC 2637) and the mirrored
 * Ethernet frames of ERSPAN.
 */

import { decodeEthernet, decodeEtherType, ETHERTYPE_ETHERNET, ETHERTYPE_IPV4 } from './ethernet.js';
import type { Frame } from './frame.js';
import { decodePpp } from './ppp.js';
import { BAD_TUNNEL_HEADER, TUNNEL_HEADER_CUT, UNDERSTOOD } from './reasons.js';

// Offsets in the header (RFC 2784 section 2.1)
const FLAGS_AND_VERSION = 0;
const PROTOCOL = 2;
const FIXED_HEADER_BYTES = 4;

// Flags; each brings four more bytes
const CHECKSUM_PRESENT = 0x8000;
const ROUTING_PRESENT = 0x4000; // RFC 1701
const KEY_PRESENT = 0x2000; // RFC 2890
const SEQUENCE_PRESENT = 0x1000;
const ACKNOWLEDGEMENT_PRESENT = 0x0080; // RFC 2637, version 1 only
const VERSION_MASK = 0x0007;
const OPTIONAL_FIELD_BYTES = 4;

// Source route entries (RFC 1701)
const ROUTE_ENTRY_HEADER_BYTES = 4;
const ROUTE_ENTRY_LENGTH = 3;

const ETHERTYPE_PPP = 0x880b;
const ETHERTYPE_WCCP = 0x883e;
const ETHERTYPE_ERSPAN = 0x88be; // types I and II: draft-foschiano-erspan section 4
const ETHERTYPE_ERSPAN_3 = 0x22eb;

const ERSPAN_2_HEADER_BYTES = 8;
const ERSPAN_3_HEADER_BYTES = 12;
const ERSPAN_3_SUBHEADER_BYTES = 8;
const ERSPAN_3_HAS_SUBHEADER = 1;
const REDIRECT_HEADER_BYTES = 4;

/** Decodes the GRE packet from `at`. */
export function decodeGre(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < FIXED_HEADER_BYTES) return TUNNEL_HEADER_CUT;
  const flags = view.getUint16(at + FLAGS_AND_VERSION);
  const protocol = view.getUint16(at + PROTOCOL);
  const version = flags & VERSION_MASK;
  if (version > 1) return BAD_TUNNEL_HEADER;
  at += FIXED_HEADER_BYTES;
  if ((flags & (CHECKSUM_PRESENT | ROUTING_PRESENT)) !== 0) at += OPTIONAL_FIELD_BYTES;
  if ((flags & KEY_PRESENT) !== 0) at += OPTIONAL_FIELD_BYTES;
  if ((flags & SEQUENCE_PRESENT) !== 0) at += OPTIONAL_FIELD_BYTES;
  if (version === 1) {
    if ((flags & ACKNOWLEDGEMENT_PRESENT) !== 0) at += OPTIONAL_FIELD_BYTES;
    // Without a sequence number it carries an acknowledgement only (RFC 2637 section 4.1).
    if (protocol !== ETHERTYPE_PPP || (flags & SEQUENCE_PRESENT) === 0) return UNDERSTOOD;
    return decodePpp(view, at, end, wireEnd, frame);
  }
  if ((flags & ROUTING_PRESENT) !== 0) at = skipSourceRoute(view, at, end);
  if (at >= end) return protocol === 0 ? UNDERSTOOD : TUNNEL_HEADER_CUT;

  switch (protocol) {
    case ETHERTYPE_ERSPAN:
      return decodeErspan(view, (flags & SEQUENCE_PRESENT) !== 0, at, end, wireEnd, frame);
    case ETHERTYPE_ERSPAN_3:
      return decodeErspan3(view, at, end, wireEnd, frame);
    case ETHERTYPE_PPP:
      return decodePpp(view, at, end, wireEnd, frame);
    case ETHERTYPE_WCCP:
      return decodeRedirected(view, at, end, wireEnd, frame);
    case ETHERTYPE_ETHERNET:
      return decodeEthernet(view, at, end, wireEnd, frame);
    default:
      return decodeEtherType(view, protocol, at, end, wireEnd, frame);
  }
}

/** Where the route's list of entries ends: behind an empty one. */
function skipSourceRoute(view: DataView, at: number, end: number): number {
  while (end - at >= ROUTE_ENTRY_HEADER_BYTES) {
    const isLast = view.getUint32(at) === 0;
    at += ROUTE_ENTRY_HEADER_BYTES + view.getUint8(at + ROUTE_ENTRY_LENGTH);
    if (isLast) return at;
  }
  return end;
}

/** Type I has no header of its own and is known by the missing sequence number; type II has eight bytes. */
function decodeErspan(
  view: DataView,
  isNumbered: boolean,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  return decodeEthernet(view, isNumbered ? at + ERSPAN_2_HEADER_BYTES : at, end, wireEnd, frame);
}

function decodeErspan3(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < ERSPAN_3_HEADER_BYTES) return TUNNEL_HEADER_CUT;
  const hasSubheader = (view.getUint8(at + ERSPAN_3_HEADER_BYTES - 1) & ERSPAN_3_HAS_SUBHEADER) !== 0;
  at += ERSPAN_3_HEADER_BYTES + (hasSubheader ? ERSPAN_3_SUBHEADER_BYTES : 0);
  return decodeEthernet(view, at, end, wireEnd, frame);
}

/** Web cache redirection, whose second version has a header before the IPv4 packet. */
function decodeRedirected(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (view.getUint8(at) >>> 4 !== 4) at += REDIRECT_HEADER_BYTES;
  return decodeEtherType(view, ETHERTYPE_IPV4, at, end, wireEnd, frame);
}
