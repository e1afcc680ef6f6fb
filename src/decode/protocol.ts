/**
 * What an IP header carries, by its protocol number: the one table of IPv4's Protocol and IPv6's Next Header.
 */

import { decodeEthernet, decodeMpls } from './ethernet.js';
import { FRAME_IP, FRAME_OTHER, type Frame, MAXIMUM_TUNNELS } from './frame.js';
import { decodeGre } from './gre.js';
import { decodeIcmp, decodeIcmpv6 } from './icmp.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { IP_HEADER_CUT, TOO_MANY_TUNNELS, UNDERSTOOD } from './reasons.js';
import { decodeTcp } from './tcp.js';
import { decodeUdp } from './udp.js';

// Protocol numbers (https://www.iana.org/assignments/protocol-numbers)
const PROTOCOL_ICMP = 1;
const PROTOCOL_IPV4 = 4; // RFC 2003
/** TCP's protocol number. */
export const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41; // RFC 4213, RFC 2473
const PROTOCOL_GRE = 47;
/** The authentication header, which stands before IPv4's payload and among IPv6's extension headers (RFC 4302). */
export const PROTOCOL_AUTHENTICATION_HEADER = 51;
const PROTOCOL_ICMPV6 = 58;
const PROTOCOL_ETHERNET_IN_IP = 97; // RFC 3378
const PROTOCOL_MPLS = 137; // RFC 4023
const PROTOCOL_ETHERNET = 143; // RFC 8986 section 9.1

const AUTHENTICATION_HEADER_BYTES = 12;
const ETHERNET_IN_IP_HEADER_BYTES = 2;

/** Decodes what follows an IP header. A protocol that leads to no TCP leaves the frame FRAME_IP. */
export function decodeProtocol(
  view: DataView,
  protocol: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  while (protocol === PROTOCOL_AUTHENTICATION_HEADER) {
    if (end - at < AUTHENTICATION_HEADER_BYTES) return IP_HEADER_CUT;
    protocol = view.getUint8(at);
    at += (view.getUint8(at + 1) + 2) << 2; // RFC 4302 section 2.2
  }
  switch (protocol) {
    case PROTOCOL_TCP:
      return decodeTcp(view, at, end, wireEnd, frame);
    case PROTOCOL_ICMP:
      return decodeIcmp(view, at, end, wireEnd, frame);
    case PROTOCOL_ICMPV6:
      return decodeIcmpv6(view, at, end, wireEnd, frame);
    default:
      return decodeTunnel(view, protocol, at, end, wireEnd, frame);
  }
}

/** Goes one packet deeper; if there is nothing of interest in it, the outer one is what was found. */
function decodeTunnel(
  view: DataView,
  protocol: number,
  at: number,
  end: number,
  wireEnd: number,
  frame: Frame,
): number {
  if (frame.tunnelDepth === MAXIMUM_TUNNELS) return TOO_MANY_TUNNELS;
  frame.tunnelDepth += 1;
  const reason = decodeInner(view, protocol, at, end, wireEnd, frame);
  if (reason === UNDERSTOOD && frame.kind === FRAME_OTHER) {
    frame.tunnelDepth -= 1;
    frame.kind = FRAME_IP;
  }
  return reason;
}

/** Leaves the frame as it is when the protocol is no tunnel. */
function decodeInner(view: DataView, protocol: number, at: number, end: number, wireEnd: number, frame: Frame): number {
  switch (protocol) {
    case PROTOCOL_UDP:
      return decodeUdp(view, at, end, wireEnd, frame);
    case PROTOCOL_IPV4:
      return decodeIpv4(view, at, end, wireEnd, frame);
    case PROTOCOL_IPV6:
      return decodeIpv6(view, at, end, wireEnd, frame);
    case PROTOCOL_GRE:
      return decodeGre(view, at, end, wireEnd, frame);
    case PROTOCOL_ETHERNET_IN_IP:
      return decodeEthernet(view, at + ETHERNET_IN_IP_HEADER_BYTES, end, wireEnd, frame);
    case PROTOCOL_MPLS:
      return decodeMpls(view, at, end, wireEnd, frame);
    case PROTOCOL_ETHERNET:
      return decodeEthernet(view, at, end, wireEnd, frame);
    default:
      return UNDERSTOOD;
  }
}
