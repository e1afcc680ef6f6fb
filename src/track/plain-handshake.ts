/**
 * Handshakes of which nothing is odd: SYN, SYN-ACK and ACK stand one behind the other in the capture, and nothing else
 * was known between their ends. Such a one is tracked in one go. That has exactly the effects of its three packets one by
 * one, so that it makes no difference which handshakes are taken so, as that depends on where chunks end.
 *
 * It spares what the three look for again and again: the attempt between their ends three times, in a table of open
 * attempts and one of closed ones, both hosts three times, the server's port twice, a place in the queues three times.
 */
import { Packet } from '../capture/format.js';
import { isUnicast } from '../decode/address.js';
import { Frame } from '../decode/frame.js';
import { DESTINATION, PORTS, SOURCE } from '../decode/glance.js';
import { decodePacket } from '../decode/packet.js';
import type { FrameReference } from './attempt.js';
import type { CaptureClock } from './clock.js';
import { segmentSignature } from './copies.js';
import type { EarlyResets } from './early.js';
import { NONE } from './events.js';
import { hashDestination, hashIpv4, hashIpv4End, hashSource } from './hash.js';
import type { HostTable } from './hosts.js';
import { EVENT_ACK, EVENT_SYN, EVENT_SYN_ACK, type Journal } from './journal.js';
import { BARE_SYN, ESTABLISHED, HAS_SYN, HAS_SYN_ACK, SETTLED } from './layout/slots.js';
import type { Matches } from './matches.js';
import type { CurrentMoment } from './moment.js';
import type { PendingTable } from './pending.js';
import { BEGINS_A_HANDSHAKE, type Sifter } from './sifter.js';
import { SIGN_SEGMENT, SIGN_SYN_ACK } from './signs.js';
import { TRAVEL_SEGMENT, TRAVEL_SYN, TRAVEL_SYN_ACK } from './whereabouts.js';

/** Packets of a handshake. */
export const HANDSHAKE_PACKETS = 3;

/** So many handshakes are looked ahead, and so many packets at most. */
const EXPECTED = 32;
const EXPECTED_PACKETS = 4 * EXPECTED;

/** What of a tracker a handshake changes. */
interface Tracked {
  readonly table: PendingTable;
  readonly clock: CaptureClock;
  readonly hosts: HostTable;
  readonly early: EarlyResets;
  readonly journal: Journal;
  readonly matches: Matches;
  readonly moment: CurrentMoment;
}

/** Tracks plain handshakes. */
export class PlainHandshakes {
  /** The packets of the one at hand: whoever has a handshake to be taken fills them, as BEGINS_A_HANDSHAKE says it. */
  readonly syn = new Packet();
  readonly synAck = new Packet();
  readonly ack = new Packet();
  readonly #syn = new Frame();
  readonly #synAck = new Frame();
  readonly #ack = new Frame();
  readonly #tracked: Tracked;
  /** Of the handshakes that are expected: the hosts that may be their clients, and slots that may be theirs. */
  readonly #clients = new Int32Array(EXPECTED);
  readonly #slots = new Int32Array(EXPECTED);
  /** Nobody reads it: without it the engine would see that what is fetched is not needed. */
  #fetched = 0;

  constructor(tracked: Tracked) {
    this.#tracked = tracked;
  }

  /**
   * Fetches what those of the packets that were let through will need that begin handshakes, from the one with this index
   * on, as far as it looks ahead; gives the index of the first packet that it has not looked at. It only reads: in a large
   * network each handshake waits for memory some five times, 100 ns each, but in one loop the processor fetches several
   * places at once. Of 3 million packets that are all handshakes it spared 0.1 s of 3.5 at best, and 0.5 of 4.2 mostly.
   */
  expect(sifter: Sifter, view: DataView, from: number): number {
    const { hosts, table } = this.#tracked;
    const clients = this.#clients;
    const slots = this.#slots;
    const until = Math.min(sifter.through, from + EXPECTED_PACKETS);
    let settled = table.front(SETTLED);
    let fetched = 0;
    let count = 0;
    let index = from;
    for (; index < until && count < EXPECTED; index++) {
      if (sifter.reason(index) !== BEGINS_A_HANDSHAKE) continue;
      const packet = sifter.position(index);
      const source = view.getInt32(packet + SOURCE);
      const ports = view.getInt32(packet + PORTS);
      const sourceEnd = hashIpv4End(source, ports >>> 16);
      const destinationEnd = hashIpv4End(view.getInt32(packet + DESTINATION), ports & 0xffff);
      clients[count] = hosts.fetchHost(hashIpv4(source));
      slots[count++] = table.openHead((sourceEnd + destinationEnd) | 0);
      // Each may be the one that makes the oldest go.
      if (settled !== NONE) {
        fetched ^= table.openHead(table.hash(settled));
        settled = table.behind(settled);
      }
    }
    for (let at = 0; at < count; at++) {
      fetched ^= hosts.fetchRow(clients[at]);
      if (slots[at] !== NONE) fetched ^= table.hash(slots[at]);
    }
    this.#fetched ^= fetched;
    return index;
  }

  /** Tracks the handshake at hand, of which the SYN has this reference. False, and no effect at all: it is not that plain. */
  take(reference: FrameReference): boolean {
    const { table, matches } = this.#tracked;
    const syn = this.#syn;
    decodePacket(this.syn, syn);
    decodePacket(this.synAck, this.#synAck);
    decodePacket(this.ack, this.#ack);
    if (!this.#isHandshake() || !this.#isTimely()) return false;
    const hash = (hashSource(syn) + hashDestination(syn)) | 0;
    matches.find(table, hash, syn, true);
    if (matches.forwardNewest !== NONE || matches.reverseNewest !== NONE) return false;
    this.#track(hash, reference);
    return true;
  }

  /** True if the three packets belong together by their numbers as well, without data, and not from a host to itself. */
  #isHandshake(): boolean {
    const syn = this.#syn;
    const synAck = this.#synAck;
    const ack = this.#ack;
    return (
      syn.payloadBytes + synAck.payloadBytes + ack.payloadBytes === 0 &&
      (synAck.acknowledgement - syn.sequence - 1) >>> 0 === 0 &&
      (ack.sequence - syn.sequence - 1) >>> 0 === 0 &&
      (ack.acknowledgement - synAck.sequence - 1) >>> 0 === 0 &&
      syn.source3 !== syn.destination3
    );
  }

  /** True if none of the packets moves the clock far or back, and no RST waits that may belong to the SYN. */
  #isTimely(): boolean {
    const { clock, early } = this.#tracked;
    const { syn, synAck, ack } = this;
    return (
      syn.timeNs <= synAck.timeNs &&
      synAck.timeNs <= ack.timeNs &&
      clock.isNear(syn.timeNs, ack.timeNs) &&
      !early.mayHave(syn.timeNs)
    );
  }

  /** In the order of `Tracker.track`. */
  #track(hash: number, reference: FrameReference): void {
    const { table, hosts, journal, moment } = this.#tracked;
    const { ports } = hosts;
    const syn = this.#syn;
    const synAck = this.#synAck;
    const ack = this.#ack;

    const before = reference - this.syn.number;
    this.#reach(this.syn, before);
    journal.openWithOptions(syn, this.syn);
    let client = hosts.internSourceSparingly(syn);
    hosts.noteSignOfSyn(client, syn.sourcePort, moment);
    hosts.noteTravel(client, TRAVEL_SYN, syn.timeToLive, syn, moment);
    hosts.noteSynTraits(client, journal.traits);
    const slot = table.insert(hash, syn.sequence, SETTLED);
    table.setEnds(slot, syn, false);
    let server = hosts.findDestination(syn);
    let port = ports.find(server, syn.destinationPort);
    table.setAcceptedBefore(slot, ports.acceptedBy(port));
    journal.note(slot, EVENT_SYN);
    table.addState(slot, HAS_SYN | HAS_SYN_ACK | ESTABLISHED | (journal.isBare ? BARE_SYN : 0));

    this.#reach(this.synAck, before);
    journal.openWithOptions(synAck, this.synAck);
    journal.note(slot, EVENT_SYN_ACK);
    table.setServerSequences(slot, synAck.sequence, synAck.sequence);
    if (server === NONE) server = hosts.internSource(synAck);
    hosts.noteSign(server, SIGN_SYN_ACK, synAck.sourcePort, moment);
    hosts.noteTravel(server, TRAVEL_SYN_ACK, synAck.timeToLive, synAck, moment);
    if (port === NONE) port = ports.intern(server, synAck.sourcePort);
    if (port !== NONE) {
      ports.noteSynAck(port, synAck, moment);
      ports.noteAccepted(port, this.synAck.timeNs - this.syn.timeNs);
    }
    hosts.noteAddressed(client, moment);

    this.#reach(this.ack, before);
    journal.open(ack, segmentSignature(ack));
    if (!hosts.wasNotedLately(ack, moment.timeNs)) {
      if (client === NONE && ack.sourcePort <= ack.destinationPort) client = hosts.internSource(ack);
      hosts.noteSign(client, SIGN_SEGMENT, ack.sourcePort, moment);
      if (isUnicast(ack.destination0, ack.destination1, ack.destination2, ack.destination3)) {
        hosts.noteTravel(client, TRAVEL_SEGMENT, ack.timeToLive, ack, moment);
      }
      hosts.noteAddressed(server, moment);
    }
    journal.note(slot, EVENT_ACK);
    // At the back of its queue it is already; its time is that of the ACK.
    table.touch(slot, SETTLED);
  }

  /** Goes on to a packet; `before` is the reference to what stands before the capture's first one. */
  #reach({ timeNs, number }: Packet, before: FrameReference): void {
    const { clock, moment } = this.#tracked;
    clock.advance(timeNs);
    moment.timeNs = timeNs;
    moment.frame = before + number;
  }
}
