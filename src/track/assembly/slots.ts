/** Attempts and their packets, as pending.ts, events.ts and journal.ts keep them. */
import {
  ACKNOWLEDGEMENT,
  DESTINATION,
  FLAGS,
  IDENTIFICATION,
  PORTS,
  SEQUENCE,
  SOURCE,
  TIME_TO_LIVE,
  WINDOW,
} from '../../decode/plain-header';
import {
  BACK,
  BEFORE,
  BEHIND,
  CHAIN,
  CLIENT,
  CLOSED_SLOTS,
  DENSE_FACTOR,
  ECHO,
  ENDED_BY_SERVER,
  ESTABLISHED,
  EVENT_WORDS,
  FIRST_EVENT,
  FRAME,
  FREE,
  FRONT,
  HAS_SYN,
  HASH,
  IDENTIFICATION as EVENT_IDENTIFICATION,
  IS_CLOSED,
  IS_SETTLED,
  LABEL,
  LAST_EVENT,
  LENGTH,
  NEXT,
  OPEN_SLOTS,
  OPTIONS as EVENT_OPTIONS,
  PORTS as SLOT_PORTS,
  SERVER,
  SETTLED,
  SIGNATURE,
  SLOT_WORDS,
  SPARSE_FACTOR,
  SPARSE_HEADS,
  STATE,
  TICKET,
  TIME_NS,
  TIMESTAMP,
  USED,
  WAITING,
  WINDOW as EVENT_WINDOW,
} from '../layout/slots';
import { echo, fingerprint, timestamp } from './options';
import { networkHalf, networkWord } from './packet';
import { isOf, mix, NONE, seed } from './values';

// --- what plain-packets.ts tells beforehand ---

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
/** How many attempts may wait, how many settled ones are remembered; are plain successes handed over like others? */
export let pendingLimit: i32 = 0;
export let settledLimit: i32 = 0;
export let keepsEstablished: bool = false;
/** How kinds of events are numbered. */
export let eventSyn: i32 = 0;
export let eventSynAck: i32 = 0;
export let eventAck: i32 = 0;
export let eventRst: i32 = 0;

const SLOT_BYTES: usize = SLOT_WORDS * 4;
export const EVENT_BYTES: usize = EVENT_WORDS * 4;

export function rowOf(slot: i32): usize {
  return slotRows + <usize>slot * SLOT_BYTES;
}

export function eventRowOf(event: i32): usize {
  return eventRows + <usize>event * EVENT_BYTES;
}

/**
 * True if an attempt between two ends may be open: addresses and ports as words of a packet. `sift` asks it, where it
 * would have to ask JavaScript otherwise. The whole hash is compared: of connections that share no more than a head with
 * an attempt there may be many, and each would be looked at in JavaScript (a tenth of the time of small packets).
 */
export function mayHaveOpen(first: i32, second: i32, ports: i32): bool {
  const hash = hashOf(bswap<i32>(first), bswap<i32>(second), bswap<i32>(ports));
  let slot = load<i32>(headOf(hash));
  while (slot !== NONE) {
    const row = rowOf(slot);
    if (load<i32>(row, HASH * 4) === hash) return true;
    slot = load<i32>(row, CHAIN * 4);
  }
  return false;
}

/** The hash of two ends, in either order: of addresses and ports in the network's order. */
export function hashOf(first: i32, second: i32, ports: i32): i32 {
  return mix(mix(seed, first), <i32>(<u32>ports >> 16)) + mix(mix(seed, second), ports & 0xffff);
}

/** The head of the chain of open slots with a hash. */
export function headOf(hash: i32): usize {
  return openHeads + (<usize>(hash & (openHeadCount - 1)) << 2);
}

/** True if a chain has an attempt between the same ends, in either direction. */
export function isKnown(heads: usize, count: i32, hash: i32, source: i32, destination: i32, ports: i32): bool {
  const back = rotl<i32>(ports, 16);
  for (let slot = load<i32>(heads + (<usize>(hash & (count - 1)) << 2)); slot !== NONE; ) {
    const row = rowOf(slot);
    if (load<i32>(row, HASH * 4) === hash) {
      const own = load<i32>(row, SLOT_PORTS * 4);
      if (own === ports && isOf(row + CLIENT * 4, source) && isOf(row + SERVER * 4, destination)) return true;
      if (own === back && isOf(row + CLIENT * 4, destination) && isOf(row + SERVER * 4, source)) return true;
    }
    slot = load<i32>(row, CHAIN * 4);
  }
  return false;
}

/** What `slotToClose` says of slots that are for the tracker. */
export const OTHERS: i32 = -2;

/** The slot of the connection that its client ends with this packet and did not use before; NONE: there is none. */
export function slotToClose(packet: usize): i32 {
  const source = networkWord(packet + SOURCE);
  const destination = networkWord(packet + DESTINATION);
  const ports = networkWord(packet + PORTS);
  const hash = hashOf(source, destination, ports);
  const slot = load<i32>(headOf(hash));
  if (slot === NONE) return NONE;
  const row = rowOf(slot);
  if (load<i32>(row, HASH * 4) !== hash || load<i32>(row, SLOT_PORTS * 4) !== ports) return OTHERS;
  // It may be to itself.
  if (rotl<i32>(ports, 16) === ports) return OTHERS;
  if (!isOf(row + CLIENT * 4, source) || !isOf(row + SERVER * 4, destination)) return OTHERS;
  if ((load<i32>(row, STATE * 4) & ESTABLISHED) === 0) return OTHERS;
  return (load<i32>(slotCounters, CLOSED_SLOTS * 4) + 1) * 2 > closedHeadCount ? OTHERS : slot;
}

/**
 * The open slot of the attempt that a segment belongs to: of its sender, or with `isAnswer` of whom it is sent to. NONE:
 * there is none, or more than one between these ends.
 */
export function soleSlot(packet: usize, isAnswer: bool): i32 {
  const source = networkWord(packet + SOURCE);
  const destination = networkWord(packet + DESTINATION);
  const ports = networkWord(packet + PORTS);
  const back = rotl<i32>(ports, 16);
  const hash = hashOf(source, destination, ports);
  let sole = NONE;
  for (let slot = load<i32>(headOf(hash)); slot !== NONE; ) {
    const row = rowOf(slot);
    if (load<i32>(row, HASH * 4) === hash) {
      const own = load<i32>(row, SLOT_PORTS * 4);
      const isThere = own === ports && isOf(row + CLIENT * 4, source) && isOf(row + SERVER * 4, destination);
      const isBack = own === back && isOf(row + CLIENT * 4, destination) && isOf(row + SERVER * 4, source);
      if ((isThere || isBack) && (sole !== NONE || isThere === isBack || isBack !== isAnswer)) return NONE;
      if (isThere || isBack) sole = slot;
    }
    slot = load<i32>(row, CHAIN * 4);
  }
  return sole;
}

/** Moves a slot from the open ones to the closed ones. */
export function close(slot: i32): void {
  const row = rowOf(slot);
  unlink(slot, row, false);
  store<i32>(row, load<i32>(row, STATE * 4) | IS_CLOSED, STATE * 4);
  store<i32>(slotCounters, load<i32>(slotCounters, CLOSED_SLOTS * 4) + 1, CLOSED_SLOTS * 4);
  const head = closedHeads + (<usize>(load<i32>(row, HASH * 4) & (closedHeadCount - 1)) << 2);
  store<i32>(row, load<i32>(head), CHAIN * 4);
  store<i32>(head, slot);
}

/** True if neither slots nor heads of chains have to become more for one more attempt, nor events for its packets. */
export function hasRoomForAttempt(packets: i32): bool {
  if (load<i32>(slotCounters, FREE * 4) === NONE && load<i32>(slotCounters, USED * 4) === slotRoom) return false;
  const heads = openHeadCount;
  const factor = heads < SPARSE_HEADS ? SPARSE_FACTOR : DENSE_FACTOR;
  if ((load<i32>(slotCounters, OPEN_SLOTS * 4) + 1) * factor > heads) return false;
  return hasRoomForEvents(packets);
}

export function hasRoomForEvents(packets: i32): bool {
  if (load<i32>(eventCounters, USED * 4) + packets <= eventRoom) return true;
  let event = load<i32>(eventCounters, FREE * 4);
  for (let count = 0; count < packets; count++) {
    if (event === NONE) return false;
    event = load<i32>(eventRowOf(event), NEXT * 4);
  }
  return true;
}

/** A slot at the head of its chain of open ones, and at the back of a queue. */
export function addSlot(hash: i32, queue: i32): i32 {
  let slot = load<i32>(slotCounters, FREE * 4);
  let row = rowOf(slot);
  if (slot !== NONE) store<i32>(slotCounters, load<i32>(row, CHAIN * 4), FREE * 4);
  else {
    slot = load<i32>(slotCounters, USED * 4);
    store<i32>(slotCounters, slot + 1, USED * 4);
    row = rowOf(slot);
  }
  const head = headOf(hash);
  store<i32>(row, hash, HASH * 4);
  store<i32>(row, load<i32>(head), CHAIN * 4);
  store<i32>(head, slot);
  store<i32>(slotCounters, load<i32>(slotCounters, OPEN_SLOTS * 4) + 1, OPEN_SLOTS * 4);
  append(slot, row, queue);
  return slot;
}

function append(slot: i32, row: usize, queue: i32): void {
  const counters = slotCounters + (<usize>queue << 2);
  const back = load<i32>(counters, BACK * 4);
  store<i32>(row, back, BEFORE * 4);
  store<i32>(row, NONE, BEHIND * 4);
  if (back === NONE) store<i32>(counters, slot, FRONT * 4);
  else store<i32>(rowOf(back), slot, BEHIND * 4);
  store<i32>(counters, slot, BACK * 4);
  store<i32>(counters, load<i32>(counters, LENGTH * 4) + 1, LENGTH * 4);
}

/** Moves a slot to the back of a queue. */
export function moveTo(slot: i32, queue: i32): void {
  const row = rowOf(slot);
  const state = load<i32>(row, STATE * 4);
  detach(row, (state & IS_SETTLED) === 0 ? WAITING : SETTLED);
  store<i32>(row, queue === SETTLED ? state | IS_SETTLED : state & ~IS_SETTLED, STATE * 4);
  append(slot, row, queue);
}

function detach(row: usize, queue: i32): void {
  const counters = slotCounters + (<usize>queue << 2);
  const before = load<i32>(row, BEFORE * 4);
  const behind = load<i32>(row, BEHIND * 4);
  if (before === NONE) store<i32>(counters, behind, FRONT * 4);
  else store<i32>(rowOf(before), behind, BEHIND * 4);
  if (behind === NONE) store<i32>(counters, before, BACK * 4);
  else store<i32>(rowOf(behind), before, BEFORE * 4);
  store<i32>(counters, load<i32>(counters, LENGTH * 4) - 1, LENGTH * 4);
}

/** How many attempts are in a queue. */
export function lengthOf(queue: i32): i32 {
  return load<i32>(slotCounters + (<usize>queue << 2), LENGTH * 4);
}

/** True if the settled attempt that was active longest ago is of the kind that is only counted. */
export function isOldestOnlyCounted(): bool {
  const row = rowOf(load<i32>(slotCounters, (FRONT + SETTLED) * 4));
  if ((load<i32>(row, STATE * 4) & (HAS_SYN | ESTABLISHED | ENDED_BY_SERVER)) !== (HAS_SYN | ESTABLISHED)) return false;
  const ports = load<i32>(row, SLOT_PORTS * 4);
  // It may be to itself.
  return !keepsEstablished && load<i32>(row, TICKET * 4) === 0 && rotl<i32>(ports, 16) !== ports;
}

/** Forgets the settled attempt that was active longest ago. */
export function forgetOldest(): void {
  const slot = load<i32>(slotCounters, (FRONT + SETTLED) * 4);
  const row = rowOf(slot);
  releaseEvents(row);
  detach(row, SETTLED);
  unlink(slot, row, (load<i32>(row, STATE * 4) & IS_CLOSED) !== 0);
  store<i32>(row, load<i32>(slotCounters, FREE * 4), CHAIN * 4);
  store<i32>(slotCounters, slot, FREE * 4);
}

function unlink(slot: i32, row: usize, isClosed: bool): void {
  const counter = slotCounters + (isClosed ? CLOSED_SLOTS * 4 : OPEN_SLOTS * 4);
  store<i32>(counter, load<i32>(counter) - 1);
  const bucket = load<i32>(row, HASH * 4) & ((isClosed ? closedHeadCount : openHeadCount) - 1);
  let link = (isClosed ? closedHeads : openHeads) + (<usize>bucket << 2);
  while (load<i32>(link) !== slot) link = rowOf(load<i32>(link)) + CHAIN * 4;
  store<i32>(link, load<i32>(row, CHAIN * 4));
}

function releaseEvents(row: usize): void {
  const first = load<i32>(row, FIRST_EVENT * 4);
  if (first === NONE) return;
  const last = eventRowOf(load<i32>(row, LAST_EVENT * 4));
  store<i32>(last, load<i32>(eventCounters, FREE * 4), NEXT * 4);
  store<i32>(eventCounters, first, FREE * 4);
}

/** Adds an event behind another one, or NONE; what the options tell is that of `readOptions`. */
export function addEvent(behind: i32, packet: usize, kind: i32, traits: i32, timeNs: f64, frame: f64): i32 {
  let event = load<i32>(eventCounters, FREE * 4);
  let row = eventRowOf(event);
  if (event !== NONE) store<i32>(eventCounters, load<i32>(row, NEXT * 4), FREE * 4);
  else {
    event = load<i32>(eventCounters, USED * 4);
    store<i32>(eventCounters, event + 1, USED * 4);
    row = eventRowOf(event);
  }
  if (behind !== NONE) store<i32>(eventRowOf(behind), event, NEXT * 4);
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

/** What is the same in all copies of a segment (copies.ts). */
function signatureOf(packet: usize): i32 {
  let hash = networkWord(packet + SEQUENCE) ^ (networkWord(packet + ACKNOWLEDGEMENT) * <i32>0x9e3779b1);
  hash = (hash ^ (<i32>load<u8>(packet, FLAGS) << 20) ^ networkHalf(packet + IDENTIFICATION)) * <i32>0x85ebca6b;
  hash = (hash ^ <i32>(<u32>hash >> 13)) * <i32>0xc2b2ae35;
  return hash ^ <i32>(<u32>hash >> 16);
}
