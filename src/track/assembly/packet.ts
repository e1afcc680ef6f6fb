/** Offsets in an Ethernet frame with an IPv4 header without options, as in decode/glance.ts; words as they lie there. */
export const LINK_DESTINATION: usize = 0;
export const LINK_SOURCE: usize = 6;
export const ETHERTYPE: usize = 12;
export const IP_HEADER: u32 = 14;
export const VERSION_AND_LENGTH: usize = 14;
export const TOTAL_LENGTH: usize = 16;
export const IDENTIFICATION: usize = 18;
export const FRAGMENT: usize = 20;
export const TIME_TO_LIVE: usize = 22;
export const PROTOCOL: usize = 23;
export const SOURCE: usize = 26;
export const DESTINATION: usize = 30;
export const PORTS: usize = 34;
export const SEQUENCE: usize = 38;
export const ACKNOWLEDGEMENT: usize = 42;
export const DATA_OFFSET: usize = 46;
export const FLAGS: usize = 47;
export const WINDOW: usize = 48;
export const OPTIONS: usize = 54;
/** Ethernet, IPv4 and TCP without options. */
export const HEADER_BYTES: u32 = 54;

export const IP_HEADER_BYTES: u32 = 20;
export const TCP_HEADER_BYTES: u32 = 20;

export const SYN: u32 = 0x02;
export const ACK: u32 = 0x10;
/** Congestion is a matter of its own (RFC 3168): both bits in a SYN, the first in a SYN-ACK. */
export const ECE: u32 = 0x40;
export const CWR: u32 = 0x80;

/** How long the TCP header says that it is. */
export function tcpHeaderBytes(packet: usize): u32 {
  return ((load<u8>(packet, DATA_OFFSET) as u32) >> 4) << 2;
}

/** A word or half of one in the network's order. */
export function networkWord(at: usize): i32 {
  return bswap<i32>(load<i32>(at));
}

export function networkHalf(at: usize): i32 {
  return <i32>bswap<u16>(load<u16>(at));
}
