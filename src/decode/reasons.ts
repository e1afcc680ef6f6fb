/**
 * Why a packet could not be decoded. A reason is a small number on the way through the decoders, so that returning
 * one costs nothing, and a stable text in reports.
 */

/** The packet was understood, whether or not it has to do with TCP. */
export const UNDERSTOOD = 0;
/** Nothing is known about packets of this link type. */
export const UNKNOWN_LINK_TYPE = 1;
/** The snap length ends inside a link-layer header. */
export const LINK_HEADER_CUT = 2;
/** A link-layer header contradicts itself. */
export const BAD_LINK_HEADER = 3;
/** A protected 802.11 frame. */
export const ENCRYPTED_WLAN = 4;
/** An 802.1AE frame whose payload is encrypted. */
export const ENCRYPTED_MACSEC = 5;
/** The snap length ends inside an ARP packet. */
export const ARP_CUT = 6;
/** The snap length ends inside an IPv4 or IPv6 header, or inside a chain of IPv6 extension headers. */
export const IP_HEADER_CUT = 7;
/** The version or a length in an IP header is impossible. */
export const BAD_IP_HEADER = 8;
/** The snap length ends inside the header of a tunnel protocol. */
export const TUNNEL_HEADER_CUT = 9;
/** A tunnel header's version or flags are impossible. */
export const BAD_TUNNEL_HEADER = 10;
/** More packets inside each other than MAXIMUM_TUNNELS. */
export const TOO_MANY_TUNNELS = 11;
/** The segment's ports, sequence number and flags were not all captured. */
export const TCP_HEADER_CUT = 12;
/** The TCP data offset is less than the fixed header. */
export const BAD_TCP_HEADER = 13;

/** The texts of the reasons, by number; they are part of reports and never change. The first one is no reason. */
export const UNDECODABLE_REASONS: readonly string[] = [
  'understood',
  'unknown-link-type',
  'link-header-cut',
  'bad-link-header',
  'encrypted-wlan',
  'encrypted-macsec',
  'arp-cut',
  'ip-header-cut',
  'bad-ip-header',
  'tunnel-header-cut',
  'bad-tunnel-header',
  'too-many-tunnels',
  'tcp-header-cut',
  'bad-tcp-header',
];
