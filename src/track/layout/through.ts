/** Packets of a piece of a capture that were let through, as rows of four words. */
export const THROUGH_BYTES = 16;
/** First where the packet begins; how many of the piece came before it, and in the lower bits why it was let through. */
export const THROUGH_LABEL = 4;
/** Its time, a double. */
export const THROUGH_NS = 8;
export const REASON_BITS = 3;
export const REASON_MASK = 7;

// Why a packet was let through
/** It is no ordinary segment and may be about anybody. */
export const ABOUT_ANYBODY = 0;
/** It has SYN, FIN or RST, and is not as below. */
export const OF_A_HANDSHAKE = 1;
/** It has FIN, and its record says no more of it than ordinary ones. */
export const ENDS_A_CONNECTION = 6;
/** It is the first of its connection and direction in the run, and no attempt between its ends is open. */
export const FIRST_OF_RUN = 2;
/** The same, and its record says more of it than ordinary ones. */
export const ODD_FIRST_OF_RUN = 5;
/** It would perhaps be passed over, but an attempt between its ends may be open. */
export const WITH_AN_ATTEMPT = 3;
/** It is a SYN, and the next two packets are its SYN-ACK and the ACK of that, by their ends and flags; all without data. */
export const BEGINS_A_HANDSHAKE = 4;

/** What tracking them tells: the time of the last one, and how many were what. */
export const TRACKED_NOW_NS = 0;
export const TRACKED_SEGMENTS = 8;
export const TRACKED_HANDSHAKES = 12;
/** Plain successes that were forgotten for others. */
export const TRACKED_ESTABLISHED = 16;
/** 1: the handshake that was tracked last needs room that another attempt has, which is no plain success. */
export const TRACKED_NEEDS_ROOM = 20;
