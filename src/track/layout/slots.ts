/**
 * The handshakes that are being followed, as rows of one array: a slot an attempt, an event a packet of it. Slots become
 * free in about the order in which they were taken, so that the processor fetches the next rows ahead of time, as it
 * can't of 25 columns. With the rows of hosts and ports that took a capture of nothing but handshakes from 860 ns a packet
 * to 730, on a machine that others used as well.
 */

// What has been seen of an attempt, as bits
export const HAS_SYN = 1 << 0;
export const HAS_SYN_ACK = 1 << 1;
export const ESTABLISHED = 1 << 2;
export const HAS_RST = 1 << 3;
export const HAS_ICMP = 1 << 4;
export const HAS_CLIENT_RST = 1 << 5;
/** The client's RST came after a SYN-ACK. */
export const CLIENT_REFUSED_SYN_ACK = 1 << 6;
/** The SYN came more than once. */
export const SYN_REPEATED = 1 << 7;
export const HAS_BAD_SYN_ACK = 1 << 8;
export const HAS_BARE_ACK = 1 << 9;
export const HAS_REVERSE_SYN = 1 << 10;
export const HAS_REVERSE_SYN_ACK = 1 << 11;
export const HAS_CLIENT_SEGMENT = 1 << 12;
export const HAS_SERVER_SEGMENT = 1 << 13;
/** The SYN came again after a SYN-ACK: the client has not got that. */
export const SYN_AFTER_SYN_ACK = 1 << 14;
/** The SYN has FIN, PSH or URG as well. */
export const ODD_SYN = 1 << 15;
/** The SYN has no options. */
export const BARE_SYN = 1 << 16;
/** The server ended the connection before either side had sent data. */
export const ENDED_BY_SERVER = 1 << 17;
/** A SYN-ACK came again behind the client's ACK of it. */
export const SYN_ACK_BEHIND_ACK = 1 << 18;
/** Not seen, but where the slot stands: among the closed ones, and in the queue of the settled. */
export const IS_CLOSED = 1 << 19;
export const IS_SETTLED = 1 << 20;

/** The queue of attempts that an answer is still expected for. */
export const WAITING = 0;
/** The queue of decided attempts, kept to recognise late copies and retransmissions. */
export const SETTLED = 1;

/** Up to so many heads, a megabyte, there are four for each open slot; then two. */
export const SPARSE_HEADS = 1 << 18;
export const SPARSE_FACTOR = 4;
export const DENSE_FACTOR = 2;

/**
 * A slot's row: 32 words, two cache lines. In the first is all that a look for a four-tuple needs. Words are signed,
 * since V8 keeps unsigned ones above 2^31 as objects wherever they leave a function.
 */
export const SLOT_WORDS = 32;
export const SLOT_DOUBLES = 16;
export const HASH = 0;
/** The next slot with the same hash, or the next free one. */
export const CHAIN = 1;
/** Client port in the upper half, server port in the lower. */
export const PORTS = 2;
export const STATE = 3;
export const INITIAL_SEQUENCE = 4;
export const SERVER_SEQUENCE = 5;
export const OTHER_SERVER_SEQUENCE = 6;
export const SYN_PAYLOAD_BYTES = 7;
export const CLIENT = 8;
export const SERVER = 12;
export const BEFORE = 20;
export const BEHIND = 21;
export const FIRST_EVENT = 22;
export const LAST_EVENT = 23;
export const EVENT_COUNT = 24;
/** The kinds of its events, as bits. */
export const KINDS = 25;
export const COPIES = 26;
export const ERA = 27;
export const TICKET = 28;
export const ACCEPTED_BEFORE = 29;
export const CLIENT_ACKNOWLEDGED = 30;
export const REVERSE_SEQUENCE = 31;
// Words 16 to 19 are two doubles, which are counted by themselves.
export const ACTIVITY_NS = 8;
export const LAST_SYN_NS = 9;
/** Link-layer addresses of the first packet of each stand apart: of its source and its destination. */
export const LINK_DOUBLES = 2;

/** An answer stands in the capture at most so much ahead of its SYN. */
export const EARLY_ANSWER_NS = 50e6;

/** What is known of all slots together, in words; of the queues one for each. */
export const FREE = 0;
export const USED = 1;
export const OPEN_SLOTS = 2;
export const CLOSED_SLOTS = 3;
export const FRONT = 4;
export const BACK = 6;
export const LENGTH = 8;
export const SLOT_COUNTERS = 10;

/** An event's row: twelve words. */
export const EVENT_WORDS = 12;
export const EVENT_DOUBLES = 6;
/** The next event of the same attempt, or the next free one. */
export const NEXT = 0;
/** Its kind in the lowest byte, then the TTL, then TRAIT_ bits. */
export const LABEL = 1;
export const SIGNATURE = 6;
export const TIMESTAMP = 7;
export const ECHO = 8;
export const OPTIONS = 9;
export const IDENTIFICATION = 10;
export const WINDOW = 11;
// Words 2 to 5 are two doubles.
export const TIME_NS = 1;
export const FRAME = 2;

/** What is known of all events together, in words: FREE and USED. */
export const EVENT_COUNTERS = 2;
