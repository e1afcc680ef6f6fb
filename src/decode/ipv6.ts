/**
 * IPv6 and its extension headers (RFC 8200).
 */

import { FRAME_IP, FRAME_QUOTED, type Frame } from './frame.js';
import { decodeProtocol, PROTOCOL_AUTHENTICATION_HEADER, PROTOCOL_TCP } from './protocol.js';
import { BAD_IP_HEADER, IP_HEADER_CUT, UNDERSTOOD } from './reasons.js';
import { decodeTcp } from './tcp.js';

// Offsets in the header (RFC 8200 section 3)
const VERSION_AND_FLOW_LABEL = 0;
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;

const HEADER_BYTES = 40;
const VERSION = 6;
const FLOW_LABEL_MASK = 0xfffff;

// Extension headers (https://www.iana.org/assignments/ipv6-parameters)
const HOP_BY_HOP_OPTIONS = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135; // RFC 6275
const HOST_IDENTITY = 139; // RFC 7401
const SHIM6 = 140; // RFC 5533

// Offsets in extension headers (RFC 8200 sections 4.3 to 4.6)
const EXTENSION_LENGTH = 1;
const ROUTING_TYPE = 2;
const SEGMENTS_LEFT = 3;
const ROUTING_ADDRESSES = 8;
const FRAGMENT_OFFSET_AND_MORE = 2;

const LEAST_EXTENSION_BYTES = 8;
const ADDRESS_BYTES = 16;
const FRAGMENT_OFFSET_MASK = 0xfff8;
const MORE_FRAGMENTS = 0x0001;

// Routing types whose list holds the final destination
const SOURCE_ROUTE = 0; // RFC 2460 section 4.4, the last address
const MOBILE_HOME_ADDRESS = 2; // RFC 6275 section 6.4, the only address
const SEGMENT_ROUTING = 4; // RFC 8754 section 2, the first address

/** Decodes the IPv6 packet from `at`; `end` and `wireEnd` bound what was captured and what was sent of it. */
export function decodeIpv6(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < HEADER_BYTES) return IP_HEADER_CUT;
  const versionAndFlowLabel = view.getUint32(at + VERSION_AND_FLOW_LABEL);
  if (versionAndFlowLabel >>> 28 !== VERSION) return BAD_IP_HEADER;

  // A length of 0 is a jumbogram, or a packet that the network card is still to cut into segments.
  const payloadLength = view.getUint16(at + PAYLOAD_LENGTH);
  if (payloadLength !== 0) {
    wireEnd = at + HEADER_BYTES + payloadLength;
    if (end > wireEnd && frame.kind !== FRAME_QUOTED) end = wireEnd;
  }

  frame.ipVersion = VERSION;
  frame.ipId = -1;
  frame.flowLabel = versionAndFlowLabel & FLOW_LABEL_MASK;
  frame.timeToLive = view.getUint8(at + HOP_LIMIT);
  frame.isFragment = false;
  frame.source0 = view.getUint32(at + SOURCE);
  frame.source1 = view.getUint32(at + SOURCE + 4);
  frame.source2 = view.getUint32(at + SOURCE + 8);
  frame.source3 = view.getUint32(at + SOURCE + 12);
  setDestination(view, at + DESTINATION, frame);

  const nextHeader = view.getUint8(at + NEXT_HEADER);
  if (nextHeader === PROTOCOL_TCP) return decodeTcp(view, at + HEADER_BYTES, end, wireEnd, frame);
  return decodeExtensionHeaders(view, nextHeader, at + HEADER_BYTES, end, wireEnd, frame);
}

/** Walks the extension headers, each at least eight bytes long, up to the first header that is none. */
function decodeExtensionHeaders(
  view: DataView,
  nextHeader: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  while (isExtensionHeader(nextHeader)) {
    if (end - at < LEAST_EXTENSION_BYTES) return IP_HEADER_CUT;
    const headerBytes = extensionBytes(nextHeader, view.getUint8(at + EXTENSION_LENGTH));
    if (nextHeader === FRAGMENT) {
      const fragment = view.getUint16(at + FRAGMENT_OFFSET_AND_MORE);
      frame.isFragment = (fragment & (FRAGMENT_OFFSET_MASK | MORE_FRAGMENTS)) !== 0;
      if ((fragment & FRAGMENT_OFFSET_MASK) !== 0) {
        frame.kind = FRAME_IP;
        return UNDERSTOOD;
      }
    } else if (nextHeader === ROUTING) {
      setFinalDestination(view, at, headerBytes, end, frame);
    }
    nextHeader = view.getUint8(at);
    at += headerBytes;
  }
  return decodeProtocol(view, nextHeader, at, end, wireEnd, frame);
}

function isExtensionHeader(nextHeader: number): boolean {
  switch (nextHeader) {
    case HOP_BY_HOP_OPTIONS:
    case ROUTING:
    case FRAGMENT:
    case DESTINATION_OPTIONS:
    case PROTOCOL_AUTHENTICATION_HEADER:
    case MOBILITY:
    case HOST_IDENTITY:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

/** The length field counts units of eight bytes after the first, except in these two headers. */
function extensionBytes(header: number, length: number): number {
  if (header === FRAGMENT) return LEAST_EXTENSION_BYTES;
  if (header === PROTOCOL_AUTHENTICATION_HEADER) return (length + 2) << 2; // RFC 4302 section 2.2
  return (length + 1) << 3;
}

/** On its way through a source route a packet is addressed to the next stop; TCP knows only the final one. */
function setFinalDestination(view: DataView, at: number, headerBytes: number, end: number, frame: Frame): void {
  if (view.getUint8(at + SEGMENTS_LEFT) === 0) return;
  const type = view.getUint8(at + ROUTING_TYPE);
  let address = at + ROUTING_ADDRESSES;
  if (type === SOURCE_ROUTE) address = at + headerBytes - ADDRESS_BYTES;
  else if (type !== MOBILE_HOME_ADDRESS && type !== SEGMENT_ROUTING) return;
  const isInHeader = headerBytes >= ROUTING_ADDRESSES + ADDRESS_BYTES;
  if (isInHeader && end - address >= ADDRESS_BYTES) setDestination(view, address, frame);
}

function setDestination(view: DataView, at: number, frame: Frame): void {
  frame.destination0 = view.getUint32(at);
  frame.destination1 = view.getUint32(at + 4);
  frame.destination2 = view.getUint32(at + 8);
  frame.destination3 = view.getUint32(at + 12);
}
