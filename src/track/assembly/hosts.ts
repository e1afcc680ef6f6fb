/** Facts about hosts, as hosts.ts and the modules behind it note them: signs of life, arrivals, whereabouts. */
import { LINK_DESTINATION, LINK_SOURCE, TIME_TO_LIVE } from '../../decode/plain-header';
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
  LEAST_TELLING,
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
  PLACE_WORDS,
  PLACES_PER_HOST,
  POINT_DOUBLES,
  POINT_FRAMES,
  POINT_ONE,
  POINT_OTHER,
  RECENT_NS,
  RECENT_PLACES,
  SPAN_BEFORE,
  SPAN_COUNT,
  SPAN_DOUBLES,
  SPAN_FIRST_FRAME,
  SPAN_FROM,
  SPAN_LAST_FRAME,
  SPAN_LENGTH,
  SPAN_TO,
  SPANS_PER_HOST,
  SPARED_HOSTS,
  TRAVELS,
  WARM_BYTES,
} from '../layout/hosts';
import { networkHalf, networkWord } from './packet';
import { isOf, mix, NEVER, NONE, seed, setAddress } from './values';

// --- what plain-packets.ts tells beforehand ---

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
/** How kinds of signs and travels are numbered. */
export let signSynAck: i32 = 0;
export let signSegment: i32 = 0;
export let signRst: i32 = 0;
export let travelSyn: i32 = 0;
export let travelSynAck: i32 = 0;
export let travelSegment: i32 = 0;
export let travelRst: i32 = 0;

/** The row of the host with this address; 0: it is not known. */
export function hostOf(address: i32): usize {
  return findHost(mix(seed, address), address);
}

/** The same, where the hash of the address is known. */
export function findHost(hash: i32, address: i32): usize {
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
export function isSpared(): bool {
  return load<i32>(hostCounter) >= SPARED_HOSTS;
}

export function canAddHost(): bool {
  const count = load<i32>(hostCounter);
  return count < hostRoom && count < MAXIMUM_HOSTS && count * (PLACES_PER_HOST * PLACE_WORDS) <= hostIndexMask;
}

/** A host of which nothing is known but its address (host-rows.ts). */
export function addHost(hash: i32, address: i32): usize {
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

export function numberOf(row: usize): i32 {
  return <i32>((row - hostRows) / WARM_BYTES);
}

function coldRowOf(row: usize): usize {
  return coldRows + <usize>numberOf(row) * (COLD_DOUBLES * 8);
}

/** Where a sender from its port is in the table of those that were noted lately, and its hash there (hosts.ts). */
export function recentHash(source: i32, port: i32): i32 {
  const mixed = (source ^ (port * <i32>0x9e3779b1)) * <i32>0x85ebca6b;
  return mixed ^ <i32>(<u32>mixed >> 15);
}

export function wasNotedLately(hash: i32, timeNs: f64): bool {
  const place = <usize>(hash & (RECENT_PLACES - 1));
  const leftNs = load<f64>(recentUntil + place * 8) - timeNs;
  return load<i32>(recentHashes + place * 4) === hash && leftNs > 0 && leftNs <= RECENT_NS;
}

export function noteLately(hash: i32, timeNs: f64): void {
  const place = <usize>(hash & (RECENT_PLACES - 1));
  store<i32>(recentHashes + place * 4, hash);
  store<f64>(recentUntil + place * 8, timeNs + RECENT_NS);
}

/** A sign of life by TCP (signs.ts). */
export function noteSign(row: usize, kind: i32, port: i32, timeNs: f64, frame: f64): void {
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
export function canNoteArrival(row: usize, timeNs: f64, isHeard: bool): bool {
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

export function noteArrival(row: usize, timeNs: f64, frame: f64, isHeard: bool): void {
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

export function noteTravel(row: usize, kind: i32, packet: usize, frame: f64): void {
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
export function linkNumber(high: i32, low: i32): f64 {
  return <f64>((<u64>high << 32) | <u64>(<u32>low));
}

/** True if there is something to note of the point where a frame was captured. */
function tellsPoint(packet: usize, sourceHigh: i32, sourceLow: i32): bool {
  const high = networkHalf(packet + LINK_DESTINATION);
  if ((high & GROUP_BIT) !== 0 || (sourceHigh | sourceLow) === 0) return false;
  return (high | networkWord(packet + LINK_DESTINATION + 2)) !== 0;
}

/** The row of the capture at hand; 0: it has none. */
let point: usize = 0;

export function setPoint(number: i32): void {
  point = number === NONE ? 0 : pointRows + <usize>number * POINT_DOUBLES * 8;
}

export function canNotePoint(packet: usize): bool {
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
export function isUnicast(address: i32): bool {
  return address !== 0 && <u32>address >> 28 !== 0xe && address !== -1;
}

// What ahead.ts reads before it is needed

/** The place of the index where a look for an address begins. */
export function readIndex(address: i32): i32 {
  return load<i32>(hostIndex + (<usize>((mix(seed, address) << 1) & hostIndexMask) << 2));
}

/** The place of a sender from its port among those that were noted lately. */
export function readRecent(source: i32, port: i32): i32 {
  const place = <usize>(recentHash(source, port) & (RECENT_PLACES - 1));
  return load<i32>(recentHashes + place * 4) ^ load<i32>(recentUntil + place * 8);
}

/** The second cache line of a host's row; whoever has found it has read the first. */
export function readRow(row: usize): i32 {
  return row === 0 ? 0 : load<i32>(row, MARKS * 4);
}

/** What a host that was silent for long needs when it is heard again, or somebody talks to it. */
export function readSpans(row: usize, timeNs: f64): i32 {
  if (row === 0) return 0;
  let words = 0;
  if (timeNs - load<f64>(row, HEARD * 8) > LARGEST_GAP_NS) {
    const list = load<i32>(row, HEARD_SPANS * 4);
    words ^= load<i32>(coldRowOf(row), HEARD_FROM * 8) ^ spansIn(list, true);
  }
  if (timeNs - load<f64>(row, ARRIVED * 8) > LARGEST_GAP_NS) {
    const list = load<i32>(row, ARRIVED_SPANS * 4);
    words ^= load<i32>(coldRowOf(row), ARRIVED_FROM * 8) ^ spansIn(list, false);
  }
  return words;
}
