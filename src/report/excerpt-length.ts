/** How much of a packet its headers are. */
import type { Packet } from '../capture/format.js';
import { ETHERTYPE_IPV4 } from '../decode/ethernet.js';
import {
  FRAME_DNS,
  FRAME_ICMP_ERROR,
  FRAME_NEIGHBOR_REPLY,
  FRAME_NEIGHBOR_REQUEST,
  FRAME_TCP,
  type Frame,
} from '../decode/frame.js';
import { LINKTYPE_ETHERNET } from '../decode/link-types.js';

/** Of a packet of which it is not known how long its headers are: link layer, IPv6 and the start of what it carries. */
const UNKNOWN_HEADER_BYTES = 64;

const ETHERNET_HEADER_BYTES = 14;
const ETHERTYPE = 12;
/** Ports, type and code, or whatever else comes first. */
const FIRST_WORDS_BYTES = 8;
const IPV4_HEADER_BYTES = 20;

/**
 * How many of the captured bytes to keep for the headers: up to the end of TCP's, of a quoted packet's in an ICMP error;
 * DNS, ARP and neighbour discovery are kept as they are.
 */
export function headerBytes(packet: Packet, frame: Frame): number {
  const { capturedBytes } = packet;
  switch (frame.kind) {
    case FRAME_TCP:
      return Math.min(capturedBytes, frame.payloadOffset - packet.offset);
    case FRAME_ICMP_ERROR: {
      const quotedBytes = frame.payloadOffset - packet.offset;
      // A quotation that ends before the end of its header is there to its last byte.
      return frame.flags < 0 ? capturedBytes : Math.min(capturedBytes, quotedBytes);
    }
    case FRAME_DNS:
    case FRAME_NEIGHBOR_REQUEST:
    case FRAME_NEIGHBOR_REPLY:
      return capturedBytes;
    default:
      return Math.min(capturedBytes, otherHeaderBytes(packet));
  }
}

function otherHeaderBytes({ view, offset, capturedBytes, linkType }: Packet): number {
  if (linkType !== LINKTYPE_ETHERNET || capturedBytes < ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES) {
    return UNKNOWN_HEADER_BYTES;
  }
  if (view.getUint16(offset + ETHERTYPE) !== ETHERTYPE_IPV4) return UNKNOWN_HEADER_BYTES;
  const ipBytes = (view.getUint8(offset + ETHERNET_HEADER_BYTES) & 0xf) << 2;
  return ETHERNET_HEADER_BYTES + ipBytes + FIRST_WORDS_BYTES;
}
