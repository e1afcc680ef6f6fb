/**
 * The table of link types other than Ethernet.
 */

import { decodeLinuxCooked, decodeLinuxCooked2 } from './cooked.js';
import { decodeEthernet, decodeMpls } from './ethernet.js';
import type { Frame } from './frame.js';
import { decodeIp } from './ip.js';
import * as types from './link-types.js';
import { decodeLogicalLink } from './logical-link.js';
import {
  decodeApple1394,
  decodeArcnetBsd,
  decodeArcnetLinux,
  decodeFddi,
  decodeInfiniband,
  decodeSunAtm,
  decodeSwitchTag,
  decodeTokenRing,
} from './media.js';
import { decodeCiscoHdlc, decodeFrameRelay, decodePpp, decodePppoe, decodePppWithDirection } from './ppp.js';
import { decodeEncrypted, decodeIpnet, decodeLoopback, decodeNflog, decodePflog, decodePktap } from './pseudo.js';
import { decodeAvs, decodePpi, decodePrism, decodeRadiotap } from './radio.js';
import { BAD_LINK_HEADER, UNKNOWN_LINK_TYPE } from './reasons.js';
import { decodeWlan } from './wlan.js';

const NETANALYZER_HEADER_BYTES = 4;
const BROADCOM_TAG_BYTES = 4;
const DSA_TAG_BYTES = 4;
const EXTENDED_DSA_TAG_BYTES = 8;

/** Decodes the packet from `at`, whose link type is any. */
export function decodeLink(
  view: DataView,
  linkType: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  switch (linkType) {
    case types.LINKTYPE_ETHERNET:
      return decodeEthernet(view, at, end, wireEnd, frame);
    case types.LINKTYPE_RAW:
    case types.LINKTYPE_RAW_DLT:
    case types.LINKTYPE_RAW_OPENBSD:
    case types.LINKTYPE_IPV4:
    case types.LINKTYPE_IPV6:
      return decodeIp(view, at, end, wireEnd, frame);
    case types.LINKTYPE_NULL:
    case types.LINKTYPE_LOOP:
      return decodeLoopback(view, at, end, wireEnd, frame);
    case types.LINKTYPE_LINUX_SLL:
      return decodeLinuxCooked(view, at, end, wireEnd, frame);
    case types.LINKTYPE_LINUX_SLL2:
      return decodeLinuxCooked2(view, at, end, wireEnd, frame);
    case types.LINKTYPE_IEEE802_11:
      return decodeWlan(view, at, end, wireEnd, false, frame);
    case types.LINKTYPE_IEEE802_11_RADIOTAP:
      return decodeRadiotap(view, at, end, wireEnd, frame);
    case types.LINKTYPE_IEEE802_11_PRISM:
      return decodePrism(view, at, end, wireEnd, frame);
    case types.LINKTYPE_IEEE802_11_AVS:
      return decodeAvs(view, at, end, wireEnd, frame);
    case types.LINKTYPE_PPI:
      return decodePpi(view, at, end, wireEnd, frame);
    case types.LINKTYPE_PPP:
    case types.LINKTYPE_PPP_HDLC:
      return decodePpp(view, at, end, wireEnd, frame);
    case types.LINKTYPE_PPP_ETHER:
      return decodePppoe(view, at, end, wireEnd, frame);
    case types.LINKTYPE_PPP_PPPD:
    case types.LINKTYPE_PPP_WITH_DIR:
      return decodePppWithDirection(view, at, end, wireEnd, frame);
    case types.LINKTYPE_C_HDLC:
      return decodeCiscoHdlc(view, at, end, wireEnd, frame);
    case types.LINKTYPE_FRELAY:
      return decodeFrameRelay(view, at, end, wireEnd, frame);
    case types.LINKTYPE_MPLS:
      return decodeMpls(view, at, end, wireEnd, frame);
    case types.LINKTYPE_PKTAP:
    case types.LINKTYPE_USER2:
      return decodePktap(view, at, end, wireEnd, frame);
    case types.LINKTYPE_IPNET:
      return decodeIpnet(view, at, end, wireEnd, frame);
    case types.LINKTYPE_NFLOG:
      return decodeNflog(view, at, end, wireEnd, frame);
    case types.LINKTYPE_PFLOG:
      return decodePflog(view, at, end, wireEnd, frame);
    case types.LINKTYPE_ENC:
      return decodeEncrypted(view, at, end, wireEnd, frame);
    default:
      return decodeRareLink(view, linkType, at, end, wireEnd, frame);
  }
}

/** Decodes what PKTAP and PPI stand before, whose own link type they say; they never stand before each other. */
export function decodeAnnouncedLink(
  view: DataView,
  linkType: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  switch (linkType) {
    case types.LINKTYPE_PKTAP:
    case types.LINKTYPE_USER2:
    case types.LINKTYPE_PPI:
      return BAD_LINK_HEADER;
    default:
      return decodeLink(view, linkType, at, end, wireEnd, frame);
  }
}

function decodeRareLink(
  view: DataView,
  linkType: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  switch (linkType) {
    case types.LINKTYPE_ATM_RFC1483:
      return decodeLogicalLink(view, at, end, wireEnd, frame);
    case types.LINKTYPE_SUNATM:
      return decodeSunAtm(view, at, end, wireEnd, frame);
    case types.LINKTYPE_TOKEN_RING:
      return decodeTokenRing(view, at, end, wireEnd, frame);
    case types.LINKTYPE_FDDI:
      return decodeFddi(view, at, end, wireEnd, frame);
    case types.LINKTYPE_ARCNET_BSD:
      return decodeArcnetBsd(view, at, end, wireEnd, frame);
    case types.LINKTYPE_ARCNET_LINUX:
      return decodeArcnetLinux(view, at, end, wireEnd, frame);
    case types.LINKTYPE_APPLE_IP_OVER_IEEE1394:
      return decodeApple1394(view, at, end, wireEnd, frame);
    case types.LINKTYPE_IPOIB:
      return decodeInfiniband(view, at, end, wireEnd, frame);
    case types.LINKTYPE_NETANALYZER:
      return decodeEthernet(view, at + NETANALYZER_HEADER_BYTES, end, wireEnd, frame);
    case types.LINKTYPE_DSA_TAG_BRCM_PREPEND:
      return decodeEthernet(view, at + BROADCOM_TAG_BYTES, end, wireEnd, frame);
    case types.LINKTYPE_DSA_TAG_BRCM:
      return decodeSwitchTag(view, BROADCOM_TAG_BYTES, at, end, wireEnd, frame);
    case types.LINKTYPE_DSA_TAG_DSA:
      return decodeSwitchTag(view, DSA_TAG_BYTES, at, end, wireEnd, frame);
    case types.LINKTYPE_DSA_TAG_EDSA:
      return decodeSwitchTag(view, EXTENDED_DSA_TAG_BYTES, at, end, wireEnd, frame);
    default:
      return UNKNOWN_LINK_TYPE;
  }
}
