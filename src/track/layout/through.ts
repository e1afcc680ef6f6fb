/** Packets of a piece of a capture that were let through, as rows of four words. */
export const THROUGH_BYTES = 16;
/** First where the packet begins; how many of the piece came before it, and in the lower bits why it was let through. */
export const THROUGH_LABEL = 4;
/** Its time, a double. */
export const THROUGH_NS = 8;
export const REASON_BITS = 4;
export const REASON_MASK = 15;

// Why a packet was let through
/** It is no ordinary segment and may be about anybody. */
export const ABOUT_ANYBODY = 0;
/** It has SYN, FIN or RST, and is not as below. */
export const OF_A_HANDSHAKE = 1;
/** It is a SYN, and the next two packets are its SYN-ACK and the ACK of that, by their ends and flags; all without data. */
export const BEGINS_A_HANDSHAKE = 2;
/** It is another SYN without data. */
export const OPENS_AN_ATTEMPT = 3;
/** It is another SYN-ACK without data. */
export const ANSWERS_AN_ATTEMPT = 4;
/** It is an RST with an acknowledgement and without data. */
export const MAY_REFUSE = 5;
/** It has FIN, and its record says no more of it than ordinary ones. */
export const ENDS_A_CONNECTION = 6;
/** It is the first of its connection and direction in the run, and no attempt between its ends is open. */
export const FIRST_OF_RUN = 7;
/** The same, and its record says more of it than ordinary ones. */
export const ODD_FIRST_OF_RUN = 8;
/** It would perhaps be passed over, but an attempt between its ends may be open. */
export const WITH_AN_ATTEMPT = 9;
/** The same, and its record says more of it than ordinary ones. */
export const ODD_WITH_AN_ATTEMPT = 10;
/** It is as WITH_AN_ATTEMPT, the first of its connection in the run, and an ACK without data. */
export const MAY_ESTABLISH = 11;

/** What tracking them tells: the time of the last one, and how many were what. Segments have neither SYN nor FIN nor RST. */
export const TRACKED_NOW_NS = 0;
export const TRACKED_SEGMENTS = 8;
export const TRACKED_HANDSHAKES = 12;
/** Plain successes that were forgotten for others. */
export const TRACKED_ESTABLISHED = 16;
/** Attempts that were opened and not established. */
export const TRACKED_OPENED = 20;
/** The queue where what was tracked last needs room that another attempt has, which is no plain success; -1: there is none. */
export const TRACKED_FULL_QUEUE = 24;
/** SYN-ACKs, those of handshakes aside. */
export const TRACKED_ANSWERS = 28;
/** How many connections the sieve knows of the run now. */
export const TRACKED_CONNECTIONS = 32;
