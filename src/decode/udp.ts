/**
 * UDP (RFC 768) for the sake of DNS and of the tunnels on it. Nothing but a port announces them, and any program may
 * use any port: so every tunnel's header must also look like one, else the datagram is no tunnel and just shows that
 * its sender is alive.
 */

import { decodeEthernet, decodeEtherType, decodeMpls, ETHERTYPE_ETHERNET } from './ethernet.js';
import { FRAME_DNS, FRAME_OTHER, type Frame } from './frame.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodePpp } from './ppp.js';
import { UNDERSTOOD } from './reasons.js';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const LENGTH = 4;
const UDP_HEADER_BYTES = 8;

// Ports (https://www.iana.org/assignments/service-names-port-numbers)
const PORT_DNS = 53;
const PORT_L2TP = 1701;
const PORT_GTP_USER = 2152;
const PORT_TEREDO = 3544;
const PORT_LISP = 4341;
const PORT_VXLAN = 4789;
const PORT_VXLAN_GPE = 4790;
const PORT_AYIYA = 5072;
/** Multicast DNS (RFC 6762 section 2). */
export const PORT_MULTICAST_DNS = 5353;
/** Link-local multicast name resolution (RFC 4795 section 2). */
export const PORT_LLMNR = 5355;
const PORT_GENEVE = 6081;
const PORT_MPLS = 6635;
/** Linux's VXLAN before the port was assigned; still its default. */
const PORT_VXLAN_LINUX = 8472;
const PORT_TZSP = 37008;

/** Decodes the UDP datagram from `at`, and leaves the frame as it is when there is no tunnel in it. */
export function decodeUdp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at <= UDP_HEADER_BYTES) return UNDERSTOOD;
  const sourcePort = view.getUint16(at + SOURCE_PORT);
  const destinationPort = view.getUint16(at + DESTINATION_PORT);
  const port = isTunnelPort(destinationPort) ? destinationPort : sourcePort;
  const datagramBytes = view.getUint16(at + LENGTH);
  if (datagramBytes >= UDP_HEADER_BYTES && at + datagramBytes < wireEnd) {
    wireEnd = at + datagramBytes;
    end = Math.min(end, wireEnd);
  }
  at += UDP_HEADER_BYTES;
  switch (port) {
    case PORT_AYIYA:
      return decodeAyiya(view, at, end, wireEnd, frame);
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
    case PORT_VXLAN_GPE:
      return decodeVxlan(view, at, end, wireEnd, frame);
    case PORT_GENEVE:
      return decodeGeneve(view, at, end, wireEnd, frame);
    case PORT_GTP_USER:
      return decodeGtp(view, at, end, wireEnd, frame);
    case PORT_TEREDO:
      return decodeTeredo(view, at, end, wireEnd, frame);
    case PORT_L2TP:
      return decodeL2tp(view, at, end, wireEnd, frame);
    case PORT_LISP:
      return decodeLisp(view, at, end, wireEnd, frame);
    case PORT_MPLS:
      return decodeMpls(view, at, end, wireEnd, frame);
    case PORT_TZSP:
      return decodeTzsp(view, at, end, wireEnd, frame);
    default:
      if (isDnsPort(sourcePort) || isDnsPort(destinationPort)) {
        keepDatagram(sourcePort, destinationPort, at, wireEnd, frame);
      }
      return UNDERSTOOD;
  }
}

function isDnsPort(port: number): boolean {
  return port === PORT_DNS || port === PORT_MULTICAST_DNS || port === PORT_LLMNR;
}

/** It ends here: there is nothing in DNS to go deeper for. */
function keepDatagram(source: number, destination: number, payload: number, wireEnd: number, frame: Frame): void {
  // Not one that an ICMP error quotes.
  if (frame.kind !== FRAME_OTHER) return;
  frame.kind = FRAME_DNS;
  frame.tunnelDepth -= 1;
  frame.sourcePort = source;
  frame.destinationPort = destination;
  frame.payloadOffset = payload;
  frame.payloadBytes = Math.max(0, wireEnd - payload);
}

function isTunnelPort(port: number): boolean {
  switch (port) {
    case PORT_L2TP:
    case PORT_GTP_USER:
    case PORT_TEREDO:
    case PORT_LISP:
    case PORT_VXLAN:
    case PORT_VXLAN_GPE:
    case PORT_AYIYA:
    case PORT_GENEVE:
    case PORT_MPLS:
    case PORT_VXLAN_LINUX:
    case PORT_TZSP:
      return true;
    default:
      return false;
  }
}

/** Decodes an IP packet of either version if there seems to be one at `at`; else leaves the frame as it is. */
function decodeIp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (at >= end) return UNDERSTOOD;
  const versionAndLength = view.getUint8(at);
  if (versionAndLength >>> 4 === 6) return decodeIpv6(view, at, end, wireEnd, frame);
  if (versionAndLength >>> 4 === 4 && (versionAndLength & 0xf) >= 5) return decodeIpv4(view, at, end, wireEnd, frame);
  return UNDERSTOOD;
}

// VXLAN (RFC 7348 section 5), with the group policy bit (draft-smith-vxlan-group-policy) and the generic protocol
// extension (draft-ietf-nvo3-vxlan-gpe section 3)
const VXLAN_HEADER_BYTES = 8;
const VXLAN_FLAGS = 0xff000000;
const VXLAN_HAS_NETWORK = 0x08000000;
const VXLAN_HAS_POLICY = 0x80000000;
const VXLAN_HAS_PROTOCOL = 0x04000000;
const VXLAN_IPV4 = 1;
const VXLAN_IPV6 = 2;
const VXLAN_ETHERNET = 3;
const VXLAN_MPLS = 5;

function decodeVxlan(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at <= VXLAN_HEADER_BYTES) return UNDERSTOOD;
  const header = view.getUint32(at);
  if (view.getUint8(at + 7) !== 0) return UNDERSTOOD;
  const flags = (header & VXLAN_FLAGS) >>> 0;
  const inner = at + VXLAN_HEADER_BYTES;
  if (flags === VXLAN_HAS_NETWORK + VXLAN_HAS_PROTOCOL) {
    switch (header & ~VXLAN_FLAGS) {
      case VXLAN_IPV4:
      case VXLAN_IPV6:
        return decodeIp(view, inner, end, wireEnd, frame);
      case VXLAN_ETHERNET:
        return decodeEthernet(view, inner, end, wireEnd, frame);
      case VXLAN_MPLS:
        return decodeMpls(view, inner, end, wireEnd, frame);
      default:
        return UNDERSTOOD;
    }
  }
  if (header !== VXLAN_HAS_NETWORK && flags !== VXLAN_HAS_NETWORK + VXLAN_HAS_POLICY) return UNDERSTOOD;
  return decodeEthernet(view, inner, end, wireEnd, frame);
}

// Geneve (RFC 8926 section 3.4)
const GENEVE_HEADER_BYTES = 8;
const GENEVE_VERSION_MASK = 0xc0;
const GENEVE_OPTIONS_MASK = 0x3f;
const GENEVE_RESERVED_MASK = 0x3f;

function decodeGeneve(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at <= GENEVE_HEADER_BYTES) return UNDERSTOOD;
  const versionAndOptions = view.getUint8(at);
  if ((versionAndOptions & GENEVE_VERSION_MASK) !== 0) return UNDERSTOOD;
  if ((view.getUint8(at + 1) & GENEVE_RESERVED_MASK) !== 0 || view.getUint8(at + 7) !== 0) return UNDERSTOOD;
  const etherType = view.getUint16(at + 2);
  const inner = at + GENEVE_HEADER_BYTES + ((versionAndOptions & GENEVE_OPTIONS_MASK) << 2);
  if (etherType === ETHERTYPE_ETHERNET) return decodeEthernet(view, inner, end, wireEnd, frame);
  return decodeEtherType(view, etherType, inner, end, wireEnd, frame);
}

// GTP-U (3GPP TS 29.281 section 5.1)
const GTP_HEADER_BYTES = 8;
const GTP_OPTIONAL_BYTES = 4;
/** Leaves out the reserved bit, which receivers do not evaluate. */
const GTP_VERSION_AND_TYPE_MASK = 0xf0;
const GTP_VERSION_1 = 0x30;
const GTP_HAS_OPTIONAL = 0x07;
const GTP_HAS_EXTENSION = 0x04;
const GTP_USER_DATA = 0xff;

function decodeGtp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at <= GTP_HEADER_BYTES) return UNDERSTOOD;
  const flags = view.getUint8(at);
  if ((flags & GTP_VERSION_AND_TYPE_MASK) !== GTP_VERSION_1) return UNDERSTOOD;
  if (view.getUint8(at + 1) !== GTP_USER_DATA) return UNDERSTOOD;
  let inner = at + GTP_HEADER_BYTES;
  if ((flags & GTP_HAS_OPTIONAL) !== 0) {
    inner += GTP_OPTIONAL_BYTES;
    if (inner > end) return UNDERSTOOD;
    let extension = (flags & GTP_HAS_EXTENSION) !== 0 ? view.getUint8(inner - 1) : 0;
    while (extension !== 0) {
      if (inner >= end) return UNDERSTOOD;
      const bytes = view.getUint8(inner) << 2;
      if (bytes === 0 || bytes > end - inner) return UNDERSTOOD;
      inner += bytes;
      extension = view.getUint8(inner - 1);
    }
  }
  return decodeIp(view, inner, end, wireEnd, frame);
}

// Teredo (RFC 4380 section 5.1.1)
const TEREDO_AUTHENTICATION = 0x0001;
const TEREDO_AUTHENTICATION_FIXED_BYTES = 13;
const TEREDO_ORIGIN = 0x0000;
const TEREDO_ORIGIN_BYTES = 8;

function decodeTeredo(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at >= 4 && view.getUint16(at) === TEREDO_AUTHENTICATION) {
    at += TEREDO_AUTHENTICATION_FIXED_BYTES + view.getUint8(at + 2) + view.getUint8(at + 3);
  }
  if (end - at >= 2 && view.getUint16(at) === TEREDO_ORIGIN) at += TEREDO_ORIGIN_BYTES;
  if (at >= end || view.getUint8(at) >>> 4 !== 6) return UNDERSTOOD;
  return decodeIpv6(view, at, end, wireEnd, frame);
}

// AYIYA (draft-massar-v6ops-ayiya section 3): lengths in the upper halves of the first two bytes
const AYIYA_FIXED_BYTES = 8;
const AYIYA_FORWARD = 1;
const AYIYA_OPERATION_MASK = 0x0f;
const AYIYA_NEXT_HEADER = 3;
const AYIYA_IPV6 = 41;

function decodeAyiya(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at <= AYIYA_FIXED_BYTES || (view.getUint8(at + 2) & AYIYA_OPERATION_MASK) !== AYIYA_FORWARD)
    return UNDERSTOOD;
  if (view.getUint8(at + AYIYA_NEXT_HEADER) !== AYIYA_IPV6) return UNDERSTOOD;
  const identityBytes = 1 << (view.getUint8(at) >>> 4);
  const signatureBytes = (view.getUint8(at + 1) >>> 4) << 2;
  return decodeIp(view, at + AYIYA_FIXED_BYTES + identityBytes + signatureBytes, end, wireEnd, frame);
}

// L2TP version 2 data messages (RFC 2661 section 3.1)
const L2TP_LEAST_BYTES = 6;
const L2TP_TYPE_AND_VERSION_MASK = 0x800f;
const L2TP_DATA_VERSION_2 = 0x0002;
const L2TP_RESERVED_MASK = 0x34f0;
const L2TP_HAS_LENGTH = 0x4000;
const L2TP_HAS_SEQUENCE = 0x0800;
const L2TP_HAS_OFFSET = 0x0200;

function decodeL2tp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < L2TP_LEAST_BYTES) return UNDERSTOOD;
  const flags = view.getUint16(at);
  if ((flags & L2TP_TYPE_AND_VERSION_MASK) !== L2TP_DATA_VERSION_2) return UNDERSTOOD;
  if ((flags & L2TP_RESERVED_MASK) !== 0) return UNDERSTOOD;
  at += L2TP_LEAST_BYTES;
  if ((flags & L2TP_HAS_LENGTH) !== 0) at += 2;
  if ((flags & L2TP_HAS_SEQUENCE) !== 0) at += 4;
  if ((flags & L2TP_HAS_OFFSET) !== 0) {
    if (end - at < 2) return UNDERSTOOD;
    at += 2 + view.getUint16(at);
  }
  return decodePpp(view, at, end, wireEnd, frame);
}

// LISP data (RFC 9300 section 5.1)
const LISP_HEADER_BYTES = 8;
const LISP_RESERVED_MASK = 0x07;

function decodeLisp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at <= LISP_HEADER_BYTES || (view.getUint8(at) & LISP_RESERVED_MASK) !== 0) return UNDERSTOOD;
  return decodeIp(view, at + LISP_HEADER_BYTES, end, wireEnd, frame);
}

// TaZmen Sniffer Protocol, by which access points and routers mirror packets
const TZSP_HEADER_BYTES = 4;
const TZSP_VERSION = 1;
const TZSP_RECEIVED_PACKET = 0;
const TZSP_ETHERNET = 1;
const TZSP_TAG_PADDING = 0;
const TZSP_TAG_END = 1;

function decodeTzsp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at <= TZSP_HEADER_BYTES) return UNDERSTOOD;
  if (view.getUint8(at) !== TZSP_VERSION || view.getUint8(at + 1) !== TZSP_RECEIVED_PACKET) return UNDERSTOOD;
  if (view.getUint16(at + 2) !== TZSP_ETHERNET) return UNDERSTOOD;
  at += TZSP_HEADER_BYTES;
  while (at < end) {
    const tag = view.getUint8(at);
    at += 1;
    if (tag === TZSP_TAG_END) return decodeEthernet(view, at, end, wireEnd, frame);
    if (tag === TZSP_TAG_PADDING) continue;
    if (at >= end) return UNDERSTOOD;
    at += 1 + view.getUint8(at);
  }
  return UNDERSTOOD;
}
