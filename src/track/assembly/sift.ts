/**
 * The sieve's loop for the packets that lie one behind the other in a piece of a capture. AssemblyScript: it looks like
 * TypeScript and becomes WebAssembly (build/kernel.js), which needs no warming up and knows 64-bit integers. A packet of
 * data takes 20 to 25 ns, where in JavaScript it took 55 to 90. What it finds has to be what sieve.ts and the readers
 * would find packet by packet; test/track/sifter.test.ts compares them.
 *
 * It runs ahead of the tracker by a piece. So it takes it as possible that an attempt is open wherever the tracker thinks
 * so, or the piece has had a SYN of those ends; and behind a packet that may be about anybody it waits.
 */
import {
  DATA_OFFSET,
  DESTINATION,
  ETHERTYPE,
  FLAGS,
  FRAGMENT,
  PORTS,
  PROTOCOL,
  SOURCE,
  TOTAL_LENGTH,
  VERSION_AND_LENGTH,
} from '../../decode/plain-header';
import {
  BOTH_PORTS,
  CONNECTIONS,
  EARLIEST_NS,
  FIRST_END,
  INTERFACE_BYTES,
  IS_ETHERNET,
  LAST_RECORD,
  LATEST_NS,
  LET_THROUGH,
  MARK,
  MAY_BE_OPEN,
  OFFSET_NS,
  PACKETS,
  PLACES_PER_CONNECTION,
  PLACE_WORDS,
  SECOND,
  UNIT_NS,
} from '../layout/sieve';
import {
  ABOUT_ANYBODY,
  BEGINS_A_HANDSHAKE,
  FIRST_OF_RUN,
  ODD_FIRST_OF_RUN,
  OF_A_HANDSHAKE,
  REASON_BITS,
  REASON_MASK,
  THROUGH_BYTES,
  THROUGH_LABEL,
  THROUGH_NS,
  WITH_AN_ATTEMPT,
} from '../layout/through';
import { ACK, CWR, ECE, HEADER_BYTES, IP_HEADER, IP_HEADER_BYTES, SYN, networkHalf, tcpHeaderBytes } from './packet';
import { hasOpenHead } from './slots';

/** True if the tracker may know an open attempt between these ends. Asked for the first segment in a run only. */
@external('tracker', 'mayBeOpen')
declare function mayBeOpen(first: i32, second: i32, ports: i32): bool;

// --- what sifter.ts tells beforehand ---

/** Where in the memory the results go, then the packets that were let through, and the SYNs of a piece. */
export let results: usize = 0;
export let through: usize = 0;
export let throughRoom: i32 = 0;
export let syns: usize = 0;
/** The secret factors of the hash. */
export let factor1: i32 = 0;
export let factor2: i32 = 0;
export let factor3: i32 = 0;

/** The sieve's table (sieve.ts), and how many places it has: a power of two. */
export let places: usize = 0;
export let placeCount: i32 = 0;

/** Whether it is a pcap, and its format; for what is meant see pcap-header.ts, and SecondsClock in clock.ts. */
export let isPcap: bool = false;
export let recordHeaderBytes: usize = 0;
export let capturedOffset: usize = 0;
export let originalOffset: usize = 0;
export let maximumCaptured: u32 = 0;
export let fractionsPerSecond: u32 = 0;
export let originSeconds: f64 = 0;
export let originFractionNs: f64 = 0;
export let isEthernet: bool = false;

/** Of a pcapng section: its interfaces, a row of 24 bytes each. */
export let interfaces: usize = 0;
export let interfaceCount: u32 = 0;

/** A bit for each SYN of a piece: 2 kB, so that they stay in the first-level cache. */
const SYN_WORDS: i32 = 512;

// --- sifting ---

const NANOSECONDS_PER_SECOND: f64 = 1e9;
const LARGEST_ORIGINAL_BYTES: u32 = 1 << 28;

// An Enhanced Packet Block (draft-ietf-opsawg-pcapng), as pcapng-blocks.ts has it
const ENHANCED_PACKET_BLOCK: u32 = 6;
const SMALLEST_BLOCK: u32 = 32;
const LARGEST_BLOCK: u32 = 1024 * 1024;
const PACKET_DATA: usize = 28;
const TRAILER_BYTES: usize = 4;
const OPT_COMMENT: u32 = 1;
/** What is beyond that a double can't hold to the nanosecond. */
const LARGEST_EXACT_NS: i64 = 1 << 53;

const ETHERTYPE_IPV4: u32 = 0x0008;
const VERSION_4_NO_OPTIONS: u32 = 0x45;
const FRAGMENT_MASK: u32 = 0xff3f;
const PROTOCOL_TCP: u32 = 6;
const LEAST_DATA_OFFSET: u32 = 5 << 4;
const IP_AND_TCP_HEADER_BYTES: u32 = 40;
const FIN_SYN_RST: u32 = 7;

const PLACE_BYTES: usize = PLACE_WORDS * 4;

/**
 * Goes over the records from one address to before another, of a run: its number, its two seconds, how many connections
 * it has so far, whether any attempt may be open, and whether plain.ts knows the tracker's tables. Gives the address where it stopped: behind the last whole ordinary
 * record of this run, where there is no room for more, or where it has to wait.
 *
 * One loop, with what it reads again and again in local variables: the engine does not know that nobody else writes to
 * the globals, which took twice the time.
 */
export function sift(
  from: usize,
  end: usize,
  run: i32,
  fromNs: f64,
  toNs: f64,
  connectionsBefore: i32,
  unsure: bool,
  hasTables: bool,
): usize {
  const inPcap = isPcap;
  const leastBytes: usize = inPcap ? recordHeaderBytes : <usize>SMALLEST_BLOCK;
  const nanosecondsPerFraction = NANOSECONDS_PER_SECOND / <f64>fractionsPerSecond;
  const table = places;
  const tableEnd = table + (<usize>(placeCount - 1)) * PLACE_BYTES;
  const hashShift = clz<i32>(placeCount - 1);
  const mostConnections = placeCount / PLACES_PER_CONNECTION;
  let connections = connectionsBefore;
  const f1 = factor1;
  const f2 = factor2;
  const f3 = factor3;
  const mostCaptured = maximumCaptured;
  const fractions = fractionsPerSecond;
  const atCaptured = capturedOffset;
  const atOriginal = originalOffset;
  const room = throughRoom;
  const secondsAtOrigin = originSeconds;
  const nsAtOrigin = originFractionNs;
  const ethernet = isEthernet;
  begin();
  let earliest: f64 = Infinity;
  let latest: f64 = -Infinity;
  let at = from;
  let last = from;
  let count = 0;
  // The handshake that is perhaps going on: its SYN, and how many of its packets stand one behind the other so far.
  let synIndex = 0;
  let synFirst = 0;
  let synSecond = 0;
  let synPorts = 0;
  let synTurned = 0;
  let inOrder = 0;
  while (end - at >= leastBytes && letThroughCount < room && connections < mostConnections) {
    let packet: usize, next: usize, captured: u32, timeNs: f64;
    let isPlainEthernet = ethernet;
    let isBareRecord = true;
    if (inPcap) {
      captured = load<u32>(at + atCaptured);
      const original = load<u32>(at + atOriginal);
      const fraction = load<u32>(at, 4);
      packet = at + leastBytes;
      if (<usize>captured > end - packet || captured > mostCaptured || captured > original) break;
      if (original === 0 || original > LARGEST_ORIGINAL_BYTES || fraction >= fractions) break;
      const seconds = load<u32>(at);
      timeNs =
        (<f64>seconds - secondsAtOrigin) * NANOSECONDS_PER_SECOND +
        (<f64>fraction * nanosecondsPerFraction - nsAtOrigin);
      next = packet + captured;
    } else {
      const length = load<u32>(at, 4);
      if (load<u32>(at) !== ENHANCED_PACKET_BLOCK || length < SMALLEST_BLOCK) break;
      if (<usize>length > end - at || (length & 3) !== 0 || length > LARGEST_BLOCK) break;
      const interfaceId = load<u32>(at, 8);
      const trailer = at + length - TRAILER_BYTES;
      captured = load<u32>(at, 20);
      if (load<u32>(trailer) !== length || captured > length - SMALLEST_BLOCK || interfaceId >= interfaceCount) break;
      packet = at + PACKET_DATA;
      const options = packet + ((captured + 3) & ~3);
      if (options < trailer) {
        if (hasComment(options, trailer)) break;
        isBareRecord = false;
      }
      const taken = interfaces + <usize>interfaceId * INTERFACE_BYTES;
      const unitNs = load<i64>(taken, UNIT_NS);
      // The upper half comes first.
      const units = rotl<u64>(load<u64>(at, 12), 32);
      if (unitNs === 0 || units > <u64>(i64.MAX_VALUE / 2 / unitNs)) break;
      const exactNs = <i64>units * unitNs + load<i64>(taken, OFFSET_NS);
      if (exactNs >= LARGEST_EXACT_NS || exactNs <= -LARGEST_EXACT_NS) break;
      timeNs = <f64>exactNs;
      isPlainEthernet = load<u32>(taken, IS_ETHERNET) !== 0;
      next = at + length;
    }
    if (!(timeNs >= fromNs && timeNs < toNs)) break;
    if (timeNs < earliest) earliest = timeNs;
    if (timeNs > latest) latest = timeNs;
    const before = count++;
    last = at;
    at = next;
    if (
      !isPlainEthernet ||
      captured < HEADER_BYTES ||
      load<u16>(packet, ETHERTYPE) !== ETHERTYPE_IPV4 ||
      load<u8>(packet, VERSION_AND_LENGTH) !== VERSION_4_NO_OPTIONS ||
      load<u8>(packet, PROTOCOL) !== PROTOCOL_TCP ||
      load<u8>(packet, DATA_OFFSET) < LEAST_DATA_OFFSET ||
      (load<u16>(packet, FRAGMENT) & FRAGMENT_MASK) !== 0 ||
      bswap<u16>(load<u16>(packet, TOTAL_LENGTH)) < IP_AND_TCP_HEADER_BYTES
    ) {
      letThrough(packet, before, ABOUT_ANYBODY, timeNs);
      // What comes next has to wait for what the tracker makes of it.
      break;
    }
    const source = load<i32>(packet, SOURCE);
    const destination = load<i32>(packet, DESTINATION);
    const ends = load<i32>(packet, PORTS);
    const back = rotl<i32>(ends, 16);
    // In the same order for both directions, without a branch: which end comes first nobody can predict.
    const isTurned = i32(source > destination) | (i32(source === destination) & i32(ends > back));
    const other = (source ^ destination) & -isTurned;
    const first = source ^ other;
    const second = destination ^ other;
    const ports = rotl<i32>(ends, isTurned << 4);
    const hash = first * f1 + second * f2 + ports * f3;
    let place = table + (<usize>(<u32>hash >> hashShift)) * PLACE_BYTES;
    let mark = load<i32>(place, MARK * 4);
    while (mark >= run) {
      if (
        load<i32>(place) === first &&
        load<i32>(place, SECOND * 4) === second &&
        load<i32>(place, BOTH_PORTS * 4) === ports
      )
        break;
      place = place === tableEnd ? table : place + PLACE_BYTES;
      mark = load<i32>(place, MARK * 4);
    }
    const isKnown = mark >= run;
    const flags = load<u8>(packet, FLAGS);
    if ((flags & ~(ECE | CWR)) === SYN) {
      synIndex = letThroughCount;
      synFirst = first;
      synSecond = second;
      synPorts = ports;
      synTurned = isTurned;
      inOrder = i32(isBareRecord && isWholeHeader(packet, captured));
    } else if (inOrder !== 0) {
      const expected = inOrder === 1 ? (flags & ~ECE) === (SYN | ACK) : flags === ACK;
      const isOfIt = first === synFirst && second === synSecond && ports === synPorts;
      const isBack = (isTurned === synTurned) === (inOrder === 2);
      if (expected && isOfIt && isBack && isBareRecord && isWholeHeader(packet, captured)) inOrder++;
      else inOrder = 0;
    }
    const sender = FIRST_END + isTurned;
    if ((flags & FIN_SYN_RST) !== 0) {
      if ((flags & SYN) !== 0) {
        if (isKnown) store<i32>(place, mark | MAY_BE_OPEN, MARK * 4);
        noteSyn(hash);
      }
      letThrough(packet, before, OF_A_HANDSHAKE, timeNs);
    } else if (isKnown && (mark & (sender | MAY_BE_OPEN)) === sender && !unsure && inOrder !== 3) {
      continue;
    } else if (
      inOrder === 3 ||
      unsure ||
      (isKnown && (mark & MAY_BE_OPEN) !== 0) ||
      hasSyn(hash) ||
      (hasTables ? hasOpenHead(first, second, ports) : mayBeOpen(first, second, ports))
    ) {
      letThrough(packet, before, WITH_AN_ATTEMPT, timeNs);
      if (inOrder === 3) beginsHandshake(synIndex);
      inOrder = 0;
    } else {
      if (isKnown) store<i32>(place, mark | sender, MARK * 4);
      else {
        store<i32>(place, first);
        store<i32>(place, second, SECOND * 4);
        store<i32>(place, ports, BOTH_PORTS * 4);
        store<i32>(place, run | sender, MARK * 4);
        connections++;
      }
      letThrough(packet, before, isBareRecord ? FIRST_OF_RUN : ODD_FIRST_OF_RUN, timeNs);
    }
  }
  finish(count, connections, last, earliest, latest);
  return at;
}

/** How many packets of the piece were let through. */
let letThroughCount: i32 = 0;

function begin(): void {
  letThroughCount = 0;
  memory.fill(syns, 0, SYN_WORDS * 4);
}

function finish(packets: i32, connections: i32, last: usize, earliestNs: f64, latestNs: f64): void {
  store<f64>(results, earliestNs, EARLIEST_NS * 8);
  store<f64>(results, latestNs, LATEST_NS * 8);
  store<i32>(results, packets, PACKETS * 4);
  store<i32>(results, letThroughCount, LET_THROUGH * 4);
  store<i32>(results, connections, CONNECTIONS * 4);
  store<u32>(results, <u32>last, LAST_RECORD * 4);
}

/** True if a packet's options have a comment, which is to be kept; OptionCursor reads them. */
function hasComment(from: usize, end: usize): bool {
  let at = from;
  while (at + 4 <= end) {
    const code = load<u16>(at);
    const length = load<u16>(at, 2);
    if (code === 0 || at + 4 + length > end) return false;
    if (code === OPT_COMMENT) return true;
    at += 4 + ((length + 3) & ~3);
  }
  return false;
}

function letThrough(packet: usize, before: i32, why: i32, timeNs: f64): void {
  const at = through + <usize>letThroughCount * THROUGH_BYTES;
  store<u32>(at, <u32>packet);
  store<i32>(at, (before << REASON_BITS) | why, THROUGH_LABEL);
  store<f64>(at, timeNs, THROUGH_NS);
  letThroughCount++;
}

/** Says of a SYN that was let through that its SYN-ACK and ACK are the next packets, and were let through as well. */
function beginsHandshake(index: i32): void {
  const at = through + <usize>index * THROUGH_BYTES;
  store<i32>(at, (load<i32>(at, THROUGH_LABEL) & ~REASON_MASK) | BEGINS_A_HANDSHAKE, THROUGH_LABEL);
}

/** True if a segment is all there, and is nothing but headers. */
function isWholeHeader(packet: usize, captured: u32): bool {
  const total = networkHalf(packet + TOTAL_LENGTH);
  return total === IP_HEADER_BYTES + tcpHeaderBytes(packet) && captured >= IP_HEADER + total;
}

function noteSyn(hash: i32): void {
  const at = synWord(hash);
  store<u32>(at, load<u32>(at) | (1 << (hash & 31)));
}

function hasSyn(hash: i32): bool {
  return (load<u32>(synWord(hash)) & (1 << (hash & 31))) !== 0;
}

/** By the upper bits of a hash, which are the good ones. */
function synWord(hash: i32): usize {
  return syns + (<usize>(<u32>hash >> 23)) * 4;
}
