/**
 * Tracks packets of which nothing is odd, where the tracker's tables lie in this memory: those of handshakes and refusals
 * (handshakes.ts), and of connections that were made (segments.ts, connections.ts). It has to have exactly the effects that
 * `Tracker.track` has for them one by one, which test/track/plain-packets.test.ts compares; the rows are those of layout/.
 * Before anything is written it is looked whether all of it can be: where a table has to grow, or knows nothing of a
 * server's port yet, the tracker takes the packet itself.
 *
 * A handshake of a large network takes some 0.6 us so, where it took 1.7 in JavaScript, and 3 packet by packet. Short
 * connections side by side take a quarter less time than where only such handshakes were tracked here.
 */
import { DESTINATION, PORTS, SOURCE } from '../../decode/plain-header';
import { ADDRESS, MARKS, RECENT_PLACES, WARM_BYTES } from '../layout/hosts';
import { BEHIND, CHAIN, FIRST_EVENT, FRONT, HASH, SETTLED, WAITING } from '../layout/slots';
import {
  ANSWERS_AN_ATTEMPT,
  BEGINS_A_HANDSHAKE,
  ENDS_A_CONNECTION,
  FIRST_OF_RUN,
  MAY_ESTABLISH,
  MAY_REFUSE,
  OPENS_AN_ATTEMPT,
  THROUGH_BYTES,
  TRACKED_ANSWERS,
  TRACKED_CONNECTIONS,
  TRACKED_ESTABLISHED,
  TRACKED_FULL_QUEUE,
  TRACKED_HANDSHAKES,
  TRACKED_NOW_NS,
  TRACKED_OPENED,
  TRACKED_SEGMENTS,
  WITH_AN_ATTEMPT,
} from '../layout/through';
import { nowNs, packetAt, reasonAt, setClock } from './clock';
import { connections, setRun, trackConnection } from './connections';
import { trackAck, trackHandshake, trackRefusal, trackSyn, trackSynAck } from './handshakes';
import { hostIndex, hostIndexMask, hostRows, recentHash, recentUntil, setPoint } from './hosts';
import { networkWord } from './packet';
import { trackEnd, trackSegment } from './segments';
import { through } from './sift';
import {
  EVENT_BYTES,
  eventRoom,
  eventRowOf,
  forgetOldest,
  headOf,
  isOldestOnlyCounted,
  lengthOf,
  pendingLimit,
  rowOf,
  settledLimit,
  slotCounters,
} from './slots';
import { mix, NONE, seed } from './values';

// --- what plain-packets.ts tells beforehand ---

/** Where what `track` tells goes, and where it notes what it expects. */
export let tracked: usize = 0;
export let expected: usize = 0;

/** In which piece, and up to where in it, `fetchAhead` has looked. */
let fetchedPiece: f64 = -1;
let fetchedTo: i32 = 0;

/**
 * Tracks those of the packets that were let through which are plain, from the one with this index on; gives the index of
 * the first one that it did not track, at most `end`. `before`: what to add to how many packets of the piece came before
 * one, and 1, for the reference to its frame. The clock's time, the time of the next sweep, what it has jumped, and its
 * era; when an RST came last that nothing known explains; the row of the capture among its points. The run, and how many
 * connections the sieve knows of it.
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
  run: i32,
  knownConnections: i32,
): i32 {
  setClock(clockNs, nextSweepNs, clockJumpedNs, clockEra, earlyResetNs, before + 1);
  setPoint(pointRow);
  setRun(run, knownConnections);
  let segments = 0;
  let handshakes = 0;
  let established = 0;
  let opened = 0;
  let answers = 0;
  let fullQueue = NONE;
  let index = from;
  // In a piece that it goes on with some were fetched already.
  let fetched = before === fetchedPiece ? max(from, fetchedTo) : from;
  while (index < end && fullQueue === NONE) {
    const at = through + <usize>index * THROUGH_BYTES;
    const reason = reasonAt(at);
    if (hasNewSyn(reason) && index >= fetched) fetched = fetchAhead(index, end);
    let packets = 1;
    if (reason === WITH_AN_ATTEMPT) {
      if (!trackConnection(at)) break;
      segments++;
    } else if (reason === FIRST_OF_RUN) {
      if (!trackSegment(at)) break;
      segments++;
    } else if (reason === ENDS_A_CONNECTION) {
      if (!trackEnd(at)) break;
    } else if (reason === BEGINS_A_HANDSHAKE) {
      // For a moment it waits.
      if (lengthOf(WAITING) >= pendingLimit || !trackHandshake(at)) break;
      handshakes++;
      packets = 3;
    } else if (reason === OPENS_AN_ATTEMPT) {
      if (!trackSyn(at)) break;
      opened++;
    } else if (reason === ANSWERS_AN_ATTEMPT) {
      if (!trackSynAck(at)) break;
      answers++;
    } else if (reason === MAY_ESTABLISH) {
      if (!trackAck(at) && !trackConnection(at)) break;
      segments++;
    } else if (reason === MAY_REFUSE) {
      // Whoever is handed over for it has to be so before its server is noted.
      if (lengthOf(SETTLED) >= settledLimit && !isOldestOnlyCounted()) break;
      if (!trackRefusal(at)) break;
    } else break;
    index += packets;
    if (lengthOf(SETTLED) > settledLimit) {
      if (isOldestOnlyCounted()) {
        forgetOldest();
        established++;
      } else fullQueue = SETTLED;
    } else if (lengthOf(WAITING) > pendingLimit) fullQueue = WAITING;
  }
  fetchedPiece = before;
  fetchedTo = fetched;
  store<f64>(tracked, nowNs, TRACKED_NOW_NS);
  store<i32>(tracked, segments, TRACKED_SEGMENTS);
  store<i32>(tracked, handshakes, TRACKED_HANDSHAKES);
  store<i32>(tracked, established, TRACKED_ESTABLISHED);
  store<i32>(tracked, opened, TRACKED_OPENED);
  store<i32>(tracked, answers, TRACKED_ANSWERS);
  store<i32>(tracked, connections, TRACKED_CONNECTIONS);
  store<i32>(tracked, fullQueue, TRACKED_FULL_QUEUE);
  return index;
}

/** True for a SYN that opens an attempt, unless that is known. */
function hasNewSyn(reason: i32): bool {
  return reason === BEGINS_A_HANDSHAKE || reason === OPENS_AN_ATTEMPT;
}

/** So many handshakes are looked ahead; of each four words are noted. */
const AHEAD: i32 = 32;
const EXPECTED_BYTES: usize = 16;
/** Nobody reads it: without it the compiler would see that what is fetched is not needed. */
export let fetchedWords: i32 = 0;

/**
 * Fetches what those of the packets will need that open attempts, from the one with this index on, as far as it looks
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
    const reason = reasonAt(at);
    if (!hasNewSyn(reason)) {
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
      const row = rowOf(oldest);
      chain = load<i32>(headOf(load<i32>(row, HASH * 4)));
      event = load<i32>(row, FIRST_EVENT * 4);
      oldest = load<i32>(row, BEHIND * 4);
    }
    store<i32>(place, chain, 8);
    store<i32>(place, event, 12);
    count++;
    index += reason === BEGINS_A_HANDSHAKE ? 3 : 1;
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
    if (slot !== NONE) words ^= load<i32>(rowOf(slot), HASH * 4);
    if (chain !== NONE) words ^= load<i32>(rowOf(chain), CHAIN * 4);
    // The packets of a handshake lie one behind the other, mostly.
    if (event !== NONE && event + 2 < eventRoom) {
      const row = eventRowOf(event);
      words ^= load<i32>(row) ^ load<i32>(row, EVENT_BYTES) ^ load<i32>(row, 2 * EVENT_BYTES);
    }
  }
  fetchedWords ^= words;
  return index;
}
