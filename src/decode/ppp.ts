/**
 * The Point-to-Point Protocol (RFC 1661) with its framings, and its relatives on serial lines.
 */

import { decodeEtherType } from './ethernet.js';
import { type Frame, PASSAGE_RECEIVED, PASSAGE_SENT } from './frame.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeSnap } from './logical-link.js';
import { BAD_LINK_HEADER, LINK_HEADER_CUT, UNDERSTOOD } from './reasons.js';

// Protocol numbers (https://www.iana.org/assignments/ppp-numbers)
const PPP_IPV4 = 0x0021; // RFC 1332
const PPP_IPV6 = 0x0057; // RFC 5072
const PPP_MPLS = 0x0281; // RFC 3032 section 4.3
const PPP_MPLS_MULTICAST = 0x0283;
const ETHERTYPE_MPLS = 0x8847;

/** A protocol number's lower byte is odd and its upper byte even, so that it may be sent as one byte (section 6.5). */
const ODD = 1;

// HDLC-like framing (RFC 1662 section 3.1)
const ALL_STATIONS_AND_UNNUMBERED = 0xff03;
const FRAMING_BYTES = 2;

// Cisco HDLC (RFC 1547 section 4.3.1)
const CISCO_UNICAST = 0x0f;
const CISCO_BROADCAST = 0x8f;
const CISCO_HEADER_BYTES = 4;

// PPP over Ethernet (RFC 2516 section 4)
const PPPOE_HEADER_BYTES = 6;
const PPPOE_VERSION_TYPE_CODE = 0x1100;
const PPPOE_LENGTH = 4;

// Frame Relay (RFC 2427)
const EXTENDED_ADDRESS = 1;
const UNNUMBERED_INFORMATION = 0x03;
const NETWORK_PADDING = 0x00;
const NETWORK_SNAP = 0x80;
const NETWORK_IPV6 = 0x8e;
const NETWORK_IPV4 = 0xcc;

/** First byte of pppd's packets and of those with a direction before them. */
const DIRECTION_RECEIVED = 0;

/** Decodes the PPP packet from `at`, with or without HDLC-like framing; Cisco's framing of the same line too. */
export function decodePpp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < FRAMING_BYTES) return LINK_HEADER_CUT;
  const address = view.getUint8(at);
  if (address === CISCO_UNICAST || address === CISCO_BROADCAST) return decodeCiscoHdlc(view, at, end, wireEnd, frame);
  if (view.getUint16(at) === ALL_STATIONS_AND_UNNUMBERED) at += FRAMING_BYTES;
  return decodePppProtocol(view, at, end, wireEnd, frame);
}

/** Decodes what follows the framing: protocol and payload. */
function decodePppProtocol(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < 2) return LINK_HEADER_CUT;
  let protocol = view.getUint8(at);
  at += 1;
  if ((protocol & ODD) === 0) {
    protocol = (protocol << 8) | view.getUint8(at);
    at += 1;
  }
  switch (protocol) {
    case PPP_IPV4:
      return decodeIpv4(view, at, end, wireEnd, frame);
    case PPP_IPV6:
      return decodeIpv6(view, at, end, wireEnd, frame);
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      return decodeEtherType(view, ETHERTYPE_MPLS, at, end, wireEnd, frame);
    default:
      return UNDERSTOOD;
  }
}

/** Decodes a PPP packet behind a byte that says which way it went (also where pppd puts it, in place of the address). */
export function decodePppWithDirection(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < FRAMING_BYTES) return LINK_HEADER_CUT;
  frame.passage = view.getUint8(at) === DIRECTION_RECEIVED ? PASSAGE_RECEIVED : PASSAGE_SENT;
  const isPppd = view.getUint8(at + 1) === (ALL_STATIONS_AND_UNNUMBERED & 0xff);
  if (isPppd) return decodePppProtocol(view, at + FRAMING_BYTES, end, wireEnd, frame);
  return decodePpp(view, at + 1, end, wireEnd, frame);
}

/** Decodes the PPPoE session packet from `at`. */
export function decodePppoe(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < PPPOE_HEADER_BYTES) return LINK_HEADER_CUT;
  if (view.getUint16(at) !== PPPOE_VERSION_TYPE_CODE) return BAD_LINK_HEADER;
  wireEnd = Math.min(wireEnd, at + PPPOE_HEADER_BYTES + view.getUint16(at + PPPOE_LENGTH));
  return decodePppProtocol(view, at + PPPOE_HEADER_BYTES, Math.min(end, wireEnd), wireEnd, frame);
}

/** Decodes the Cisco HDLC packet from `at`: address, control, EtherType. */
export function decodeCiscoHdlc(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < CISCO_HEADER_BYTES) return LINK_HEADER_CUT;
  return decodeEtherType(view, view.getUint16(at + 2), at + CISCO_HEADER_BYTES, end, wireEnd, frame);
}

/** Decodes the Frame Relay frame from `at`: an address of two to four bytes, then RFC 2427's or Cisco's header. */
export function decodeFrameRelay(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  let address = 0;
  let addressBytes = 0;
  while ((address & EXTENDED_ADDRESS) === 0) {
    if (at >= end) return LINK_HEADER_CUT;
    if (addressBytes === 4) return BAD_LINK_HEADER;
    address = view.getUint8(at);
    addressBytes += 1;
    at += 1;
  }
  if (end - at < 2) return LINK_HEADER_CUT;
  if (view.getUint8(at) !== UNNUMBERED_INFORMATION) {
    return decodeEtherType(view, view.getUint16(at), at + 2, end, wireEnd, frame);
  }
  at += 1;
  if (view.getUint8(at) === NETWORK_PADDING) at += 1;
  if (at >= end) return LINK_HEADER_CUT;
  switch (view.getUint8(at)) {
    case NETWORK_IPV4:
      return decodeIpv4(view, at + 1, end, wireEnd, frame);
    case NETWORK_IPV6:
      return decodeIpv6(view, at + 1, end, wireEnd, frame);
    case NETWORK_SNAP:
      return decodeSnap(view, at + 1, end, wireEnd, frame);
    default:
      return UNDERSTOOD;
  }
}
