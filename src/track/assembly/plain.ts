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
import { SETTLED, WAITING } from '../layout/slots';
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
import { fetchAhead } from './ahead';
import { nowNs, reasonAt, setClock } from './clock';
import { connections, setRun, trackConnection } from './connections';
import { trackAck, trackHandshake, trackRefusal, trackSyn, trackSynAck } from './handshakes';
import { setPoint } from './hosts';
import { trackEnd, trackSegment } from './segments';
import { through } from './sift';
import { forgetOldest, isOldestOnlyCounted, lengthOf, pendingLimit, settledLimit } from './slots';
import { NONE } from './values';

// --- what plain-packets.ts tells beforehand ---

/** Where what `track` tells goes. */
export let tracked: usize = 0;

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
    if (index >= fetched) fetched = fetchAhead(index, end);
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
