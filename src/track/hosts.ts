/**
 * What the capture shows of each host, beside the attempts: when it was last heard and how, which ports answered whom,
 * and whether its neighbours found it. Rules read it to tell a host that is down from a port that is filtered.
 */
import { formatAddress, parseAddress } from '../decode/address.js';
import type { Frame } from '../decode/frame.js';
import { ARRIVED_PLACES, ArrivalLog, type Arrivals, HEARD_PLACES } from './arrival-log.js';
import type { Attempt, AttemptEnds, FrameReference } from './attempt.js';
import { doublesIn, growthOfIndex, HEAP, moved, type Room, wordsIn } from './columns.js';
import { addressKey, hashAddress } from './hash.js';
import { HostRows, NONE } from './host-rows.js';
import {
  ADDRESS,
  GOT_REPLY,
  MARKS,
  MAXIMUM_HOSTS,
  PLACE_WORDS,
  PLACES_PER_HOST,
  RECENT_NS,
  RECENT_PLACES,
  SPARED_HOSTS,
  WARM_WORDS,
  WENT_ON,
} from './layout/hosts.js';
import type { Moment } from './moment.js';
import { type PortFacts, PortTable } from './ports.js';
import { NO_PORT, SIGN_SEGMENT, type Sign, SignTable } from './signs.js';
import { type Distance, type Locality, type TravelKind, Whereabouts } from './whereabouts.js';

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
  /** False if the server's port sent the client's address no SYN-ACK; true also when there were too many to know. */
  mayHaveAnswered(ends: AttemptEnds): boolean;
  /** A SYN-ACK of the host's port to this client address in a time; undefined also when too many others got theirs. */
  answered(
    host: number,
    port: number,
    client: string,
    time: { fromNs: number; toNs: number },
  ): { timeNs: number; frame: FrameReference } | undefined;
  /** The host with this address; -1 when nothing is known of it. */
  findByAddress(address: string): number;
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

const FIRST_HOSTS = 1 << 8;

/** Facts about hosts, by address. */
export class HostTable implements HostFacts {
  readonly rows = new HostRows(FIRST_HOSTS);
  /**
   * Open addressing, two words a place: the hash of an address, and its host. Without the hash every place on the way
   * costs a look at the row of another host, which is a wait for memory each time.
   */
  index = wordsIn(HEAP, FIRST_HOSTS * PLACES_PER_HOST * PLACE_WORDS).fill(NONE);
  /** What their ports answered. */
  readonly ports = new PortTable(this.rows);
  readonly #signs = new SignTable(this.rows);
  readonly whereabouts = new Whereabouts(this.rows);
  readonly arrived = new ArrivalLog(this.rows, ARRIVED_PLACES);
  /** When each host was heard, its SYNs aside. */
  readonly heardLog = new ArrivalLog(this.rows, HEARD_PLACES);
  #room = HEAP;
  readonly #unanswered = new Map<number, UnansweredNeighbor>();
  readonly #sought = new Map<number, number>();
  /** Whose packets were noted lately: hashes, and until when that counts. */
  recentHash = wordsIn(HEAP, RECENT_PLACES);
  recentUntilNs = doublesIn(HEAP, RECENT_PLACES).fill(-Infinity);

  /** Moves what assembly/plain.ts writes into to other memory. */
  moveTo(room: Room): void {
    this.rows.moveTo(room);
    this.index = moved(this.index, room);
    this.ports.moveTo(room);
    this.whereabouts.points.moveTo(room);
    this.arrived.ended.moveTo(room);
    this.heardLog.ended.moveTo(room);
    this.recentHash = moved(this.recentHash, room);
    this.recentUntilNs = moved(this.recentUntilNs, room);
    this.#room = room;
  }

  /** The host with this address, or -1. */
  find(word0: number, word1: number, word2: number, word3: number): number {
    const index = this.index;
    const hash = hashAddress(word0, word1, word2, word3);
    const mask = index.length - 1;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const host = index[at + 1];
      if (host === NONE || (index[at] === hash && this.#is(host, word0, word1, word2, word3))) return host;
    }
  }

  /** The host with this address, new if need be; -1 when the table is full. */
  intern(word0: number, word1: number, word2: number, word3: number): number {
    const known = this.find(word0, word1, word2, word3);
    if (known !== NONE || this.rows.count === MAXIMUM_HOSTS) return known;
    if (this.rows.count * PLACES_PER_HOST * PLACE_WORDS === this.index.length) this.#growIndex();
    const host = this.rows.add(word0, word1, word2, word3);
    this.#enter(hashAddress(word0, word1, word2, word3), host);
    return host;
  }

  /** The host with an address as text, or -1. */
  findByAddress(address: string): number {
    const words = parseAddress(address);
    return words === undefined ? NONE : this.find(words[0], words[1], words[2], words[3]);
  }

  /** False once there were more hosts or ports than are told apart. */
  get isComplete(): boolean {
    return this.rows.count < MAXIMUM_HOSTS && !this.ports.isFull;
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
    return this.rows.count < SPARED_HOSTS ? this.internSource(frame) : this.findSource(frame);
  }

  internDestination(frame: Frame): number {
    return this.intern(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
  }

  address(host: number): string {
    const at = host * WARM_WORDS + ADDRESS;
    const { words } = this.rows;
    return formatAddress(words[at] >>> 0, words[at + 1] >>> 0, words[at + 2] >>> 0, words[at + 3] >>> 0);
  }

  /** Notes that a host sent something. */
  noteSign(host: number, kind: number, port: number, moment: Moment): void {
    if (host === NONE) return;
    if (port === NO_PORT) this.#signs.notePacket(host, kind, moment);
    else this.#signs.noteTcp(host, kind, port, moment);
    this.heardLog.note(host, moment);
  }

  /** The same of a SYN, of which there may be a flood: it is no part of when the host was heard. */
  noteSignOfSyn(host: number, port: number, moment: Moment): void {
    if (host !== NONE) this.#signs.noteTcp(host, SIGN_SEGMENT, port, moment);
  }

  /**
   * True if packets of the frame's sender, from its port, were noted within the last second. A table of 16,384 entries
   * that keeps busy connections away from the host table: without it each packet of data costs a look-up there, which
   * took 40 ns instead of 4. Its hash has no key, so that what is noted does not differ from run to run.
   */
  wasNotedLately(frame: Frame, timeNs: number): boolean {
    const prefix =
      frame.ipVersion === 4 ? 0 : frame.source0 ^ Math.imul(frame.source1 ^ Math.imul(frame.source2, 31), 31);
    const mixed = Math.imul(prefix ^ frame.source3 ^ Math.imul(frame.sourcePort, 0x9e3779b1), 0x85ebca6b);
    const hash = mixed ^ (mixed >>> 15);
    const at = hash & (RECENT_PLACES - 1);
    // How long it will stay so; longer than that after the clock has jumped back.
    const leftNs = this.recentUntilNs[at] - timeNs;
    if (this.recentHash[at] === hash && leftNs > 0 && leftNs <= RECENT_NS) return true;
    this.recentHash[at] = hash;
    this.recentUntilNs[at] = timeNs + RECENT_NS;
    return false;
  }

  /** Notes that something was sent to a host. */
  noteAddressed(host: number, moment: Moment): void {
    if (host !== NONE) this.arrived.note(host, moment);
  }

  /** Notes from how far a packet of a host came (a TRAVEL_ kind), and how. */
  noteTravel(host: number, kind: number, timeToLive: number, frame: Frame, moment: Moment): void {
    if (host !== NONE) this.whereabouts.note(host, kind, timeToLive, frame, moment);
  }

  /** Notes what a SYN of a host offers, as TRAIT_ bits. */
  noteSynTraits(host: number, traits: number): void {
    if (host !== NONE) this.whereabouts.noteSynTraits(host, traits);
  }

  /** Notes how a message about a host's link-layer address came. */
  noteLink(host: number, frame: Frame, moment: Moment): void {
    if (host !== NONE) this.whereabouts.noteLink(host, frame, moment);
  }

  noteWentOn(host: number): void {
    if (host !== NONE) this.#mark(host, WENT_ON);
  }

  noteNeighborRequest(asker: number, sought: number, { timeNs, frame }: Moment): void {
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
    if (asker !== NONE && asker !== host) this.#mark(asker, GOT_REPLY);
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

  mayHaveAnswered({ serverHost, server, clientHost, client }: AttemptEnds): boolean {
    if (serverHost === NONE) return false;
    return this.ports.mayHaveAnswered(serverHost, server.port, this.#keyOf(clientHost, client.address));
  }

  answered(
    host: number,
    port: number,
    client: string,
    within: { fromNs: number; toNs: number },
  ): { timeNs: number; frame: FrameReference } | undefined {
    return this.ports.synAckTo(host, port, client, within);
  }

  port(host: number, port: number): PortFacts | undefined {
    return this.ports.get(host, port);
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
    return host === NONE ? Number.NEGATIVE_INFINITY : this.arrived.latestNs(host);
  }

  /** True if what is sent to this host alone is in the capture, at least once. */
  isSpokenTo(host: number): boolean {
    return host !== NONE && (this.#isMarked(host, GOT_REPLY) || this.lastAddressedNs(host) > -Infinity);
  }

  wentOnUnanswered(host: number): boolean {
    return host !== NONE && this.#isMarked(host, WENT_ON);
  }

  /** How many attempts the port that the frame goes to has accepted so far. */
  acceptedBy(frame: Frame): number {
    return this.ports.acceptedBy(this.portOfDestination(frame));
  }

  /** The number of the port that the frame goes to; -1 if it never answered. */
  portOfDestination(frame: Frame): number {
    return this.ports.find(this.findDestination(frame), frame.destinationPort);
  }

  /** What came to a host around a time, and at most so far from it; undefined if nothing ever did. */
  arrivals(host: number, fromNs: number, toNs: number, withinNs: number): Arrivals | undefined {
    return this.arrived.around(host, fromNs, toNs, withinNs);
  }

  heard(host: number, fromNs: number, toNs: number): Arrivals | undefined {
    return this.heardLog.around(host, fromNs, toNs, Number.POSITIVE_INFINITY);
  }

  distance(host: number, kind: TravelKind): Distance | undefined {
    return this.whereabouts.distance(host, kind);
  }

  locality(host: number, within: FrameReference): Locality {
    return this.whereabouts.locality(host, within);
  }

  synTraits(host: number): number {
    return this.whereabouts.synTraits(host);
  }

  usesFlowLabels(host: number): boolean {
    return this.whereabouts.usesFlowLabels(host);
  }

  linkAddress(host: number): number | undefined {
    return this.whereabouts.linkAddress(host);
  }

  roundTrip(host: number): { shortestNs: number; count: number } | undefined {
    return this.ports.roundTrip(host);
  }

  #mark(host: number, mark: number): void {
    this.rows.words[host * WARM_WORDS + MARKS] |= mark;
  }

  #isMarked(host: number, mark: number): boolean {
    return (this.rows.words[host * WARM_WORDS + MARKS] & mark) !== 0;
  }

  #is(host: number, word0: number, word1: number, word2: number, word3: number): boolean {
    const at = host * WARM_WORDS + ADDRESS;
    const { words } = this.rows;
    return (
      words[at + 3] === (word3 | 0) &&
      words[at + 2] === (word2 | 0) &&
      words[at + 1] === (word1 | 0) &&
      words[at] === (word0 | 0)
    );
  }

  /** By the address itself where it is not that of a known host. */
  #keyOf(host: number, address: string): number {
    const at = host * WARM_WORDS + ADDRESS;
    const { words } = this.rows;
    if (host !== NONE) return addressKey(words[at], words[at + 1], words[at + 2], words[at + 3]);
    const [word0, word1, word2, word3] = parseAddress(address)!;
    return addressKey(word0, word1, word2, word3);
  }

  #enter(hash: number, host: number): void {
    const mask = this.index.length - 1;
    let at = (hash << 1) & mask;
    while (this.index[at + 1] !== NONE) at = (at + 2) & mask;
    this.index[at] = hash;
    this.index[at + 1] = host;
  }

  #growIndex(): void {
    const old = this.index;
    this.index = wordsIn(this.#room, old.length * growthOfIndex(old)).fill(NONE);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== NONE) this.#enter(old[at], old[at + 1]);
    }
    this.#room.free(old);
  }
}

/** Looks for an attempt's hosts again: one that was unknown when the attempt was decided may have been heard since. */
export function findHosts(attempt: Attempt, hosts: HostTable): void {
  if (attempt.clientHost === NONE) attempt.clientHost = hosts.findByAddress(attempt.client.address);
  if (attempt.serverHost === NONE) attempt.serverHost = hosts.findByAddress(attempt.server.address);
}
