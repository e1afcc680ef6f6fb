/**
 * Follows handshakes: takes decoded frames in the order of the capture and hands over each attempt once nothing more
 * is expected of it. It says what was seen; what that means is for the classifier.
 */
import type { Packet } from '../capture/format.js';
import { isUnicast, isUnspecified } from '../decode/address.js';
import {
  ACK,
  FIN,
  FRAME_DNS,
  FRAME_ICMP_ERROR,
  FRAME_IP,
  FRAME_NEIGHBOR_REPLY,
  FRAME_NEIGHBOR_REQUEST,
  FRAME_TCP,
  type Frame,
  PSH,
  RST,
  SYN,
  URG,
} from '../decode/frame.js';
import type { Attempt, AttemptEnd, FrameReference } from './attempt.js';
import { CaptureClock } from './clock.js';
import { errorSignature, segmentSignature } from './copies.js';
import { EarlyResets } from './early.js';
import { NONE } from './events.js';
import { hashDestination, hashIpv4End, hashSource } from './hash.js';
import { HostTable } from './hosts.js';
import {
  EVENT_ACK,
  EVENT_BAD_SYN_ACK,
  EVENT_BARE_ACK,
  EVENT_CLIENT_FIN,
  EVENT_CLIENT_RST,
  EVENT_CLIENT_SEGMENT,
  EVENT_ICMP,
  EVENT_ICMP_FOR_SYN_ACK,
  EVENT_IGNORED_RST,
  EVENT_LATE_RST,
  EVENT_REVERSE_SYN,
  EVENT_REVERSE_SYN_ACK,
  EVENT_RST,
  EVENT_SERVER_FIN,
  EVENT_SERVER_SEGMENT,
  EVENT_SYN,
  EVENT_SYN_ACK,
  Journal,
} from './journal.js';
import type { Kernel } from './kernel.js';
import {
  BARE_SYN,
  CLIENT_REFUSED_SYN_ACK,
  ENDED_BY_SERVER,
  ESTABLISHED,
  HAS_BAD_SYN_ACK,
  HAS_BARE_ACK,
  HAS_CLIENT_RST,
  HAS_CLIENT_SEGMENT,
  HAS_ICMP,
  HAS_REVERSE_SYN,
  HAS_REVERSE_SYN_ACK,
  HAS_RST,
  HAS_SERVER_SEGMENT,
  HAS_SYN,
  HAS_SYN_ACK,
  ODD_SYN,
  SETTLED,
  SYN_ACK_BEHIND_ACK,
  SYN_AFTER_SYN_ACK,
  SYN_REPEATED,
  WAITING,
} from './layout/slots.js';
import { PendingLook } from './look.js';
import { acknowledgesSyn, Matches, UNSCALED_WINDOW } from './matches.js';
import { materialize } from './materialize.js';
import { CurrentMoment, type Moment } from './moment.js';
import { NameListener } from './name-listener.js';
import { PendingTable } from './pending.js';
import { PlainPackets, type PlainPiece } from './plain-packets.js';
import { NO_PORT, SIGN_NEIGHBOR, SIGN_PACKET, SIGN_RST, SIGN_SEGMENT, SIGN_SYN_ACK } from './signs.js';
import {
  TRAVEL_ICMP_ERROR,
  TRAVEL_PACKET,
  TRAVEL_RST,
  TRAVEL_SEGMENT,
  TRAVEL_SYN,
  TRAVEL_SYN_ACK,
} from './whereabouts.js';

/** How much a tracker may remember. */
export interface TrackerLimits {
  /** Attempts that wait for an answer; beyond it the one that is silent for longest is handed over as 'evicted'. */
  pending: number;
  /** Decided attempts kept to recognise their late packets. */
  settled: number;
}

export const DEFAULT_LIMITS: TrackerLimits = { pending: 1 << 20, settled: 1 << 17 };

/** Counts over the whole capture. */
export interface TrackerCounts {
  /** Connections that were made and not handed over: neither ended at once by the server nor to themselves. */
  established: number;
  copies: number;
  evicted: number;
  /** TCP segments without SYN, FIN and RST: none at all in a capture whose filter kept only those. */
  plainSegments: number;
  synAcks: number;
  clockJumps: number;
}

/** No stack waits longer than this between two SYNs or for the last answer (older Linux: 64 s). */
const WAITING_NS = 130e9;
/** Until then a decided attempt recognises retransmissions: a SYN-ACK whose ACK was lost comes again after 32 s. */
const SETTLED_NS = 65e9;
/** Attempts of one four-tuple that are followed at once; the oldest makes room. */
const ATTEMPTS_PER_TUPLE = 8;
/** A peer's own SYN later than this is no simultaneous open. */
const SIMULTANEOUS_NS = 60e9;
/** An ACK of a client that went on may be so far beyond its SYN: half of the sequence space would be any number. */
const WENT_ON_BYTES = 0x40000000;
/** What a server may have sent or acknowledged when the first of its segments was captured. */
const SERVER_WENT_ON_BYTES = 0x100000;

/** Follows the handshakes of one capture, or of several in order of time. */
export class Tracker {
  readonly hosts = new HostTable();
  #established = 0;
  #evicted = 0;
  #plainSegments = 0;
  #synAcks = 0;
  readonly #limits: TrackerLimits;
  readonly #keepEstablished: boolean;
  readonly #decided: (attempt: Attempt) => void;
  readonly #clock = new CaptureClock();
  /** What the packets tell of names. */
  readonly naming = new NameListener(this.#clock);
  readonly #table = new PendingTable(this.#clock);
  /** Of the packet at hand. */
  readonly #moment = new CurrentMoment();
  readonly #journal = new Journal(this.#table, this.#moment);
  readonly #matches = new Matches();
  readonly #early = new EarlyResets();
  #plain: PlainPackets | undefined;
  /** What can be seen of attempts while they are followed. */
  readonly look = new PendingLook(this.#table, this.#clock, this.hosts);

  /** `decided` gets each attempt that did not simply succeed, and with `keepEstablished` those too. */
  constructor(decided: (attempt: Attempt) => void, keepEstablished: boolean, limits: TrackerLimits = DEFAULT_LIMITS) {
    this.#decided = decided;
    this.#keepEstablished = keepEstablished;
    // The attempt at hand has to stay somewhere.
    this.#limits = { pending: Math.max(1, limits.pending), settled: Math.max(1, limits.settled) };
  }

  /** How many attempts were opened so far. */
  opened = 0;
  /** False if no attempt between the ends of the segment that was tracked last is open. */
  isOpen = false;

  /** Says that so many segments without SYN, FIN and RST were passed over, between whose ends no attempt is open. */
  passOver(segments: number): void {
    this.#plainSegments += segments;
  }

  /**
   * False if no attempt between two ends is open: IPv4 addresses, and the ports in the same order, as little-endian words
   * of a packet.
   */
  mayBeOpen(first: number, second: number, bothPorts: number): boolean {
    const hash =
      hashIpv4End(swapBytes(first), swapPair(bothPorts)) + hashIpv4End(swapBytes(second), swapPair(bothPorts >>> 16));
    return this.#table.openHead(hash | 0) !== NONE;
  }

  /** Takes a segment without SYN, FIN and RST as `track` does, if an attempt between its ends is open. */
  trackIfOpen(frame: Frame, packet: Packet, reference: FrameReference): void {
    const hash = (hashSource(frame) + hashDestination(frame)) | 0;
    this.isOpen = this.#table.openHead(hash) !== NONE && this.#isOpen(frame, hash);
    if (this.isOpen) this.track(frame, packet, reference);
    else this.passOver(1);
  }

  /** Takes the frame that `packet` was decoded to. */
  track(frame: Frame, packet: Packet, reference: FrameReference): void {
    const moment = this.#moment;
    moment.timeNs = packet.timeNs;
    moment.frame = reference;
    if (this.#clock.advance(packet.timeNs)) this.#sweepAll();
    switch (frame.kind) {
      case FRAME_TCP:
        this.#segment(frame, packet, reference);
        break;
      case FRAME_IP:
        this.#noteSender(frame, SIGN_PACKET, NO_PORT);
        break;
      case FRAME_DNS:
        this.#noteSender(frame, SIGN_PACKET, NO_PORT);
        this.naming.noteDatagram(frame, packet, reference);
        break;
      case FRAME_ICMP_ERROR:
        this.#icmpError(frame);
        break;
      case FRAME_NEIGHBOR_REQUEST:
      case FRAME_NEIGHBOR_REPLY:
        this.#neighbor(frame);
        break;
    }
  }

  /**
   * Takes those of the packets that the sifter let through which are plain, from the one with this index on, as `track`
   * would one by one; gives the index of the first one that it did not take, at most `end`.
   */
  trackPlain(kernel: Kernel, from: number, end: number, piece: PlainPiece): number {
    this.#plain ??= new PlainPackets(kernel, {
      table: this.#table,
      clock: this.#clock,
      hosts: this.hosts,
      early: this.#early,
      pendingLimit: this.#limits.pending,
      settledLimit: this.#limits.settled,
      keepsEstablished: this.#keepEstablished,
    });
    const plain = this.#plain;
    let to = from;
    do {
      const before = to;
      to = plain.track(before, end, piece);
      if (to === before) return to;
      const { handshakes } = plain;
      this.opened += handshakes + plain.opened;
      this.#synAcks += handshakes + plain.answers;
      this.#plainSegments += plain.segments + handshakes;
      this.#established += plain.established;
      if (plain.fullQueue !== NONE) this.#makeRoom(plain.fullQueue);
    } while (plain.fullQueue !== NONE && to < end);
    return to;
  }

  /** True if compiled code knows which attempts are open. */
  get hasTablesInKernel(): boolean {
    return this.#plain?.isReady === true;
  }

  /** Counts over what was tracked so far. */
  get counts(): TrackerCounts {
    return {
      established: this.#established,
      copies: this.#journal.copies,
      evicted: this.#evicted,
      plainSegments: this.#plainSegments,
      synAcks: this.#synAcks,
      clockJumps: this.#clock.era,
    };
  }

  /** Moves the clock on although no packet came: silence lasts. The time is as packets tell it. */
  pass(timeNs: number): void {
    if (this.#clock.pass(timeNs)) this.#sweepAll();
  }

  /** Hands over whatever is still pending; the capture has ended. */
  finish(): void {
    this.#cutOff();
  }

  /** Looks after what has been waiting for too long. */
  #sweepAll(): void {
    this.#sweep(WAITING, WAITING_NS);
    this.#sweep(SETTLED, SETTLED_NS);
  }

  #sweep(queue: number, patienceNs: number): void {
    const table = this.#table;
    for (let slot = table.front(queue); slot !== NONE; slot = table.front(queue)) {
      if (table.activityNs(slot) > this.#clock.nowNs - patienceNs) return;
      this.#decide(slot, 'quiet');
    }
  }

  /** Those that are only counted are left where they are: no packet comes after this, and they may be a hundred thousand. */
  #cutOff(): void {
    const table = this.#table;
    for (const queue of [WAITING, SETTLED]) {
      let next = NONE;
      for (let slot = table.front(queue); slot !== NONE; slot = next) {
        next = table.behind(slot);
        if (this.#isOnlyCounted(slot)) this.#established++;
        else this.#handOver(slot, 'capture-end');
      }
    }
  }

  /** True for a plain success of which nobody wants to know more. */
  #isOnlyCounted(slot: number): boolean {
    const table = this.#table;
    const isPlainSuccess = (table.state(slot) & (HAS_SYN | ESTABLISHED | ENDED_BY_SERVER)) === (HAS_SYN | ESTABLISHED);
    // Whoever noted something about it gets to know how it ended.
    const isOfInterest = this.#keepEstablished || table.isToItself(slot) || table.ticket(slot) !== 0;
    return isPlainSuccess && !isOfInterest;
  }

  #decide(slot: number, end: AttemptEnd): void {
    if (this.#isOnlyCounted(slot)) {
      this.#established++;
      this.#table.remove(slot);
    } else this.#handOver(slot, end);
  }

  #handOver(slot: number, end: AttemptEnd): void {
    const table = this.#table;
    const watchedNs = this.#clock.sinceNs(table.lastSynNs(slot), table.era(slot));
    const seenEnd = table.era(slot) === this.#clock.era ? end : 'clock-jump';
    this.#decided(materialize(table, slot, this.hosts, seenEnd, watchedNs));
    table.remove(slot);
  }

  /** Decides the attempt of a queue that is silent for longest, if there are more than may be. */
  #makeRoom(queue: number): void {
    if (this.#table.length(queue) <= (queue === WAITING ? this.#limits.pending : this.#limits.settled)) return;
    if (queue === WAITING) this.#evicted++;
    this.#decide(this.#table.front(queue), queue === WAITING ? 'evicted' : 'quiet');
  }

  #evict(slot: number): void {
    if (this.#table.queueOf(slot) === WAITING) this.#evicted++;
    this.#decide(slot, 'evicted');
  }

  // --- segments ------------------------------------------------------------------------------------------------

  /** Kept small, so that V8 inlines the few calls that data takes: most packets of most captures end here. */
  #segment(frame: Frame, packet: Packet, reference: FrameReference): void {
    const hash = (hashSource(frame) + hashDestination(frame)) | 0;
    if ((frame.flags & (SYN | RST)) !== 0) {
      this.isOpen = true;
      this.#handshakeSegment(frame, hash, packet);
      return;
    }
    if ((frame.flags & FIN) === 0) this.#plainSegments++;
    if (!this.hosts.wasNotedLately(frame, packet.timeNs)) {
      this.#noteSender(frame, SIGN_SEGMENT, frame.sourcePort);
    }
    // Usually nothing is in progress for the four-tuple, nor for one that shares its place.
    this.isOpen = this.#table.openHead(hash) !== NONE && this.#isOpen(frame, hash);
    if (this.isOpen) this.#plainSegment(frame, packet, reference);
  }

  /** True if an attempt between the frame's ends is open; `#matches` has it then. */
  #isOpen(frame: Frame, hash: number): boolean {
    this.#matches.find(this.#table, hash, frame, false);
    return this.#matches.forwardNewest !== NONE || this.#matches.reverseNewest !== NONE;
  }

  /** A segment with SYN or RST. */
  #handshakeSegment(frame: Frame, hash: number, packet: Packet): void {
    const flags = frame.flags;
    if ((flags & (SYN | RST)) === (SYN | RST)) return; // no stack sends both
    this.#matches.find(this.#table, hash, frame, true);
    if ((flags & RST) !== 0) {
      this.#journal.open(frame, segmentSignature(frame));
      this.#reset(frame);
      return;
    }
    this.#journal.openWithOptions(frame, packet);
    if ((flags & ACK) !== 0) this.#synAck(frame, hash);
    else this.#syn(frame, hash);
  }

  #syn(frame: Frame, hash: number): void {
    const table = this.#table;
    const matches = this.#matches;
    const moment = this.#moment;
    const client = this.hosts.internSourceSparingly(frame);
    this.hosts.noteSignOfSyn(client, frame.sourcePort, moment);
    this.hosts.noteTravel(client, TRAVEL_SYN, frame.timeToLive, frame, moment);
    this.hosts.noteSynTraits(client, this.#journal.traits);
    let slot = matches.forwardSame;
    if (slot === NONE) {
      if (this.#opensSimultaneously()) {
        const peer = matches.reverseNewest;
        table.addState(peer, HAS_REVERSE_SYN);
        table.setReverseSequence(peer, frame.sequence);
        this.#journal.note(peer, EVENT_REVERSE_SYN);
        return;
      }
      if (matches.forwardCount >= ATTEMPTS_PER_TUPLE) this.#evict(matches.forwardOldest);
      slot = this.#open(frame, hash);
    }
    if ((table.state(slot) & (HAS_SYN | HAS_SYN_ACK)) === HAS_SYN_ACK) this.#joinEarlyAnswer(slot, frame);
    if (!this.#journal.note(slot, EVENT_SYN)) return;
    // Who asks again did not refuse the answer.
    table.removeState(slot, CLIENT_REFUSED_SYN_ACK);
    table.addState(slot, synMarks(table.state(slot), frame, this.#journal.isBare));
    table.noteSyn(slot, frame.payloadBytes);
    table.touch(slot, table.queueOf(slot));
    if (this.#early.take(frame, moment)) this.#noteEarlyReset(slot, frame);
  }

  /** The SYN-ACK stood in the capture before its SYN. */
  #joinEarlyAnswer(slot: number, frame: Frame): void {
    const port = this.hosts.portOfDestination(frame);
    if (port === NONE) return;
    this.#table.setAcceptedBefore(slot, this.hosts.ports.acceptedBy(port));
    this.hosts.ports.noteAccepted(port, Number.POSITIVE_INFINITY);
  }

  /** True if the SYN at hand meets one that went the other way and was not answered yet. */
  #opensSimultaneously(): boolean {
    const peer = this.#matches.reverseNewest;
    if (peer === NONE || this.#matches.forwardNewest !== NONE) return false;
    const seen = this.#table.state(peer);
    return (
      (seen & HAS_SYN) !== 0 &&
      (seen & (ESTABLISHED | HAS_SYN_ACK | HAS_RST | HAS_CLIENT_RST)) === 0 &&
      this.#clock.nowNs - this.#table.lastSynNs(peer) < SIMULTANEOUS_NS
    );
  }

  /** A new slot for the attempt of the frame's sender. */
  #open(frame: Frame, hash: number): number {
    const slot = this.#insert(frame, hash, frame.sequence, false);
    this.#table.setAcceptedBefore(slot, this.hosts.acceptedBy(frame));
    return slot;
  }

  /** A new slot for an attempt whose SYN is not in the capture: the frame is the answer to it. */
  #openLate(frame: Frame, hash: number): number {
    return this.#insert(frame, hash, frame.acknowledgement - 1, true);
  }

  #insert(frame: Frame, hash: number, initialSequence: number, isAnswer: boolean): number {
    const slot = this.#table.insert(hash, initialSequence, WAITING);
    this.#table.setEnds(slot, frame, isAnswer);
    this.opened++;
    this.#makeRoom(WAITING);
    return slot;
  }

  #noteEarlyReset(slot: number, syn: Frame): void {
    const early = this.#early;
    this.#journal.write(slot, EVENT_RST, early.found, early.foundTimeToLive);
    this.#refuse(slot, this.hosts.internDestination(syn), syn.destinationPort, early.found);
  }

  #synAck(frame: Frame, hash: number): void {
    const table = this.#table;
    const matches = this.#matches;
    this.#synAcks++;
    const own = matches.forwardNewest;
    if (
      own !== NONE &&
      (table.state(own) & HAS_REVERSE_SYN) !== 0 &&
      (table.reverseSequence(own) + 1 - frame.acknowledgement) >>> 0 === 0
    ) {
      table.addState(own, HAS_REVERSE_SYN_ACK);
      if (this.#journal.note(own, EVENT_REVERSE_SYN_ACK) && (table.state(own) & HAS_SYN_ACK) !== 0) {
        this.#establish(own);
      }
      return;
    }
    let slot = matches.answered;
    if (slot === NONE || ((table.state(slot) & HAS_SYN) === 0 && !acknowledgesSyn(table, slot, frame))) {
      if (matches.reverseCount >= ATTEMPTS_PER_TUPLE) this.#evict(matches.reverseOldest);
      slot = this.#openLate(frame, hash);
    }
    const isGood = acknowledgesSyn(table, slot, frame);
    if (!this.#journal.note(slot, isGood ? EVENT_SYN_ACK : EVENT_BAD_SYN_ACK)) return;
    table.touch(slot, table.queueOf(slot));
    if (!isGood) {
      table.addState(slot, HAS_BAD_SYN_ACK);
      return;
    }
    const isFirst = (table.state(slot) & HAS_SYN_ACK) === 0;
    if (isFirst) table.setServerSequences(slot, frame.sequence, frame.sequence);
    else if (table.serverSequence(slot) !== (frame.sequence | 0)) {
      table.setServerSequences(slot, frame.sequence, table.serverSequence(slot));
    }
    table.addState(slot, HAS_SYN_ACK);
    if ((table.state(slot) & HAS_REVERSE_SYN_ACK) !== 0) this.#establish(slot);
    const hosts = this.hosts;
    const moment = this.#moment;
    // Who connects to himself is no server that accepts others.
    if (isToItself(frame)) return;
    const server = hosts.internSource(frame);
    hosts.noteSign(server, SIGN_SYN_ACK, frame.sourcePort, moment);
    hosts.noteTravel(server, TRAVEL_SYN_ACK, frame.timeToLive, frame, moment);
    const port = hosts.ports.intern(server, frame.sourcePort);
    if (port !== NONE) hosts.ports.noteSynAck(port, frame, moment);
    if (port !== NONE && (table.state(slot) & ESTABLISHED) !== 0) {
      // Once may be an ACK that was lost. Again and again: the server has no room for the connection.
      if ((table.state(slot) & SYN_ACK_BEHIND_ACK) !== 0) hosts.ports.noteOverflow(port, moment);
      table.addState(slot, SYN_ACK_BEHIND_ACK);
    }
    if (isFirst && port !== NONE && (table.state(slot) & HAS_SYN) !== 0) {
      hosts.ports.noteAccepted(port, this.#roundTripNs(slot));
    }
    hosts.noteAddressed(hosts.findDestination(frame), moment);
  }

  /** The time from an attempt's only SYN; -1 if there were several, of which any may have been answered. */
  #roundTripNs(slot: number): number {
    const table = this.#table;
    if ((table.state(slot) & SYN_REPEATED) !== 0) return -1;
    return Math.max(0, this.#moment.timeNs - table.events.timeNs(table.firstEvent(slot)));
  }

  #reset(frame: Frame): void {
    const table = this.#table;
    const matches = this.#matches;
    const hasAck = (frame.flags & ACK) !== 0;
    const slot = hasAck ? matches.answered : matches.reverseNewest;
    if (slot !== NONE && (table.state(slot) & (HAS_SYN | ESTABLISHED)) === HAS_SYN) {
      this.hosts.noteAddressed(this.hosts.findDestination(frame), this.#moment);
      this.#serverReset(slot, frame, hasAck);
      return;
    }
    if (slot !== NONE && this.#awaitsData(slot) && this.#wasUnused(slot, frame)) {
      this.#endByServer(slot, EVENT_LATE_RST);
      return;
    }
    // Perhaps its SYN stands behind it in the capture.
    if (hasAck && frame.sequence === 0) this.#early.add(frame, this.#moment);
    const own = matches.forwardContinued === NONE ? matches.forwardNewest : matches.forwardContinued;
    if (own === NONE || (table.state(own) & ESTABLISHED) !== 0) return;
    // It may as well end a connection that was made on the same ports since.
    const connection = matches.forwardEstablished;
    if (connection !== NONE && table.lastSynNs(connection) > table.lastSynNs(own)) return;
    if (!this.#journal.note(own, EVENT_CLIENT_RST)) return;
    const isRefusal = (table.state(own) & HAS_SYN_ACK) !== 0;
    table.addState(own, isRefusal ? HAS_CLIENT_RST | CLIENT_REFUSED_SYN_ACK : HAS_CLIENT_RST);
    table.touch(own, SETTLED);
    this.#makeRoom(SETTLED);
  }

  #serverReset(slot: number, frame: Frame, hasAck: boolean): void {
    const table = this.#table;
    const seen = table.state(slot);
    const answersSyn = hasAck && acknowledgesSyn(table, slot, frame);
    if ((seen & HAS_SYN_ACK) === 0) {
      if (answersSyn) {
        if (!this.#journal.note(slot, EVENT_RST)) return;
        const server = this.hosts.internSource(frame);
        this.hosts.noteTravel(server, TRAVEL_RST, frame.timeToLive, frame, this.#moment);
        this.#refuse(slot, server, frame.sourcePort, this.#moment);
        return;
      }
      if (hasAck && frame.sequence === 0) this.#early.add(frame, this.#moment);
    } else if (this.#isFromServerOf(slot, frame.sequence) || (answersSyn && (seen & SYN_AFTER_SYN_ACK) !== 0)) {
      // A client that got the SYN-ACK takes an RST in its window only, one that did not takes what answers its SYN.
      if (this.#journal.note(slot, EVENT_LATE_RST)) {
        table.touch(slot, table.queueOf(slot));
      }
      return;
    }
    this.#journal.note(slot, EVENT_IGNORED_RST);
  }

  #refuse(slot: number, server: number, port: number, moment: Moment): void {
    const table = this.#table;
    table.addState(slot, HAS_RST);
    table.touch(slot, SETTLED);
    this.#makeRoom(SETTLED);
    this.hosts.noteSign(server, SIGN_RST, port, moment);
  }

  /** True if a sequence number lies in the window that one of the server's SYN-ACKs opened. */
  #isFromServerOf(slot: number, sequence: number): boolean {
    const table = this.#table;
    return (
      (sequence - table.serverSequence(slot)) >>> 0 <= UNSCALED_WINDOW + 1 ||
      (sequence - table.otherServerSequence(slot)) >>> 0 <= UNSCALED_WINDOW + 1
    );
  }

  /** True if an acknowledgement is one of what a server's SYN-ACK, and a window of data behind it, said. */
  #acknowledgesServer(slot: number, acknowledgement: number): boolean {
    const table = this.#table;
    return (
      (acknowledgement - table.serverSequence(slot) - 1) >>> 0 <= UNSCALED_WINDOW ||
      (acknowledgement - table.otherServerSequence(slot) - 1) >>> 0 <= UNSCALED_WINDOW
    );
  }

  /** A segment with neither SYN nor RST: the ACK that completes a handshake, data, FIN, a challenge ACK. */
  #plainSegment(frame: Frame, packet: Packet, reference: FrameReference): void {
    const matches = this.#matches;
    const newest = matches.forwardNewest;
    if (newest !== NONE && this.#isFirstData(newest, frame)) this.naming.noteFirstData(frame, packet, reference);
    this.#journal.open(frame, segmentSignature(frame));
    const established = newest === NONE ? matches.reverseNewest : newest;
    if (this.#awaitsData(established)) {
      this.#behindHandshake(established, frame, newest === NONE);
      return;
    }
    if (newest === NONE || (this.#table.state(newest) & ESTABLISHED) !== 0) {
      if (matches.reverseNewest !== NONE) this.#serverSegment(frame);
      return;
    }
    this.#clientSegment(matches.forwardContinued === NONE ? newest : matches.forwardContinued, frame);
  }

  /** True for the data with which the client of an attempt begins. */
  #isFirstData(slot: number, { payloadBytes, sequence }: Frame): boolean {
    return payloadBytes > 0 && (sequence - this.#table.initialSequence(slot) - 1) >>> 0 === 0;
  }

  /** True for a connection that neither side has used or ended yet. */
  #awaitsData(slot: number): boolean {
    return (this.#table.state(slot) & ESTABLISHED) !== 0 && !this.#table.isClosed(slot);
  }

  /** The first segments of a connection: whether the server ends it before it was used. */
  #behindHandshake(slot: number, frame: Frame, isFromServer: boolean): void {
    if (frame.payloadBytes === 0 && (frame.flags & FIN) === 0) return;
    if (isFromServer && frame.payloadBytes === 0 && this.#wasUnused(slot, frame)) {
      this.#endByServer(slot, EVENT_SERVER_FIN);
    } else this.#table.close(slot);
  }

  /** True if the server's segment comes first behind its SYN-ACK, and acknowledges nothing behind the client's SYN. */
  #wasUnused(slot: number, frame: Frame): boolean {
    const table = this.#table;
    if ((frame.sequence - table.serverSequence(slot) - 1) >>> 0 !== 0) return false;
    return (frame.flags & ACK) === 0 || (frame.acknowledgement - table.initialSequence(slot) - 1) >>> 0 === 0;
  }

  #endByServer(slot: number, kind: number): void {
    if (this.#journal.note(slot, kind)) this.#table.addState(slot, ENDED_BY_SERVER);
    this.#table.close(slot);
  }

  #clientSegment(slot: number, frame: Frame): void {
    const table = this.#table;
    const seen = table.state(slot);
    const hasAck = (frame.flags & ACK) !== 0;
    const isBareFin = (frame.flags & (FIN | ACK)) === FIN;
    const ahead = (frame.sequence - table.initialSequence(slot) - 1) >>> 0;
    if ((seen & HAS_SYN_ACK) !== 0) {
      if ((seen & CLIENT_REFUSED_SYN_ACK) !== 0) return;
      if (hasAck && ahead <= UNSCALED_WINDOW && this.#acknowledgesServer(slot, frame.acknowledgement)) {
        this.#journal.note(slot, EVENT_ACK);
        this.#establish(slot);
        // The ACK alone was not captured: the connection is in use already.
        if (frame.payloadBytes > 0) table.close(slot);
      } else if (isBareFin) this.#journal.note(slot, EVENT_CLIENT_FIN);
      return;
    }
    if (isBareFin) this.#journal.note(slot, EVENT_CLIENT_FIN);
    else if (hasAck && ahead <= WENT_ON_BYTES && (seen & HAS_RST) === 0) {
      table.setClientAcknowledged(slot, frame.acknowledgement);
      if ((seen & HAS_CLIENT_SEGMENT) !== 0) return;
      table.addState(slot, HAS_CLIENT_SEGMENT);
      this.#journal.note(slot, EVENT_CLIENT_SEGMENT);
      if ((seen & HAS_BAD_SYN_ACK) === 0) this.hosts.noteWentOn(this.hosts.internSource(frame));
    }
  }

  #serverSegment(frame: Frame): void {
    const table = this.#table;
    const newest = this.#matches.reverseNewest;
    const slot = this.#matches.answered;
    const hasAck = (frame.flags & ACK) !== 0;
    const isBareAck = hasAck && (frame.flags & FIN) === 0 && frame.payloadBytes === 0;
    const isWaiting = (table.state(newest) & (HAS_SYN | HAS_SYN_ACK | ESTABLISHED)) === HAS_SYN;
    if (isBareAck && newest !== slot && isWaiting) this.#challenge(newest);
    const seen = table.state(slot);
    if (!hasAck || (seen & ESTABLISHED) !== 0 || (seen & (HAS_SYN | HAS_SYN_ACK)) === 0) return;
    const ahead = (frame.acknowledgement - table.initialSequence(slot) - 1) >>> 0;
    if ((seen & HAS_REVERSE_SYN_ACK) !== 0 && ahead <= UNSCALED_WINDOW) {
      this.#journal.note(slot, EVENT_ACK);
      this.#establish(slot);
    } else if ((seen & HAS_SYN_ACK) !== 0) {
      // It acknowledges data that the client must have sent after an ACK that is not in the capture.
      const sent = (frame.sequence - table.serverSequence(slot)) >>> 0;
      const isBeyondSyn = ahead > table.synPayloadBytes(slot) && ahead < WENT_ON_BYTES;
      if (sent >= 1 && sent < WENT_ON_BYTES && isBeyondSyn) this.#serverWentOn(slot);
    } else if ((seen & HAS_CLIENT_SEGMENT) !== 0 && this.#continuesBothWays(slot, frame, ahead)) {
      this.#serverWentOn(slot);
    } else if (isBareAck && (ahead <= table.synPayloadBytes(slot) || ahead >= SERVER_WENT_ON_BYTES)) {
      this.#challenge(slot);
    } else if (ahead < SERVER_WENT_ON_BYTES) {
      this.#serverWentOn(slot);
      this.hosts.noteWentOn(this.hosts.findDestination(frame));
    }
  }

  /** True if the server's segment fits to what the client said when it went on without a captured SYN-ACK. */
  #continuesBothWays(slot: number, frame: Frame, ahead: number): boolean {
    const sent = (frame.sequence - this.#table.clientAcknowledged(slot)) >>> 0;
    return sent <= SERVER_WENT_ON_BYTES && ahead <= SERVER_WENT_ON_BYTES;
  }

  #serverWentOn(slot: number): void {
    if ((this.#table.state(slot) & HAS_SERVER_SEGMENT) !== 0) return;
    this.#table.addState(slot, HAS_SERVER_SEGMENT);
    this.#journal.note(slot, EVENT_SERVER_SEGMENT);
  }

  #challenge(slot: number): void {
    if (this.#journal.note(slot, EVENT_BARE_ACK)) this.#table.addState(slot, HAS_BARE_ACK);
  }

  /** The handshake is complete: nothing that follows on this four-tuple can change it, or belongs to an older try. */
  #establish(slot: number): void {
    const table = this.#table;
    table.addState(slot, ESTABLISHED);
    // It stays open itself until it is used: its server may end it at once.
    table.closeOthersOf(slot);
    table.touch(slot, SETTLED);
    this.#makeRoom(SETTLED);
  }

  // --- what answers without TCP --------------------------------------------------------------------------------

  /** An ICMP error: its frame's addresses, ports and sequence are those of the quoted segment. */
  #icmpError(frame: Frame): void {
    const table = this.#table;
    const moment = this.#moment;
    const hosts = this.hosts;
    const sender = hosts.intern(frame.errorSource0, frame.errorSource1, frame.errorSource2, frame.errorSource3);
    hosts.noteSign(sender, SIGN_PACKET, NO_PORT, moment);
    hosts.noteTravel(sender, TRAVEL_ICMP_ERROR, frame.errorTimeToLive, frame, moment);
    // To the sender of what it quotes, which may be its own system's error.
    const addressed = hosts.findSource(frame);
    if (addressed !== sender) hosts.noteAddressed(addressed, moment);
    const hash = (hashSource(frame) + hashDestination(frame)) | 0;
    this.#matches.find(table, hash, frame, true);
    this.#journal.open(frame, errorSignature(frame));
    let slot = this.#matches.forwardSame;
    if (slot === NONE) {
      const answer = this.#matches.reverseNewest;
      if (answer !== NONE && (table.state(answer) & (HAS_SYN_ACK | ESTABLISHED)) === HAS_SYN_ACK) {
        if (table.serverSequence(answer) === (frame.sequence | 0)) {
          this.#journal.noteIcmp(answer, EVENT_ICMP_FOR_SYN_ACK, sender);
        }
        return;
      }
      const quotesSyn = frame.flags !== -1 && (frame.flags & (SYN | ACK | RST)) === SYN;
      if (!quotesSyn || this.#matches.forwardNewest !== NONE) return;
      slot = this.#open(frame, hash);
    }
    if ((table.state(slot) & ESTABLISHED) !== 0) return;
    this.#journal.noteIcmp(slot, EVENT_ICMP, sender);
    table.addState(slot, HAS_ICMP);
    table.touch(slot, table.queueOf(slot));
  }

  #neighbor(frame: Frame): void {
    const moment = this.#moment;
    const hosts = this.hosts;
    // An ARP probe (RFC 5227) or a solicitation for duplicate address detection has no sender yet.
    const hasSender = !isUnspecified(frame.source0, frame.source1, frame.source2, frame.source3);
    const sender = hasSender ? hosts.internSource(frame) : NONE;
    hosts.noteSign(sender, SIGN_NEIGHBOR, NO_PORT, moment);
    hosts.noteLink(sender, frame, moment);
    if (frame.kind === FRAME_NEIGHBOR_REPLY) {
      if (sender !== NONE) hosts.noteNeighborReply(sender, hosts.findDestination(frame));
      return;
    }
    const { destination0, destination1, destination2, destination3 } = frame;
    if (!hasSender || !isUnicast(destination0, destination1, destination2, destination3)) return;
    const sought = hosts.internDestination(frame);
    if (sought !== sender) hosts.noteNeighborRequest(sender, sought, moment);
  }

  #noteSender(frame: Frame, kind: number, port: number): void {
    const moment = this.#moment;
    const hosts = this.hosts;
    // Of TCP the end with the lower port is mostly the server, which is whom a verdict may ask about; of clients there
    // may be millions, and only the first are remembered.
    const isServer = port === NO_PORT || port <= frame.destinationPort;
    const sender = isServer ? hosts.internSource(frame) : hosts.internSourceSparingly(frame);
    hosts.noteSign(sender, kind, port, moment);
    // What goes to a group is sent with any TTL, also with one that keeps it on its link.
    if (isUnicast(frame.destination0, frame.destination1, frame.destination2, frame.destination3)) {
      hosts.noteTravel(sender, port === NO_PORT ? TRAVEL_PACKET : TRAVEL_SEGMENT, frame.timeToLive, frame, moment);
    }
    hosts.noteAddressed(hosts.findDestination(frame), moment);
  }
}

function isToItself(frame: Frame): boolean {
  return (
    frame.sourcePort === frame.destinationPort &&
    frame.source3 === frame.destination3 &&
    frame.source2 === frame.destination2 &&
    frame.source1 === frame.destination1 &&
    frame.source0 === frame.destination0
  );
}

/** The lower two bytes of a word in the other order. */
function swapPair(word: number): number {
  return ((word & 0xff) << 8) | ((word >>> 8) & 0xff);
}

/** The bytes of a word in the other order. */
function swapBytes(word: number): number {
  return (swapPair(word) << 16) | swapPair(word >>> 16);
}

/** What a SYN adds to what has been seen of its attempt. */
function synMarks(seen: number, { flags, payloadBytes }: Frame, isBare: boolean): number {
  let marks = HAS_SYN;
  if (isBare) marks |= BARE_SYN;
  if ((seen & HAS_SYN) !== 0) marks |= SYN_REPEATED;
  if ((seen & HAS_SYN_ACK) !== 0) marks |= SYN_AFTER_SYN_ACK;
  // With Fast Open data PSH has its place (RFC 7413).
  if ((flags & (payloadBytes > 0 ? FIN | URG : FIN | PSH | URG)) !== 0) marks |= ODD_SYN;
  return marks;
}
