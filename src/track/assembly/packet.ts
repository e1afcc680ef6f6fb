/** How packets are read that decode/glance.ts would understand; plain-header.ts has their offsets. */
import { DATA_OFFSET } from '../../decode/plain-header';

export const IP_HEADER: u32 = 14;
/** Ethernet, IPv4 and TCP without options. */
export const HEADER_BYTES: u32 = 54;

export const IP_HEADER_BYTES: u32 = 20;
export const TCP_HEADER_BYTES: u32 = 20;

export const SYN: u32 = 0x02;
export const RST: u32 = 0x04;
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
