/** What a SYN or SYN-ACK offers beyond the bare handshake, as bits: to say which of several SYNs got through. */

export const TRAIT_MAXIMUM_SEGMENT_SIZE = 1 << 0;
export const TRAIT_WINDOW_SCALE = 1 << 1;
export const TRAIT_SACK = 1 << 2;
export const TRAIT_TIMESTAMPS = 1 << 3;
export const TRAIT_MULTIPATH = 1 << 4;
/** The Fast Open option, with a cookie or asking for one (RFC 7413). */
export const TRAIT_FAST_OPEN = 1 << 5;
/** Data in the SYN. */
export const TRAIT_DATA = 1 << 6;
/** ECE and CWR: asks for explicit congestion notification (RFC 3168 section 6.1.1). */
export const TRAIT_ECN = 1 << 7;
/** An MD5 signature or authentication option (RFC 2385, RFC 5925). */
export const TRAIT_AUTHENTICATED = 1 << 8;
