/** The packets of handshakes, as plain.ts has them tracked: all three of one at once, or each by itself. */
import {
  ACKNOWLEDGEMENT,
  DESTINATION,
  LINK_DESTINATION,
  LINK_SOURCE,
  PORTS,
  SEQUENCE,
  SOURCE,
} from '../../decode/plain-header';
import { LINK_HIGH_AND_TRAITS, TRAITS_SHIFT } from '../layout/hosts';
import { ACCEPTED } from '../layout/ports';
import {
  ACCEPTED_BEFORE,
  ACTIVITY_NS,
  BARE_SYN,
  CLIENT,
  CLOSED_SLOTS,
  COPIES,
  ERA,
  ESTABLISHED,
  EVENT_COUNT,
  FIRST_EVENT,
  HAS_RST,
  HAS_SYN,
  HAS_SYN_ACK,
  INITIAL_SEQUENCE,
  IS_SETTLED,
  KINDS,
  LAST_EVENT,
  LAST_SYN_NS,
  LINK_DOUBLES,
  OTHER_SERVER_SEQUENCE,
  PORTS as SLOT_PORTS,
  SERVER,
  SERVER_SEQUENCE,
  SETTLED,
  STATE,
  SYN_PAYLOAD_BYTES,
  TICKET,
  TIME_NS,
  WAITING,
} from '../layout/slots';
import { THROUGH_BYTES } from '../layout/through';
import { advance, era, frameAt, isTimely, jumpedNs, mayHaveEarlyReset, nowNs, packetAt, timeAt } from './clock';
import {
  addHost,
  canAddHost,
  canNoteArrival,
  canNotePoint,
  findHost,
  hostOf,
  isSpared,
  linkNumber,
  noteArrival,
  noteLately,
  noteSign,
  noteTravel,
  numberOf,
  recentHash,
  signRst,
  signSegment,
  signSynAck,
  travelRst,
  travelSyn,
  travelSynAck,
  wasNotedLately,
} from './hosts';
import { forgetOptions, readOptions, traitsOf } from './options';
import { networkHalf, networkWord, TCP_HEADER_BYTES, tcpHeaderBytes } from './packet';
import { canNoteSynAck, findPort, noteAccepted, noteSynAck } from './ports';
import { noteSegment, trackSegment } from './segments';
import {
  addEvent,
  addSlot,
  closedHeadCount,
  closedHeads,
  eventAck,
  eventRowOf,
  eventRst,
  eventSyn,
  eventSynAck,
  hashOf,
  hasRoomForAttempt,
  hasRoomForEvents,
  isKnown,
  moveTo,
  openHeadCount,
  openHeads,
  rowOf,
  slotCounters,
  slotLinks,
  soleSlot,
} from './slots';
import { mix, NONE, seed, setAddress } from './values';

/** A SYN, SYN-ACK and ACK that stand one behind the other, by the row of the first. */
export function trackHandshake(at: usize): bool {
  const syn = packetAt(at);
  const synAck = packetAt(at + THROUGH_BYTES);
  const ack = packetAt(at + 2 * THROUGH_BYTES);
  const synNs = timeAt(at);
  const synAckNs = timeAt(at + THROUGH_BYTES);
  const ackNs = timeAt(at + 2 * THROUGH_BYTES);
  if (!acknowledges(synAck, syn) || !acknowledges(ack, synAck) || !follows(ack, syn)) return false;
  if (!(synAckNs >= synNs) || !(ackNs >= synAckNs) || !isTimely(ackNs)) return false;

  const source = networkWord(syn + SOURCE);
  const destination = networkWord(syn + DESTINATION);
  const ports = networkWord(syn + PORTS);
  const clientPort = <i32>(<u32>ports >> 16);
  const serverPort = ports & 0xffff;
  const clientHash = mix(seed, source);
  const serverHash = mix(seed, destination);
  const hash = mix(clientHash, clientPort) + mix(serverHash, serverPort);
  if (!opensAnAttempt(syn, synNs, hash, 3)) return false;
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
  if (client !== 0) noteSyn(client, syn, synTraits, synNs, synFrame);
  const first = addEvent(NONE, syn, eventSyn, synTraits, synNs, synFrame);

  readOptions(synAck);
  const second = addEvent(first, synAck, eventSynAck, traitsOf(synAck), synAckNs, synAckFrame);
  const acceptedBefore = load<i32>(port, ACCEPTED * 4);
  noteAnswer(server, port, client, synAck, synAckNs, synAckFrame, synAckNs - synNs);

  if (!isNoted) {
    noteLately(recent, ackNs);
    noteSegment(client, server, ack, ackNs, ackFrame);
  }
  forgetOptions();
  const last = addEvent(second, ack, eventAck, 0, ackNs, ackFrame);

  advance(ackNs);
  const state = HAS_SYN | HAS_SYN_ACK | ESTABLISHED | IS_SETTLED;
  const row = addAttempt(syn, hash, state, SETTLED, first, synNs, acceptedBefore);
  setServerSequence(row, synAck);
  store<i32>(row, last, LAST_EVENT * 4);
  store<i32>(row, 3, EVENT_COUNT * 4);
  store<i32>(row, (1 << eventSyn) | (1 << eventSynAck) | (1 << eventAck), KINDS * 4);
  return true;
}

/** A SYN between ends between which no attempt is known. */
export function trackSyn(at: usize): bool {
  const syn = packetAt(at);
  const timeNs = timeAt(at);
  const source = networkWord(syn + SOURCE);
  const destination = networkWord(syn + DESTINATION);
  const ports = networkWord(syn + PORTS);
  const hash = hashOf(source, destination, ports);
  if (!opensAnAttempt(syn, timeNs, hash, 1)) return false;
  let client = hostOf(source);
  const isAdded = client === 0 && !isSpared();
  if ((isAdded && !canAddHost()) || !canNotePoint(syn)) return false;

  const frame = frameAt(at);
  readOptions(syn);
  const traits = traitsOf(syn);
  if (isAdded) client = addHost(mix(seed, source), source);
  if (client !== 0) noteSyn(client, syn, traits, timeNs, frame);
  const server = hostOf(destination);
  const port = server === 0 ? 0 : findPort(numberOf(server), ports & 0xffff);
  const acceptedBefore = port === 0 ? 0 : load<i32>(port, ACCEPTED * 4);
  const event = addEvent(NONE, syn, eventSyn, traits, timeNs, frame);
  advance(timeNs);
  addAttempt(syn, hash, HAS_SYN, WAITING, event, timeNs, acceptedBefore);
  return true;
}

/** The SYN-ACK to a SYN, where nothing else has been seen of that attempt. */
export function trackSynAck(at: usize): bool {
  const synAck = packetAt(at);
  const timeNs = timeAt(at);
  const slot = slotToAnswer(synAck, timeNs);
  if (slot === NONE) return false;
  const server = hostOf(networkWord(synAck + SOURCE));
  const client = hostOf(networkWord(synAck + DESTINATION));
  if (server === 0 || !canNoteArrival(server, timeNs, true)) return false;
  if (client !== 0 && !canNoteArrival(client, timeNs, false)) return false;
  const port = findPort(numberOf(server), networkHalf(synAck + PORTS));
  if (port === 0 || !canNoteSynAck(port)) return false;

  const frame = frameAt(at);
  const row = rowOf(slot);
  const synNs = load<f64>(eventRowOf(load<i32>(row, FIRST_EVENT * 4)), TIME_NS * 8);
  advance(timeNs);
  readOptions(synAck);
  addTo(row, synAck, eventSynAck, traitsOf(synAck), timeNs, frame);
  setServerSequence(row, synAck);
  goOn(slot, HAS_SYN_ACK, WAITING);
  noteAnswer(server, port, client, synAck, timeNs, frame, max(0, timeNs - synNs));
  return true;
}

/** The ACK of a SYN-ACK, where nothing but that and its SYN has been seen of the attempt. */
export function trackAck(at: usize): bool {
  const ack = packetAt(at);
  const slot = soleSlot(ack, false);
  if (slot === NONE || !hasRoomForEvents(1)) return false;
  const row = rowOf(slot);
  if (!hasSeenOnly(row, HAS_SYN | HAS_SYN_ACK, 2)) return false;
  if (networkWord(ack + SEQUENCE) !== load<i32>(row, INITIAL_SEQUENCE * 4) + 1) return false;
  if (networkWord(ack + ACKNOWLEDGEMENT) !== load<i32>(row, SERVER_SEQUENCE * 4) + 1) return false;
  // Of its hosts it tells what any segment does.
  if (!trackSegment(at)) return false;
  forgetOptions();
  addTo(row, ack, eventAck, 0, timeAt(at), frameAt(at));
  goOn(slot, ESTABLISHED, SETTLED);
  return true;
}

/** The RST that refuses a SYN, where nothing else has been seen of that attempt. */
export function trackRefusal(at: usize): bool {
  const rst = packetAt(at);
  const timeNs = timeAt(at);
  const slot = slotToAnswer(rst, timeNs);
  if (slot === NONE) return false;
  const source = networkWord(rst + SOURCE);
  let server = hostOf(source);
  const client = hostOf(networkWord(rst + DESTINATION));
  if (server === 0 ? !canAddHost() : !canNoteArrival(server, timeNs, true)) return false;
  if (client !== 0 && !canNoteArrival(client, timeNs, false)) return false;

  const frame = frameAt(at);
  advance(timeNs);
  if (client !== 0) noteArrival(client, timeNs, frame, false);
  forgetOptions();
  addTo(rowOf(slot), rst, eventRst, 0, timeNs, frame);
  if (server === 0) server = addHost(mix(seed, source), source);
  noteTravel(server, travelRst, rst, frame);
  goOn(slot, HAS_RST, SETTLED);
  noteSign(server, signRst, networkHalf(rst + PORTS), timeNs, frame);
  noteArrival(server, timeNs, frame, true);
  return true;
}

// --- what packets say of each other, and of attempts ---

function acknowledges(answer: usize, packet: usize): bool {
  return networkWord(answer + ACKNOWLEDGEMENT) === networkWord(packet + SEQUENCE) + 1;
}

/** True if a segment is the one behind a SYN of the same sender. */
function follows(segment: usize, syn: usize): bool {
  return networkWord(segment + SEQUENCE) === networkWord(syn + SEQUENCE) + 1;
}

function acknowledgesSyn(answer: usize, row: usize): bool {
  return networkWord(answer + ACKNOWLEDGEMENT) === load<i32>(row, INITIAL_SEQUENCE * 4) + 1;
}

/** True if a SYN opens an attempt between ends between which none is known, and there is room for so many packets of it. */
function opensAnAttempt(syn: usize, timeNs: f64, hash: i32, packets: i32): bool {
  if (!isTimely(timeNs) || mayHaveEarlyReset(timeNs)) return false;
  const source = networkWord(syn + SOURCE);
  const destination = networkWord(syn + DESTINATION);
  const ports = networkWord(syn + PORTS);
  return (
    source !== destination &&
    !isKnown(openHeads, openHeadCount, hash, source, destination, ports) &&
    // Where none is closed there is no need to wait for the memory of their heads.
    (load<i32>(slotCounters, CLOSED_SLOTS * 4) === 0 ||
      !isKnown(closedHeads, closedHeadCount, hash, source, destination, ports)) &&
    hasRoomForAttempt(packets)
  );
}

/** The slot of the attempt of which nothing but the SYN has been seen that this answers; NONE: it is for the tracker. */
function slotToAnswer(answer: usize, timeNs: f64): i32 {
  const slot = soleSlot(answer, true);
  if (slot === NONE || !isTimely(timeNs) || !hasRoomForEvents(1) || !canNotePoint(answer)) return NONE;
  const row = rowOf(slot);
  return hasSeenOnly(row, HAS_SYN, 1) && acknowledgesSyn(answer, row) ? slot : NONE;
}

/** True if only so many packets have been seen of an attempt, and they were these. */
function hasSeenOnly(row: usize, state: i32, packets: i32): bool {
  return (load<i32>(row, STATE * 4) & ~BARE_SYN) === state && load<i32>(row, EVENT_COUNT * 4) === packets;
}

// --- what is noted of attempts ---

/** The row of a new attempt of which a SYN is all that is known. */
function addAttempt(
  syn: usize,
  hash: i32,
  state: i32,
  queue: i32,
  event: i32,
  synNs: f64,
  acceptedBefore: i32,
): usize {
  const slot = addSlot(hash, queue);
  const row = rowOf(slot);
  store<i32>(row, networkWord(syn + PORTS), SLOT_PORTS * 4);
  store<i32>(row, tcpHeaderBytes(syn) === TCP_HEADER_BYTES ? state | BARE_SYN : state, STATE * 4);
  store<i32>(row, networkWord(syn + SEQUENCE), INITIAL_SEQUENCE * 4);
  store<i32>(row, 0, SYN_PAYLOAD_BYTES * 4);
  setAddress(row + CLIENT * 4, networkWord(syn + SOURCE));
  setAddress(row + SERVER * 4, networkWord(syn + DESTINATION));
  store<f64>(row, nowNs, ACTIVITY_NS * 8);
  store<f64>(row, synNs - jumpedNs, LAST_SYN_NS * 8);
  store<i32>(row, event, FIRST_EVENT * 4);
  store<i32>(row, event, LAST_EVENT * 4);
  store<i32>(row, 1, EVENT_COUNT * 4);
  store<i32>(row, 1 << eventSyn, KINDS * 4);
  store<i32>(row, 0, COPIES * 4);
  store<i32>(row, era, ERA * 4);
  store<i32>(row, 0, TICKET * 4);
  store<i32>(row, acceptedBefore, ACCEPTED_BEFORE * 4);
  const link = slotLinks + <usize>slot * (LINK_DOUBLES * 8);
  store<f64>(link, linkOrNone(syn + LINK_SOURCE));
  store<f64>(link, linkOrNone(syn + LINK_DESTINATION), 8);
  return row;
}

function linkOrNone(at: usize): f64 {
  const high = networkHalf(at);
  const low = networkWord(at + 2);
  return (high | low) === 0 ? -1 : linkNumber(high, low);
}

/** Adds a packet to an attempt. */
function addTo(row: usize, packet: usize, kind: i32, traits: i32, timeNs: f64, frame: f64): void {
  const event = addEvent(load<i32>(row, LAST_EVENT * 4), packet, kind, traits, timeNs, frame);
  store<i32>(row, event, LAST_EVENT * 4);
  store<i32>(row, load<i32>(row, EVENT_COUNT * 4) + 1, EVENT_COUNT * 4);
  store<i32>(row, load<i32>(row, KINDS * 4) | (1 << kind), KINDS * 4);
}

/** Notes what has been seen of an attempt now, which is active with it. */
function goOn(slot: i32, seen: i32, queue: i32): void {
  const row = rowOf(slot);
  store<i32>(row, load<i32>(row, STATE * 4) | seen, STATE * 4);
  moveTo(slot, queue);
  store<f64>(row, nowNs, ACTIVITY_NS * 8);
}

/** There is one SYN-ACK so far. */
function setServerSequence(row: usize, synAck: usize): void {
  const sequence = networkWord(synAck + SEQUENCE);
  store<i32>(row, sequence, SERVER_SEQUENCE * 4);
  store<i32>(row, sequence, OTHER_SERVER_SEQUENCE * 4);
}

// --- what is noted of hosts and ports ---

function noteSyn(client: usize, syn: usize, traits: i32, timeNs: f64, frame: f64): void {
  noteSign(client, signSegment, networkHalf(syn + PORTS), timeNs, frame);
  noteTravel(client, travelSyn, syn, frame);
  const known = load<i32>(client, LINK_HIGH_AND_TRAITS * 4);
  store<i32>(client, known | (traits << TRAITS_SHIFT), LINK_HIGH_AND_TRAITS * 4);
}

/** A SYN-ACK, which the SYN came so long before. */
function noteAnswer(
  server: usize,
  port: usize,
  client: usize,
  synAck: usize,
  timeNs: f64,
  frame: f64,
  roundTripNs: f64,
): void {
  noteSign(server, signSynAck, networkHalf(synAck + PORTS), timeNs, frame);
  noteArrival(server, timeNs, frame, true);
  noteTravel(server, travelSynAck, synAck, frame);
  noteSynAck(port, networkWord(synAck + DESTINATION), timeNs, frame);
  noteAccepted(port, roundTripNs);
  if (client !== 0) noteArrival(client, timeNs, frame, false);
}
