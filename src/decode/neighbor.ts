/**
 * Who asked for whose link-layer address, and who answered: ARP (RFC 826) and IPv6 neighbour discovery (RFC 4861).
 */

import { FRAME_NEIGHBOR_REPLY, FRAME_NEIGHBOR_REQUEST, type Frame, IPV4_MAPPED_WORD } from './frame.js';
import { ARP_CUT, UNDERSTOOD } from './reasons.js';

// Offsets in an ARP packet (RFC 826)
const PROTOCOL_TYPE = 2;
const HARDWARE_LENGTH = 4;
const PROTOCOL_LENGTH = 5;
const OPERATION = 6;
const ADDRESSES = 8;

const PROTOCOL_IPV4 = 0x0800;
const IPV4_BYTES = 4;
const MAC_BYTES = 6;
const REQUEST = 1;
const REPLY = 2;

/** ICMPv6 type of a neighbour solicitation (RFC 4861 section 4.3). */
export const NEIGHBOR_SOLICITATION = 135;
/** ICMPv6 type of a neighbour advertisement (RFC 4861 section 4.4). */
export const NEIGHBOR_ADVERTISEMENT = 136;

// Offsets in both messages (RFC 4861 sections 4.3 and 4.4)
const TARGET = 8;
const OPTIONS = 24;

/** Others were forwarded by a router, hence forged (RFC 4861 section 7.1). */
const UNFORWARDED_HOP_LIMIT = 255;
// Options (RFC 4861 section 4.6.1); their length counts units of eight bytes
const SOURCE_LINK_ADDRESS = 1;
const TARGET_LINK_ADDRESS = 2;

/**
 * Decodes the ARP packet from `at`, of any hardware whose protocol addresses are IPv4. Other operations (reverse and
 * inverse ARP) and protocols leave the frame FRAME_OTHER.
 */
export function decodeArp(view: DataView, at: number, end: number, frame: Frame): number {
  if (end - at < ADDRESSES) return ARP_CUT;
  if (view.getUint16(at + PROTOCOL_TYPE) !== PROTOCOL_IPV4) return UNDERSTOOD;
  if (view.getUint8(at + PROTOCOL_LENGTH) !== IPV4_BYTES) return UNDERSTOOD;
  const operation = view.getUint16(at + OPERATION);
  if (operation !== REQUEST && operation !== REPLY) return UNDERSTOOD;
  const hardwareBytes = view.getUint8(at + HARDWARE_LENGTH);
  const senderAt = at + ADDRESSES + hardwareBytes;
  const targetAt = senderAt + IPV4_BYTES + hardwareBytes;
  if (end - targetAt < IPV4_BYTES) return ARP_CUT;

  const sender = view.getUint32(senderAt);
  const target = view.getUint32(targetAt);
  // A gratuitous ARP asks for its own address to tell it (RFC 5227 section 3).
  const isReply = operation === REPLY || sender === target;
  frame.kind = isReply ? FRAME_NEIGHBOR_REPLY : FRAME_NEIGHBOR_REQUEST;
  frame.ipVersion = 4;
  frame.source0 = 0;
  frame.source1 = 0;
  frame.source2 = IPV4_MAPPED_WORD;
  frame.source3 = sender;
  frame.destination0 = 0;
  frame.destination1 = 0;
  frame.destination2 = IPV4_MAPPED_WORD;
  frame.destination3 = target;
  if (hardwareBytes === MAC_BYTES) setNeighbor(view, at + ADDRESSES, frame);
  else frame.neighborHigh = -1;
  return UNDERSTOOD;
}

/** Decodes the neighbour solicitation from `at`, whose IPv6 header the frame already holds. */
export function decodeNeighborSolicitation(view: DataView, at: number, end: number, frame: Frame): void {
  if (end - at < OPTIONS || frame.timeToLive !== UNFORWARDED_HOP_LIMIT) return;
  frame.kind = FRAME_NEIGHBOR_REQUEST;
  frame.destination0 = view.getUint32(at + TARGET);
  frame.destination1 = view.getUint32(at + TARGET + 4);
  frame.destination2 = view.getUint32(at + TARGET + 8);
  frame.destination3 = view.getUint32(at + TARGET + 12);
  findNeighbor(view, SOURCE_LINK_ADDRESS, at + OPTIONS, end, frame);
}

/** Decodes the neighbour advertisement from `at`, whose IPv6 header the frame already holds. */
export function decodeNeighborAdvertisement(view: DataView, at: number, end: number, frame: Frame): void {
  if (end - at < OPTIONS || frame.timeToLive !== UNFORWARDED_HOP_LIMIT) return;
  frame.kind = FRAME_NEIGHBOR_REPLY;
  frame.source0 = view.getUint32(at + TARGET);
  frame.source1 = view.getUint32(at + TARGET + 4);
  frame.source2 = view.getUint32(at + TARGET + 8);
  frame.source3 = view.getUint32(at + TARGET + 12);
  findNeighbor(view, TARGET_LINK_ADDRESS, at + OPTIONS, end, frame);
}

/** Looks through the options for the link-layer address that is being told. */
function findNeighbor(view: DataView, wanted: number, at: number, end: number, frame: Frame): void {
  frame.neighborHigh = -1;
  while (end - at >= 2 + MAC_BYTES) {
    const bytes = view.getUint8(at + 1) << 3;
    if (bytes === 0) return;
    if (view.getUint8(at) === wanted && bytes === 2 + MAC_BYTES) {
      setNeighbor(view, at + 2, frame);
      return;
    }
    at += bytes;
  }
}

function setNeighbor(view: DataView, at: number, frame: Frame): void {
  frame.neighborHigh = view.getUint16(at);
  frame.neighborLow = view.getUint32(at + 2);
}
