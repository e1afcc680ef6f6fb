/**
 * Headers that operating systems put before IP packets for whoever captures: loopback interfaces, firewall logs and
 * the like. They were never on a wire.
 */

import { decodeEtherType } from './ethernet.js';
import { type Frame, PASSAGE_OVERHEARD, PASSAGE_RECEIVED, PASSAGE_SENT } from './frame.js';
import { decodeIp } from './ip.js';
import { decodeAnnouncedLink } from './link.js';
import { decodePpp } from './ppp.js';
import { BAD_LINK_HEADER, LINK_HEADER_CUT, UNDERSTOOD } from './reasons.js';

/** The one address family that every system numbers alike. */
const FAMILY_IPV4 = 2;

function isIpFamily(family: number): boolean {
  switch (family) {
    case FAMILY_IPV4:
    case 10: // IPv6 on Linux
    case 23: // … on Windows
    case 24: // … on NetBSD, OpenBSD and BSD/OS
    case 26: // … on Solaris
    case 28: // … on FreeBSD
    case 30: // … on macOS
      return true;
    default:
      return false;
  }
}

const FAMILY_BYTES = 4;
/** From here on, what stands in the place of a family is an EtherType. */
const LEAST_ETHERTYPE = 0x0600;
const PPP_FRAMING = 0xff03;

/**
 * Decodes the loopback packet from `at`: an address family in 32 bits of either byte order or, on some systems, in 16,
 * or an EtherType instead, or (from PPP devices of some BSDs) PPP.
 */
export function decodeLoopback(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < FAMILY_BYTES) return LINK_HEADER_CUT;
  const upper = view.getUint16(at);
  const lower = view.getUint16(at + 2);
  if (upper === PPP_FRAMING) return decodePpp(view, at, end, wireEnd, frame);
  const half = upper === 0 ? lower : upper;
  const family = (half & 0xff) === 0 ? half >>> 8 : half;
  if (isIpFamily(family)) return decodeIp(view, at + FAMILY_BYTES, end, wireEnd, frame);
  if (half >= LEAST_ETHERTYPE) return decodeEtherType(view, half, at + FAMILY_BYTES, end, wireEnd, frame);
  return UNDERSTOOD;
}

// OpenBSD's enc interface (enc_header: family, security parameter index, flags)
const ENC_HEADER_BYTES = 12;

/** Decodes the packet from `at` as IPsec delivered it, decrypted. */
export function decodeEncrypted(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < ENC_HEADER_BYTES) return LINK_HEADER_CUT;
  return decodeIp(view, at + ENC_HEADER_BYTES, end, wireEnd, frame);
}

// OpenBSD's packet filter log (struct pfloghdr); the length leaves out the padding to a multiple of four
const PFLOG_LENGTH = 0;
const PFLOG_FAMILY = 1;
const PFLOG_DIRECTION = 60;
const PFLOG_IN = 1;
const PFLOG_OUT = 2;
const PFLOG_LEAST_BYTES = 28;

/** Decodes the logged packet from `at`. */
export function decodePflog(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < PFLOG_LEAST_BYTES) return LINK_HEADER_CUT;
  const bytes = view.getUint8(at + PFLOG_LENGTH);
  if (bytes < PFLOG_LEAST_BYTES) return BAD_LINK_HEADER;
  if (bytes > PFLOG_DIRECTION && end - at > PFLOG_DIRECTION) {
    const direction = view.getUint8(at + PFLOG_DIRECTION);
    if (direction === PFLOG_IN) frame.passage = PASSAGE_RECEIVED;
    else if (direction === PFLOG_OUT) frame.passage = PASSAGE_SENT;
  }
  if (!isIpFamily(view.getUint8(at + PFLOG_FAMILY))) return UNDERSTOOD;
  return decodeIp(view, at + ((bytes + 3) & ~3), end, wireEnd, frame);
}

// Linux netfilter log (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html)
const NFLOG_FAMILY = 0;
const NFLOG_HEADER_BYTES = 4;
const NFLOG_ATTRIBUTE_HEADER_BYTES = 4;
const NFLOG_PACKET_HEADER = 1;
const NFLOG_PAYLOAD = 9;
const NFLOG_HOOK = 2;
const HOOK_LOCAL_IN = 1;
const HOOK_FORWARD = 2;
const HOOK_LOCAL_OUT = 3;

/** Decodes the logged packet from `at`: attributes in the capturing host's byte order, one of which is the packet. */
export function decodeNflog(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < NFLOG_HEADER_BYTES + NFLOG_ATTRIBUTE_HEADER_BYTES) return LINK_HEADER_CUT;
  const isIp = isIpFamily(view.getUint8(at + NFLOG_FAMILY));
  let etherType = 0;
  at += NFLOG_HEADER_BYTES;
  // Attributes' types are small numbers: their non-zero byte shows the order.
  const isLittleEndian = view.getUint8(at + 2) !== 0;
  while (end - at >= NFLOG_ATTRIBUTE_HEADER_BYTES) {
    const bytes = view.getUint16(at, isLittleEndian);
    const type = view.getUint16(at + 2, isLittleEndian);
    const value = at + NFLOG_ATTRIBUTE_HEADER_BYTES;
    if (bytes < NFLOG_ATTRIBUTE_HEADER_BYTES) return BAD_LINK_HEADER;
    if (type === NFLOG_PAYLOAD) {
      wireEnd = at + bytes;
      end = Math.min(end, wireEnd);
      if (isIp) return decodeIp(view, value, end, wireEnd, frame);
      return decodeEtherType(view, etherType, value, end, wireEnd, frame);
    }
    if (type === NFLOG_PACKET_HEADER && end - value > NFLOG_HOOK) {
      etherType = view.getUint16(value);
      setPassageOfHook(view.getUint8(value + NFLOG_HOOK), frame);
    }
    at += (bytes + 3) & ~3;
  }
  return UNDERSTOOD;
}

function setPassageOfHook(hook: number, frame: Frame): void {
  if (hook === HOOK_LOCAL_IN) frame.passage = PASSAGE_RECEIVED;
  else if (hook === HOOK_LOCAL_OUT) frame.passage = PASSAGE_SENT;
  else if (hook === HOOK_FORWARD) frame.passage = PASSAGE_OVERHEARD;
}

// Solaris IP observability (https://www.tcpdump.org/linktypes/LINKTYPE_IPNET.html)
const IPNET_HEADER_BYTES = 24;
const IPNET_HOOK = 2;
const IPNET_INBOUND = 0;
const IPNET_OUTBOUND = 1;

/** Decodes the packet from `at` as Solaris' ipnet devices show it. */
export function decodeIpnet(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < IPNET_HEADER_BYTES) return LINK_HEADER_CUT;
  const hook = view.getUint16(at + IPNET_HOOK);
  if (hook === IPNET_INBOUND) frame.passage = PASSAGE_RECEIVED;
  else if (hook === IPNET_OUTBOUND) frame.passage = PASSAGE_SENT;
  return decodeIp(view, at + IPNET_HEADER_BYTES, end, wireEnd, frame);
}

// Apple's PKTAP (struct pktap_header), always little-endian
const PKTAP_LENGTH = 0;
const PKTAP_RECORD_TYPE = 4;
const PKTAP_LINK_TYPE = 8;
const PKTAP_FLAGS = 36;
const PKTAP_TRAILER_BYTES = 48;
const PKTAP_LEAST_BYTES = 52;
const PKTAP_PACKET_RECORD = 1;
const PKTAP_IN = 0x1;
const PKTAP_OUT = 0x2;

/** Decodes the packet from `at` behind a header that says its link type, interface and process. */
export function decodePktap(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < PKTAP_LEAST_BYTES) return LINK_HEADER_CUT;
  const bytes = view.getUint32(at + PKTAP_LENGTH, true);
  if (bytes < PKTAP_LEAST_BYTES) return BAD_LINK_HEADER;
  if (bytes > end - at) return LINK_HEADER_CUT;
  if (view.getUint32(at + PKTAP_RECORD_TYPE, true) !== PKTAP_PACKET_RECORD) return UNDERSTOOD;
  const flags = view.getUint32(at + PKTAP_FLAGS, true);
  if ((flags & PKTAP_IN) !== 0) frame.passage = PASSAGE_RECEIVED;
  else if ((flags & PKTAP_OUT) !== 0) frame.passage = PASSAGE_SENT;
  wireEnd -= Math.min(view.getUint32(at + PKTAP_TRAILER_BYTES, true), wireEnd - at - bytes);
  const linkType = view.getUint32(at + PKTAP_LINK_TYPE, true);
  return decodeAnnouncedLink(view, linkType, at + bytes, Math.min(end, wireEnd), wireEnd, frame);
}
