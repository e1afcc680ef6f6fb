/**
 * The handshakes that are being followed, as rows of one typed array: a slot an attempt, an event a packet of it.
 * Slots are found through a chained hash table by their four-tuple, in either direction; they stand in one of two
 * queues in the order of their last activity, so that what is due is always at the front.
 *
 * Nothing here allocates per packet: the arrays grow when they are full, freed slots and events are used again. Slots
 * become free in about the order in which they were taken, so that the processor fetches the next rows ahead of time, as
 * it can't of 25 columns. With the rows of hosts and ports (host-rows.ts, ports.ts) that took a capture of nothing but
 * handshakes from 860 ns a packet to 730, on a machine that others used as well.
 */

import type { Frame } from '../decode/frame.js';
import type { CaptureClock } from './clock.js';
import { GROWTH, grown } from './columns.js';
import { EventPool, NONE } from './events.js';

/** What has been seen of an attempt, as bits. */
export const HAS_SYN = 1 << 0;
export const HAS_SYN_ACK = 1 << 1;
export const ESTABLISHED = 1 << 2;
export const HAS_RST = 1 << 3;
export const HAS_ICMP = 1 << 4;
export const HAS_CLIENT_RST = 1 << 5;
/** The client's RST came after a SYN-ACK. */
export const CLIENT_REFUSED_SYN_ACK = 1 << 6;
/** The SYN came more than once. */
export const SYN_REPEATED = 1 << 7;
export const HAS_BAD_SYN_ACK = 1 << 8;
export const HAS_BARE_ACK = 1 << 9;
export const HAS_REVERSE_SYN = 1 << 10;
export const HAS_REVERSE_SYN_ACK = 1 << 11;
export const HAS_CLIENT_SEGMENT = 1 << 12;
export const HAS_SERVER_SEGMENT = 1 << 13;
/** The SYN came again after a SYN-ACK: the client has not got that. */
export const SYN_AFTER_SYN_ACK = 1 << 14;
/** The SYN has FIN, PSH or URG as well. */
export const ODD_SYN = 1 << 15;
/** The SYN has no options. */
export const BARE_SYN = 1 << 16;
/** The server ended the connection before either side had sent data. */
export const ENDED_BY_SERVER = 1 << 17;
/** A SYN-ACK came again behind the client's ACK of it. */
export const SYN_ACK_BEHIND_ACK = 1 << 18;
/** Not seen, but where the slot stands: among the closed ones, and in the queue of the settled. */
const IS_CLOSED = 1 << 19;
const IS_SETTLED = 1 << 20;

/** The queue of attempts that an answer is still expected for. */
export const WAITING = 0;
/** The queue of decided attempts, kept to recognise late copies and retransmissions. */
export const SETTLED = 1;

const FIRST_SLOTS = 1 << 15;
const FIRST_HEADS = 1 << 14;
/** Up to so many, a megabyte, there are four heads for each open slot. */
const SPARSE_HEADS = 1 << 18;

/**
 * A slot's row: 32 words, two cache lines. In the first is all that a look for a four-tuple needs. Words are signed,
 * since V8 keeps unsigned ones above 2^31 as objects wherever they leave a function.
 */
const ROW_WORDS = 32;
const HASH = 0;
/** The next slot with the same hash, or the next free one. */
const CHAIN = 1;
/** Client port in the upper half, server port in the lower. */
const PORTS = 2;
const STATE = 3;
const INITIAL_SEQUENCE = 4;
const SERVER_SEQUENCE = 5;
const OTHER_SERVER_SEQUENCE = 6;
const SYN_PAYLOAD_BYTES = 7;
const CLIENT = 8;
const SERVER = 12;
const BEFORE = 20;
const BEHIND = 21;
const FIRST_EVENT = 22;
const LAST_EVENT = 23;
const EVENT_COUNT = 24;
/** The kinds of its events, as bits. */
const KINDS = 25;
const COPIES = 26;
const ERA = 27;
const TICKET = 28;
const ACCEPTED_BEFORE = 29;
const CLIENT_ACKNOWLEDGED = 30;
const REVERSE_SEQUENCE = 31;
/** Words 16 to 19 are two doubles, which are counted by themselves. */
const ROW_DOUBLES = ROW_WORDS / 2;
const ACTIVITY_NS = 8;
const LAST_SYN_NS = 9;

/** The attempts themselves, by slot. Sequence numbers are signed words. */
export class PendingTable {
  #words = new Int32Array(FIRST_SLOTS * ROW_WORDS);
  #doubles = new Float64Array(this.#words.buffer);
  /** Link-layer addresses of the first packet of each, source and destination, as numbers; -1 where there is none. */
  #links = new Float64Array(FIRST_SLOTS * 2);
  readonly events = new EventPool();
  readonly #clock: CaptureClock;

  /** The first slots of two sets of chains: of attempts that data may still decide, and of the others. */
  #open = new Int32Array(FIRST_HEADS).fill(NONE);
  #openMask = FIRST_HEADS - 1;
  #openSlots = 0;
  #closed = new Int32Array(FIRST_HEADS).fill(NONE);
  #closedMask = FIRST_HEADS - 1;
  #closedSlots = 0;
  readonly #front = Int32Array.of(NONE, NONE);
  readonly #back = Int32Array.of(NONE, NONE);
  readonly #length = Int32Array.of(0, 0);
  #used = 0;
  #free = NONE;

  /** A table whose slots are active at the time of this clock. */
  constructor(clock: CaptureClock) {
    this.#clock = clock;
  }

  /**
   * The newest open slot with this hash, or with another one that shares its chain. Usually NONE: only handshakes in
   * progress are open, so that the data of established connections costs one read of an array that stays small
   * enough for the first-level cache: 60 ns a packet became 45.
   */
  openHead(hash: number): number {
    return this.#open[hash & this.#openMask];
  }

  /** The same for closed slots: established attempts, and older ones of their four-tuple. */
  closedHead(hash: number): number {
    return this.#closed[hash & this.#closedMask];
  }

  /** The next slot behind this one in its chain. */
  next(slot: number): number {
    return this.#words[slot * ROW_WORDS + CHAIN];
  }

  hash(slot: number): number {
    return this.#words[slot * ROW_WORDS + HASH];
  }

  /** Client port in the upper half, server port in the lower; a signed word. */
  ports(slot: number): number {
    return this.#words[slot * ROW_WORDS + PORTS];
  }

  clientPort(slot: number): number {
    return this.#words[slot * ROW_WORDS + PORTS] >>> 16;
  }

  serverPort(slot: number): number {
    return this.#words[slot * ROW_WORDS + PORTS] & 0xffff;
  }

  /** What has been seen of it: the bits above. */
  state(slot: number): number {
    return this.#words[slot * ROW_WORDS + STATE];
  }

  addState(slot: number, bits: number): void {
    this.#words[slot * ROW_WORDS + STATE] |= bits;
  }

  removeState(slot: number, bits: number): void {
    this.#words[slot * ROW_WORDS + STATE] &= ~bits;
  }

  initialSequence(slot: number): number {
    return this.#words[slot * ROW_WORDS + INITIAL_SEQUENCE];
  }

  /** The server's latest initial sequence number. */
  serverSequence(slot: number): number {
    return this.#words[slot * ROW_WORDS + SERVER_SEQUENCE];
  }

  /** Its second latest one: several backends may answer one SYN. */
  otherServerSequence(slot: number): number {
    return this.#words[slot * ROW_WORDS + OTHER_SERVER_SEQUENCE];
  }

  setServerSequences(slot: number, latest: number, other: number): void {
    this.#words[slot * ROW_WORDS + SERVER_SEQUENCE] = latest;
    this.#words[slot * ROW_WORDS + OTHER_SERVER_SEQUENCE] = other;
  }

  /** Fast Open data in the SYN (RFC 7413): an answer may acknowledge that too. */
  synPayloadBytes(slot: number): number {
    return this.#words[slot * ROW_WORDS + SYN_PAYLOAD_BYTES];
  }

  /** The initial sequence number of a reverse SYN. */
  reverseSequence(slot: number): number {
    return this.#words[slot * ROW_WORDS + REVERSE_SEQUENCE];
  }

  setReverseSequence(slot: number, sequence: number): void {
    this.#words[slot * ROW_WORDS + REVERSE_SEQUENCE] = sequence;
  }

  /** How many attempts the server's port had accepted when this one began. */
  acceptedBefore(slot: number): number {
    return this.#words[slot * ROW_WORDS + ACCEPTED_BEFORE];
  }

  setAcceptedBefore(slot: number, attempts: number): void {
    this.#words[slot * ROW_WORDS + ACCEPTED_BEFORE] = attempts;
  }

  /** What the client acknowledged when it went on without a SYN-ACK in the capture. */
  clientAcknowledged(slot: number): number {
    return this.#words[slot * ROW_WORDS + CLIENT_ACKNOWLEDGED];
  }

  setClientAcknowledged(slot: number, sequence: number): void {
    this.#words[slot * ROW_WORDS + CLIENT_ACKNOWLEDGED] = sequence;
  }

  /** Whoever looks at attempts while they are followed keeps a number here; 0 at first. */
  ticket(slot: number): number {
    return this.#words[slot * ROW_WORDS + TICKET];
  }

  setTicket(slot: number, ticket: number): void {
    this.#words[slot * ROW_WORDS + TICKET] = ticket;
  }

  copies(slot: number): number {
    return this.#words[slot * ROW_WORDS + COPIES];
  }

  addCopy(slot: number): void {
    this.#words[slot * ROW_WORDS + COPIES]++;
  }

  /** Its last activity, by the clock. */
  activityNs(slot: number): number {
    return this.#doubles[slot * ROW_DOUBLES + ACTIVITY_NS];
  }

  /** Its last SYN, by the clock; its first packet, without a SYN. */
  lastSynNs(slot: number): number {
    return this.#doubles[slot * ROW_DOUBLES + LAST_SYN_NS];
  }

  /** How often the clock had jumped before lastSynNs. */
  era(slot: number): number {
    return this.#words[slot * ROW_WORDS + ERA];
  }

  /** Notes a SYN with so much data. */
  noteSyn(slot: number, payloadBytes: number): void {
    const row = slot * ROW_WORDS;
    this.#doubles[slot * ROW_DOUBLES + LAST_SYN_NS] = this.#clock.nowNs;
    this.#words[row + ERA] = this.#clock.era;
    if (payloadBytes > this.#words[row + SYN_PAYLOAD_BYTES])
      this.#words[row + SYN_PAYLOAD_BYTES] = payloadBytes & 0xffff;
  }

  /** A word of the client's address, from 0. */
  clientWord(slot: number, word: number): number {
    return this.#words[slot * ROW_WORDS + CLIENT + word] >>> 0;
  }

  serverWord(slot: number, word: number): number {
    return this.#words[slot * ROW_WORDS + SERVER + word] >>> 0;
  }

  linkSource(slot: number): number {
    return this.#links[slot * 2];
  }

  linkDestination(slot: number): number {
    return this.#links[slot * 2 + 1];
  }

  /** Says between whom the attempt is: from the sender of a frame, or with `isAnswer` to it. */
  setEnds(slot: number, frame: Frame, isAnswer: boolean): void {
    const words = this.#words;
    const row = slot * ROW_WORDS;
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
    this.#links[slot * 2] = linkNumber(frame.linkSourceHigh, frame.linkSourceLow);
    this.#links[slot * 2 + 1] = linkNumber(frame.linkDestinationHigh, frame.linkDestinationLow);
  }

  /** True if the frame goes from the attempt's client address to its server's; ports aside. */
  isFromClient(slot: number, frame: Frame): boolean {
    return this.#isBetween(slot * ROW_WORDS + CLIENT, slot * ROW_WORDS + SERVER, frame);
  }

  isFromServer(slot: number, frame: Frame): boolean {
    return this.#isBetween(slot * ROW_WORDS + SERVER, slot * ROW_WORDS + CLIENT, frame);
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
    const row = slot * ROW_WORDS;
    for (let word = 0; word < 4; word++) {
      if (this.#words[row + CLIENT + word] !== this.#words[row + SERVER + word]) return false;
    }
    return true;
  }

  #isSameTuple(one: number, other: number): boolean {
    if (this.ports(one) !== this.ports(other)) return false;
    for (let word = CLIENT; word < SERVER + 4; word++) {
      if (this.#words[one * ROW_WORDS + word] !== this.#words[other * ROW_WORDS + word]) return false;
    }
    return true;
  }

  /** The slot in a queue whose last activity is the oldest. */
  front(queue: number): number {
    return this.#front[queue];
  }

  /** The slot in a queue whose last activity is the latest. */
  back(queue: number): number {
    return this.#back[queue];
  }

  /** The slot in its queue that was active just before this one. */
  before(slot: number): number {
    return this.#words[slot * ROW_WORDS + BEFORE];
  }

  /** The slot in its queue that was active just after this one. */
  behind(slot: number): number {
    return this.#words[slot * ROW_WORDS + BEHIND];
  }

  length(queue: number): number {
    return this.#length[queue];
  }

  /** A new slot at the head of its chain and the back of a queue; the caller says between whom. */
  insert(hash: number, initialSequence: number, queue: number): number {
    let slot = this.#free;
    if (slot !== NONE) this.#free = this.next(slot);
    else {
      if (this.#used * ROW_WORDS === this.#words.length) this.#grow();
      slot = this.#used++;
    }
    const words = this.#words;
    const row = slot * ROW_WORDS;
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
    this.#doubles[slot * ROW_DOUBLES + LAST_SYN_NS] = this.#clock.nowNs;
    this.#linkOpen(slot);
    this.#append(slot, queue);
    return slot;
  }

  /** Moves a slot to the back of a queue: it is active now. */
  touch(slot: number, queue: number): void {
    if (this.#back[queue] === slot) {
      this.#doubles[slot * ROW_DOUBLES + ACTIVITY_NS] = this.#clock.nowNs;
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
    return this.#words[slot * ROW_WORDS + FIRST_EVENT];
  }

  /** How many packets of it there were, also those that are not kept as events. */
  eventCount(slot: number): number {
    return this.#words[slot * ROW_WORDS + EVENT_COUNT];
  }

  countEvent(slot: number): void {
    this.#words[slot * ROW_WORDS + EVENT_COUNT]++;
  }

  /** True if the slot has an event of this kind. */
  hasKind(slot: number, kind: number): boolean {
    return (this.#words[slot * ROW_WORDS + KINDS] & (1 << kind)) !== 0;
  }

  /** Appends an event of a kind to a slot's list and returns it; the caller says the rest. */
  addEvent(slot: number, kind: number): number {
    const words = this.#words;
    const row = slot * ROW_WORDS;
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
    const row = slot * ROW_WORDS;
    this.events.release(this.#words[row + FIRST_EVENT], this.#words[row + LAST_EVENT]);
    this.#detach(slot);
    this.#unlink(slot);
    this.#words[row + CHAIN] = this.#free;
    this.#free = slot;
  }

  #linkOpen(slot: number): void {
    this.#openSlots++;
    // Sparse, so that a four-tuple rarely meets another one's chain; less so where it would not fit into any cache.
    const heads = this.#open.length;
    if (this.#openSlots * (heads < SPARSE_HEADS ? 4 : 2) > heads) this.#growOpen();
    const bucket = this.hash(slot) & this.#openMask;
    this.#words[slot * ROW_WORDS + CHAIN] = this.#open[bucket];
    this.#open[bucket] = slot;
  }

  #linkClosed(slot: number): void {
    if (++this.#closedSlots * 2 > this.#closed.length) this.#growClosed();
    const bucket = this.hash(slot) & this.#closedMask;
    this.#words[slot * ROW_WORDS + CHAIN] = this.#closed[bucket];
    this.#closed[bucket] = slot;
  }

  #unlink(slot: number): void {
    const isClosed = this.isClosed(slot);
    const heads = isClosed ? this.#closed : this.#open;
    const bucket = this.hash(slot) & (isClosed ? this.#closedMask : this.#openMask);
    if (isClosed) this.#closedSlots--;
    else this.#openSlots--;
    let at = heads[bucket];
    if (at === slot) {
      heads[bucket] = this.next(slot);
      return;
    }
    while (this.next(at) !== slot) at = this.next(at);
    this.#words[at * ROW_WORDS + CHAIN] = this.next(slot);
  }

  #growOpen(): void {
    const heads = this.#open;
    this.#open = new Int32Array(heads.length * 2).fill(NONE);
    this.#openMask = this.#open.length - 1;
    this.#relink(heads, this.#open, this.#openMask);
  }

  #growClosed(): void {
    const heads = this.#closed;
    this.#closed = new Int32Array(heads.length * 2).fill(NONE);
    this.#closedMask = this.#closed.length - 1;
    this.#relink(heads, this.#closed, this.#closedMask);
  }

  #append(slot: number, queue: number): void {
    const words = this.#words;
    const row = slot * ROW_WORDS;
    const back = this.#back[queue];
    if (queue === SETTLED) words[row + STATE] |= IS_SETTLED;
    else words[row + STATE] &= ~IS_SETTLED;
    words[row + BEFORE] = back;
    words[row + BEHIND] = NONE;
    if (back === NONE) this.#front[queue] = slot;
    else words[back * ROW_WORDS + BEHIND] = slot;
    this.#back[queue] = slot;
    this.#length[queue]++;
    this.#doubles[slot * ROW_DOUBLES + ACTIVITY_NS] = this.#clock.nowNs;
  }

  #detach(slot: number): void {
    const words = this.#words;
    const queue = this.queueOf(slot);
    const before = words[slot * ROW_WORDS + BEFORE];
    const behind = words[slot * ROW_WORDS + BEHIND];
    if (before === NONE) this.#front[queue] = behind;
    else words[before * ROW_WORDS + BEHIND] = behind;
    if (behind === NONE) this.#back[queue] = before;
    else words[behind * ROW_WORDS + BEFORE] = before;
    this.#length[queue]--;
  }

  #grow(): void {
    const slots = this.#used * GROWTH;
    this.#words = grown(this.#words, slots * ROW_WORDS);
    this.#doubles = new Float64Array(this.#words.buffer);
    this.#links = grown(this.#links, slots * 2);
  }

  /** Spreads chains over more buckets, of each chain the oldest slot first, so that the newest stays in front. */
  #relink(from: Int32Array, to: Int32Array, mask: number): void {
    const words = this.#words;
    for (const head of from) {
      let reversed = NONE;
      for (let slot = head; slot !== NONE; ) {
        const next = this.next(slot);
        words[slot * ROW_WORDS + CHAIN] = reversed;
        reversed = slot;
        slot = next;
      }
      for (let slot = reversed; slot !== NONE; ) {
        const next = this.next(slot);
        const bucket = this.hash(slot) & mask;
        words[slot * ROW_WORDS + CHAIN] = to[bucket];
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
