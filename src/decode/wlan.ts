/**
 * IEEE 802.11 data frames that are not encrypted.
 */

import { FRAME_OTHER, type Frame } from './frame.js';
import { decodeLogicalLink } from './logical-link.js';
import { ENCRYPTED_WLAN, LINK_HEADER_CUT, UNDERSTOOD } from './reasons.js';

// Offsets in the header (IEEE 802.11 section 9.3.2.1)
const FRAME_CONTROL = 0;
const FLAGS = 1;
const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const SEQUENCE_CONTROL = 22;
const ADDRESS_4 = 24;

const HEADER_BYTES = 24;
const ADDRESS_BYTES = 6;
const QOS_BYTES = 2;
const HT_CONTROL_BYTES = 4;

// Frame control (section 9.2.4.1)
const TYPE_MASK = 0x0c;
const TYPE_DATA = 0x08;
const SUBTYPE_QOS = 0x80;
const SUBTYPE_NO_DATA = 0x40;
const TO_DISTRIBUTION = 0x01;
const FROM_DISTRIBUTION = 0x02;
const PROTECTED = 0x40;
const ORDER = 0x80;

const FRAGMENT_NUMBER_MASK = 0x0f;
/** In the QoS control field: the body is an aggregate of several packets (section 9.2.4.5). */
const IS_AGGREGATE = 0x80;

// Subframes of an aggregate (section 9.3.2.2)
const SUBFRAME_LENGTH = 12;
const SUBFRAME_HEADER_BYTES = 14;

/** Decodes the 802.11 frame from `at`. With `isPadded` its header was padded to a multiple of four bytes. */
export function decodeWlan(
  view: DataView,
  at: number,
  end: number,
  wireEnd: number,
  isPadded: boolean,
  frame: Frame,
): number {
  if (end - at < 2) return LINK_HEADER_CUT;
  const control = view.getUint8(at + FRAME_CONTROL);
  const flags = view.getUint8(at + FLAGS);
  if ((control & TYPE_MASK) !== TYPE_DATA || (control & SUBTYPE_NO_DATA) !== 0) return UNDERSTOOD;
  const isQos = (control & SUBTYPE_QOS) !== 0;
  const hasFourAddresses = (flags & TO_DISTRIBUTION) !== 0 && (flags & FROM_DISTRIBUTION) !== 0;
  const qos = at + HEADER_BYTES + (hasFourAddresses ? ADDRESS_BYTES : 0);
  let payload = qos;
  if (isQos) payload += (flags & ORDER) !== 0 ? QOS_BYTES + HT_CONTROL_BYTES : QOS_BYTES;
  if (isPadded) payload = at + ((payload - at + 3) & ~3);
  if (payload > end) return LINK_HEADER_CUT;

  setAddresses(view, at, flags, frame);
  if ((flags & PROTECTED) !== 0) return ENCRYPTED_WLAN;
  if ((view.getUint8(at + SEQUENCE_CONTROL) & FRAGMENT_NUMBER_MASK) !== 0) return UNDERSTOOD;
  if (isQos && (view.getUint8(qos) & IS_AGGREGATE) !== 0) return decodeAggregate(view, payload, end, wireEnd, frame);
  return decodeLogicalLink(view, payload, end, wireEnd, frame);
}

/** Which address is whose follows from the two directions (section 9.3.2.1). */
function setAddresses(view: DataView, at: number, flags: number, frame: Frame): void {
  const isTo = (flags & TO_DISTRIBUTION) !== 0;
  const isFrom = (flags & FROM_DISTRIBUTION) !== 0;
  const destination = at + (isTo ? ADDRESS_3 : ADDRESS_1);
  const source = at + (isFrom ? (isTo ? ADDRESS_4 : ADDRESS_3) : ADDRESS_2);
  frame.linkDestinationHigh = view.getUint16(destination);
  frame.linkDestinationLow = view.getUint32(destination + 2);
  frame.linkSourceHigh = view.getUint16(source);
  frame.linkSourceLow = view.getUint32(source + 2);
}

/** A Frame has room for one packet of the aggregate: it is the first that has to do with IP. */
function decodeAggregate(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  let reason = UNDERSTOOD;
  while (end - at >= SUBFRAME_HEADER_BYTES) {
    const payload = at + SUBFRAME_HEADER_BYTES;
    const subframeEnd = payload + view.getUint16(at + SUBFRAME_LENGTH);
    reason = decodeLogicalLink(view, payload, Math.min(end, subframeEnd), Math.min(wireEnd, subframeEnd), frame);
    if (frame.kind !== FRAME_OTHER) return reason;
    at += (subframeEnd - at + 3) & ~3;
  }
  return reason;
}
