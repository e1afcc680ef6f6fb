/**
 * Linux cooked captures, versions 1 and 2: what a capture on `any` has in place of a link-layer header
 * (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html).
 */

import { decodeEthernet, decodeEtherType } from './ethernet.js';
import { type Frame, PASSAGE_OVERHEARD, PASSAGE_RECEIVED, PASSAGE_SENT, PASSAGE_UNKNOWN } from './frame.js';
import { decodeLogicalLink } from './logical-link.js';
import { decodePpp } from './ppp.js';
import { decodePrism, decodeRadiotap } from './radio.js';
import { LINK_HEADER_CUT, UNDERSTOOD } from './reasons.js';
import { decodeWlan } from './wlan.js';

// Offsets in version 1
const PACKET_TYPE = 0;
const HARDWARE_TYPE = 2;
const ADDRESS_LENGTH = 4;
const ADDRESS = 6;
const PROTOCOL = 14;
const HEADER_BYTES = 16;

// Offsets in version 2
const PROTOCOL_2 = 0;
const HARDWARE_TYPE_2 = 8;
const PACKET_TYPE_2 = 10;
const ADDRESS_LENGTH_2 = 11;
const ADDRESS_2 = 12;
const HEADER_BYTES_2 = 20;

// Packet types (linux/if_packet.h)
const TO_US = 0;
const BROADCAST = 1;
const MULTICAST = 2;
const TO_OTHER_HOST = 3;
const FROM_US = 4;

// Hardware types (linux/if_arp.h) for which the protocol field means something else than an EtherType
const HARDWARE_FRAME_RELAY_ACCESS = 770;
const HARDWARE_WLAN = 801;
const HARDWARE_WLAN_PRISM = 802;
const HARDWARE_WLAN_RADIOTAP = 803;
const HARDWARE_NETLINK = 824;

// Protocols that are no EtherTypes (linux/if_ether.h)
const WHOLE_ETHERNET = 0x0003;
const LOGICAL_LINK = 0x0004;
const PPP = 0x0007;

const MAC_BYTES = 6;

/** Decodes the version 1 packet from `at`. */
export function decodeLinuxCooked(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < HEADER_BYTES) return LINK_HEADER_CUT;
  setPassage(view.getUint16(at + PACKET_TYPE), frame);
  if (view.getUint16(at + ADDRESS_LENGTH) === MAC_BYTES) setSource(view, at + ADDRESS, frame);
  const hardware = view.getUint16(at + HARDWARE_TYPE);
  return decodeCooked(view, hardware, view.getUint16(at + PROTOCOL), at + HEADER_BYTES, end, wireEnd, frame);
}

/** Decodes the version 2 packet from `at`. */
export function decodeLinuxCooked2(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < HEADER_BYTES_2) return LINK_HEADER_CUT;
  setPassage(view.getUint8(at + PACKET_TYPE_2), frame);
  if (view.getUint8(at + ADDRESS_LENGTH_2) === MAC_BYTES) setSource(view, at + ADDRESS_2, frame);
  const hardware = view.getUint16(at + HARDWARE_TYPE_2);
  return decodeCooked(view, hardware, view.getUint16(at + PROTOCOL_2), at + HEADER_BYTES_2, end, wireEnd, frame);
}

function setPassage(packetType: number, frame: Frame): void {
  switch (packetType) {
    case TO_US:
    case BROADCAST:
    case MULTICAST:
      frame.passage = PASSAGE_RECEIVED;
      return;
    case TO_OTHER_HOST:
      frame.passage = PASSAGE_OVERHEARD;
      return;
    case FROM_US:
      frame.passage = PASSAGE_SENT;
      return;
    default:
      frame.passage = PASSAGE_UNKNOWN;
  }
}

function setSource(view: DataView, at: number, frame: Frame): void {
  frame.linkSourceHigh = view.getUint16(at);
  frame.linkSourceLow = view.getUint32(at + 2);
}

function decodeCooked(
  view: DataView,
  hardware: number,
  protocol: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  switch (hardware) {
    case HARDWARE_NETLINK:
    case HARDWARE_FRAME_RELAY_ACCESS:
      return UNDERSTOOD;
    case HARDWARE_WLAN:
      return decodeWlan(view, at, end, wireEnd, false, frame);
    case HARDWARE_WLAN_PRISM:
      return decodePrism(view, at, end, wireEnd, frame);
    case HARDWARE_WLAN_RADIOTAP:
      return decodeRadiotap(view, at, end, wireEnd, frame);
  }
  switch (protocol) {
    case WHOLE_ETHERNET:
      return decodeEthernet(view, at, end, wireEnd, frame);
    case LOGICAL_LINK:
      return decodeLogicalLink(view, at, end, wireEnd, frame);
    case PPP:
      return decodePpp(view, at, end, wireEnd, frame);
    default:
      return decodeEtherType(view, protocol, at, end, wireEnd, frame);
  }
}
