/**
 * Ethernet (IEEE 802.3), what may stand between it and IP, and everything else that is told apart by an EtherType.
 */

import { type Frame, MAXIMUM_TUNNELS } from './frame.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeLogicalLink } from './logical-link.js';
import { decodeArp } from './neighbor.js';
import { decodePppoe } from './ppp.js';
import { ENCRYPTED_MACSEC, LINK_HEADER_CUT, TOO_MANY_TUNNELS, UNDERSTOOD } from './reasons.js';

// Offsets in the header (IEEE 802.3 section 3.1.1)
const DESTINATION = 0;
const SOURCE = 6;
const TYPE_OR_LENGTH = 12;
const PAYLOAD = 14;

const HEADER_BYTES = 14;
/** Up to here the type field is a length (IEEE 802.3 section 3.2.6). */
const MAXIMUM_LENGTH = 1500;

// EtherTypes (https://www.iana.org/assignments/ieee-802-numbers)
/** EtherType of IPv4. */
export const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;
/** EtherType of Ethernet frames within another protocol: Transparent Ethernet Bridging (RFC 1701, RFC 7637). */
export const ETHERTYPE_ETHERNET = 0x6558;
const ETHERTYPE_VLAN = 0x8100; // IEEE 802.1Q
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_MPLS = 0x8847; // RFC 3032
const ETHERTYPE_MPLS_MULTICAST = 0x8848; // RFC 5332
const ETHERTYPE_PPPOE_SESSION = 0x8864; // RFC 2516
const ETHERTYPE_SERVICE_VLAN = 0x88a8; // IEEE 802.1ad
const ETHERTYPE_MACSEC = 0x88e5; // IEEE 802.1AE
const ETHERTYPE_BACKBONE_SERVICE = 0x88e7; // IEEE 802.1ah
const ETHERTYPE_FABRICPATH = 0x8903; // Cisco's
const ETHERTYPE_METADATA = 0x8909; // Cisco's security group tag
const ETHERTYPE_VN_TAG = 0x8926; // IEEE 802.1BR's forerunner
const ETHERTYPE_OLD_QINQ = 0x9100;
const ETHERTYPE_OLD_QINQ_2 = 0x9200;

// Bytes from behind a tag's own type to behind the type that follows it
const VLAN_TAG_BYTES = 4;
const VN_TAG_BYTES = 6;
const METADATA_TAG_BYTES = 8;
const MACSEC_TAG_BYTES = 8;

/** Before the frame that a provider's backbone carries (IEEE 802.1ah section 9.7). */
const BACKBONE_TAG_BYTES = 4;
/** The same within Cisco's fabrics. */
const FABRICPATH_TAG_BYTES = 2;

// MAC security tag (IEEE 802.1AE section 9.3)
const MACSEC_CHANNEL_BYTES = 8;
const MACSEC_HAS_CHANNEL = 0x20;
const MACSEC_ENCRYPTED_OR_CHANGED = 0x0c;

// MPLS label stack entry (RFC 3032 section 2.1) and pseudowire control word (RFC 4385 section 3)
const LABEL_BYTES = 4;
const BOTTOM_OF_STACK = 0x100;
const CONTROL_WORD_BYTES = 4;
const CONTROL_WORD_NIBBLE = 0;
const ASSOCIATED_CHANNEL_NIBBLE = 1;

/** A Cisco Inter-Switch Link header stands before a whole Ethernet frame and begins with one of these, 40 bits long. */
const ISL_DESTINATION = 0x01000c00;
const ISL_DESTINATION_2 = 0x0c000c00;
const ISL_HEADER_BYTES = 26;

/** Decodes the Ethernet frame from `at`, without preamble and with or without check sequence. */
export function decodeEthernet(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < HEADER_BYTES) return LINK_HEADER_CUT;
  frame.linkDestinationHigh = view.getUint16(at + DESTINATION);
  frame.linkDestinationLow = view.getUint32(at + DESTINATION + 2);
  frame.linkSourceHigh = view.getUint16(at + SOURCE);
  frame.linkSourceLow = view.getUint32(at + SOURCE + 2);
  const etherType = view.getUint16(at + TYPE_OR_LENGTH);
  if (etherType === ETHERTYPE_IPV4) return decodeIpv4(view, at + PAYLOAD, end, wireEnd, frame);
  if (etherType <= MAXIMUM_LENGTH && isInterSwitchLink(view, at)) {
    return decodeNestedEthernet(view, at + ISL_HEADER_BYTES, end, wireEnd, frame);
  }
  return decodeTypeOrLength(view, at + TYPE_OR_LENGTH, end, wireEnd, frame);
}

/** Decodes what follows the addresses: tags, then a type, or a length and a logical link header. */
export function decodeTypeOrLength(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  const payload = skipTags(view, view.getUint16(at), at + 2, end);
  if (payload > end) return LINK_HEADER_CUT;
  const typeOrLength = view.getUint16(payload - 2);
  if (typeOrLength > MAXIMUM_LENGTH) return decodeEtherType(view, typeOrLength, payload, end, wireEnd, frame);
  // What is behind the length pads a short frame.
  wireEnd = Math.min(wireEnd, payload + typeOrLength);
  return decodeLogicalLink(view, payload, Math.min(end, wireEnd), wireEnd, frame);
}

/** Decodes what an EtherType announces from `at`, past any number of tags. */
export function decodeEtherType(
  view: DataView,
  etherType: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  const payload = skipTags(view, etherType, at, end);
  if (payload > end) return LINK_HEADER_CUT;
  const type = payload === at ? etherType : view.getUint16(payload - 2);
  switch (type) {
    case ETHERTYPE_IPV4:
      return decodeIpv4(view, payload, end, wireEnd, frame);
    case ETHERTYPE_IPV6:
      return decodeIpv6(view, payload, end, wireEnd, frame);
    case ETHERTYPE_ARP:
      return decodeArp(view, payload, end, frame);
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
      return decodeMpls(view, payload, end, wireEnd, frame);
    case ETHERTYPE_PPPOE_SESSION:
      return decodePppoe(view, payload, end, wireEnd, frame);
    case ETHERTYPE_ETHERNET:
      return decodeNestedEthernet(view, payload, end, wireEnd, frame);
    case ETHERTYPE_BACKBONE_SERVICE:
      return decodeNestedEthernet(view, payload + BACKBONE_TAG_BYTES, end, wireEnd, frame);
    case ETHERTYPE_FABRICPATH:
      return decodeNestedEthernet(view, payload + FABRICPATH_TAG_BYTES, end, wireEnd, frame);
    case ETHERTYPE_MACSEC:
      return ENCRYPTED_MACSEC;
    default:
      return UNDERSTOOD;
  }
}

/** Where the payload begins: behind the first type that is no tag's. Beyond `end` if the tags were cut. */
function skipTags(view: DataView, etherType: number, at: number, end: number): number {
  for (;;) {
    const bytes = tagBytes(view, etherType, at, end);
    if (bytes === 0) return at;
    at += bytes;
    if (at > end) return at;
    etherType = view.getUint16(at - 2);
  }
}

/** The bytes of the tag of this type whose contents are at `at`; 0 if it is no tag that can be passed over. */
function tagBytes(view: DataView, etherType: number, at: number, end: number): number {
  switch (etherType) {
    case ETHERTYPE_VLAN:
    case ETHERTYPE_SERVICE_VLAN:
    case ETHERTYPE_OLD_QINQ:
    case ETHERTYPE_OLD_QINQ_2:
      return VLAN_TAG_BYTES;
    case ETHERTYPE_VN_TAG:
      return VN_TAG_BYTES;
    case ETHERTYPE_METADATA:
      return METADATA_TAG_BYTES;
    case ETHERTYPE_MACSEC: {
      // With its integrity protected only, a frame stays readable; the check value at its end is nobody's payload.
      const flags = at < end ? view.getUint8(at) : 0;
      if ((flags & MACSEC_ENCRYPTED_OR_CHANGED) !== 0) return 0;
      return MACSEC_TAG_BYTES + ((flags & MACSEC_HAS_CHANNEL) !== 0 ? MACSEC_CHANNEL_BYTES : 0);
    }
    default:
      return 0;
  }
}

function isInterSwitchLink(view: DataView, at: number): boolean {
  const destination = view.getUint32(at);
  return (destination === ISL_DESTINATION || destination === ISL_DESTINATION_2) && view.getUint8(at + 4) === 0;
}

/** Decodes an Ethernet frame that another link layer carries: one packet deeper. */
export function decodeNestedEthernet(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (frame.tunnelDepth === MAXIMUM_TUNNELS) return TOO_MANY_TUNNELS;
  frame.tunnelDepth += 1;
  return decodeEthernet(view, at, end, wireEnd, frame);
}

/**
 * Decodes what is under an MPLS label stack. Nothing says what that is: by convention the first four bits tell IPv4,
 * IPv6 and the control words of pseudowires apart (RFC 4928 section 3), and the rest is guessed to be Ethernet.
 */
export function decodeMpls(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  let isBottom = false;
  while (!isBottom) {
    if (end - at < LABEL_BYTES) return LINK_HEADER_CUT;
    isBottom = (view.getUint32(at) & BOTTOM_OF_STACK) !== 0;
    at += LABEL_BYTES;
  }
  if (at >= end) return LINK_HEADER_CUT;
  switch (view.getUint8(at) >>> 4) {
    case 4:
      return decodeIpv4(view, at, end, wireEnd, frame);
    case 6:
      return decodeIpv6(view, at, end, wireEnd, frame);
    case ASSOCIATED_CHANNEL_NIBBLE:
      return UNDERSTOOD;
    case CONTROL_WORD_NIBBLE:
      // The control word of a pseudowire, or the first byte of a MAC address: the EtherType decides.
      if (isEthernet(view, at + CONTROL_WORD_BYTES, end)) at += CONTROL_WORD_BYTES;
  }
  return isEthernet(view, at, end) ? decodeNestedEthernet(view, at, end, wireEnd, frame) : UNDERSTOOD;
}

/** Whether there is a type at an Ethernet header's place that leads to IP. */
function isEthernet(view: DataView, at: number, end: number): boolean {
  if (end - at < HEADER_BYTES) return false;
  switch (view.getUint16(at + TYPE_OR_LENGTH)) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
    case ETHERTYPE_ARP:
    case ETHERTYPE_MPLS:
    case ETHERTYPE_PPPOE_SESSION:
    case ETHERTYPE_VLAN:
    case ETHERTYPE_SERVICE_VLAN:
      return true;
    default:
      return false;
  }
}
