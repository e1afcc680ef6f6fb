/**
 * IEEE 802.2 logical link control, with the subnetwork access protocol on it: how Ethernet with a length field,
 * 802.11, Token Ring, FDDI and ATM say what they carry (RFC 1042).
 */

import { decodeEtherType, decodeNestedEthernet } from './ethernet.js';
import type { Frame } from './frame.js';
import { decodeIpv4 } from './ipv4.js';
import { LINK_HEADER_CUT, UNDERSTOOD } from './reasons.js';

/** Destination and source service access point, control. */
const HEADER_BYTES = 3;
/** An organisation code of three bytes and a protocol of two. */
const SNAP_BYTES = 5;

/** Both access points are SNAP's, the frame is unnumbered information. */
const SNAP = 0xaaaa03;
/** Both access points are IP's (RFC 1042's elder form). */
const IP = 0x060603;

const PROTOCOL = 3;
/** The protocol is an EtherType (RFC 1042). */
const ORGANIZATION_ENCAPSULATED = 0x000000;
/** The same, from a bridge that has to translate it back (IEEE 802.1H). */
const ORGANIZATION_BRIDGE_TUNNEL = 0x0000f8;
/** The protocol is a medium whose frames are bridged (RFC 2684 section 5.2). */
const ORGANIZATION_BRIDGED = 0x0080c2;
const BRIDGED_ETHERNET = 0x0001;
const BRIDGED_ETHERNET_WITHOUT_CHECK = 0x0007;
/** On ATM two bytes of padding precede a bridged frame. */
const BRIDGED_PADDING_BYTES = 2;

/** Decodes what is behind the logical link header from `at`. */
export function decodeLogicalLink(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < HEADER_BYTES) return LINK_HEADER_CUT;
  const header = (view.getUint16(at) << 8) | view.getUint8(at + 2);
  if (header === IP) return decodeIpv4(view, at + HEADER_BYTES, end, wireEnd, frame);
  if (header !== SNAP) return UNDERSTOOD;
  return decodeSnap(view, at + HEADER_BYTES, end, wireEnd, frame);
}

/** Decodes what is behind the organisation code and protocol from `at`. */
export function decodeSnap(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < SNAP_BYTES) return LINK_HEADER_CUT;
  const organization = (view.getUint16(at) << 8) | view.getUint8(at + 2);
  const protocol = view.getUint16(at + PROTOCOL);
  at += SNAP_BYTES;
  switch (organization) {
    case ORGANIZATION_ENCAPSULATED:
    case ORGANIZATION_BRIDGE_TUNNEL:
      return decodeEtherType(view, protocol, at, end, wireEnd, frame);
    case ORGANIZATION_BRIDGED:
      if (protocol === BRIDGED_ETHERNET || protocol === BRIDGED_ETHERNET_WITHOUT_CHECK) {
        return decodeNestedEthernet(view, at + BRIDGED_PADDING_BYTES, end, wireEnd, frame);
      }
      return UNDERSTOOD;
    default:
      return UNDERSTOOD;
  }
}
