/** How the records of a piece of a capture are laid out before they are sifted, and what has to be told for that. */

/** A row for each record: half a cache line. First its time, a double. */
export const RECORD_BYTES = 32;
/** Where its packet begins. */
export const RECORD_PACKET = 8;
/** In the lower bits the flags of its segment, and what else is known of it. */
export const RECORD_TRAITS = 12;
/** The ends of its segment in the same order for both directions: addresses and ports, as `Sieve` has them. */
export const RECORD_FIRST = 16;
export const RECORD_SECOND = 20;
export const RECORD_PORTS = 24;

export const FLAGS_MASK = 0xff;
/** Its sender is the second end. */
export const IS_TURNED = 0x100;
/** It is a segment that glance.ts would understand; only then it has flags and ends. */
export const IS_SEGMENT = 0x200;
/** The record has nothing but its packet. */
export const IS_BARE_RECORD = 0x400;
/** The segment is there as a whole, and is nothing but headers. */
export const IS_WHOLE_HEADER = 0x800;

// What is told of records that were laid out: two words
/** Where the first one begins that was not. */
export const LAID_TO = 0;
/** Why it was not. */
export const LAID_UNTIL = 4;
/** There is no room for more. */
export const UNTIL_FULL = 0;
/** It is not there as a whole. */
export const UNTIL_END = 1;
/** It is for the reader: no ordinary record, perhaps damage. */
export const UNTIL_ODD = 2;

// How records lie: two doubles and words, then the interfaces of a pcapng section. See pcap-header.ts and SecondsClock.
export const ORIGIN_SECONDS = 0;
export const ORIGIN_FRACTION_NS = 8;
/** 0: they are blocks of a pcapng. */
export const IS_PCAP = 16;
export const RECORD_HEADER_BYTES = 20;
export const CAPTURED_OFFSET = 24;
export const ORIGINAL_OFFSET = 28;
export const MAXIMUM_CAPTURED = 32;
export const FRACTIONS_PER_SECOND = 36;
export const PCAP_IS_ETHERNET = 40;
export const INTERFACE_COUNT = 44;
export const INTERFACES = 48;
/** With room for 126 interfaces. */
export const FORMAT_BYTES = 3072;

/** An interface, in bytes: two whole numbers of 64 bits, and a word. */
export const INTERFACE_BYTES = 24;
/** What a unit of its time stamps is in ns, 0 if that is no whole number; what is added to that; is it Ethernet? */
export const UNIT_NS = 0;
export const OFFSET_NS = 8;
export const IS_ETHERNET = 16;

/** Where the packet lies in an Enhanced Packet Block. */
export const BLOCK_HEADER_BYTES = 28;
