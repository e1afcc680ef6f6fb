/**
 * The handshakes that are being followed, as rows (layout/slots.ts). Slots are found through a chained hash table by
 * their four-tuple, in either direction; they stand in one of two queues in the order of their last activity, so that
 * what is due is always at the front.
 *
 * Nothing here allocates per packet: the arrays grow when they are full, freed slots and events are used again.
 */

import type { Frame } from '../decode/frame.js';
import type { CaptureClock } from './clock.js';
import { doublesIn, grown, growthOf, growthOfIndex, HEAP, moved, type Room, wordsIn, wordsOf } from './columns.js';
import { EventPool, NONE } from './events.js';
import {
  ACCEPTED_BEFORE,
  ACTIVITY_NS,
  BACK,
  BEFORE,
  BEHIND,
  CHAIN,
  CLIENT,
  CLIENT_ACKNOWLEDGED,
  CLOSED_SLOTS,
  COPIES,
  DENSE_FACTOR,
  ERA,
  EVENT_COUNT,
  FIRST_EVENT,
  FREE,
  FRONT,
  HASH,
  INITIAL_SEQUENCE,
  IS_CLOSED,
  IS_SETTLED,
  KINDS,
  LAST_EVENT,
  LAST_SYN_NS,
  LENGTH,
  LINK_DOUBLES,
  OPEN_SLOTS,
  OTHER_SERVER_SEQUENCE,
  PORTS,
  REVERSE_SEQUENCE,
  SERVER,
  SERVER_SEQUENCE,
  SETTLED,
  SLOT_COUNTERS,
  SLOT_DOUBLES,
  SLOT_WORDS,
  SPARSE_FACTOR,
  SPARSE_HEADS,
  STATE,
  SYN_PAYLOAD_BYTES,
  TICKET,
  USED,
  WAITING,
} from './layout/slots.js';

const FIRST_SLOTS = 1 << 12;
const FIRST_HEADS = 1 << 14;

/** The attempts themselves, by slot. Sequence numbers are signed words. */
export class PendingTable {
  rows = doublesIn(HEAP, FIRST_SLOTS * SLOT_DOUBLES);
  #words = wordsOf(this.rows);
  /** Link-layer addresses of the first packet of each, source and destination, as numbers; -1 where there is none. */
  links = doublesIn(HEAP, FIRST_SLOTS * LINK_DOUBLES);
  /** What is known of all slots together, by layout/slots.ts. */
  counters = wordsIn(HEAP, SLOT_COUNTERS).fill(NONE, 0, LENGTH).fill(0, USED, FRONT);
  readonly events = new EventPool();
  readonly #clock: CaptureClock;
  #room = HEAP;

  /** The first slots of two sets of chains: of attempts that data may still decide, and of the others. */
  open = wordsIn(HEAP, FIRST_HEADS).fill(NONE);
  #openMask = FIRST_HEADS - 1;
  closed = wordsIn(HEAP, FIRST_HEADS).fill(NONE);
  #closedMask = FIRST_HEADS - 1;

  /** A table whose slots are active at the time of this clock. */
  constructor(clock: CaptureClock) {
    this.#clock = clock;
  }

  /** Moves all to other memory. */
  moveTo(room: Room): void {
    this.#room = room;
    this.#take(moved(this.rows, room), moved(this.links, room));
    this.counters = moved(this.counters, room);
    this.open = moved(this.open, room);
    this.closed = moved(this.closed, room);
    this.events.moveTo(room);
  }

  /**
   * The newest open slot with this hash, or with another one that shares its chain. Usually NONE: only handshakes in
   * progress are open, so that the data of established connections costs one read of an array that stays small
   * enough for the first-level cache: 60 ns a packet became 45.
   */
  openHead(hash: number): number {
    return this.open[hash & this.#openMask];
  }

  /** The same for closed slots: established attempts, and older ones of their four-tuple. */
  closedHead(hash: number): number {
    return this.closed[hash & this.#closedMask];
  }

  /** The next slot behind this one in its chain. */
  next(slot: number): number {
    return this.#words[slot * SLOT_WORDS + CHAIN];
  }

  hash(slot: number): number {
    return this.#words[slot * SLOT_WORDS + HASH];
  }

  /** Client port in the upper half, server port in the lower; a signed word. */
  ports(slot: number): number {
    return this.#words[slot * SLOT_WORDS + PORTS];
  }

  clientPort(slot: number): number {
    return this.#words[slot * SLOT_WORDS + PORTS] >>> 16;
  }

  serverPort(slot: number): number {
    return this.#words[slot * SLOT_WORDS + PORTS] & 0xffff;
  }

  /** What has been seen of it: the bits above. */
  state(slot: number): number {
    return this.#words[slot * SLOT_WORDS + STATE];
  }

  addState(slot: number, bits: number): void {
    this.#words[slot * SLOT_WORDS + STATE] |= bits;
  }

  removeState(slot: number, bits: number): void {
    this.#words[slot * SLOT_WORDS + STATE] &= ~bits;
  }

  initialSequence(slot: number): number {
    return this.#words[slot * SLOT_WORDS + INITIAL_SEQUENCE];
  }

  /** The server's latest initial sequence number. */
  serverSequence(slot: number): number {
    return this.#words[slot * SLOT_WORDS + SERVER_SEQUENCE];
  }

  /** Its second latest one: several backends may answer one SYN. */
  otherServerSequence(slot: number): number {
    return this.#words[slot * SLOT_WORDS + OTHER_SERVER_SEQUENCE];
  }

  setServerSequences(slot: number, latest: number, other: number): void {
    this.#words[slot * SLOT_WORDS + SERVER_SEQUENCE] = latest;
    this.#words[slot * SLOT_WORDS + OTHER_SERVER_SEQUENCE] = other;
  }

  /** Fast Open data in the SYN (RFC 7413): an answer may acknowledge that too. */
  synPayloadBytes(slot: number): number {
    return this.#words[slot * SLOT_WORDS + SYN_PAYLOAD_BYTES];
  }

  /** The initial sequence number of a reverse SYN. */
  reverseSequence(slot: number): number {
    return this.#words[slot * SLOT_WORDS + REVERSE_SEQUENCE];
  }

  setReverseSequence(slot: number, sequence: number): void {
    this.#words[slot * SLOT_WORDS + REVERSE_SEQUENCE] = sequence;
  }

  /** How many attempts the server's port had accepted when this one began. */
  acceptedBefore(slot: number): number {
    return this.#words[slot * SLOT_WORDS + ACCEPTED_BEFORE];
  }

  setAcceptedBefore(slot: number, attempts: number): void {
    this.#words[slot * SLOT_WORDS + ACCEPTED_BEFORE] = attempts;
  }

  /** What the client acknowledged when it went on without a SYN-ACK in the capture. */
  clientAcknowledged(slot: number): number {
    return this.#words[slot * SLOT_WORDS + CLIENT_ACKNOWLEDGED];
  }

  setClientAcknowledged(slot: number, sequence: number): void {
    this.#words[slot * SLOT_WORDS + CLIENT_ACKNOWLEDGED] = sequence;
  }

  /** Whoever looks at attempts while they are followed keeps a number here; 0 at first. */
  ticket(slot: number): number {
    return this.#words[slot * SLOT_WORDS + TICKET];
  }

  setTicket(slot: number, ticket: number): void {
    this.#words[slot * SLOT_WORDS + TICKET] = ticket;
  }

  copies(slot: number): number {
    return this.#words[slot * SLOT_WORDS + COPIES];
  }

  addCopy(slot: number): void {
    this.#words[slot * SLOT_WORDS + COPIES]++;
  }

  /** Its last activity, by the clock. */
  activityNs(slot: number): number {
    return this.rows[slot * SLOT_DOUBLES + ACTIVITY_NS];
  }

  /** Its last SYN, by the clock; its first packet, without a SYN. */
  lastSynNs(slot: number): number {
    return this.rows[slot * SLOT_DOUBLES + LAST_SYN_NS];
  }

  /** How often the clock had jumped before lastSynNs. */
  era(slot: number): number {
    return this.#words[slot * SLOT_WORDS + ERA];
  }

  /** Notes a SYN with so much data. */
  noteSyn(slot: number, payloadBytes: number): void {
    const row = slot * SLOT_WORDS;
    this.rows[slot * SLOT_DOUBLES + LAST_SYN_NS] = this.#clock.nowNs;
    this.#words[row + ERA] = this.#clock.era;
    if (payloadBytes > this.#words[row + SYN_PAYLOAD_BYTES])
      this.#words[row + SYN_PAYLOAD_BYTES] = payloadBytes & 0xffff;
  }

  /** A word of the client's address, from 0. */
  clientWord(slot: number, word: number): number {
    return this.#words[slot * SLOT_WORDS + CLIENT + word] >>> 0;
  }

  serverWord(slot: number, word: number): number {
    return this.#words[slot * SLOT_WORDS + SERVER + word] >>> 0;
  }

  linkSource(slot: number): number {
    return this.links[slot * LINK_DOUBLES];
  }

  linkDestination(slot: number): number {
    return this.links[slot * LINK_DOUBLES + 1];
  }

  /** Says between whom the attempt is: from the sender of a frame, or with `isAnswer` to it. */
  setEnds(slot: number, frame: Frame, isAnswer: boolean): void {
    const words = this.#words;
    const row = slot * SLOT_WORDS;
    const { sourcePort, destinationPort } = frame;
    const source = row + (isAnswer ? SERVER : CLIENT);
    const destination = row + (isAnswer ? CLIENT : SERVER);
    words[row + PORTS] = isAnswer ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    words[source] = frame.source0;
    words[source + 1] = frame.source1;
    words[source + 2] = frame.source2;
    words[source + 3] = frame.source3;
    words[destination] = frame.destination0;
    words[destination + 1] = frame.destination1;
    words[destination + 2] = frame.destination2;
    words[destination + 3] = frame.destination3;
    this.links[slot * LINK_DOUBLES] = linkNumber(frame.linkSourceHigh, frame.linkSourceLow);
    this.links[slot * LINK_DOUBLES + 1] = linkNumber(frame.linkDestinationHigh, frame.linkDestinationLow);
  }

  /** True if the frame goes from the attempt's client address to its server's; ports aside. */
  isFromClient(slot: number, frame: Frame): boolean {
    return this.#isBetween(slot * SLOT_WORDS + CLIENT, slot * SLOT_WORDS + SERVER, frame);
  }

  isFromServer(slot: number, frame: Frame): boolean {
    return this.#isBetween(slot * SLOT_WORDS + SERVER, slot * SLOT_WORDS + CLIENT, frame);
  }

  #isBetween(source: number, destination: number, frame: Frame): boolean {
    const words = this.#words;
    return (
      words[source + 3] === (frame.source3 | 0) &&
      words[destination + 3] === (frame.destination3 | 0) &&
      words[source + 2] === (frame.source2 | 0) &&
      words[destination + 2] === (frame.destination2 | 0) &&
      words[source + 1] === (frame.source1 | 0) &&
      words[destination + 1] === (frame.destination1 | 0) &&
      words[source] === (frame.source0 | 0) &&
      words[destination] === (frame.destination0 | 0)
    );
  }

  /** Closes a slot: data of its four-tuple is no longer looked at, only SYNs, RSTs and ICMP errors. */
  close(slot: number): void {
    if (this.isClosed(slot)) return;
    this.#unlink(slot);
    this.addState(slot, IS_CLOSED);
    this.#linkClosed(slot);
  }

  isClosed(slot: number): boolean {
    return (this.state(slot) & IS_CLOSED) !== 0;
  }

  /** Closes the open slots that have the same client, server and ports as this one. */
  closeOthersOf(slot: number): void {
    for (let at = this.openHead(this.hash(slot)); at !== NONE; ) {
      const next = this.next(at);
      if (at !== slot && this.#isSameTuple(at, slot)) this.close(at);
      at = next;
    }
  }

  /** True if both ends of the attempt are the same. */
  isToItself(slot: number): boolean {
    if (this.clientPort(slot) !== this.serverPort(slot)) return false;
    const row = slot * SLOT_WORDS;
    for (let word = 0; word < 4; word++) {
      if (this.#words[row + CLIENT + word] !== this.#words[row + SERVER + word]) return false;
    }
    return true;
  }

  #isSameTuple(one: number, other: number): boolean {
    if (this.ports(one) !== this.ports(other)) return false;
    for (let word = CLIENT; word < SERVER + 4; word++) {
      if (this.#words[one * SLOT_WORDS + word] !== this.#words[other * SLOT_WORDS + word]) return false;
    }
    return true;
  }

  /** The slot in a queue whose last activity is the oldest. */
  front(queue: number): number {
    return this.counters[FRONT + queue];
  }

  /** The slot in a queue whose last activity is the latest. */
  back(queue: number): number {
    return this.counters[BACK + queue];
  }

  /** The slot in its queue that was active just before this one. */
  before(slot: number): number {
    return this.#words[slot * SLOT_WORDS + BEFORE];
  }

  /** The slot in its queue that was active just after this one. */
  behind(slot: number): number {
    return this.#words[slot * SLOT_WORDS + BEHIND];
  }

  length(queue: number): number {
    return this.counters[LENGTH + queue];
  }

  /** A new slot at the head of its chain and the back of a queue; the caller says between whom. */
  insert(hash: number, initialSequence: number, queue: number): number {
    let slot = this.counters[FREE];
    if (slot !== NONE) this.counters[FREE] = this.next(slot);
    else {
      if (this.counters[USED] * SLOT_WORDS === this.#words.length) this.#grow();
      slot = this.counters[USED]++;
    }
    const words = this.#words;
    const row = slot * SLOT_WORDS;
    words[row + HASH] = hash;
    words[row + STATE] = 0;
    words[row + INITIAL_SEQUENCE] = initialSequence;
    words[row + SYN_PAYLOAD_BYTES] = 0;
    words[row + FIRST_EVENT] = NONE;
    words[row + LAST_EVENT] = NONE;
    words[row + EVENT_COUNT] = 0;
    words[row + KINDS] = 0;
    words[row + COPIES] = 0;
    words[row + ERA] = this.#clock.era;
    words[row + TICKET] = 0;
    words[row + ACCEPTED_BEFORE] = 0;
    this.rows[slot * SLOT_DOUBLES + LAST_SYN_NS] = this.#clock.nowNs;
    this.#linkOpen(slot);
    this.#append(slot, queue);
    return slot;
  }

  /** Moves a slot to the back of a queue: it is active now. */
  touch(slot: number, queue: number): void {
    if (this.counters[BACK + queue] === slot) {
      this.rows[slot * SLOT_DOUBLES + ACTIVITY_NS] = this.#clock.nowNs;
      return;
    }
    this.#detach(slot);
    this.#append(slot, queue);
  }

  queueOf(slot: number): number {
    return (this.state(slot) & IS_SETTLED) === 0 ? WAITING : SETTLED;
  }

  /** The first of the slot's events, or NONE. */
  firstEvent(slot: number): number {
    return this.#words[slot * SLOT_WORDS + FIRST_EVENT];
  }

  /** How many packets of it there were, also those that are not kept as events. */
  eventCount(slot: number): number {
    return this.#words[slot * SLOT_WORDS + EVENT_COUNT];
  }

  countEvent(slot: number): void {
    this.#words[slot * SLOT_WORDS + EVENT_COUNT]++;
  }

  /** True if the slot has an event of this kind. */
  hasKind(slot: number, kind: number): boolean {
    return (this.#words[slot * SLOT_WORDS + KINDS] & (1 << kind)) !== 0;
  }

  /** Appends an event of a kind to a slot's list and returns it; the caller says the rest. */
  addEvent(slot: number, kind: number): number {
    const words = this.#words;
    const row = slot * SLOT_WORDS;
    const event = this.events.allocate();
    const last = words[row + LAST_EVENT];
    if (last === NONE) words[row + FIRST_EVENT] = event;
    else this.events.setNext(last, event);
    words[row + LAST_EVENT] = event;
    words[row + KINDS] |= 1 << kind;
    return event;
  }

  /** Forgets a slot and its events. */
  remove(slot: number): void {
    const row = slot * SLOT_WORDS;
    this.events.release(this.#words[row + FIRST_EVENT], this.#words[row + LAST_EVENT]);
    this.#detach(slot);
    this.#unlink(slot);
    this.#words[row + CHAIN] = this.counters[FREE];
    this.counters[FREE] = slot;
  }

  #linkOpen(slot: number): void {
    this.counters[OPEN_SLOTS]++;
    // Sparse, so that a four-tuple rarely meets another one's chain; less so where it would not fit into any cache.
    const heads = this.open.length;
    if (this.counters[OPEN_SLOTS] * (heads < SPARSE_HEADS ? SPARSE_FACTOR : DENSE_FACTOR) > heads) this.#growOpen();
    const bucket = this.hash(slot) & this.#openMask;
    this.#words[slot * SLOT_WORDS + CHAIN] = this.open[bucket];
    this.open[bucket] = slot;
  }

  #linkClosed(slot: number): void {
    if (++this.counters[CLOSED_SLOTS] * 2 > this.closed.length) this.#growClosed();
    const bucket = this.hash(slot) & this.#closedMask;
    this.#words[slot * SLOT_WORDS + CHAIN] = this.closed[bucket];
    this.closed[bucket] = slot;
  }

  #unlink(slot: number): void {
    const isClosed = this.isClosed(slot);
    const heads = isClosed ? this.closed : this.open;
    const bucket = this.hash(slot) & (isClosed ? this.#closedMask : this.#openMask);
    if (isClosed) this.counters[CLOSED_SLOTS]--;
    else this.counters[OPEN_SLOTS]--;
    let at = heads[bucket];
    if (at === slot) {
      heads[bucket] = this.next(slot);
      return;
    }
    while (this.next(at) !== slot) at = this.next(at);
    this.#words[at * SLOT_WORDS + CHAIN] = this.next(slot);
  }

  #growOpen(): void {
    const heads = this.open;
    this.open = wordsIn(this.#room, heads.length * growthOfIndex(heads)).fill(NONE);
    this.#openMask = this.open.length - 1;
    this.#relink(heads, this.open, this.#openMask);
    this.#room.free(heads);
  }

  #growClosed(): void {
    const heads = this.closed;
    this.closed = wordsIn(this.#room, heads.length * growthOfIndex(heads)).fill(NONE);
    this.#closedMask = this.closed.length - 1;
    this.#relink(heads, this.closed, this.#closedMask);
    this.#room.free(heads);
  }

  #append(slot: number, queue: number): void {
    const words = this.#words;
    const row = slot * SLOT_WORDS;
    const back = this.counters[BACK + queue];
    if (queue === SETTLED) words[row + STATE] |= IS_SETTLED;
    else words[row + STATE] &= ~IS_SETTLED;
    words[row + BEFORE] = back;
    words[row + BEHIND] = NONE;
    if (back === NONE) this.counters[FRONT + queue] = slot;
    else words[back * SLOT_WORDS + BEHIND] = slot;
    this.counters[BACK + queue] = slot;
    this.counters[LENGTH + queue]++;
    this.rows[slot * SLOT_DOUBLES + ACTIVITY_NS] = this.#clock.nowNs;
  }

  #detach(slot: number): void {
    const words = this.#words;
    const queue = this.queueOf(slot);
    const before = words[slot * SLOT_WORDS + BEFORE];
    const behind = words[slot * SLOT_WORDS + BEHIND];
    if (before === NONE) this.counters[FRONT + queue] = behind;
    else words[before * SLOT_WORDS + BEHIND] = behind;
    if (behind === NONE) this.counters[BACK + queue] = before;
    else words[behind * SLOT_WORDS + BEFORE] = before;
    this.counters[LENGTH + queue]--;
  }

  #grow(): void {
    const slots = this.counters[USED] * growthOf(this.rows);
    this.#take(grown(this.rows, slots * SLOT_DOUBLES, this.#room), grown(this.links, slots * LINK_DOUBLES, this.#room));
  }

  #take(rows: Float64Array, links: Float64Array): void {
    this.rows = rows;
    this.#words = wordsOf(rows);
    this.links = links;
  }

  /** Spreads chains over more buckets, of each chain the oldest slot first, so that the newest stays in front. */
  #relink(from: Int32Array, to: Int32Array, mask: number): void {
    const words = this.#words;
    for (const head of from) {
      let reversed = NONE;
      for (let slot = head; slot !== NONE; ) {
        const next = this.next(slot);
        words[slot * SLOT_WORDS + CHAIN] = reversed;
        reversed = slot;
        slot = next;
      }
      for (let slot = reversed; slot !== NONE; ) {
        const next = this.next(slot);
        const bucket = this.hash(slot) & mask;
        words[slot * SLOT_WORDS + CHAIN] = to[bucket];
        to[bucket] = slot;
        slot = next;
      }
    }
  }
}

/** A link-layer address as a number; -1 where there is none, as on loopback interfaces. */
function linkNumber(high: number, low: number): number {
  return high < 0 || (high === 0 && low === 0) ? -1 : high * 2 ** 32 + low;
}
