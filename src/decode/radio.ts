/**
 * What monitor-mode captures put before an 802.11 frame: radiotap, PPI, Prism and AVS headers.
 */

import type { Frame } from './frame.js';
import { decodeAnnouncedLink } from './link.js';
import { LINKTYPE_IEEE802_11 } from './link-types.js';
import { BAD_LINK_HEADER, LINK_HEADER_CUT } from './reasons.js';
import { decodeWlan } from './wlan.js';

const CHECK_SEQUENCE_BYTES = 4;

// Radiotap (https://www.radiotap.org), little-endian
const RADIOTAP_VERSION = 0;
const RADIOTAP_LENGTH = 2;
const RADIOTAP_PRESENT = 4;
const RADIOTAP_LEAST_BYTES = 8;
const RADIOTAP_HAS_TIMESTAMP = 0x1;
const RADIOTAP_HAS_FLAGS = 0x2;
const RADIOTAP_HAS_MORE = 0x80000000;
const RADIOTAP_TIMESTAMP_BYTES = 8;
const RADIOTAP_FLAG_CHECK_SEQUENCE = 0x10;
const RADIOTAP_FLAG_PADDED = 0x20;

/** Decodes the 802.11 frame behind the radiotap header from `at`. */
export function decodeRadiotap(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < RADIOTAP_LEAST_BYTES) return LINK_HEADER_CUT;
  const headerBytes = view.getUint16(at + RADIOTAP_LENGTH, true);
  if (view.getUint8(at + RADIOTAP_VERSION) !== 0 || headerBytes < RADIOTAP_LEAST_BYTES) return BAD_LINK_HEADER;
  const payload = at + headerBytes;
  if (payload > end) return LINK_HEADER_CUT;
  const flags = radiotapFlags(view, at, payload);
  if ((flags & RADIOTAP_FLAG_CHECK_SEQUENCE) !== 0) {
    wireEnd -= CHECK_SEQUENCE_BYTES;
    end = Math.min(end, wireEnd);
  }
  return decodeWlan(view, payload, end, wireEnd, (flags & RADIOTAP_FLAG_PADDED) !== 0, frame);
}

/** The flags stand behind the words that say what is present, and behind an aligned timestamp if there is one. */
function radiotapFlags(view: DataView, at: number, end: number): number {
  const present = view.getUint32(at + RADIOTAP_PRESENT, true);
  if ((present & RADIOTAP_HAS_FLAGS) === 0) return 0;
  let field = at + RADIOTAP_PRESENT;
  let hasMore = true;
  while (hasMore && end - field >= 4) {
    hasMore = (view.getUint32(field, true) & RADIOTAP_HAS_MORE) !== 0;
    field += 4;
  }
  if ((present & RADIOTAP_HAS_TIMESTAMP) !== 0) field = at + ((field - at + 7) & ~7) + RADIOTAP_TIMESTAMP_BYTES;
  return field < end ? view.getUint8(field) : 0;
}

// Per-Packet Information (https://www.tcpdump.org/linktypes/LINKTYPE_PPI.html), little-endian
const PPI_VERSION = 0;
const PPI_LENGTH = 2;
const PPI_LINK_TYPE = 4;
const PPI_HEADER_BYTES = 8;
const PPI_FIELD_HEADER_BYTES = 4;
const PPI_FIELD_802_11_COMMON = 2;
const PPI_COMMON_FLAGS = 8;
const PPI_FLAG_CHECK_SEQUENCE = 0x01;

/** Decodes the packet behind the PPI header from `at`. */
export function decodePpi(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < PPI_HEADER_BYTES) return LINK_HEADER_CUT;
  const headerBytes = view.getUint16(at + PPI_LENGTH, true);
  if (view.getUint8(at + PPI_VERSION) !== 0 || headerBytes < PPI_HEADER_BYTES) return BAD_LINK_HEADER;
  const payload = at + headerBytes;
  if (payload > end) return LINK_HEADER_CUT;
  const linkType = view.getUint32(at + PPI_LINK_TYPE, true);
  if (linkType === LINKTYPE_IEEE802_11 && (ppiFlags(view, at, payload) & PPI_FLAG_CHECK_SEQUENCE) !== 0) {
    wireEnd -= CHECK_SEQUENCE_BYTES;
    end = Math.min(end, wireEnd);
  }
  return decodeAnnouncedLink(view, linkType, payload, end, wireEnd, frame);
}

function ppiFlags(view: DataView, at: number, end: number): number {
  let field = at + PPI_HEADER_BYTES;
  while (end - field >= PPI_FIELD_HEADER_BYTES) {
    const value = field + PPI_FIELD_HEADER_BYTES;
    if (view.getUint16(field, true) === PPI_FIELD_802_11_COMMON && end - value >= PPI_COMMON_FLAGS + 2) {
      return view.getUint16(value + PPI_COMMON_FLAGS, true);
    }
    field = value + view.getUint16(field + 2, true);
  }
  return 0;
}

// Prism: message code, then the header's length, in the capturing host's byte order
const PRISM_LENGTH = 4;
const PRISM_LEAST_BYTES = 24;
const PRISM_MOST_BYTES = 0xffff;

// AVS (draft by AbsoluteValue Systems), big-endian
const AVS_MAGIC = 0;
const AVS_LENGTH = 4;
const AVS_LEAST_BYTES = 8;
const AVS_MAGIC_MASK = 0xfffff000;
const AVS_MAGIC_VALUE = 0x80211000;

/** Decodes the 802.11 frame behind the Prism header from `at`; some drivers write AVS headers under that name. */
export function decodePrism(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < PRISM_LEAST_BYTES) return LINK_HEADER_CUT;
  if (isAvs(view, at)) return decodeAvs(view, at, end, wireEnd, frame);
  const littleEndian = view.getUint32(at + PRISM_LENGTH, true);
  const headerBytes = littleEndian <= PRISM_MOST_BYTES ? littleEndian : view.getUint32(at + PRISM_LENGTH);
  if (headerBytes < PRISM_LEAST_BYTES) return BAD_LINK_HEADER;
  if (headerBytes > end - at) return LINK_HEADER_CUT;
  return decodeWlan(view, at + headerBytes, end, wireEnd, false, frame);
}

/** Decodes the 802.11 frame behind the AVS header from `at`. */
export function decodeAvs(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at < AVS_LEAST_BYTES) return LINK_HEADER_CUT;
  const headerBytes = view.getUint32(at + AVS_LENGTH);
  if (!isAvs(view, at) || headerBytes < AVS_LEAST_BYTES) return BAD_LINK_HEADER;
  if (headerBytes > end - at) return LINK_HEADER_CUT;
  return decodeWlan(view, at + headerBytes, end, wireEnd, false, frame);
}

function isAvs(view: DataView, at: number): boolean {
  return (view.getUint32(at + AVS_MAGIC) & AVS_MAGIC_MASK) >>> 0 === AVS_MAGIC_VALUE;
}
