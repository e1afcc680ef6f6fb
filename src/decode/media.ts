/**
 * Media that are rare today: the headers are simple, so their captures are read.
 */

import { decodeEthernet, decodeEtherType, decodeTypeOrLength } from './ethernet.js';
import { type Frame, PASSAGE_RECEIVED, PASSAGE_SENT } from './frame.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeLogicalLink } from './logical-link.js';
import { decodeArp } from './neighbor.js';
import { LINK_HEADER_CUT, UNDERSTOOD } from './reasons.js';

const MAC_BYTES = 6;

function setLinkAddresses(view: DataView, destination: number, source: number, frame: Frame): void {
  frame.linkDestinationHigh = view.getUint16(destination);
  frame.linkDestinationLow = view.getUint32(destination + 2);
  frame.linkSourceHigh = view.getUint16(source);
  frame.linkSourceLow = view.getUint32(source + 2);
}

// Token Ring (IEEE 802.5): access control, frame control, addresses, perhaps a source route, logical link
const RING_FRAME_CONTROL = 1;
const RING_DESTINATION = 2;
const RING_SOURCE = 8;
const RING_HEADER_BYTES = 14;
const RING_TYPE_MASK = 0xc0;
const RING_TYPE_LOGICAL_LINK = 0x40;
const RING_IS_ROUTED = 0x8000;
const RING_ROUTE_LENGTH_MASK = 0x1f;

/** Decodes the Token Ring frame from `at`. */
export function decodeTokenRing(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < RING_HEADER_BYTES + 1) return LINK_HEADER_CUT;
  setLinkAddresses(view, at + RING_DESTINATION, at + RING_SOURCE, frame);
  if ((view.getUint8(at + RING_FRAME_CONTROL) & RING_TYPE_MASK) !== RING_TYPE_LOGICAL_LINK) return UNDERSTOOD;
  let payload = at + RING_HEADER_BYTES;
  if ((frame.linkSourceHigh & RING_IS_ROUTED) !== 0) {
    frame.linkSourceHigh &= ~RING_IS_ROUTED;
    payload += view.getUint8(payload) & RING_ROUTE_LENGTH_MASK;
  }
  return decodeLogicalLink(view, payload, end, wireEnd, frame);
}

// FDDI (ISO 9314-2): frame control, addresses, logical link
const FDDI_DESTINATION = 1;
const FDDI_HEADER_BYTES = 13;
const FDDI_TYPE_MASK = 0xf0;
const FDDI_TYPE_LOGICAL_LINK = 0x50;

/** Decodes the FDDI frame from `at`. */
export function decodeFddi(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < FDDI_HEADER_BYTES) return LINK_HEADER_CUT;
  setLinkAddresses(view, at + FDDI_DESTINATION, at + FDDI_DESTINATION + MAC_BYTES, frame);
  if ((view.getUint8(at) & FDDI_TYPE_MASK) !== FDDI_TYPE_LOGICAL_LINK) return UNDERSTOOD;
  return decodeLogicalLink(view, at + FDDI_HEADER_BYTES, end, wireEnd, frame);
}

// ARCNET: addresses of one byte, a protocol and, with RFC 1201's protocols, a split flag and a sequence number
const ARCNET_BSD_PROTOCOL = 2;
const ARCNET_LINUX_PROTOCOL = 4;
const ARCNET_SPLIT_BYTES = 3;
const ARCNET_EXCEPTION_BYTES = 3;
const ARCNET_EXCEPTION = 0xff;
const ARCNET_IPV6 = 196;
const ARCNET_IPV4 = 212;
const ARCNET_ARP = 213;
const ARCNET_IPV4_SIMPLE = 240; // RFC 1051
const ARCNET_ARP_SIMPLE = 241;

/** Decodes the ARCNET packet from `at` with the header of the BSDs. */
export function decodeArcnetBsd(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  return decodeArcnet(view, at + ARCNET_BSD_PROTOCOL, end, wireEnd, frame);
}

/** Decodes the ARCNET packet from `at` with the header of Linux, which has an offset before the protocol. */
export function decodeArcnetLinux(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  return decodeArcnet(view, at + ARCNET_LINUX_PROTOCOL, end, wireEnd, frame);
}

function decodeArcnet(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < 1 + ARCNET_SPLIT_BYTES) return LINK_HEADER_CUT;
  const protocol = view.getUint8(at);
  const splitFlag = view.getUint8(at + 1);
  const simple = at + 1;
  let payload = simple + ARCNET_SPLIT_BYTES;
  if (splitFlag === ARCNET_EXCEPTION) payload += ARCNET_EXCEPTION_BYTES;
  // Odd: the first of several pieces; even: a later one.
  else if (splitFlag !== 0 && (splitFlag & 1) === 0 && protocol < ARCNET_IPV4_SIMPLE) return UNDERSTOOD;
  switch (protocol) {
    case ARCNET_IPV4_SIMPLE:
      return decodeIpv4(view, simple, end, wireEnd, frame);
    case ARCNET_ARP_SIMPLE:
      return decodeArp(view, simple, end, frame);
    case ARCNET_IPV4:
      return decodeIpv4(view, payload, end, wireEnd, frame);
    case ARCNET_IPV6:
      return decodeIpv6(view, payload, end, wireEnd, frame);
    case ARCNET_ARP:
      return decodeArp(view, payload, end, frame);
    default:
      return UNDERSTOOD;
  }
}

// SunATM (https://www.tcpdump.org/linktypes/LINKTYPE_SUNATM.html): flags, virtual path and circuit
const ATM_HEADER_BYTES = 4;
const ATM_TRANSMITTED = 0x80;
const ATM_TRAFFIC_MASK = 0x0f;
const ATM_LAN_EMULATION = 1;
const ATM_LOGICAL_LINK = 2;
const LAN_EMULATION_CLIENT_BYTES = 2;

/** Decodes the ATM packet from `at`. */
export function decodeSunAtm(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < ATM_HEADER_BYTES) return LINK_HEADER_CUT;
  const flags = view.getUint8(at);
  frame.passage = (flags & ATM_TRANSMITTED) !== 0 ? PASSAGE_SENT : PASSAGE_RECEIVED;
  const payload = at + ATM_HEADER_BYTES;
  switch (flags & ATM_TRAFFIC_MASK) {
    case ATM_LAN_EMULATION:
      return decodeEthernet(view, payload + LAN_EMULATION_CLIENT_BYTES, end, wireEnd, frame);
    case ATM_LOGICAL_LINK:
      return decodeLogicalLink(view, payload, end, wireEnd, frame);
    default:
      return UNDERSTOOD;
  }
}

const FIREWIRE_TYPE = 16;

/** Decodes the IP-over-FireWire packet from `at`: two addresses of eight bytes, an EtherType. */
export function decodeApple1394(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  const payload = at + FIREWIRE_TYPE + 2;
  if (payload > end) return LINK_HEADER_CUT;
  return decodeEtherType(view, view.getUint16(at + FIREWIRE_TYPE), payload, end, wireEnd, frame);
}

const INFINIBAND_TYPE = 40;
const INFINIBAND_HEADER_BYTES = 44;

/** Decodes the IP-over-InfiniBand packet from `at`: two addresses of twenty bytes, then RFC 4391's header. */
export function decodeInfiniband(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < INFINIBAND_HEADER_BYTES) return LINK_HEADER_CUT;
  const etherType = view.getUint16(at + INFINIBAND_TYPE);
  return decodeEtherType(view, etherType, at + INFINIBAND_HEADER_BYTES, end, wireEnd, frame);
}

/** Decodes the Ethernet frame from `at` that has a switch chip's tag of `tagBytes` bytes behind its addresses. */
export function decodeSwitchTag(
  view: DataView,
  tagBytes: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  const type = at + 2 * MAC_BYTES + tagBytes;
  if (end - type < 2) return LINK_HEADER_CUT;
  setLinkAddresses(view, at, at + MAC_BYTES, frame);
  return decodeTypeOrLength(view, type, end, wireEnd, frame);
}
