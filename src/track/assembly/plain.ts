/**
 * Tracks packets of which nothing is odd, where the tracker's tables lie in this memory: the first segments of a
 * connection in a run, its FINs, and handshakes whose SYN, SYN-ACK and ACK stand one behind the other. It has to have
 * exactly the effects that `Tracker.track` has for them one by one, which test/track/plain-packets.test.ts compares; the
 * rows are those of layout/. Before anything is written it is looked whether all of it can be: where a table has to grow,
 * or knows nothing of a server's port yet, the tracker takes the packet itself.
 *
 * A handshake of a large network takes some 0.6 us so, where it took 1.7 in JavaScript, and 3 packet by packet.
 */
import {
  ACKNOWLEDGEMENT,
  DESTINATION,
  LINK_DESTINATION,
  LINK_SOURCE,
  PORTS,
  SEQUENCE,
  SOURCE,
  TOTAL_LENGTH,
} from '../../decode/plain-header';
import {
  ADDRESS,
  LINK_HIGH_AND_TRAITS,
  MARKS,
  RECENT_PLACES,
  TRAITS_SHIFT,
  WARM_BYTES,
} from '../layout/hosts';
import { ACCEPTED } from '../layout/ports';
import {
  ACCEPTED_BEFORE,
  ACTIVITY_NS,
  BARE_SYN,
  BEHIND,
  CHAIN,
  CLIENT,
  COPIES,
  EARLY_ANSWER_NS,
  ERA,
  ESTABLISHED,
  EVENT_COUNT,
  FIRST_EVENT,
  FRONT,
  HAS_SYN,
  HAS_SYN_ACK,
  HASH,
  INITIAL_SEQUENCE,
  IS_SETTLED,
  KINDS,
  LAST_EVENT,
  LAST_SYN_NS,
  LENGTH,
  LINK_DOUBLES,
  OTHER_SERVER_SEQUENCE,
  PORTS as SLOT_PORTS,
  SERVER,
  SERVER_SEQUENCE,
  SETTLED,
  STATE,
  SYN_PAYLOAD_BYTES,
  TICKET,
} from '../layout/slots';
import {
  BEGINS_A_HANDSHAKE,
  ENDS_A_CONNECTION,
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
  addHost,
  canAddHost,
  canNoteArrival,
  canNotePoint,
  findHost,
  hostIndex,
  hostIndexMask,
  hostRows,
  isSpared,
  isUnicast,
  linkNumber,
  noteArrival,
  noteLately,
  noteSign,
  noteTravel,
  numberOf,
  recentHash,
  recentUntil,
  setPoint,
  wasNotedLately,
} from './hosts';
import { forgetOptions, readOptions, traitsOf } from './options';
import { IP_HEADER_BYTES, networkHalf, networkWord, TCP_HEADER_BYTES, tcpHeaderBytes } from './packet';
import { canNoteSynAck, findPort, noteAccepted, noteSynAck } from './ports';
import { through } from './sift';
import {
  addEvent,
  addSlot,
  close,
  closedHeadCount,
  closedHeads,
  EVENT_BYTES,
  eventRoom,
  eventRows,
  forgetOldest,
  HANDSHAKE_EVENTS,
  hasRoomForHandshake,
  headOf,
  isKnown,
  openHeadCount,
  openHeads,
  OTHERS,
  settledLimit,
  slotToClose,
  SLOT_BYTES,
  slotCounters,
  slotLinks,
  slotRows,
} from './slots';
import { mix, NONE, seed, setAddress } from './values';

// --- what plain-packets.ts tells beforehand ---

/** Where what `track` tells goes, and where it notes what it expects. */
export let tracked: usize = 0;
export let expected: usize = 0;
/** How kinds of signs, travels and events are numbered. */
export let signSynAck: i32 = 0;
export let signSegment: i32 = 0;
export let travelSyn: i32 = 0;
export let travelSynAck: i32 = 0;
export let travelSegment: i32 = 0;
export let eventSyn: i32 = 0;
export let eventSynAck: i32 = 0;
export let eventAck: i32 = 0;

// Of what `track` was called with
let beforeFrame: f64 = 0;
let jumpedNs: f64 = 0;
let sweepNs: f64 = 0;
let earlyNs: f64 = 0;
let era: i32 = 0;
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
  setPoint(pointRow);
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
    } else if (reason === ENDS_A_CONNECTION) {
      if (!trackEnd(at)) break;
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

function packetAt(at: usize): usize {
  return <usize>load<u32>(at);
}

function timeAt(at: usize): f64 {
  return load<f64>(at, THROUGH_NS);
}

function frameAt(at: usize): f64 {
  return beforeFrame + <f64>(load<u32>(at, THROUGH_LABEL) >> REASON_BITS);
}

/** True if a packet moves the clock on, and not so far that the queues have to be looked at. */
function isTimely(timeNs: f64): bool {
  const clockNs = timeNs - jumpedNs;
  return clockNs >= nowNs && clockNs < sweepNs;
}

/**
 * A FIN: of a connection that was used or is not known, or the client's first packet behind the handshake. Where one packet
 * in 500 begins a connection that spares 5% of all time.
 */
function trackEnd(at: usize): bool {
  const packet = packetAt(at);
  const slot = slotToClose(packet);
  if (slot === OTHERS) return false;
  // With it the client may say whom it wants to talk to.
  const hasData = networkHalf(packet + TOTAL_LENGTH) > <i32>(IP_HEADER_BYTES + tcpHeaderBytes(packet));
  if (slot !== NONE && hasData) return false;
  if (!trackSegment(at)) return false;
  if (slot !== NONE) close(slot);
  return true;
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

/** True if the SYN-ACK acknowledges the SYN, and the ACK the SYN-ACK. */
function areOfOne(syn: usize, synAck: usize, ack: usize): bool {
  const next = networkWord(syn + SEQUENCE) + 1;
  return (
    networkWord(synAck + ACKNOWLEDGEMENT) === next &&
    networkWord(ack + SEQUENCE) === next &&
    networkWord(ack + ACKNOWLEDGEMENT) === networkWord(synAck + SEQUENCE) + 1
  );
}

function trackHandshake(at: usize): bool {
  const syn = packetAt(at);
  const synAck = packetAt(at + THROUGH_BYTES);
  const ack = packetAt(at + 2 * THROUGH_BYTES);
  const synNs = timeAt(at);
  const synAckNs = timeAt(at + THROUGH_BYTES);
  const ackNs = timeAt(at + 2 * THROUGH_BYTES);
  if (!areOfOne(syn, synAck, ack)) return false;
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
  const serverIsn = networkWord(synAck + SEQUENCE);
  store<i32>(row, networkWord(syn + SEQUENCE), INITIAL_SEQUENCE * 4);
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
