/**
 * The sieve's loop over records that were laid out (records.ts). What it finds has to be what sieve.ts would find packet
 * by packet; test/track/sifter.test.ts compares them.
 *
 * It runs ahead of the tracker by a piece. So it takes it as possible that an attempt is open wherever the tracker thinks
 * so, or the piece has had a SYN of those ends; and behind a packet that may be about anybody it waits.
 */
import {
  FLAGS_MASK,
  IS_BARE_RECORD,
  IS_SEGMENT,
  IS_TURNED,
  IS_WHOLE_HEADER,
  RECORD_BYTES,
  RECORD_FIRST,
  RECORD_PACKET,
  RECORD_PORTS,
  RECORD_SECOND,
  RECORD_TRAITS,
} from '../layout/records';
import {
  BOTH_PORTS,
  CONNECTIONS,
  EARLIEST_NS,
  FIRST_END,
  LATEST_NS,
  LET_THROUGH,
  MARK,
  MAY_BE_OPEN,
  PLACES_PER_CONNECTION,
  PLACE_WORDS,
  SECOND,
  SYN_BIT_SHIFT,
  SYN_WORDS,
  SYN_WORD_SHIFT,
} from '../layout/sieve';
import {
  ABOUT_ANYBODY,
  ANSWERS_AN_ATTEMPT,
  BEGINS_A_HANDSHAKE,
  ENDS_A_CONNECTION,
  FIRST_OF_RUN,
  MAY_ESTABLISH,
  MAY_REFUSE,
  ODD_FIRST_OF_RUN,
  ODD_WITH_AN_ATTEMPT,
  OF_A_HANDSHAKE,
  OPENS_AN_ATTEMPT,
  REASON_BITS,
  REASON_MASK,
  THROUGH_BYTES,
  THROUGH_LABEL,
  THROUGH_NS,
  WITH_AN_ATTEMPT,
} from '../layout/through';
import { ACK, CWR, ECE, RST, SYN } from './packet';
import { mayHaveOpen } from './slots';

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

const FIN: u32 = 1;
const FIN_SYN_RST: u32 = 7;
export const PLACE_BYTES: usize = PLACE_WORDS * 4;

/**
 * Goes over so many rows of records, of a run: its number, its two seconds, how many connections it has so far, whether
 * any attempt may be open, and whether plain.ts knows the tracker's tables. Gives how many were of this run, as far as
 * there was room for what had to be let through, and nothing to wait for.
 */
export function sift(
  rows: usize,
  count: i32,
  run: i32,
  fromNs: f64,
  toNs: f64,
  connectionsBefore: i32,
  unsure: bool,
  hasTables: bool,
): i32 {
  const table = places;
  const lastPlace = table + (<usize>(placeCount - 1)) * PLACE_BYTES;
  const hashShift = clz<i32>(placeCount - 1);
  const mostConnections = placeCount / PLACES_PER_CONNECTION;
  let connections = connectionsBefore;
  const f1 = factor1;
  const f2 = factor2;
  const f3 = factor3;
  const room = throughRoom;
  begin();
  let earliest: f64 = Infinity;
  let latest: f64 = -Infinity;
  let row = rows;
  let taken = 0;
  // The handshake that is perhaps going on: its SYN, and how many of its packets stand one behind the other so far.
  let synIndex = 0;
  let synFirst = 0;
  let synSecond = 0;
  let synPorts = 0;
  let synTurned = 0;
  let inOrder = 0;
  while (taken < count && letThroughCount < room && connections < mostConnections) {
    const timeNs = load<f64>(row);
    if (!(timeNs >= fromNs && timeNs < toNs)) break;
    if (timeNs < earliest) earliest = timeNs;
    if (timeNs > latest) latest = timeNs;
    const before = taken++;
    const at = row;
    row += RECORD_BYTES;
    const traits = load<u32>(at, RECORD_TRAITS);
    if ((traits & IS_SEGMENT) === 0) {
      letThrough(at, before, ABOUT_ANYBODY, timeNs);
      // What comes next has to wait for what the tracker makes of it.
      break;
    }
    const first = load<i32>(at, RECORD_FIRST);
    const second = load<i32>(at, RECORD_SECOND);
    const ports = load<i32>(at, RECORD_PORTS);
    const hash = first * f1 + second * f2 + ports * f3;
    const firstPlace = table + (<usize>(<u32>hash >> hashShift)) * PLACE_BYTES;
    const place = findPlace(firstPlace, table, lastPlace, run, first, second, ports);
    const mark = load<i32>(place, MARK * 4);
    const isKnown = mark >= run;
    const flags = traits & FLAGS_MASK;
    const isTurned = i32((traits & IS_TURNED) !== 0);
    if ((flags & ~(ECE | CWR)) === SYN) {
      synIndex = letThroughCount;
      synFirst = first;
      synSecond = second;
      synPorts = ports;
      synTurned = isTurned;
      inOrder = i32(isNothingElse(traits));
    } else if (inOrder !== 0) {
      const expected = inOrder === 1 ? (flags & ~ECE) === (SYN | ACK) : flags === ACK;
      const isOfIt = first === synFirst && second === synSecond && ports === synPorts;
      const isBack = (isTurned === synTurned) === (inOrder === 2);
      if (expected && isOfIt && isBack && isNothingElse(traits)) inOrder++;
      else inOrder = 0;
    }
    const sender = FIRST_END + isTurned;
    if ((flags & FIN_SYN_RST) !== 0) {
      if ((flags & SYN) !== 0) {
        if (isKnown) store<i32>(place, mark | MAY_BE_OPEN, MARK * 4);
        noteSyn(hash);
      }
      letThrough(at, before, reasonOf(flags, traits), timeNs);
    } else if (isKnown && (mark & (sender | MAY_BE_OPEN)) === sender && !unsure && inOrder !== 3) {
      continue;
    } else if (
      inOrder === 3 ||
      unsure ||
      (isKnown && (mark & MAY_BE_OPEN) !== 0) ||
      hasSyn(hash) ||
      (hasTables ? mayHaveOpen(first, second, ports) : mayBeOpen(first, second, ports))
    ) {
      letThrough(at, before, reasonAmongAttempts(flags, traits, isKnown), timeNs);
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
      letThrough(at, before, (traits & IS_BARE_RECORD) !== 0 ? FIRST_OF_RUN : ODD_FIRST_OF_RUN, timeNs);
    }
  }
  store<f64>(results, earliest, EARLIEST_NS * 8);
  store<f64>(results, latest, LATEST_NS * 8);
  store<i32>(results, letThroughCount, LET_THROUGH * 4);
  store<i32>(results, connections, CONNECTIONS * 4);
  return taken;
}

/** Where a connection of this run stands in the table of the sieve, or would stand, from the place of its hash on. */
export function findPlace(
  from: usize,
  table: usize,
  last: usize,
  run: i32,
  first: i32,
  second: i32,
  ports: i32,
): usize {
  let place = from;
  while (load<i32>(place, MARK * 4) >= run) {
    if (
      load<i32>(place) === first &&
      load<i32>(place, SECOND * 4) === second &&
      load<i32>(place, BOTH_PORTS * 4) === ports
    )
      break;
    place = place === last ? table : place + PLACE_BYTES;
  }
  return place;
}

/** How many packets of the piece were let through. */
let letThroughCount: i32 = 0;

function begin(): void {
  letThroughCount = 0;
  memory.fill(syns, 0, SYN_WORDS * 4);
}

function letThrough(row: usize, before: i32, why: i32, timeNs: f64): void {
  const at = through + <usize>letThroughCount * THROUGH_BYTES;
  store<u32>(at, load<u32>(row, RECORD_PACKET));
  store<i32>(at, (before << REASON_BITS) | why, THROUGH_LABEL);
  store<f64>(at, timeNs, THROUGH_NS);
  letThroughCount++;
}

/** Why a segment with SYN, FIN or RST is let through. */
function reasonOf(flags: u32, traits: u32): i32 {
  if ((flags & FIN_SYN_RST) === FIN) return (traits & IS_BARE_RECORD) !== 0 ? ENDS_A_CONNECTION : OF_A_HANDSHAKE;
  if (!isNothingElse(traits)) return OF_A_HANDSHAKE;
  if ((flags & ~(ECE | CWR)) === SYN) return OPENS_AN_ATTEMPT;
  if ((flags & ~ECE) === (SYN | ACK)) return ANSWERS_AN_ATTEMPT;
  return flags === (RST | ACK) ? MAY_REFUSE : OF_A_HANDSHAKE;
}

/** Why another segment is let through where an attempt may be open. */
function reasonAmongAttempts(flags: u32, traits: u32, isKnown: bool): i32 {
  if ((traits & IS_BARE_RECORD) === 0) return ODD_WITH_AN_ATTEMPT;
  return !isKnown && flags === ACK && isNothingElse(traits) ? MAY_ESTABLISH : WITH_AN_ATTEMPT;
}

/** Says of a SYN that was let through that its SYN-ACK and ACK are the next packets, and were let through as well. */
function beginsHandshake(index: i32): void {
  const at = through + <usize>index * THROUGH_BYTES;
  store<i32>(at, (load<i32>(at, THROUGH_LABEL) & ~REASON_MASK) | BEGINS_A_HANDSHAKE, THROUGH_LABEL);
}

/** True if neither the record nor the segment has more than it needs. */
function isNothingElse(traits: u32): bool {
  return (traits & (IS_BARE_RECORD | IS_WHOLE_HEADER)) === (IS_BARE_RECORD | IS_WHOLE_HEADER);
}

function noteSyn(hash: i32): void {
  const at = synWord(hash);
  store<u32>(at, load<u32>(at) | synBit(hash));
}

export function hasSyn(hash: i32): bool {
  return (load<u32>(synWord(hash)) & synBit(hash)) !== 0;
}

function synWord(hash: i32): usize {
  return syns + (<usize>(<u32>hash >> SYN_WORD_SHIFT)) * 4;
}

function synBit(hash: i32): u32 {
  return 1 << ((<u32>hash >> SYN_BIT_SHIFT) & 31);
}
