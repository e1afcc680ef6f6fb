/**
 * Offsets in an Ethernet frame with an IPv4 header without options, and TCP in it, as most packets of most captures are.
 * track/assembly/ reads this file as well.
 */
export const LINK_DESTINATION = 0;
export const LINK_SOURCE = 6;
export const ETHERTYPE = 12;
export const VERSION_AND_LENGTH = 14;
export const TOTAL_LENGTH = 16;
export const IDENTIFICATION = 18;
export const FRAGMENT = 20;
export const TIME_TO_LIVE = 22;
export const PROTOCOL = 23;
export const SOURCE = 26;
export const DESTINATION = 30;
/** The source port, then the destination port: one word. */
export const PORTS = 34;
export const SEQUENCE = 38;
export const ACKNOWLEDGEMENT = 42;
export const DATA_OFFSET = 46;
export const FLAGS = 47;
export const WINDOW = 48;
/** Where options begin: behind Ethernet, IPv4 and TCP without any. */
export const OPTIONS = 54;
