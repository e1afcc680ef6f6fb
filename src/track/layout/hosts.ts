/**
 * All that is noted of hosts, as rows: what a packet of TCP changes lies in the two cache lines of a host's warm row, all
 * else in its cold one. Of every packet both ends are noted, and a large network does not fit into any cache: with an
 * array for each fact that is ten waits for memory (layout/slots.ts says what all rows together gained).
 *
 * The files of this folder are read by both compilers, since assembly/ writes into the same rows: plain constants only.
 */

/** A warm row: 32 words, two cache lines. */
export const WARM_WORDS = 32;
export const WARM_DOUBLES = 16;
export const WARM_BYTES = 128;

// Words
/** The address, four words. */
export const ADDRESS = 0;
export const LATEST_TCP_ORIGIN = 22;
export const OTHER_TCP_ORIGIN = 23;
export const LINK_LOW = 24;
/** The upper 16 bits of the link-layer address, and above them TRAIT_ bits of all SYNs. */
export const LINK_HIGH_AND_TRAITS = 25;
export const MARKS = 26;
/** The spans of time that ended, as heads of lists. */
export const HEARD_SPANS = 30;
export const ARRIVED_SPANS = 31;
// Doubles
export const FIRST_NS = 2;
/** A sign is a time and a frame. */
export const LATEST_TCP = 3;
export const OTHER_TCP = 5;
/** Of the latest span its end and last frame. */
export const HEARD = 7;
export const ARRIVED = 9;
// Bytes
/** The fewest and the most hops, by kind of travel. */
export const NEAREST = 108;
export const FARTHEST = 114;
export const TRAVELS = 6;

/** A cold row: 22 doubles, the last of which are three words. */
export const COLD_DOUBLES = 22;
export const COLD_WORDS = 44;

// Doubles
export const LATEST_PACKET = 0;
export const LATEST_NEIGHBOR = 2;
/** Of the latest span its beginning and first frame. */
export const HEARD_FROM = 4;
export const ARRIVED_FROM = 6;
/** The frames of the fewest and the most hops, by kind of travel. */
export const NEAREST_FRAME = 8;
export const FARTHEST_FRAME = 14;
// Words
export const LATEST_PACKET_ORIGIN = 40;
export const LATEST_NEIGHBOR_ORIGIN = 41;
/** The host's latest port that answered; a number of the port table. */
export const LATEST_PORT = 42;

/** No way is long enough to leave less TTL: who sends that wants the packet to end early (traceroute). */
export const LEAST_TELLING = 8;
/** No packet of this kind yet: more hops than there are. */
export const NO_HOPS = 255;

// Marks
/** The host's packets were seen on their way out of the capturing machine, and had passed no router. */
export const WAS_SENT = 1;
/** They were seen coming into it. */
export const WAS_RECEIVED = 2;
/** They were seen with a link-layer address of their own network, and it was always the same. */
export const HAS_LINK_ADDRESS = 4;
export const HAS_SEVERAL_LINK_ADDRESSES = 8;
/** They have IPv6 flow labels; RSTs are not looked at. */
export const HAS_FLOW_LABELS = 16;
/** The host went on with connections whose answers are not in the capture. */
export const WENT_ON = 256;
/** A reply about a link-layer address that was sent to it was captured. */
export const GOT_REPLY = 512;

/** Where TRAIT_ bits are, above the upper 16 bits of the link-layer address. */
export const TRAITS_SHIFT = 16;
export const LINK_HIGH_MASK = 0xffff;

/** Of an origin, which is where a sign of life came from: its kind, and above it the port and one. */
export const ORIGIN_PORT_SHIFT = 3;

/** A place of the index: the hash of an address, and its host. Of each host there are at least two places. */
export const PLACE_WORDS = 2;
export const PLACES_PER_HOST = 2;
/** More hosts than this are not told apart: a spoofed flood must not fill the memory. */
export const MAXIMUM_HOSTS = 524288;
/** The part of it that is left to hosts that answer. */
export const SPARED_HOSTS = 32768;

/** The quick test in front of the table: so many places, each for a second. */
export const RECENT_PLACES = 16384;
export const RECENT_NS = 1e9;

/**
 * Spans of time without long gaps, which are as lists of rows where they have ended: five doubles, the last of which are
 * two words, the span that ended before, and how many did.
 */
export const SPAN_DOUBLES = 5;
export const SPAN_WORDS = 10;
export const SPAN_FROM = 0;
export const SPAN_TO = 1;
export const SPAN_FIRST_FRAME = 2;
export const SPAN_LAST_FRAME = 3;
export const SPAN_BEFORE = 8;
export const SPAN_LENGTH = 9;
/** What is counted of them, in doubles: how many there are, and the time that spans which were not kept lie in. */
export const SPAN_COUNT = 0;
export const FORGOTTEN_FROM_NS = 1;
export const FORGOTTEN_TO_NS = 2;
export const SPAN_COUNTERS = 3;
/**
 * Arrivals closer together than this are one span: what busy connections carry is noted only every few seconds
 * (RECENT_NS, and the runs of the sieve), so that a shorter gap may not be one. For the same reason a span may have gone
 * on for about as long behind its last frame.
 */
export const LARGEST_GAP_NS = 4e9;
/** Of one host: enough for an hour that is cut off every half minute. */
export const SPANS_PER_HOST = 128;
/** Of all hosts together, besides each one's latest: 10 MB. */
export const MAXIMUM_SPANS = 262144;

/** The addresses that were in every unicast frame of one capture so far, and how many frames it had: doubles. */
export const POINT_DOUBLES = 3;
export const POINT_ONE = 0;
export const POINT_OTHER = 1;
export const POINT_FRAMES = 2;
/** In the place of an address that was not in some frame. */
export const NO_ADDRESS = -1;
/** The group bit of the first octet (IEEE 802), in the upper 16 bits of an address. */
export const GROUP_BIT = 0x0100;
