/**
 * Tells copies of one packet (any interface, bridge, mirror port, container host, both sides of a VLAN) from its
 * retransmission.
 *
 * Copies come within some milliseconds and agree in everything that the sender chose; TTL, MAC, VLAN and captured
 * length may differ. A retransmission takes at least a good part of a second, except for a SYN after an answer that
 * its client could not accept: Linux repeats it 8 to 35 ms later. By then its time-stamp option or its IPv6 flow
 * label has changed, but not every client sends them; so such an answer in between ends the copies.
 */
import type { Frame } from '../decode/frame.js';

/** Copies of one packet are at most so far apart. */
export const COPY_WINDOW_NS = 50e6;

/** Even after an unacceptable answer no stack repeats its SYN as fast as this. */
export const COPY_AFTER_ANSWER_NS = 5e6;

/** 32 bits, a signed word, of what is the same in all copies of a segment, and in hardly anything else. */
export function segmentSignature(frame: Frame): number {
  let hash = frame.sequence ^ Math.imul(frame.acknowledgement, 0x9e3779b1);
  hash = Math.imul(hash ^ (frame.flags << 20) ^ (frame.ipVersion === 4 ? frame.ipId : frame.flowLabel), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The same for an ICMP error: who sent it, which one, and which packet it quotes. */
export function errorSignature(frame: Frame): number {
  let hash = frame.errorSource3 ^ Math.imul(frame.errorSource2, 0x9e3779b1) ^ Math.imul(frame.errorSource1, 0x85ebca77);
  hash = Math.imul(
    hash ^ frame.errorSource0 ^ (frame.icmpType << 24) ^ (frame.icmpCode << 16) ^ frame.ipId,
    0x85ebca6b,
  );
  return hash ^ (hash >>> 16);
}
