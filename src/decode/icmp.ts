/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443): errors with the packet that they quote, and neighbour discovery. Everything
 * else only shows that its sender is alive.
 */

import { FRAME_ICMP_ERROR, FRAME_IP, FRAME_QUOTED, type Frame } from './frame.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import {
  decodeNeighborAdvertisement,
  decodeNeighborSolicitation,
  NEIGHBOR_ADVERTISEMENT,
  NEIGHBOR_SOLICITATION,
} from './neighbor.js';
import { UNDERSTOOD } from './reasons.js';

// Offsets in the message (RFC 792, RFC 4443 section 2.1)
const TYPE = 0;
const CODE = 1;
const QUOTED_PACKET = 8;

const HEADER_BYTES = 8;

// Errors of ICMP (RFC 792)
const DESTINATION_UNREACHABLE = 3;
const SOURCE_QUENCH = 4;
const REDIRECT = 5;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;

// Errors of ICMPv6 (RFC 4443 section 3)
const DESTINATION_UNREACHABLE_6 = 1;
const PARAMETER_PROBLEM_6 = 4;

/** Decodes the ICMP message from `at`. Its quotation is judged by what is there, so it is never undecodable. */
export function decodeIcmp(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (end - at >= HEADER_BYTES) {
    switch (view.getUint8(at + TYPE)) {
      case DESTINATION_UNREACHABLE:
      case SOURCE_QUENCH:
      case REDIRECT:
      case TIME_EXCEEDED:
      case PARAMETER_PROBLEM:
        return decodeError(view, at, end, wireEnd, frame);
    }
  }
  frame.kind = FRAME_IP;
  return UNDERSTOOD;
}

/** Decodes the ICMPv6 message from `at`. */
export function decodeIcmpv6(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  const type = end - at >= HEADER_BYTES ? view.getUint8(at + TYPE) : 0;
  if (type >= DESTINATION_UNREACHABLE_6 && type <= PARAMETER_PROBLEM_6)
    return decodeError(view, at, end, wireEnd, frame);
  frame.kind = FRAME_IP;
  if (type === NEIGHBOR_SOLICITATION) decodeNeighborSolicitation(view, at, end, frame);
  else if (type === NEIGHBOR_ADVERTISEMENT) decodeNeighborAdvertisement(view, at, end, frame);
  return UNDERSTOOD;
}

/** An error is FRAME_ICMP_ERROR if the innermost packet that it quotes is a TCP segment, else a sign of life. */
function decodeError(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (frame.kind === FRAME_QUOTED) {
    // No error is sent about an error (RFC 1122 section 3.2.2), so this quotation is nonsense.
    frame.kind = FRAME_IP;
    return UNDERSTOOD;
  }
  keepSender(frame);
  const { ipVersion, ipId, flowLabel, isFragment, tunnelDepth } = frame;
  const { linkSourceHigh, linkSourceLow, linkDestinationHigh, linkDestinationLow } = frame;
  frame.icmpType = view.getUint8(at + TYPE);
  frame.icmpCode = view.getUint8(at + CODE);
  frame.kind = FRAME_QUOTED;
  decodeQuotation(view, at + QUOTED_PACKET, end, wireEnd, frame);
  // A quoted tunnel may hold an Ethernet header.
  frame.linkSourceHigh = linkSourceHigh;
  frame.linkSourceLow = linkSourceLow;
  frame.linkDestinationHigh = linkDestinationHigh;
  frame.linkDestinationLow = linkDestinationLow;
  if ((frame.kind as number) === FRAME_ICMP_ERROR) return UNDERSTOOD;
  frame.kind = FRAME_IP;
  frame.ipVersion = ipVersion;
  frame.ipId = ipId;
  frame.flowLabel = flowLabel;
  frame.isFragment = isFragment;
  frame.tunnelDepth = tunnelDepth;
  restoreSender(frame);
  return UNDERSTOOD;
}

/** Quoted packets are told apart by their own version: translators quote one in the other (RFC 7915 section 4.5). */
function decodeQuotation(view: DataView, at: number, end: number, wireEnd: number, frame: Frame): number {
  if (at < end && view.getUint8(at) >>> 4 === 6) return decodeIpv6(view, at, end, wireEnd, frame);
  return decodeIpv4(view, at, end, wireEnd, frame);
}

function keepSender(frame: Frame): void {
  frame.errorSource0 = frame.source0;
  frame.errorSource1 = frame.source1;
  frame.errorSource2 = frame.source2;
  frame.errorSource3 = frame.source3;
  frame.errorDestination0 = frame.destination0;
  frame.errorDestination1 = frame.destination1;
  frame.errorDestination2 = frame.destination2;
  frame.errorDestination3 = frame.destination3;
  frame.errorTimeToLive = frame.timeToLive;
}

function restoreSender(frame: Frame): void {
  frame.source0 = frame.errorSource0;
  frame.source1 = frame.errorSource1;
  frame.source2 = frame.errorSource2;
  frame.source3 = frame.errorSource3;
  frame.destination0 = frame.errorDestination0;
  frame.destination1 = frame.errorDestination1;
  frame.destination2 = frame.errorDestination2;
  frame.destination3 = frame.errorDestination3;
  frame.timeToLive = frame.errorTimeToLive;
}
