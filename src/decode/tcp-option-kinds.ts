/** Kinds of TCP options (https://www.iana.org/assignments/tcp-parameters). track/assembly/ reads this file as well. */
export const END_OF_OPTIONS = 0; // RFC 9293 section 3.2
export const NO_OPERATION = 1;
export const MAXIMUM_SEGMENT_SIZE = 2;
export const WINDOW_SCALE = 3; // RFC 7323 section 2
export const SACK_PERMITTED = 4; // RFC 2018 section 2
export const TIMESTAMPS = 8; // RFC 7323 section 3
export const MD5_SIGNATURE = 19; // RFC 2385
export const AUTHENTICATION = 29; // RFC 5925
export const MULTIPATH = 30; // RFC 8684
export const FAST_OPEN = 34; // RFC 7413 section 2
export const EXPERIMENT = 254; // RFC 6994
export const FAST_OPEN_EXPERIMENT = 0xf989; // RFC 7413 section 2

/** Offset basis and prime of the 32-bit FNV-1a hash (RFC 9923), as signed words. */
export const FNV_OFFSET = -2128831035;
export const FNV_PRIME = 0x01000193;
