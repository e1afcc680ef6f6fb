/**
 * What one packet says about TCP: a segment, a segment quoted by an ICMP error, or the link-layer and echo traffic
 * that shows whether a host is alive. One Frame is filled again and again; it holds numbers only, so that decoding
 * allocates nothing.
 *
 * Addresses are four unsigned 32-bit words in network order. An IPv4 address a.b.c.d is kept as the IPv4-mapped
 * ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2): words 0, 0, 0xffff, abcd.
 */

/** What a Frame holds: nothing of interest (an undecodable packet, a link-layer protocol), or one of the kinds below. */
export const FRAME_OTHER = 0;
/** A TCP segment; the innermost one if it was tunnelled. */
export const FRAME_TCP = 1;
/** An ICMP or ICMPv6 error that quotes a TCP segment: addresses, ports and sequence are the quoted segment's. */
export const FRAME_ICMP_ERROR = 2;
/** An ARP request or an IPv6 neighbour solicitation. */
export const FRAME_NEIGHBOR_REQUEST = 3;
/** An ARP reply, a gratuitous ARP or an IPv6 neighbour advertisement. */
export const FRAME_NEIGHBOR_REPLY = 4;
/** Any other decoded IP packet: its source is alive (an ICMP echo reply, a datagram, an error that quotes no TCP). */
export const FRAME_IP = 5;
/** A datagram from or to a port of DNS, multicast DNS or LLMNR; what is in it is read when it is tracked. */
export const FRAME_DNS = 6;
/** Only while decoding: on the way into the packet that an ICMP error quotes, where lengths deserve less trust. */
export const FRAME_QUOTED = -1;

/**
 * How many packets may stand around each other. Real nesting is 4 at most (a GTP tunnel on VXLAN on MPLS); the limit
 * keeps a hostile packet from exhausting the stack.
 */
export const MAXIMUM_TUNNELS = 16;

/** TCP flags (RFC 9293 section 3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;

/** How the capturing host saw the packet: Linux cooked packet types, pcapng directions and the like, in one scale. */
export const PASSAGE_UNKNOWN = 0;
/** Received by the capturing host, for it. */
export const PASSAGE_RECEIVED = 1;
/** Sent by the capturing host. */
export const PASSAGE_SENT = 2;
/** Seen in promiscuous mode: between others. */
export const PASSAGE_OVERHEARD = 3;

/** The words of the IPv4-mapped prefix. */
export const IPV4_MAPPED_WORD = 0xffff;

/**
 * The facts of one packet; which fields mean something follows from `kind`, the others are left from packets before:
 * - always: the link layer's addresses, `passage`, `tunnelDepth`;
 * - FRAME_TCP: network layer and TCP;
 * - FRAME_ICMP_ERROR: network layer and TCP of the quoted segment, and the error's own fields;
 * - FRAME_IP: the network layer of the innermost IP packet;
 * - FRAME_DNS: the same, the ports and the payload;
 * - FRAME_NEIGHBOR_…: `ipVersion`, source, destination and the neighbour's MAC address.
 */
export class Frame {
  kind = FRAME_OTHER;

  // Network layer of the segment (for FRAME_ICMP_ERROR: of the quoted one; for neighbours: see below)
  ipVersion = 0;
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  /** IPv4 time to live or IPv6 hop limit. */
  timeToLive = 0;
  /** IPv4 identification; -1 for IPv6. */
  ipId = -1;
  /** IPv6 flow label; -1 for IPv4. */
  flowLabel = -1;
  /** True for a piece of a fragmented packet; only the first piece has TCP fields, a later one is FRAME_IP. */
  isFragment = false;

  // TCP, or the datagram of DNS
  sourcePort = 0;
  destinationPort = 0;
  sequence = 0;
  /** The acknowledgement field as it stands, also without the ACK flag. */
  acknowledgement = 0;
  /** The flags byte; -1 when an ICMP error quotes too little to have it. */
  flags = 0;
  /** Unscaled; -1 when cut off. */
  window = -1;
  /** Payload bytes by the lengths in the headers, not by what was captured; 0 when an ICMP error quotes too little. */
  payloadBytes = 0;
  /** Where the payload lies in the packet's buffer; it may have been cut off. */
  payloadOffset = 0;
  /** Where the TCP options lie in the packet's buffer and how many of their bytes were captured. */
  optionsOffset = 0;
  optionsBytes = 0;

  // ICMP error
  icmpType = 0;
  icmpCode = 0;
  /** Who sent the error (words as above), and to whom. */
  errorSource0 = 0;
  errorSource1 = 0;
  errorSource2 = 0;
  errorSource3 = 0;
  errorDestination0 = 0;
  errorDestination1 = 0;
  errorDestination2 = 0;
  errorDestination3 = 0;
  /** The TTL of the packet that carries the error. */
  errorTimeToLive = 0;

  // Neighbours: source = who asks or answers (its protocol address; for an advertisement the target that it speaks
  // for), destination = whom it asks for or answers to. An ARP probe asks from 0.0.0.0, duplicate address detection
  // from ::.

  // Link layer: of the innermost Ethernet or 802.11 header around the packet; for an ICMP error, around the error
  /** Source and destination MAC addresses: upper 16 and lower 32 bits; -1 in the upper part when there is none. */
  linkSourceHigh = -1;
  linkSourceLow = 0;
  linkDestinationHigh = -1;
  linkDestinationLow = 0;
  /** For neighbours: the MAC address that is being told (ARP sender hardware address, ND target link-layer address). */
  neighborHigh = -1;
  neighborLow = 0;
  /** One of the PASSAGE_ constants. */
  passage = PASSAGE_UNKNOWN;
  /** How many packets stood around the segment's own IP packet: IP tunnels, and Ethernet carried within a link layer. */
  tunnelDepth = 0;
}
