/**
 * What the capture shows of each host, beside the attempts: when it was last heard and how, which ports answered whom,
 * and whether its neighbours found it. Rules read it to tell a host that is down from a port that is filtered.
 */
import { formatAddress, parseAddress } from '../decode/address.js';
import type { Frame } from '../decode/frame.js';
import { ArrivalLog, type Arrivals } from './arrival-log.js';
import type { Attempt, FrameReference } from './attempt.js';
import { grown } from './columns.js';
import { FingerprintSet } from './fingerprints.js';
import { hashAddress, hashPair } from './hash.js';
import { SIGN_SEGMENT, type Sign, SignTable } from './signs.js';
import { SynAckLog } from './syn-ack-log.js';
import { type Distance, type Locality, type TravelKind, Whereabouts } from './whereabouts.js';

/** How a port of a host answered SYNs. */
export interface PortFacts {
  synAcks: number;
  firstSynAckNs: number;
  firstSynAckFrame: FrameReference;
  lastSynAckNs: number;
  lastSynAckFrame: FrameReference;
  /** Attempts that got their first SYN-ACK only after they had repeated the SYN. */
  lateSynAcks: number;
  /** SYN-ACKs that it sent again and again although the client had acknowledged them, and the last one. */
  overflows: number;
  lastOverflowNs: number;
  lastOverflowFrame: FrameReference;
  /** Attempts that it accepted, as told by their first SYN-ACK. */
  accepted: number;
  /** The shortest time from a first SYN to its SYN-ACK, and of how many; Infinity while there are none. */
  roundTripNs: number;
  roundTrips: number;
  readonly synAckLog: SynAckLog;
  /** Client addresses that got a SYN-ACK; the first few. */
  readonly answeredClients: Set<string>;
}

/** ARP requests or neighbour solicitations for a host that nobody answered. */
export interface UnansweredNeighbor {
  requests: number;
  /** Who asked last; a host. */
  asker: number;
  firstNs: number;
  lastNs: number;
  firstFrame: FrameReference;
  lastFrame: FrameReference;
}

/** What rules may ask about hosts. */
export interface HostFacts {
  /** The latest sign of life by TCP or IP, not counting TCP from `exceptPort`. */
  lastSign(host: number, exceptPort: number): Sign | undefined;
  /** When the host was first heard in any way; Infinity if it never was. */
  firstHeardNs(host: number): number;
  /** Whether the host was heard in a time, and last before and first behind it; undefined if that is not known. */
  heard(host: number, fromNs: number, toNs: number): Arrivals | undefined;
  /** The latest ARP or neighbour discovery message that the host sent itself. */
  lastNeighborSign(host: number): Sign | undefined;
  port(host: number, port: number): PortFacts | undefined;
  /** False if the host's port sent no SYN-ACK to this client address; true also when there were too many to know. */
  mayHaveAnswered(host: number, port: number, client: string): boolean;
  /** A SYN-ACK of the host's port to this client address in a time; undefined also when too many others got theirs. */
  answered(
    host: number,
    port: number,
    client: string,
    time: { fromNs: number; toNs: number },
  ): { timeNs: number; frame: FrameReference } | undefined;
  /** The host with this address; -1 when nothing is known of it. */
  hostOf(address: string): number;
  /** Requests for this host's link-layer address since the last reply, if it never replied later. */
  unansweredNeighbor(host: number): UnansweredNeighbor | undefined;
  /** The host that this one last asked for in vain: its gateway, if that is not the target. */
  soughtInVain(host: number): { address: string; neighbor: UnansweredNeighbor } | undefined;
  /** When something was last sent to this host, since it was first heard of; -Infinity if nothing was. */
  lastAddressedNs(host: number): number;
  /** True if this host went on with connections whose answers are not in the capture. */
  wentOnUnanswered(host: number): boolean;
  /** How many routers the host's packets of a kind had passed; undefined if there were none. */
  distance(host: number, kind: TravelKind): Distance | undefined;
  /** Whether the host is the machine that captured this frame. */
  locality(host: number, within: FrameReference): Locality;
  /** The MAC address of a host whose packets came without passing a router, as a number. */
  linkAddress(host: number): number | undefined;
  /** TRAIT_ bits that any SYN of the host had. */
  synTraits(host: number): number;
  /** True if the host's packets, RSTs aside, have IPv6 flow labels. */
  usesFlowLabels(host: number): boolean;
  /** The shortest round trip to any port of the host, and of how many it is the shortest. */
  roundTrip(host: number): { shortestNs: number; count: number } | undefined;
}

const NONE = -1;
const FIRST_HOSTS = 1 << 8;
/** So many client addresses are kept of each port: enough to say 'others were answered'. */
export const KEPT_CLIENTS = 8;
/** More hosts than this are not told apart: a spoofed flood must not fill the memory. */
const MAXIMUM_HOSTS = 1 << 19;
/** The part of it that is left to hosts that answer. */
const SPARED_HOSTS = MAXIMUM_HOSTS / 16;
const MAXIMUM_PORTS = 1 << 18;

/** The mark of a host that went on with connections whose answers are not in the capture. */
const WENT_ON = 1;
/** That of one to which a reply about a link-layer address was captured. */
const GOT_REPLY = 2;

/** The quick test in front of the table: a host's data is noted only so often. */
const RECENT_ENTRIES = 1 << 12;
const RECENT_NS = 1e9;

/** Facts about hosts, by address. */
export class HostTable implements HostFacts {
  #count = 0;
  #words = new Uint32Array(FIRST_HOSTS * 4);
  #index = new Int32Array(FIRST_HOSTS * 2).fill(NONE);
  readonly #signs = new SignTable(FIRST_HOSTS);
  /** Of each host what its ports did; Maps with small integers as keys, which V8 hashes several times faster. */
  readonly #ports: (Map<number, PortFacts> | undefined)[] = [];
  #portCount = 0;
  readonly #answered = new FingerprintSet();
  readonly #whereabouts = new Whereabouts(FIRST_HOSTS);
  readonly #arrivals = new ArrivalLog(FIRST_HOSTS);
  /** When each host was heard, its SYNs aside. */
  readonly #heard = new ArrivalLog(FIRST_HOSTS);
  readonly #unanswered = new Map<number, UnansweredNeighbor>();
  readonly #sought = new Map<number, number>();
  #marks = new Uint8Array(FIRST_HOSTS);
  readonly #recentHash = new Int32Array(RECENT_ENTRIES);
  readonly #recentUntilNs = new Float64Array(RECENT_ENTRIES).fill(-Infinity);

  /** The host with this address, or -1. */
  find(word0: number, word1: number, word2: number, word3: number): number {
    const mask = this.#index.length - 1;
    for (let at = hashAddress(word0, word1, word2, word3) & mask; ; at = (at + 1) & mask) {
      const host = this.#index[at];
      if (host === NONE || this.#is(host, word0, word1, word2, word3)) return host;
    }
  }

  /** The host with this address, new if need be; -1 when the table is full. */
  intern(word0: number, word1: number, word2: number, word3: number): number {
    const known = this.find(word0, word1, word2, word3);
    if (known !== NONE || this.#count === MAXIMUM_HOSTS) return known;
    if (this.#count * 4 === this.#words.length) this.#grow();
    const host = this.#count++;
    this.#words.set([word0, word1, word2, word3], host * 4);
    this.#enter(host);
    return host;
  }

  /** The host with an address as text, or -1. */
  findByAddress(address: string): number {
    const words = parseAddress(address);
    return words === undefined ? NONE : this.find(words[0], words[1], words[2], words[3]);
  }

  /** False once there were more hosts or ports than are told apart. */
  get isComplete(): boolean {
    return this.#count < MAXIMUM_HOSTS && this.#portCount < MAXIMUM_PORTS;
  }

  /** The host with this address as text, or -1. */
  findAddress(address: string): number {
    const words = parseAddress(address);
    return words === undefined ? NONE : this.find(words[0], words[1], words[2], words[3]);
  }

  /** The host that sent the frame, or what it quotes; -1 when nothing is known of it. */
  findSource(frame: Frame): number {
    return this.find(frame.source0, frame.source1, frame.source2, frame.source3);
  }

  findDestination(frame: Frame): number {
    return this.find(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
  }

  /** The host that sent the frame, new if need be. */
  internSource(frame: Frame): number {
    return this.intern(frame.source0, frame.source1, frame.source2, frame.source3);
  }

  /** The same, but new only while there are few: spoofed senders must not fill the table. */
  internSourceSparingly(frame: Frame): number {
    return this.#count < SPARED_HOSTS ? this.internSource(frame) : this.findSource(frame);
  }

  internDestination(frame: Frame): number {
    return this.intern(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
  }

  address(host: number): string {
    const at = host * 4;
    return formatAddress(this.#words[at], this.#words[at + 1], this.#words[at + 2], this.#words[at + 3]);
  }

  /** Notes that a host sent something. */
  noteSign(host: number, kind: number, port: number, timeNs: number, frame: FrameReference): void {
    if (host === NONE) return;
    this.#signs.note(host, kind, port, timeNs, frame);
    this.#heard.note(host, timeNs, frame);
  }

  /** The same of a SYN, of which there may be a flood: it is no part of when the host was heard. */
  noteSignOfSyn(host: number, port: number, timeNs: number, frame: FrameReference): void {
    if (host !== NONE) this.#signs.note(host, SIGN_SEGMENT, port, timeNs, frame);
  }

  /**
   * True if packets of the frame's sender, from its port, were noted within the last second. A table of 4,096 entries
   * that keeps busy connections away from the host table: without it each packet of data costs a look-up there, which
   * took 40 ns instead of 4. Its hash has no key, so that what is noted does not differ from run to run.
   */
  wasNotedLately(frame: Frame, timeNs: number): boolean {
    const prefix =
      frame.ipVersion === 4 ? 0 : frame.source0 ^ Math.imul(frame.source1 ^ Math.imul(frame.source2, 31), 31);
    const mixed = Math.imul(prefix ^ frame.source3 ^ Math.imul(frame.sourcePort, 0x9e3779b1), 0x85ebca6b);
    const hash = mixed ^ (mixed >>> 15);
    const at = hash & (RECENT_ENTRIES - 1);
    // How long it will stay so; longer than that after the clock has jumped back.
    const leftNs = this.#recentUntilNs[at] - timeNs;
    if (this.#recentHash[at] === hash && leftNs > 0 && leftNs <= RECENT_NS) return true;
    this.#recentHash[at] = hash;
    this.#recentUntilNs[at] = timeNs + RECENT_NS;
    return false;
  }

  /** Notes that something was sent to a host. */
  noteAddressed(host: number, timeNs: number, frame: FrameReference): void {
    if (host !== NONE) this.#arrivals.note(host, timeNs, frame);
  }

  /** Notes from how far a packet of a host came (a TRAVEL_ kind), and how. */
  noteTravel(host: number, kind: number, timeToLive: number, frame: Frame, reference: FrameReference): void {
    if (host !== NONE) this.#whereabouts.note(host, kind, timeToLive, frame, reference);
  }

  /** Notes what a SYN of a host offers, as TRAIT_ bits. */
  noteSynTraits(host: number, traits: number): void {
    if (host !== NONE) this.#whereabouts.noteSynTraits(host, traits);
  }

  /** Notes how a message about a host's link-layer address came. */
  noteLink(host: number, frame: Frame, reference: FrameReference): void {
    if (host !== NONE) this.#whereabouts.noteLink(host, frame, reference);
  }

  noteWentOn(host: number): void {
    if (host !== NONE) this.#marks[host] |= WENT_ON;
  }

  /** Notes that a port sent a SYN-ACK once more that its client had acknowledged already. */
  noteOverflow(port: PortFacts, timeNs: number, reference: FrameReference): void {
    port.overflows++;
    port.lastOverflowNs = timeNs;
    port.lastOverflowFrame = reference;
  }

  /**
   * Notes that a port accepted an attempt: the time from its only SYN, -1 if that was repeated, or Infinity if the
   * capture shows the SYN behind its answer.
   */
  noteAccepted(facts: PortFacts, roundTripNs: number): void {
    facts.accepted++;
    if (roundTripNs < 0) facts.lateSynAcks++;
    else if (roundTripNs !== Number.POSITIVE_INFINITY) {
      facts.roundTrips++;
      facts.roundTripNs = Math.min(facts.roundTripNs, roundTripNs);
    }
  }

  /** Notes a SYN-ACK of a host's port, which is `frame`; gives what is known of the port. */
  noteSynAck(host: number, frame: Frame, timeNs: number, reference: FrameReference): PortFacts | undefined {
    const facts = this.#portFacts(host, frame.sourcePort);
    if (facts === undefined) return undefined;
    if (facts.synAcks === 0) {
      facts.firstSynAckNs = timeNs;
      facts.firstSynAckFrame = reference;
    }
    facts.synAcks++;
    facts.lastSynAckNs = timeNs;
    facts.lastSynAckFrame = reference;
    const { destination0, destination1, destination2, destination3 } = frame;
    const client = hashAddress(destination0, destination1, destination2, destination3);
    facts.synAckLog.note(timeNs, reference, client);
    this.#answered.add(hashPair(portKey(host, frame.sourcePort), client));
    if (facts.answeredClients.size < KEPT_CLIENTS) {
      facts.answeredClients.add(formatAddress(destination0, destination1, destination2, destination3));
    }
    return facts;
  }

  noteNeighborRequest(asker: number, sought: number, timeNs: number, frame: FrameReference): void {
    if (sought === NONE) return;
    const known = this.#unanswered.get(sought);
    if (known === undefined) {
      this.#unanswered.set(sought, {
        requests: 1,
        asker,
        firstNs: timeNs,
        lastNs: timeNs,
        firstFrame: frame,
        lastFrame: frame,
      });
    } else {
      known.requests++;
      known.asker = asker;
      known.lastNs = timeNs;
      known.lastFrame = frame;
    }
    if (asker !== NONE) this.#sought.set(asker, sought);
  }

  noteNeighborReply(host: number, asker: number): void {
    this.#unanswered.delete(host);
    if (asker !== NONE && asker !== host) this.#marks[asker] |= GOT_REPLY;
  }

  lastSign(host: number, exceptPort: number): Sign | undefined {
    return host === NONE ? undefined : this.#signs.latest(host, exceptPort);
  }

  firstHeardNs(host: number): number {
    return host === NONE ? Number.POSITIVE_INFINITY : this.#signs.firstNs(host);
  }

  lastNeighborSign(host: number): Sign | undefined {
    return host === NONE ? undefined : this.#signs.latestNeighbor(host);
  }

  mayHaveAnswered(host: number, port: number, client: string): boolean {
    const words = parseAddress(client);
    if (host === NONE || words === undefined) return false;
    const hash = hashPair(portKey(host, port), hashAddress(words[0], words[1], words[2], words[3]));
    return this.#answered.isFull || this.#answered.has(hash);
  }

  answered(
    host: number,
    port: number,
    client: string,
    { fromNs, toNs }: { fromNs: number; toNs: number },
  ): { timeNs: number; frame: FrameReference } | undefined {
    const words = parseAddress(client);
    if (words === undefined) return undefined;
    const hash = hashAddress(words[0], words[1], words[2], words[3]);
    return this.port(host, port)?.synAckLog.toClient(hash, fromNs, toNs);
  }

  hostOf(address: string): number {
    const words = parseAddress(address);
    return words === undefined ? NONE : this.find(words[0], words[1], words[2], words[3]);
  }

  port(host: number, port: number): PortFacts | undefined {
    return this.#ports[host]?.get(port);
  }

  unansweredNeighbor(host: number): UnansweredNeighbor | undefined {
    return this.#unanswered.get(host);
  }

  /** The hosts for whose link-layer addresses somebody asked in vain. */
  unansweredNeighbors(): Iterable<[host: number, neighbor: UnansweredNeighbor]> {
    return this.#unanswered;
  }

  soughtInVain(host: number): { address: string; neighbor: UnansweredNeighbor } | undefined {
    const sought = this.#sought.get(host);
    const neighbor = sought === undefined ? undefined : this.#unanswered.get(sought);
    return sought === undefined || neighbor === undefined ? undefined : { address: this.address(sought), neighbor };
  }

  lastAddressedNs(host: number): number {
    return host === NONE ? Number.NEGATIVE_INFINITY : this.#arrivals.latestNs(host);
  }

  /** True if what is sent to this host alone is in the capture, at least once. */
  isSpokenTo(host: number): boolean {
    return host !== NONE && ((this.#marks[host] & GOT_REPLY) !== 0 || this.lastAddressedNs(host) > -Infinity);
  }

  wentOnUnanswered(host: number): boolean {
    return host !== NONE && (this.#marks[host] & WENT_ON) !== 0;
  }

  /** How many attempts the port that the frame goes to has accepted so far. */
  acceptedBy(frame: Frame): number {
    return this.portOfDestination(frame)?.accepted ?? 0;
  }

  /** What is known of the port that the frame goes to. */
  portOfDestination(frame: Frame): PortFacts | undefined {
    return this.port(this.findDestination(frame), frame.destinationPort);
  }

  /** What came to a host around a time, and at most so far from it; undefined if nothing ever did. */
  arrivals(host: number, fromNs: number, toNs: number, withinNs: number): Arrivals | undefined {
    return this.#arrivals.around(host, fromNs, toNs, withinNs);
  }

  heard(host: number, fromNs: number, toNs: number): Arrivals | undefined {
    return this.#heard.around(host, fromNs, toNs, Number.POSITIVE_INFINITY);
  }

  distance(host: number, kind: TravelKind): Distance | undefined {
    return this.#whereabouts.distance(host, kind);
  }

  locality(host: number, within: FrameReference): Locality {
    return this.#whereabouts.locality(host, within);
  }

  synTraits(host: number): number {
    return this.#whereabouts.synTraits(host);
  }

  usesFlowLabels(host: number): boolean {
    return this.#whereabouts.usesFlowLabels(host);
  }

  linkAddress(host: number): number | undefined {
    return this.#whereabouts.linkAddress(host);
  }

  roundTrip(host: number): { shortestNs: number; count: number } | undefined {
    let shortestNs = Number.POSITIVE_INFINITY;
    let count = 0;
    for (const { roundTripNs, roundTrips } of this.#ports[host]?.values() ?? []) {
      shortestNs = Math.min(shortestNs, roundTripNs);
      count += roundTrips;
    }
    return count === 0 ? undefined : { shortestNs, count };
  }

  #portFacts(host: number, port: number): PortFacts | undefined {
    if (host === NONE) return undefined;
    let ports = this.#ports[host];
    if (ports === undefined) {
      ports = new Map();
      this.#ports[host] = ports;
    }
    const known = ports.get(port);
    if (known !== undefined || this.#portCount === MAXIMUM_PORTS) return known;
    const facts: PortFacts = {
      synAcks: 0,
      firstSynAckNs: 0,
      firstSynAckFrame: 0,
      lastSynAckNs: 0,
      lastSynAckFrame: 0,
      lateSynAcks: 0,
      overflows: 0,
      lastOverflowNs: 0,
      lastOverflowFrame: 0,
      accepted: 0,
      roundTripNs: Number.POSITIVE_INFINITY,
      roundTrips: 0,
      synAckLog: new SynAckLog(),
      answeredClients: new Set(),
    };
    ports.set(port, facts);
    this.#portCount++;
    return facts;
  }

  #is(host: number, word0: number, word1: number, word2: number, word3: number): boolean {
    const at = host * 4;
    const words = this.#words;
    return words[at + 3] === word3 && words[at + 2] === word2 && words[at + 1] === word1 && words[at] === word0;
  }

  #enter(host: number): void {
    const at = host * 4;
    const words = this.#words;
    const mask = this.#index.length - 1;
    let entry = hashAddress(words[at], words[at + 1], words[at + 2], words[at + 3]) & mask;
    while (this.#index[entry] !== NONE) entry = (entry + 1) & mask;
    this.#index[entry] = host;
  }

  #grow(): void {
    const hosts = (this.#words.length / 4) * 2;
    this.#words = grown(this.#words, hosts * 4);
    this.#marks = grown(this.#marks, hosts);
    this.#arrivals.grow(hosts);
    this.#heard.grow(hosts);
    this.#signs.grow(hosts);
    this.#whereabouts.grow(hosts);
    this.#index = new Int32Array(hosts * 2).fill(NONE);
    for (let host = 0; host < this.#count; host++) this.#enter(host);
  }
}

function portKey(host: number, port: number): number {
  return host * 0x10000 + port;
}

/** Looks for an attempt's hosts again: one that was unknown when the attempt was decided may have been heard since. */
export function findHosts(attempt: Attempt, hosts: HostTable): void {
  if (attempt.clientHost === NONE) attempt.clientHost = hosts.findByAddress(attempt.client.address);
  if (attempt.serverHost === NONE) attempt.serverHost = hosts.findByAddress(attempt.server.address);
}
