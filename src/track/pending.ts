/**
 * The handshakes that are being followed, as columns of typed arrays: a slot an attempt, an event a packet of it.
 * Slots are found through a chained hash table by their four-tuple, in either direction; they stand in one of two
 * queues in the order of their last activity, so that what is due is always at the front.
 *
 * Nothing here allocates per packet: columns double when they are full, freed slots and events are used again.
 */

import { grown } from './columns.js';
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

/** The queue of attempts that an answer is still expected for. */
export const WAITING = 0;
/** The queue of decided attempts, kept to recognise late copies and retransmissions. */
export const SETTLED = 1;

const FIRST_SLOTS = 1 << 14;
/** Words of a slot's addresses: the client's from 0, the server's from SERVER_WORD. */
export const ADDRESS_WORDS = 8;
export const SERVER_WORD = 4;

/** The attempts themselves. Fields are columns, indexed by slot. */
export class PendingTable {
  /** Four words of the client's address, then four of the server's. */
  address = new Uint32Array(FIRST_SLOTS * ADDRESS_WORDS);
  /** Client port in the upper half, server port in the lower. */
  ports = new Uint32Array(FIRST_SLOTS);
  state = new Uint32Array(FIRST_SLOTS);
  initialSequence = new Uint32Array(FIRST_SLOTS);
  /** Fast Open data in the SYN (RFC 7413): an answer may acknowledge that too. */
  synPayloadBytes = new Uint16Array(FIRST_SLOTS);
  /** The server's latest and second latest initial sequence number: several backends may answer one SYN. */
  serverSequence = new Uint32Array(FIRST_SLOTS);
  otherServerSequence = new Uint32Array(FIRST_SLOTS);
  /** The initial sequence number of a reverse SYN. */
  reverseSequence = new Uint32Array(FIRST_SLOTS);
  /** How many attempts the server's port had accepted when this one began. */
  acceptedBefore = new Uint32Array(FIRST_SLOTS);
  /** What the client acknowledged when it went on without a SYN-ACK in the capture. */
  clientAcknowledged = new Uint32Array(FIRST_SLOTS);
  /** Link-layer addresses of the first packet, as numbers; -1 where there is none. */
  linkSource = new Float64Array(FIRST_SLOTS);
  linkDestination = new Float64Array(FIRST_SLOTS);
  firstEvent = new Int32Array(FIRST_SLOTS);
  lastEvent = new Int32Array(FIRST_SLOTS);
  eventCount = new Uint32Array(FIRST_SLOTS);
  copies = new Uint32Array(FIRST_SLOTS);
  /** Times of the tracker's clock. */
  activityNs = new Float64Array(FIRST_SLOTS);
  lastSynNs = new Float64Array(FIRST_SLOTS);
  /** How often the clock had jumped before lastSynNs. */
  era = new Uint32Array(FIRST_SLOTS);
  /** The next slot with the same hash. */
  chain = new Int32Array(FIRST_SLOTS);
  hash = new Uint32Array(FIRST_SLOTS);
  readonly events = new EventPool();

  /** The first slots of two sets of chains: of attempts that data may still decide, and of the others. */
  #open = new Int32Array(FIRST_SLOTS).fill(NONE);
  #openMask = FIRST_SLOTS - 1;
  #openSlots = 0;
  #closed = new Int32Array(FIRST_SLOTS).fill(NONE);
  #closedMask = FIRST_SLOTS - 1;
  #isClosed = new Uint8Array(FIRST_SLOTS);
  #queue = new Uint8Array(FIRST_SLOTS);
  #before = new Int32Array(FIRST_SLOTS);
  #behind = new Int32Array(FIRST_SLOTS);
  readonly #front = [NONE, NONE];
  readonly #back = [NONE, NONE];
  readonly #length = [0, 0];
  #used = 0;
  #free = NONE;

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

  /** Closes a slot: data of its four-tuple is no longer looked at, only SYNs, RSTs and ICMP errors. */
  close(slot: number): void {
    if (this.#isClosed[slot] === 1) return;
    this.#unlink(slot);
    this.#isClosed[slot] = 1;
    this.#link(slot);
  }

  isClosed(slot: number): boolean {
    return this.#isClosed[slot] === 1;
  }

  /** Closes the open slots that have the same client, server and ports as this one. */
  closeOthersOf(slot: number): void {
    for (let at = this.openHead(this.hash[slot]); at !== NONE; ) {
      const next = this.chain[at];
      if (at !== slot && this.#isSameTuple(at, slot)) this.close(at);
      at = next;
    }
  }

  /** True if both ends of the attempt are the same. */
  isToItself(slot: number): boolean {
    const ports = this.ports[slot];
    if (ports >>> 16 !== (ports & 0xffff)) return false;
    const at = slot * ADDRESS_WORDS;
    for (let word = 0; word < SERVER_WORD; word++) {
      if (this.address[at + word] !== this.address[at + SERVER_WORD + word]) return false;
    }
    return true;
  }

  #isSameTuple(one: number, other: number): boolean {
    if (this.ports[one] !== this.ports[other]) return false;
    for (let word = 0; word < ADDRESS_WORDS; word++) {
      if (this.address[one * ADDRESS_WORDS + word] !== this.address[other * ADDRESS_WORDS + word]) return false;
    }
    return true;
  }

  /** The slot in a queue whose last activity is the oldest. */
  front(queue: number): number {
    return this.#front[queue];
  }

  length(queue: number): number {
    return this.#length[queue];
  }

  /** A new slot at the head of its chain and the back of the waiting queue; the caller fills in the address. */
  insert(hash: number, timeNs: number, era: number): number {
    let slot = this.#free;
    if (slot !== NONE) this.#free = this.chain[slot];
    else {
      if (this.#used === this.state.length) this.#grow();
      slot = this.#used++;
    }
    this.state[slot] = 0;
    this.synPayloadBytes[slot] = 0;
    this.firstEvent[slot] = NONE;
    this.lastEvent[slot] = NONE;
    this.eventCount[slot] = 0;
    this.copies[slot] = 0;
    this.acceptedBefore[slot] = 0;
    this.lastSynNs[slot] = timeNs;
    this.era[slot] = era;
    this.hash[slot] = hash;
    this.#isClosed[slot] = 0;
    this.#link(slot);
    this.#append(slot, WAITING, timeNs);
    return slot;
  }

  /** Moves a slot to the back of a queue. */
  touch(slot: number, queue: number, timeNs: number): void {
    if (this.#queue[slot] === queue && this.#back[queue] === slot) {
      this.activityNs[slot] = timeNs;
      return;
    }
    this.#detach(slot);
    this.#append(slot, queue, timeNs);
  }

  queueOf(slot: number): number {
    return this.#queue[slot];
  }

  /** Appends an event to a slot's list and returns it; the caller fills in its columns. */
  addEvent(slot: number): number {
    const event = this.events.allocate();
    const last = this.lastEvent[slot];
    if (last === NONE) this.firstEvent[slot] = event;
    else this.events.next[last] = event;
    this.lastEvent[slot] = event;
    return event;
  }

  /** Forgets a slot and its events. */
  remove(slot: number): void {
    this.events.release(this.firstEvent[slot], this.lastEvent[slot]);
    this.#detach(slot);
    this.#unlink(slot);
    this.chain[slot] = this.#free;
    this.#free = slot;
  }

  #link(slot: number): void {
    if (this.#isClosed[slot] === 1) {
      const bucket = this.hash[slot] & this.#closedMask;
      this.chain[slot] = this.#closed[bucket];
      this.#closed[bucket] = slot;
      return;
    }
    // Sparse, so that a four-tuple rarely meets another one's chain.
    if (++this.#openSlots * 4 > this.#open.length) this.#growOpen();
    const bucket = this.hash[slot] & this.#openMask;
    this.chain[slot] = this.#open[bucket];
    this.#open[bucket] = slot;
  }

  #unlink(slot: number): void {
    const isClosed = this.#isClosed[slot] === 1;
    const heads = isClosed ? this.#closed : this.#open;
    const bucket = this.hash[slot] & (isClosed ? this.#closedMask : this.#openMask);
    if (!isClosed) this.#openSlots--;
    let at = heads[bucket];
    if (at === slot) {
      heads[bucket] = this.chain[slot];
      return;
    }
    while (this.chain[at] !== slot) at = this.chain[at];
    this.chain[at] = this.chain[slot];
  }

  #growOpen(): void {
    const heads = this.#open;
    this.#open = new Int32Array(heads.length * 2).fill(NONE);
    this.#openMask = this.#open.length - 1;
    this.#relink(heads, this.#open, this.#openMask);
  }

  #append(slot: number, queue: number, timeNs: number): void {
    const back = this.#back[queue];
    this.#queue[slot] = queue;
    this.#before[slot] = back;
    this.#behind[slot] = NONE;
    if (back === NONE) this.#front[queue] = slot;
    else this.#behind[back] = slot;
    this.#back[queue] = slot;
    this.#length[queue]++;
    this.activityNs[slot] = timeNs;
  }

  #detach(slot: number): void {
    const queue = this.#queue[slot];
    const before = this.#before[slot];
    const behind = this.#behind[slot];
    if (before === NONE) this.#front[queue] = behind;
    else this.#behind[before] = behind;
    if (behind === NONE) this.#back[queue] = before;
    else this.#before[behind] = before;
    this.#length[queue]--;
  }

  #grow(): void {
    const length = this.state.length * 2;
    this.address = grown(this.address, length * ADDRESS_WORDS);
    this.ports = grown(this.ports, length);
    this.state = grown(this.state, length);
    this.initialSequence = grown(this.initialSequence, length);
    this.synPayloadBytes = grown(this.synPayloadBytes, length);
    this.serverSequence = grown(this.serverSequence, length);
    this.otherServerSequence = grown(this.otherServerSequence, length);
    this.reverseSequence = grown(this.reverseSequence, length);
    this.acceptedBefore = grown(this.acceptedBefore, length);
    this.clientAcknowledged = grown(this.clientAcknowledged, length);
    this.linkSource = grown(this.linkSource, length);
    this.linkDestination = grown(this.linkDestination, length);
    this.firstEvent = grown(this.firstEvent, length);
    this.lastEvent = grown(this.lastEvent, length);
    this.eventCount = grown(this.eventCount, length);
    this.copies = grown(this.copies, length);
    this.activityNs = grown(this.activityNs, length);
    this.lastSynNs = grown(this.lastSynNs, length);
    this.era = grown(this.era, length);
    this.chain = grown(this.chain, length);
    this.hash = grown(this.hash, length);
    this.#queue = grown(this.#queue, length);
    this.#before = grown(this.#before, length);
    this.#behind = grown(this.#behind, length);
    this.#isClosed = grown(this.#isClosed, length);
    const heads = this.#closed;
    this.#closed = new Int32Array(length).fill(NONE);
    this.#closedMask = length - 1;
    this.#relink(heads, this.#closed, this.#closedMask);
  }

  /** Spreads chains over more buckets, of each chain the oldest slot first, so that the newest stays in front. */
  #relink(from: Int32Array, to: Int32Array, mask: number): void {
    for (const head of from) {
      let reversed = NONE;
      for (let slot = head; slot !== NONE; ) {
        const next = this.chain[slot];
        this.chain[slot] = reversed;
        reversed = slot;
        slot = next;
      }
      for (let slot = reversed; slot !== NONE; ) {
        const next = this.chain[slot];
        const bucket = this.hash[slot] & mask;
        this.chain[slot] = to[bucket];
        to[bucket] = slot;
        slot = next;
      }
    }
  }
}
