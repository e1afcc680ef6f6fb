/** What is noted of ports that answered, as rows. */

/** A port's row: 28 words, of which the last 18 are doubles. */
export const PORT_WORDS = 28;
export const PORT_DOUBLES = 14;
export const HOST = 0;
export const PORT = 1;
/** The port of the same host that answered first before this one, or NONE. */
export const BEFORE = 2;
export const SYN_ACKS = 3;
export const LATE_SYN_ACKS = 4;
export const OVERFLOWS = 5;
export const ACCEPTED = 6;
export const ROUND_TRIPS = 7;
export const CLIENTS = 8;
export const ROUND_TRIP_NS = 5;
/** A time, and behind it the frame. */
export const FIRST_SYN_ACK = 6;
export const LAST_SYN_ACK = 8;
export const LAST_OVERFLOW = 10;
/** Of the log of its SYN-ACKs the latest that is in it, and the latest that is not, or no longer. */
export const LOGGED_NS = 12;
export const LEFT_OUT_NS = 13;

/** SYN-ACKs closer together than this are one entry of the log. */
export const LOG_SPACING_NS = 250e6;

/**
 * Entries that wait to be logged: doubles, of which the first is how many there are; of each the time, the frame, and two
 * words, the number of the port and the client's address, of IPv4.
 */
export const QUEUE_ENTRIES = 1;
export const QUEUED_DOUBLES = 3;
export const QUEUED_NS = 0;
export const QUEUED_FRAME = 1;
export const QUEUED_PORT = 4;
export const QUEUED_CLIENT = 5;
export const MOST_QUEUED = 64;

/** So many client addresses are kept of each port: enough to say 'others were answered'. */
export const KEPT_CLIENTS = 8;
/** Words of a client's address, and of all that are kept of a port. */
export const CLIENT_WORDS = 4;
export const CLIENTS_WORDS = 32;

/**
 * Pairs of a port and a client that it answered: what is counted of them, in words, and behind that those that wait to be
 * added, two words each. The first is the client's address, of IPv4; the second the number of the port and one. Of IPv6
 * there are more bits of a hash above the port (answered-clients.ts).
 */
export const ANSWERED_COUNT = 0;
export const ANSWERED_WAITING = 1;
export const ANSWERED_PAIRS = 2;
export const PAIR_PORT_BITS = 19;
/** So many wait and are added together. */
export const MOST_WAITING = 64;
/** Beyond so many nothing is added. */
export const MOST_ANSWERED = 1 << 19;
