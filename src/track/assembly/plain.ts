/**
 * Tracks packets of which nothing is odd, where the tracker's tables lie in this memory: the first segments of a
 * connection in a run, and handshakes whose SYN, SYN-ACK and ACK stand one behind the other. It has to have exactly the
 * effects that `Tracker.track` has for them one by one, which test/track/plain-packets.test.ts compares; the rows are
 * those of layout/. Before anything is written it is looked whether all of it can be: where a table has to grow, or knows
 * nothing of a host yet, the tracker takes the packet itself.
 *
 * A handshake takes 0.4 us so where it took 1.7 in JavaScript, three packets at once, and 3 one by one.
 */

import {
  AUTHENTICATION,
  END_OF_OPTIONS,
  EXPERIMENT,
  FAST_OPEN,
  FAST_OPEN_EXPERIMENT,
  FNV_OFFSET,
  FNV_PRIME,
  MAXIMUM_SEGMENT_SIZE,
  MD5_SIGNATURE,
  MULTIPATH,
  NO_OPERATION,
  SACK_PERMITTED,
  TIMESTAMPS,
  WINDOW_SCALE,
} from '../../decode/tcp-option-kinds';
import {
  ADDRESS,
  ARRIVED,
  ARRIVED_FROM,
  ARRIVED_SPANS,
  COLD_DOUBLES,
  FARTHEST,
  FARTHEST_FRAME,
  FIRST_NS,
  FORGOTTEN_FROM_NS,
  FORGOTTEN_TO_NS,
  GROUP_BIT,
  HAS_LINK_ADDRESS,
  HAS_SEVERAL_LINK_ADDRESSES,
  HEARD,
  HEARD_FROM,
  HEARD_SPANS,
  LARGEST_GAP_NS,
  LATEST_NEIGHBOR,
  LATEST_PACKET,
  LATEST_PORT,
  LATEST_TCP,
  LATEST_TCP_ORIGIN,
  LINK_HIGH_AND_TRAITS,
  LINK_HIGH_MASK,
  LINK_LOW,
  MARKS,
  MAXIMUM_HOSTS,
  MAXIMUM_SPANS,
  NEAREST,
  NEAREST_FRAME,
  NO_ADDRESS,
  NO_HOPS,
  ORIGIN_PORT_SHIFT,
  OTHER_TCP,
  OTHER_TCP_ORIGIN,
  PLACES_PER_HOST,
  PLACE_WORDS,
  POINT_DOUBLES,
  POINT_FRAMES,
  POINT_ONE,
  POINT_OTHER,
  RECENT_NS,
  RECENT_PLACES,
  SPARED_HOSTS,
  SPANS_PER_HOST,
  SPAN_BEFORE,
  SPAN_COUNT,
  SPAN_DOUBLES,
  SPAN_FIRST_FRAME,
  SPAN_FROM,
  SPAN_LAST_FRAME,
  SPAN_LENGTH,
  SPAN_TO,
  TRAITS_SHIFT,
  TRAVELS,
  WARM_BYTES,
} from '../layout/hosts';
import {
  ACCEPTED,
  ANSWERED_COUNT,
  ANSWERED_PAIRS,
  ANSWERED_WAITING,
  CLIENTS,
  CLIENTS_WORDS,
  CLIENT_WORDS,
  HOST,
  KEPT_CLIENTS,
  LAST_SYN_ACK,
  LEFT_OUT_NS,
  LOGGED_NS,
  LOG_SPACING_NS,
  MOST_ANSWERED,
  MOST_QUEUED,
  MOST_WAITING,
  PORT,
  PORT_WORDS,
  QUEUED_CLIENT,
  QUEUED_DOUBLES,
  QUEUED_FRAME,
  QUEUED_NS,
  QUEUED_PORT,
  QUEUE_ENTRIES,
  ROUND_TRIPS,
  ROUND_TRIP_NS,
  SYN_ACKS,
} from '../layout/ports';
import {
  ACCEPTED_BEFORE,
  ACTIVITY_NS,
  BACK,
  BARE_SYN,
  BEFORE,
  BEHIND,
  CHAIN,
  CLIENT,
  CLOSED_SLOTS,
  COPIES,
  DENSE_FACTOR,
  ECHO,
  ENDED_BY_SERVER,
  ERA,
  ESTABLISHED,
  EVENT_COUNT,
  EVENT_WORDS,
  FIRST_EVENT,
  FRAME,
  FREE,
  FRONT,
  HASH,
  HAS_SYN,
  HAS_SYN_ACK,
  IDENTIFICATION as EVENT_IDENTIFICATION,
  INITIAL_SEQUENCE,
  IS_CLOSED,
  IS_SETTLED,
  KINDS,
  LABEL,
  LAST_EVENT,
  LAST_SYN_NS,
  LENGTH,
  LINK_DOUBLES,
  NEXT,
  OPEN_SLOTS,
  OPTIONS as EVENT_OPTIONS,
  OTHER_SERVER_SEQUENCE,
  PORTS as SLOT_PORTS,
  SERVER,
  SERVER_SEQUENCE,
  SETTLED,
  SIGNATURE,
  SLOT_WORDS,
  SPARSE_FACTOR,
  SPARSE_HEADS,
  STATE,
  SYN_PAYLOAD_BYTES,
  TICKET,
  TIMESTAMP,
  TIME_NS,
  USED,
  WINDOW as EVENT_WINDOW,
} from '../layout/slots';
import {
  BEGINS_A_HANDSHAKE,
  FIRST_OF_RUN,
  REASON_BITS,
  REASON_MASK,
  THROUGH_BYTES,
  THROUGH_LABEL,
  THROUGH_NS,
  TRACKED_ESTABLISHED,
  TRACKED_HANDSHAKES,
  TRACKED_NEEDS_ROOM,
  TRACKED_NOW_NS,
  TRACKED_SEGMENTS,
} from '../layout/through';
import {
  TRAIT_AUTHENTICATED,
  TRAIT_ECN,
  TRAIT_FAST_OPEN,
  TRAIT_MAXIMUM_SEGMENT_SIZE,
  TRAIT_MULTIPATH,
  TRAIT_SACK,
  TRAIT_TIMESTAMPS,
  TRAIT_WINDOW_SCALE,
} from '../layout/traits';
import {
  ACK,
  ACKNOWLEDGEMENT,
  CWR,
  DESTINATION,
  ECE,
  FLAGS,
  IDENTIFICATION,
  LINK_DESTINATION,
  LINK_SOURCE,
  OPTIONS,
  PORTS,
  SEQUENCE,
  SOURCE,
  TCP_HEADER_BYTES,
  TIME_TO_LIVE,
  WINDOW,
  networkHalf,
  networkWord,
  tcpHeaderBytes,
} from './packet';
import { through } from './sift';

// --- what plain-packets.ts tells beforehand ---

/** Where what `track` tells goes, and where it notes what it expects. */
export let tracked: usize = 0;
export let expected: usize = 0;
/** The secret of the hashes (hash.ts). */
export let seed: i32 = 0;
/** How kinds of signs, travels and events are numbered. */
export let signSynAck: i32 = 0;
export let signSegment: i32 = 0;
export let travelSyn: i32 = 0;
export let travelSynAck: i32 = 0;
export let travelSegment: i32 = 0;
export let eventSyn: i32 = 0;
export let eventSynAck: i32 = 0;
export let eventAck: i32 = 0;

/** Of hosts: the index and its mask, in words; the rows; who was noted lately. */
export let hostIndex: usize = 0;
export let hostIndexMask: i32 = 0;
export let hostCounter: usize = 0;
export let hostRoom: i32 = 0;
export let hostRows: usize = 0;
export let coldRows: usize = 0;
export let recentHashes: usize = 0;
export let recentUntil: usize = 0;
/** Of ended spans: the rows, for how many there is room, and what is counted. */
export let heardSpans: usize = 0;
export let heardSpanRoom: i32 = 0;
export let heardCounters: usize = 0;
export let arrivedSpans: usize = 0;
export let arrivedSpanRoom: i32 = 0;
export let arrivedCounters: usize = 0;
export let pointRows: usize = 0;

export let portIndex: usize = 0;
export let portIndexMask: i32 = 0;
export let portRows: usize = 0;
export let portClients: usize = 0;
export let logQueue: usize = 0;
export let answered: usize = 0;

export let slotRows: usize = 0;
export let slotRoom: i32 = 0;
export let slotLinks: usize = 0;
export let slotCounters: usize = 0;
export let openHeads: usize = 0;
export let openHeadCount: i32 = 0;
export let closedHeads: usize = 0;
export let closedHeadCount: i32 = 0;
export let eventRows: usize = 0;
export let eventRoom: i32 = 0;
export let eventCounters: usize = 0;

/** How many settled attempts are remembered, and whether plain successes are handed over like others. */
export let settledLimit: i32 = 0;
export let keepsEstablished: bool = false;

const NONE: i32 = -1;
const NEVER: f64 = -Infinity;
const IPV4_MAPPED_WORD: i32 = 0xffff;
const SLOT_BYTES: usize = SLOT_WORDS * 4;
const EVENT_BYTES: usize = EVENT_WORDS * 4;
const PORT_BYTES: usize = PORT_WORDS * 4;
const HANDSHAKE_EVENTS: i32 = 3;
/** An RST may stand so long before the SYN that it answers (early.ts). */
const EARLY_ANSWER_NS: f64 = 50e6;

// Of what `track` was called with
let beforeFrame: f64 = 0;
let jumpedNs: f64 = 0;
let sweepNs: f64 = 0;
let earlyNs: f64 = 0;
let era: i32 = 0;
let point: usize = 0;
/** Of the clock. */
let nowNs: f64 = 0;

/**
 * Tracks those of the packets that were let through which are plain, from the one with this index on; gives the index of
 * the first one that it did not track, at most `end`. `before`: what to add to how many packets of the piece came before
 * one, and 1, for the reference to its frame. The clock's time, the time of the next sweep, what it has jumped, and its
 * era; when an RST came last that nothing known explains; the row of the capture among its points; whether attempts
 * may be opened.
 */
export function track(
  from: i32,
  end: i32,
  before: f64,
  clockNs: f64,
  nextSweepNs: f64,
  clockJumpedNs: f64,
  clockEra: i32,
  earlyResetNs: f64,
  pointRow: i32,
  mayOpen: bool,
): i32 {
  beforeFrame = before + 1;
  nowNs = clockNs;
  sweepNs = nextSweepNs;
  jumpedNs = clockJumpedNs;
  era = clockEra;
  earlyNs = earlyResetNs;
  point = pointRow === NONE ? 0 : pointRows + <usize>pointRow * POINT_DOUBLES * 8;
  let segments = 0;
  let handshakes = 0;
  let established = 0;
  let needsRoom = false;
  let index = from;
  let fetched = from;
  while (index < end && !needsRoom) {
    const at = through + <usize>index * THROUGH_BYTES;
    const reason = load<i32>(at, THROUGH_LABEL) & REASON_MASK;
    if (reason === FIRST_OF_RUN) {
      if (!trackSegment(at)) break;
      segments++;
      index++;
    } else if (reason === BEGINS_A_HANDSHAKE) {
      if (index >= fetched) fetched = fetchAhead(index, end);
      if (!mayOpen || !trackHandshake(at)) break;
      handshakes++;
      index += 3;
      if (load<i32>(slotCounters, (LENGTH + SETTLED) * 4) > settledLimit) {
        if (forgetOldest()) established++;
        else needsRoom = true;
      }
    } else break;
  }
  store<f64>(tracked, nowNs, TRACKED_NOW_NS);
  store<i32>(tracked, segments, TRACKED_SEGMENTS);
  store<i32>(tracked, handshakes, TRACKED_HANDSHAKES);
  store<i32>(tracked, established, TRACKED_ESTABLISHED);
  store<i32>(tracked, i32(needsRoom), TRACKED_NEEDS_ROOM);
  return index;
}

/** So many handshakes are looked ahead; of each four words are noted. */
const AHEAD: i32 = 32;
const EXPECTED_BYTES: usize = 16;
/** Nobody reads it: without it the compiler would see that what is fetched is not needed. */
export let fetchedWords: i32 = 0;

/**
 * Fetches what those of the packets will need that begin handshakes, from the one with this index on, as far as it looks
 * ahead; gives the index of the first packet that it has not looked at. It only reads: in a large network each handshake
 * waits for memory some ten times, but in one loop the processor fetches several places at once. First it looks where
 * things stand: the client, an attempt with the same hash, and of the settled one that has to go for it the head of its
 * chain and its packets. Then it looks at what stands there.
 */
function fetchAhead(from: i32, end: i32): i32 {
  let index = from;
  let count = 0;
  let words = 0;
  let oldest = load<i32>(slotCounters, (FRONT + SETTLED) * 4);
  while (index < end && count < AHEAD) {
    const at = through + <usize>index * THROUGH_BYTES;
    if ((load<i32>(at, THROUGH_LABEL) & REASON_MASK) !== BEGINS_A_HANDSHAKE) {
      index++;
      continue;
    }
    const syn = packetAt(at);
    const source = networkWord(syn + SOURCE);
    const ports = networkWord(syn + PORTS);
    const clientPort = <i32>(<u32>ports >> 16);
    const clientHash = mix(seed, source);
    const hash = mix(clientHash, clientPort) + mix(mix(seed, networkWord(syn + DESTINATION)), ports & 0xffff);
    const place = expected + <usize>count * EXPECTED_BYTES;
    store<i32>(place, load<i32>(hostIndex + (<usize>((clientHash << 1) & hostIndexMask) << 2), 4));
    store<i32>(place, load<i32>(headOf(hash)), 4);
    words ^= load<i32>(recentUntil + <usize>(recentHash(source, clientPort) & (RECENT_PLACES - 1)) * 8);
    let chain = NONE;
    let event = NONE;
    if (oldest !== NONE) {
      const row = slotRows + <usize>oldest * SLOT_BYTES;
      chain = load<i32>(headOf(load<i32>(row, HASH * 4)));
      event = load<i32>(row, FIRST_EVENT * 4);
      oldest = load<i32>(row, BEHIND * 4);
    }
    store<i32>(place, chain, 8);
    store<i32>(place, event, 12);
    count++;
    index += 3;
  }
  for (let at = 0; at < count; at++) {
    const place = expected + <usize>at * EXPECTED_BYTES;
    const host = load<i32>(place);
    const slot = load<i32>(place, 4);
    const chain = load<i32>(place, 8);
    const event = load<i32>(place, 12);
    if (host !== NONE) {
      const row = hostRows + <usize>host * WARM_BYTES;
      words ^= load<i32>(row, ADDRESS * 4) ^ load<i32>(row, MARKS * 4);
    }
    if (slot !== NONE) words ^= load<i32>(slotRows + <usize>slot * SLOT_BYTES, HASH * 4);
    if (chain !== NONE) words ^= load<i32>(slotRows + <usize>chain * SLOT_BYTES, CHAIN * 4);
    // The packets of a handshake lie one behind the other, mostly.
    if (event !== NONE && event + 2 < eventRoom) {
      const row = eventRows + <usize>event * EVENT_BYTES;
      words ^= load<i32>(row) ^ load<i32>(row, EVENT_BYTES) ^ load<i32>(row, 2 * EVENT_BYTES);
    }
  }
  fetchedWords ^= words;
  return index;
}

/**
 * True if an attempt between two ends may be open: addresses and ports as words of a packet. `sift` asks it, where it
 * would have to ask JavaScript otherwise.
 */
export function hasOpenHead(first: i32, second: i32, ports: i32): bool {
  const firstEnd = mix(mix(seed, bswap<i32>(first)), <i32>bswap<u16>(<u16>ports));
  const secondEnd = mix(mix(seed, bswap<i32>(second)), <i32>bswap<u16>(<u16>(<u32>ports >> 16)));
  return load<i32>(headOf(firstEnd + secondEnd)) !== NONE;
}

/** The head of the chain of open slots with a hash. */
function headOf(hash: i32): usize {
  return openHeads + (<usize>(hash & (openHeadCount - 1)) << 2);
}

function packetAt(at: usize): usize {
  return <usize>load<u32>(at);
}

function timeAt(at: usize): f64 {
  return load<f64>(at, THROUGH_NS);
}

function frameAt(at: usize): f64 {
  return beforeFrame + <f64>(load<u32>(at, THROUGH_LABEL) >> REASON_BITS);
}

// --- hashes, as hash.ts makes them ---

function mix(hash: i32, word: i32): i32 {
  const product = (hash ^ word) * <i32>0x85ebca6b;
  return product ^ <i32>(<u32>product >> 15);
}

/** What is the same in all copies of a segment (copies.ts). */
function signatureOf(packet: usize): i32 {
  let hash = networkWord(packet + SEQUENCE) ^ (networkWord(packet + ACKNOWLEDGEMENT) * <i32>0x9e3779b1);
  hash = (hash ^ (<i32>load<u8>(packet, FLAGS) << 20) ^ networkHalf(packet + IDENTIFICATION)) * <i32>0x85ebca6b;
  hash = (hash ^ <i32>(<u32>hash >> 13)) * <i32>0xc2b2ae35;
  return hash ^ <i32>(<u32>hash >> 16);
}

// --- hosts ---

/** The row of the host with this address; 0: it is not known. */
function findHost(hash: i32, address: i32): usize {
  const mask = hostIndexMask;
  let at = (hash << 1) & mask;
  let host = NONE;
  do {
    const place = hostIndex + (<usize>at << 2);
    host = load<i32>(place, 4);
    const row = hostRows + <usize>host * WARM_BYTES;
    if (host !== NONE && load<i32>(place) === hash && isOf(row + ADDRESS * 4, address)) return row;
    at = (at + 2) & mask;
  } while (host !== NONE);
  return 0;
}

/** True if nothing is to be remembered of a sender that is not known: spoofed ones must not fill the table. */
function isSpared(): bool {
  return load<i32>(hostCounter) >= SPARED_HOSTS;
}

function canAddHost(): bool {
  const count = load<i32>(hostCounter);
  return count < hostRoom && count < MAXIMUM_HOSTS && count * (PLACES_PER_HOST * PLACE_WORDS) <= hostIndexMask;
}

/** A host of which nothing is known but its address (host-rows.ts). */
function addHost(hash: i32, address: i32): usize {
  const host = load<i32>(hostCounter);
  store<i32>(hostCounter, host + 1);
  const row = hostRows + <usize>host * WARM_BYTES;
  setAddress(row + ADDRESS * 4, address);
  store<i32>(row, NONE, HEARD_SPANS * 4);
  store<i32>(row, NONE, ARRIVED_SPANS * 4);
  store<f64>(row, Infinity, FIRST_NS * 8);
  store<f64>(row, NEVER, LATEST_TCP * 8);
  store<f64>(row, NEVER, OTHER_TCP * 8);
  store<f64>(row, NEVER, HEARD * 8);
  store<f64>(row, NEVER, ARRIVED * 8);
  memory.fill(row + NEAREST, <u8>NO_HOPS, TRAVELS);
  const cold = coldRowOf(row);
  store<f64>(cold, NEVER, LATEST_PACKET * 8);
  store<f64>(cold, NEVER, LATEST_NEIGHBOR * 8);
  store<i32>(cold, NONE, LATEST_PORT * 4);
  const mask = hostIndexMask;
  let at = (hash << 1) & mask;
  while (load<i32>(hostIndex + (<usize>at << 2), 4) !== NONE) at = (at + 2) & mask;
  store<i32>(hostIndex + (<usize>at << 2), hash);
  store<i32>(hostIndex + (<usize>at << 2), host, 4);
  return row;
}

/** True if four words are this address. */
function isOf(at: usize, address: i32): bool {
  return (
    load<i32>(at, 12) === address && load<i32>(at, 8) === IPV4_MAPPED_WORD && load<i32>(at, 4) === 0 && load<i32>(at) === 0
  );
}

function setAddress(at: usize, address: i32): void {
  store<i32>(at, 0);
  store<i32>(at, 0, 4);
  store<i32>(at, IPV4_MAPPED_WORD, 8);
  store<i32>(at, address, 12);
}

function numberOf(row: usize): i32 {
  return <i32>((row - hostRows) / WARM_BYTES);
}

function coldRowOf(row: usize): usize {
  return coldRows + <usize>numberOf(row) * (COLD_DOUBLES * 8);
}

/** Where a sender from its port is in the table of those that were noted lately, and its hash there (hosts.ts). */
function recentHash(source: i32, port: i32): i32 {
  const mixed = (source ^ (port * <i32>0x9e3779b1)) * <i32>0x85ebca6b;
  return mixed ^ <i32>(<u32>mixed >> 15);
}

function wasNotedLately(hash: i32, timeNs: f64): bool {
  const place = <usize>(hash & (RECENT_PLACES - 1));
  const leftNs = load<f64>(recentUntil + place * 8) - timeNs;
  return load<i32>(recentHashes + place * 4) === hash && leftNs > 0 && leftNs <= RECENT_NS;
}

function noteLately(hash: i32, timeNs: f64): void {
  const place = <usize>(hash & (RECENT_PLACES - 1));
  store<i32>(recentHashes + place * 4, hash);
  store<f64>(recentUntil + place * 8, timeNs + RECENT_NS);
}

/** A sign of life by TCP (signs.ts). */
function noteSign(row: usize, kind: i32, port: i32, timeNs: f64, frame: f64): void {
  if (timeNs < load<f64>(row, FIRST_NS * 8)) store<f64>(row, timeNs, FIRST_NS * 8);
  const origin = load<i32>(row, LATEST_TCP_ORIGIN * 4);
  const latestNs = load<f64>(row, LATEST_TCP * 8);
  if (latestNs !== NEVER && <i32>(<u32>origin >> ORIGIN_PORT_SHIFT) - 1 !== port) {
    store<f64>(row, latestNs, OTHER_TCP * 8);
    store<f64>(row, load<f64>(row, (LATEST_TCP + 1) * 8), (OTHER_TCP + 1) * 8);
    store<i32>(row, origin, OTHER_TCP_ORIGIN * 4);
  }
  store<f64>(row, timeNs, LATEST_TCP * 8);
  store<f64>(row, frame, (LATEST_TCP + 1) * 8);
  store<i32>(row, ((port + 1) << ORIGIN_PORT_SHIFT) | kind, LATEST_TCP_ORIGIN * 4);
}

// Arrivals (arrival-log.ts, spans.ts), of those that came to a host or from it

/** True if a moment can be noted: no list has to be changed for it in ways that are rare. */
function canNoteArrival(row: usize, timeNs: f64, isHeard: bool): bool {
  const latestNs = load<f64>(row + (isHeard ? HEARD * 8 : ARRIVED * 8));
  const gapNs = timeNs - latestNs;
  if ((gapNs <= LARGEST_GAP_NS && gapNs >= -LARGEST_GAP_NS) || latestNs === NEVER) return true;
  const list = load<i32>(row + (isHeard ? HEARD_SPANS * 4 : ARRIVED_SPANS * 4));
  if (spansIn(list, isHeard) === SPANS_PER_HOST) return false;
  const count = load<f64>(isHeard ? heardCounters : arrivedCounters, SPAN_COUNT * 8);
  // A handshake may need two.
  return count === MAXIMUM_SPANS || count + 2 <= <f64>(isHeard ? heardSpanRoom : arrivedSpanRoom);
}

function spanAt(number: i32, isHeard: bool): usize {
  return (isHeard ? heardSpans : arrivedSpans) + <usize>number * (SPAN_DOUBLES * 8);
}

function spansIn(list: i32, isHeard: bool): i32 {
  return list === NONE ? 0 : load<i32>(spanAt(list, isHeard), SPAN_LENGTH * 4);
}

function noteArrival(row: usize, timeNs: f64, frame: f64, isHeard: bool): void {
  const latest = row + (isHeard ? HEARD * 8 : ARRIVED * 8);
  const latestNs = load<f64>(latest);
  const gapNs = timeNs - latestNs;
  if (gapNs > LARGEST_GAP_NS || gapNs < -LARGEST_GAP_NS) {
    const begins = coldRowOf(row) + (isHeard ? HEARD_FROM * 8 : ARRIVED_FROM * 8);
    if (latestNs !== NEVER) keepSpan(row, begins, latest, isHeard);
    store<f64>(begins, timeNs);
    store<f64>(begins, frame, 8);
  } else if (gapNs < 0) return;
  store<f64>(latest, timeNs);
  store<f64>(latest, frame, 8);
}

function keepSpan(row: usize, begins: usize, latest: usize, isHeard: bool): void {
  const counters = isHeard ? heardCounters : arrivedCounters;
  const fromNs = load<f64>(begins);
  const toNs = load<f64>(latest);
  const count = load<f64>(counters, SPAN_COUNT * 8);
  if (count === MAXIMUM_SPANS) {
    if (fromNs < load<f64>(counters, FORGOTTEN_FROM_NS * 8)) store<f64>(counters, fromNs, FORGOTTEN_FROM_NS * 8);
    if (toNs > load<f64>(counters, FORGOTTEN_TO_NS * 8)) store<f64>(counters, toNs, FORGOTTEN_TO_NS * 8);
    return;
  }
  const head = row + (isHeard ? HEARD_SPANS * 4 : ARRIVED_SPANS * 4);
  const list = load<i32>(head);
  const span = spanAt(<i32>count, isHeard);
  store<f64>(span, fromNs, SPAN_FROM * 8);
  store<f64>(span, toNs, SPAN_TO * 8);
  store<f64>(span, load<f64>(begins, 8), SPAN_FIRST_FRAME * 8);
  store<f64>(span, load<f64>(latest, 8), SPAN_LAST_FRAME * 8);
  store<i32>(span, list, SPAN_BEFORE * 4);
  store<i32>(span, spansIn(list, isHeard) + 1, SPAN_LENGTH * 4);
  store<i32>(head, <i32>count);
  store<f64>(counters, count + 1, SPAN_COUNT * 8);
}

// Whereabouts (whereabouts.ts, hops.ts, capture-points.ts)

/** A TTL below this was low from the start. */
const LEAST_TELLING: i32 = 8;

function noteTravel(row: usize, kind: i32, packet: usize, frame: f64): void {
  const timeToLive = <i32>load<u8>(packet, TIME_TO_LIVE);
  const initial = timeToLive <= 32 ? 32 : timeToLive <= 64 ? 64 : timeToLive <= 128 ? 128 : 255;
  const hops = initial - timeToLive;
  if (timeToLive >= LEAST_TELLING) {
    const nearest = <i32>load<u8>(row + kind, NEAREST);
    if (hops < nearest) {
      store<u8>(row + kind, hops, NEAREST);
      store<f64>(coldRowOf(row) + <usize>kind * 8, frame, NEAREST_FRAME * 8);
    }
    if (nearest === NO_HOPS || hops > <i32>load<u8>(row + kind, FARTHEST)) {
      store<u8>(row + kind, hops, FARTHEST);
      store<f64>(coldRowOf(row) + <usize>kind * 8, frame, FARTHEST_FRAME * 8);
    }
  }
  const linkHigh = networkHalf(packet + LINK_SOURCE);
  const linkLow = networkWord(packet + LINK_SOURCE + 2);
  if (hops === 0 && (linkHigh | linkLow) !== 0) noteLink(row, linkHigh, linkLow);
  notePoint(packet, linkHigh, linkLow);
}

function noteLink(row: usize, linkHigh: i32, linkLow: i32): void {
  const marks = load<i32>(row, MARKS * 4);
  const high = load<i32>(row, LINK_HIGH_AND_TRAITS * 4);
  if ((marks & HAS_LINK_ADDRESS) === 0) {
    store<i32>(row, marks | HAS_LINK_ADDRESS, MARKS * 4);
    store<i32>(row, (high & ~LINK_HIGH_MASK) | linkHigh, LINK_HIGH_AND_TRAITS * 4);
    store<i32>(row, linkLow, LINK_LOW * 4);
  } else if ((high & LINK_HIGH_MASK) !== linkHigh || load<i32>(row, LINK_LOW * 4) !== linkLow) {
    store<i32>(row, marks | HAS_SEVERAL_LINK_ADDRESSES, MARKS * 4);
  }
}

/** A link-layer address as a number. */
function linkNumber(high: i32, low: i32): f64 {
  return <f64>((<u64>high << 32) | <u64>(<u32>low));
}

/** True if there is something to note of the point where a frame was captured. */
function tellsPoint(packet: usize, sourceHigh: i32, sourceLow: i32): bool {
  const high = networkHalf(packet + LINK_DESTINATION);
  if ((high & GROUP_BIT) !== 0 || (sourceHigh | sourceLow) === 0) return false;
  return (high | networkWord(packet + LINK_DESTINATION + 2)) !== 0;
}

function canNotePoint(packet: usize): bool {
  if (point !== 0) return true;
  return !tellsPoint(packet, networkHalf(packet + LINK_SOURCE), networkWord(packet + LINK_SOURCE + 2));
}

function notePoint(packet: usize, sourceHigh: i32, sourceLow: i32): void {
  if (!tellsPoint(packet, sourceHigh, sourceLow)) return;
  store<f64>(point, load<f64>(point, POINT_FRAMES * 8) + 1, POINT_FRAMES * 8);
  const one = load<f64>(point, POINT_ONE * 8);
  const other = load<f64>(point, POINT_OTHER * 8);
  if (one === NO_ADDRESS && other === NO_ADDRESS) return;
  const source = linkNumber(sourceHigh, sourceLow);
  const destination = linkNumber(
    networkHalf(packet + LINK_DESTINATION),
    networkWord(packet + LINK_DESTINATION + 2),
  );
  if (one !== source && one !== destination) store<f64>(point, NO_ADDRESS, POINT_ONE * 8);
  if (other !== source && other !== destination) store<f64>(point, NO_ADDRESS, POINT_OTHER * 8);
}

/** An address that one host can have (address.ts). */
function isUnicast(address: i32): bool {
  return address !== 0 && <u32>address >> 28 !== 0xe && address !== -1;
}

// --- the first segment of a connection and direction in a run ---

/** True if a packet moves the clock on, and not so far that the queues have to be looked at. */
function isTimely(timeNs: f64): bool {
  const clockNs = timeNs - jumpedNs;
  return clockNs >= nowNs && clockNs < sweepNs;
}

function trackSegment(at: usize): bool {
  const timeNs = timeAt(at);
  if (!isTimely(timeNs)) return false;
  const packet = packetAt(at);
  const source = networkWord(packet + SOURCE);
  const port = networkHalf(packet + PORTS);
  const recent = recentHash(source, port);
  if (!wasNotedLately(recent, timeNs)) {
    const sourceHash = mix(seed, source);
    let sender = findHost(sourceHash, source);
    // Of TCP the end with the lower port is mostly the server.
    const isAdded = sender === 0 && (port <= networkHalf(packet + PORTS + 2) || !isSpared());
    if (isAdded && !canAddHost()) return false;
    if (sender !== 0 && !canNoteArrival(sender, timeNs, true)) return false;
    const destination = networkWord(packet + DESTINATION);
    if (isAdded && source === destination) return false;
    const addressed = findHost(mix(seed, destination), destination);
    if (addressed !== 0 && !canNoteArrival(addressed, timeNs, false)) return false;
    const isToOne = isUnicast(destination);
    if (isToOne && !canNotePoint(packet)) return false;
    const frame = frameAt(at);
    noteLately(recent, timeNs);
    if (isAdded) sender = addHost(sourceHash, source);
    if (sender !== 0) {
      noteSign(sender, signSegment, port, timeNs, frame);
      noteArrival(sender, timeNs, frame, true);
      if (isToOne) noteTravel(sender, travelSegment, packet, frame);
    }
    if (addressed !== 0) noteArrival(addressed, timeNs, frame, false);
  }
  nowNs = timeNs - jumpedNs;
  return true;
}

// --- handshakes ---

function trackHandshake(at: usize): bool {
  const syn = packetAt(at);
  const synAck = packetAt(at + THROUGH_BYTES);
  const ack = packetAt(at + 2 * THROUGH_BYTES);
  const synNs = timeAt(at);
  const synAckNs = timeAt(at + THROUGH_BYTES);
  const ackNs = timeAt(at + 2 * THROUGH_BYTES);
  const isn = networkWord(syn + SEQUENCE);
  const serverIsn = networkWord(synAck + SEQUENCE);
  if (networkWord(synAck + ACKNOWLEDGEMENT) !== isn + 1 || networkWord(ack + SEQUENCE) !== isn + 1) return false;
  if (networkWord(ack + ACKNOWLEDGEMENT) !== serverIsn + 1) return false;
  if (!isTimely(synNs) || !(synAckNs >= synNs) || !(ackNs >= synAckNs) || !isTimely(ackNs)) return false;
  if (synNs - earlyNs <= EARLY_ANSWER_NS) return false;

  const source = networkWord(syn + SOURCE);
  const destination = networkWord(syn + DESTINATION);
  const ports = networkWord(syn + PORTS);
  const clientPort = <i32>(<u32>ports >> 16);
  const serverPort = ports & 0xffff;
  if (source === destination) return false;
  const clientHash = mix(seed, source);
  const serverHash = mix(seed, destination);
  const hash = mix(clientHash, clientPort) + mix(serverHash, serverPort);
  if (isKnown(openHeads, openHeadCount, hash, source, destination, ports)) return false;
  if (isKnown(closedHeads, closedHeadCount, hash, source, destination, ports)) return false;
  if (!hasRoomForHandshake()) return false;

  let client = findHost(clientHash, source);
  const server = findHost(serverHash, destination);
  if (server === 0) return false;
  const isAdded = client === 0 && !isSpared();
  if (isAdded && !canAddHost()) return false;
  // Whoever has the lower port is remembered even then.
  if (client === 0 && !isAdded && clientPort <= serverPort) return false;
  const port = findPort(numberOf(server), serverPort);
  if (port === 0 || !canNoteSynAck(port)) return false;
  const recent = recentHash(source, clientPort);
  const isNoted = wasNotedLately(recent, ackNs);
  if (!canNoteArrival(server, synAckNs, true) || (!isNoted && !canNoteArrival(server, ackNs, false))) return false;
  if (client !== 0) {
    if (!canNoteArrival(client, synAckNs, false) || (!isNoted && !canNoteArrival(client, ackNs, true))) return false;
  }
  if (!canNotePoint(syn) || !canNotePoint(synAck) || !canNotePoint(ack)) return false;

  // From here on it is done, in the order in which `Tracker.track` would do it.
  const synFrame = frameAt(at);
  const synAckFrame = frameAt(at + THROUGH_BYTES);
  const ackFrame = frameAt(at + 2 * THROUGH_BYTES);
  readOptions(syn);
  const synTraits = traitsOf(syn);
  if (isAdded) client = addHost(clientHash, source);
  if (client !== 0) {
    noteSign(client, signSegment, clientPort, synNs, synFrame);
    noteTravel(client, travelSyn, syn, synFrame);
    const traits = load<i32>(client, LINK_HIGH_AND_TRAITS * 4) | (synTraits << TRAITS_SHIFT);
    store<i32>(client, traits, LINK_HIGH_AND_TRAITS * 4);
  }
  const first = addEvent(NONE, syn, eventSyn, synTraits, synNs, synFrame);
  const isBare = tcpHeaderBytes(syn) === TCP_HEADER_BYTES;

  readOptions(synAck);
  const second = addEvent(first, synAck, eventSynAck, traitsOf(synAck), synAckNs, synAckFrame);
  noteSign(server, signSynAck, serverPort, synAckNs, synAckFrame);
  noteArrival(server, synAckNs, synAckFrame, true);
  noteTravel(server, travelSynAck, synAck, synAckFrame);
  const acceptedBefore = load<i32>(port, ACCEPTED * 4);
  noteSynAck(port, source, synAckNs, synAckFrame);
  noteAccepted(port, synAckNs - synNs);
  if (client !== 0) noteArrival(client, synAckNs, synAckFrame, false);

  if (!isNoted) {
    noteLately(recent, ackNs);
    if (client !== 0) {
      noteSign(client, signSegment, clientPort, ackNs, ackFrame);
      noteArrival(client, ackNs, ackFrame, true);
      if (isUnicast(destination)) noteTravel(client, travelSegment, ack, ackFrame);
    }
    noteArrival(server, ackNs, ackFrame, false);
  }
  forgetOptions();
  const last = addEvent(second, ack, eventAck, 0, ackNs, ackFrame);

  nowNs = ackNs - jumpedNs;
  const slot = addSlot(hash);
  const row = slotRows + <usize>slot * SLOT_BYTES;
  store<i32>(row, ports, SLOT_PORTS * 4);
  const state = HAS_SYN | HAS_SYN_ACK | ESTABLISHED | IS_SETTLED;
  store<i32>(row, isBare ? state | BARE_SYN : state, STATE * 4);
  store<i32>(row, isn, INITIAL_SEQUENCE * 4);
  store<i32>(row, serverIsn, SERVER_SEQUENCE * 4);
  store<i32>(row, serverIsn, OTHER_SERVER_SEQUENCE * 4);
  store<i32>(row, 0, SYN_PAYLOAD_BYTES * 4);
  setAddress(row + CLIENT * 4, source);
  setAddress(row + SERVER * 4, destination);
  store<f64>(row, nowNs, ACTIVITY_NS * 8);
  store<f64>(row, synNs - jumpedNs, LAST_SYN_NS * 8);
  store<i32>(row, first, FIRST_EVENT * 4);
  store<i32>(row, last, LAST_EVENT * 4);
  store<i32>(row, HANDSHAKE_EVENTS, EVENT_COUNT * 4);
  store<i32>(row, (1 << eventSyn) | (1 << eventSynAck) | (1 << eventAck), KINDS * 4);
  store<i32>(row, 0, COPIES * 4);
  store<i32>(row, era, ERA * 4);
  store<i32>(row, 0, TICKET * 4);
  store<i32>(row, acceptedBefore, ACCEPTED_BEFORE * 4);
  const link = slotLinks + <usize>slot * (LINK_DOUBLES * 8);
  store<f64>(link, linkOrNone(syn + LINK_SOURCE));
  store<f64>(link, linkOrNone(syn + LINK_DESTINATION), 8);
  return true;
}

function linkOrNone(at: usize): f64 {
  const high = networkHalf(at);
  const low = networkWord(at + 2);
  return (high | low) === 0 ? -1 : linkNumber(high, low);
}

/** True if a chain has an attempt between the same ends, in either direction. */
function isKnown(heads: usize, count: i32, hash: i32, source: i32, destination: i32, ports: i32): bool {
  const back = rotl<i32>(ports, 16);
  for (let slot = load<i32>(heads + (<usize>(hash & (count - 1)) << 2)); slot !== NONE; ) {
    const row = slotRows + <usize>slot * SLOT_BYTES;
    if (load<i32>(row, HASH * 4) === hash) {
      const own = load<i32>(row, SLOT_PORTS * 4);
      if (own === ports && isOf(row + CLIENT * 4, source) && isOf(row + SERVER * 4, destination)) return true;
      if (own === back && isOf(row + CLIENT * 4, destination) && isOf(row + SERVER * 4, source)) return true;
    }
    slot = load<i32>(row, CHAIN * 4);
  }
  return false;
}

/** True if neither slots nor events nor heads of chains have to become more for one more handshake. */
function hasRoomForHandshake(): bool {
  if (load<i32>(slotCounters, FREE * 4) === NONE && load<i32>(slotCounters, USED * 4) === slotRoom) return false;
  const heads = openHeadCount;
  const factor = heads < SPARSE_HEADS ? SPARSE_FACTOR : DENSE_FACTOR;
  if ((load<i32>(slotCounters, OPEN_SLOTS * 4) + 1) * factor > heads) return false;
  if (load<i32>(eventCounters, USED * 4) + HANDSHAKE_EVENTS <= eventRoom) return true;
  let event = load<i32>(eventCounters, FREE * 4);
  for (let count = 0; count < HANDSHAKE_EVENTS; count++) {
    if (event === NONE) return false;
    event = load<i32>(eventRows + <usize>event * EVENT_BYTES, NEXT * 4);
  }
  return true;
}

/** A slot at the head of its chain of open ones, and at the back of the settled. */
function addSlot(hash: i32): i32 {
  let slot = load<i32>(slotCounters, FREE * 4);
  let row = slotRows + <usize>slot * SLOT_BYTES;
  if (slot !== NONE) store<i32>(slotCounters, load<i32>(row, CHAIN * 4), FREE * 4);
  else {
    slot = load<i32>(slotCounters, USED * 4);
    store<i32>(slotCounters, slot + 1, USED * 4);
    row = slotRows + <usize>slot * SLOT_BYTES;
  }
  const head = headOf(hash);
  store<i32>(row, hash, HASH * 4);
  store<i32>(row, load<i32>(head), CHAIN * 4);
  store<i32>(head, slot);
  store<i32>(slotCounters, load<i32>(slotCounters, OPEN_SLOTS * 4) + 1, OPEN_SLOTS * 4);
  const back = load<i32>(slotCounters, (BACK + SETTLED) * 4);
  store<i32>(row, back, BEFORE * 4);
  store<i32>(row, NONE, BEHIND * 4);
  if (back === NONE) store<i32>(slotCounters, slot, (FRONT + SETTLED) * 4);
  else store<i32>(slotRows + <usize>back * SLOT_BYTES, slot, BEHIND * 4);
  store<i32>(slotCounters, slot, (BACK + SETTLED) * 4);
  store<i32>(slotCounters, load<i32>(slotCounters, (LENGTH + SETTLED) * 4) + 1, (LENGTH + SETTLED) * 4);
  return slot;
}

/** Forgets the settled attempt that was active longest ago; false: it is not of the kind that is only counted. */
function forgetOldest(): bool {
  const slot = load<i32>(slotCounters, (FRONT + SETTLED) * 4);
  const row = slotRows + <usize>slot * SLOT_BYTES;
  const state = load<i32>(row, STATE * 4);
  if ((state & (HAS_SYN | ESTABLISHED | ENDED_BY_SERVER)) !== (HAS_SYN | ESTABLISHED)) return false;
  const ports = load<i32>(row, SLOT_PORTS * 4);
  // It may be to itself.
  if (keepsEstablished || load<i32>(row, TICKET * 4) !== 0 || rotl<i32>(ports, 16) === ports) return false;
  releaseEvents(row);
  const behind = load<i32>(row, BEHIND * 4);
  store<i32>(slotCounters, behind, (FRONT + SETTLED) * 4);
  if (behind === NONE) store<i32>(slotCounters, NONE, (BACK + SETTLED) * 4);
  else store<i32>(slotRows + <usize>behind * SLOT_BYTES, NONE, BEFORE * 4);
  store<i32>(slotCounters, load<i32>(slotCounters, (LENGTH + SETTLED) * 4) - 1, (LENGTH + SETTLED) * 4);
  unlink(slot, row, (state & IS_CLOSED) !== 0);
  store<i32>(row, load<i32>(slotCounters, FREE * 4), CHAIN * 4);
  store<i32>(slotCounters, slot, FREE * 4);
  return true;
}

function unlink(slot: i32, row: usize, isClosed: bool): void {
  const counter = slotCounters + (isClosed ? CLOSED_SLOTS * 4 : OPEN_SLOTS * 4);
  store<i32>(counter, load<i32>(counter) - 1);
  const bucket = load<i32>(row, HASH * 4) & ((isClosed ? closedHeadCount : openHeadCount) - 1);
  let link = (isClosed ? closedHeads : openHeads) + (<usize>bucket << 2);
  while (load<i32>(link) !== slot) link = slotRows + <usize>load<i32>(link) * SLOT_BYTES + CHAIN * 4;
  store<i32>(link, load<i32>(row, CHAIN * 4));
}

function releaseEvents(row: usize): void {
  const first = load<i32>(row, FIRST_EVENT * 4);
  if (first === NONE) return;
  const last = eventRows + <usize>load<i32>(row, LAST_EVENT * 4) * EVENT_BYTES;
  store<i32>(last, load<i32>(eventCounters, FREE * 4), NEXT * 4);
  store<i32>(eventCounters, first, FREE * 4);
}

/** Adds an event behind another one, or NONE; what the options tell is that of `readOptions`. */
function addEvent(behind: i32, packet: usize, kind: i32, traits: i32, timeNs: f64, frame: f64): i32 {
  let event = load<i32>(eventCounters, FREE * 4);
  let row = eventRows + <usize>event * EVENT_BYTES;
  if (event !== NONE) store<i32>(eventCounters, load<i32>(row, NEXT * 4), FREE * 4);
  else {
    event = load<i32>(eventCounters, USED * 4);
    store<i32>(eventCounters, event + 1, USED * 4);
    row = eventRows + <usize>event * EVENT_BYTES;
  }
  if (behind !== NONE) store<i32>(eventRows + <usize>behind * EVENT_BYTES, event, NEXT * 4);
  store<i32>(row, NONE, NEXT * 4);
  store<i32>(row, kind | (<i32>load<u8>(packet, TIME_TO_LIVE) << 8) | (traits << 16), LABEL * 4);
  store<f64>(row, timeNs, TIME_NS * 8);
  store<f64>(row, frame, FRAME * 8);
  store<i32>(row, signatureOf(packet), SIGNATURE * 4);
  store<i32>(row, timestamp, TIMESTAMP * 4);
  store<i32>(row, echo, ECHO * 4);
  store<i32>(row, fingerprint, EVENT_OPTIONS * 4);
  store<i32>(row, networkHalf(packet + IDENTIFICATION), EVENT_IDENTIFICATION * 4);
  store<i32>(row, networkHalf(packet + WINDOW), EVENT_WINDOW * 4);
  return event;
}

// Ports (ports.ts)

/** The row of a port that answered before; 0: it is not known. */
function findPort(host: i32, port: i32): usize {
  let at = mix(mix(seed, host), port) & portIndexMask;
  let number = NONE;
  do {
    number = load<i32>(portIndex + (<usize>at << 2));
    const row = portRows + <usize>number * PORT_BYTES;
    if (number !== NONE && load<i32>(row, HOST * 4) === host && load<i32>(row, PORT * 4) === port) return row;
    at = (at + 1) & portIndexMask;
  } while (number !== NONE);
  return 0;
}

/** True if a SYN-ACK can be noted: it is not the first one, and what it leaves to be done has room to wait. */
function canNoteSynAck(row: usize): bool {
  if (load<i32>(row, SYN_ACKS * 4) === 0 || load<f64>(logQueue) === MOST_QUEUED) return false;
  const hasRoom = load<i32>(answered, ANSWERED_WAITING * 4) + 1 < MOST_WAITING;
  return hasRoom || load<i32>(answered, ANSWERED_COUNT * 4) === MOST_ANSWERED;
}

function portNumberOf(row: usize): i32 {
  return <i32>((row - portRows) / PORT_BYTES);
}

/** Notes a SYN-ACK to a client, which is told by its address. */
function noteSynAck(row: usize, client: i32, timeNs: f64, frame: f64): void {
  store<i32>(row, load<i32>(row, SYN_ACKS * 4) + 1, SYN_ACKS * 4);
  store<f64>(row, timeNs, LAST_SYN_ACK * 8);
  store<f64>(row, frame, (LAST_SYN_ACK + 1) * 8);
  log(row, client, timeNs, frame);
  if (load<i32>(row, CLIENTS * 4) < KEPT_CLIENTS) noteClient(row, client);
  if (load<i32>(answered, ANSWERED_COUNT * 4) === MOST_ANSWERED) return;
  const waiting = load<i32>(answered, ANSWERED_WAITING * 4);
  const pair = answered + (<usize>waiting << 3);
  store<i32>(pair, client, ANSWERED_PAIRS * 4);
  store<i32>(pair, portNumberOf(row) + 1, (ANSWERED_PAIRS + 1) * 4);
  store<i32>(answered, waiting + 1, ANSWERED_WAITING * 4);
}

function log(row: usize, client: i32, timeNs: f64, frame: f64): void {
  if (abs(timeNs - load<f64>(row, LOGGED_NS * 8)) < LOG_SPACING_NS) {
    if (timeNs > load<f64>(row, LEFT_OUT_NS * 8)) store<f64>(row, timeNs, LEFT_OUT_NS * 8);
    return;
  }
  store<f64>(row, timeNs, LOGGED_NS * 8);
  const count = load<f64>(logQueue);
  const entry = logQueue + ((QUEUE_ENTRIES + <i32>count * QUEUED_DOUBLES) << 3);
  store<f64>(entry, timeNs, QUEUED_NS * 8);
  store<f64>(entry, frame, QUEUED_FRAME * 8);
  store<i32>(entry, portNumberOf(row), QUEUED_PORT * 4);
  store<i32>(entry, client, QUEUED_CLIENT * 4);
  store<f64>(logQueue, count + 1);
}

function noteClient(row: usize, client: i32): void {
  const clients = load<i32>(row, CLIENTS * 4);
  let at = portClients + <usize>portNumberOf(row) * (CLIENTS_WORDS * 4);
  for (let count = 0; count < clients; count++) {
    if (isOf(at, client)) return;
    at += CLIENT_WORDS * 4;
  }
  setAddress(at, client);
  store<i32>(row, clients + 1, CLIENTS * 4);
}

function noteAccepted(row: usize, roundTripNs: f64): void {
  store<i32>(row, load<i32>(row, ACCEPTED * 4) + 1, ACCEPTED * 4);
  store<i32>(row, load<i32>(row, ROUND_TRIPS * 4) + 1, ROUND_TRIPS * 4);
  if (roundTripNs < load<f64>(row, ROUND_TRIP_NS * 8)) store<f64>(row, roundTripNs, ROUND_TRIP_NS * 8);
}

// Options (tcp-options.ts, traits.ts)

let timestamp: i32 = 0;
let echo: i32 = 0;
let fingerprint: i32 = 0;
let optionTraits: i32 = 0;

function forgetOptions(): void {
  timestamp = 0;
  echo = 0;
  fingerprint = 0;
  optionTraits = 0;
}

/** Reads the options of a segment, all of which are there. */
function readOptions(packet: usize): void {
  forgetOptions();
  let hash: i32 = FNV_OFFSET;
  const end = packet + OPTIONS + tcpHeaderBytes(packet) - TCP_HEADER_BYTES;
  for (let at = packet + OPTIONS; at < end; ) {
    const kind = <i32>load<u8>(at);
    hash = (hash ^ kind) * FNV_PRIME;
    if (kind === END_OF_OPTIONS) break;
    if (kind === NO_OPERATION) {
      at++;
      continue;
    }
    if (end - at < 2) break;
    const length = <usize>load<u8>(at, 1);
    if (length < 2 || length > end - at) break;
    readOption(kind, at + 2, <i32>length - 2);
    at += length;
  }
  fingerprint = hash;
}

/** Reads one option's bytes after kind and length. */
function readOption(kind: i32, at: usize, bytes: i32): void {
  if (kind === MAXIMUM_SEGMENT_SIZE) {
    if (bytes === 2) optionTraits |= TRAIT_MAXIMUM_SEGMENT_SIZE;
  } else if (kind === WINDOW_SCALE) {
    if (bytes === 1) optionTraits |= TRAIT_WINDOW_SCALE;
  } else if (kind === SACK_PERMITTED) optionTraits |= TRAIT_SACK;
  else if (kind === TIMESTAMPS) {
    if (bytes !== 8) return;
    optionTraits |= TRAIT_TIMESTAMPS;
    timestamp = networkWord(at);
    echo = networkWord(at + 4);
  } else if (kind === MULTIPATH) optionTraits |= TRAIT_MULTIPATH;
  else if (kind === MD5_SIGNATURE || kind === AUTHENTICATION) optionTraits |= TRAIT_AUTHENTICATED;
  else if (kind === FAST_OPEN) optionTraits |= TRAIT_FAST_OPEN;
  else if (kind === EXPERIMENT && bytes >= 2 && networkHalf(at) === FAST_OPEN_EXPERIMENT) {
    optionTraits |= TRAIT_FAST_OPEN;
  }
}

function traitsOf(packet: usize): i32 {
  const flags = <u32>load<u8>(packet, FLAGS);
  return (flags & (ECE | CWR | ACK)) === (ECE | CWR) ? optionTraits | TRAIT_ECN : optionTraits;
}
