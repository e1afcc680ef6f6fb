/** What other attempts did at the time: of the same client, at the same port, and the same one seen elsewhere. */
import type { Attempt, AttemptEvent, Endpoint } from '../track/attempt.js';
import { Groups } from './groups.js';
import { type AttemptPackets, sortPackets } from './packets.js';

/** The unanswered attempts at one port, taken together. */
export interface PortSilence {
  attempts: number;
  /** SYNs of all of them. */
  syns: number;
  firstSynNs: number;
  lastSynNs: number;
}

/** What rules may ask about other attempts. */
export interface Company {
  /** All attempts at the same port that stayed without any answer, this one included. */
  silenceAt(attempt: Attempt): PortSilence;
  /** Attempts at the same port that stayed without any answer, this one included; the first few. */
  silentAt(attempt: Attempt): readonly Attempt[];
  /** Attempts at the same port that got an ICMP error, the first few, with their packets sorted. */
  rejectedAt(attempt: Attempt): readonly AttemptPackets[];
  /** True if the client went on with a connection to this server of which the capture holds its own packets only. */
  wentOnUnheard(attempt: Attempt): boolean;
  /**
   * The number of all attempts, if they are to several servers and consist of SYNs of real clients which, although
   * nothing answers them, are hardly ever repeated: 0 if it is otherwise.
   */
  readonly loneSyns: number;
  /** How many ports of this server left attempts without any answer; counted up to some. */
  silentPorts(attempt: Attempt): number;
  /** Attempts of the same client to other addresses that began within a time, in their order; the first few. */
  elsewhere(attempt: Attempt, fromNs: number, toNs: number): readonly Attempt[];
  /** To how many different ports of this server the client sent SYNs; counted up to some. */
  portsTried(attempt: Attempt): number;
  /** Other attempts with the same initial sequence number and options at nearly the same time. */
  twins(attempt: Attempt): readonly Attempt[];
}

/** For attempts that are judged alone, because there were too many to keep: a crowd at least. */
export const CROWD: Company = {
  silenceAt: () => ({
    attempts: Number.POSITIVE_INFINITY,
    syns: Number.POSITIVE_INFINITY,
    firstSynNs: Number.NEGATIVE_INFINITY,
    lastSynNs: Number.POSITIVE_INFINITY,
  }),
  silentAt: () => [],
  rejectedAt: () => [],
  wentOnUnheard: () => false,
  loneSyns: 0,
  silentPorts: () => 0,
  elsewhere: () => [],
  portsTried: () => Number.POSITIVE_INFINITY,
  twins: () => [],
};

/** Both sides of an address translation see a packet within some milliseconds; a queue may take longer. */
const TWIN_NS = 1e9;
/** Nobody translates one SYN more often; a scan may have thousands with one sequence number. */
const MOST_TWINS = 16;
/** A client that tried more than this in the time asked for is a scanner: the first ones tell enough. */
const MOST_ELSEWHERE = 64;
/** So many silent attempts at one port show what there is to see. */
const MOST_SILENT = 64;
/** Errors are limited in number themselves. */
const MOST_REJECTED = 16;
/** More ports than this are a scan, however many. */
const MOST_PORTS = 16;

/** Attempts that may be made anew whenever one is asked for; an array is such a list. */
export interface AttemptList {
  readonly length: number;
  at(index: number): Attempt | undefined;
}

const NOBODY: readonly Attempt[] = [];
/** Each of them holds 64 attempts at most, so all of them some megabytes. */
const KEPT_LISTS = 512;

/** What an attempt consists of: SYNs alone, SYNs and an ICMP error among others, or its client's packets alone. */
const SILENT = 1;
const REJECTED = 2;
const UNHEARD = 4;

/**
 * Other attempts, looked up by what they have in common. There may be a hundred thousand of them: what is known of each
 * are a few numbers, and a group is looked for by numbers, which took a fifth of the time of texts as keys.
 */
export class AttemptIndex implements Company {
  readonly #attempts: AttemptList;
  readonly loneSyns: number;
  readonly #addresses = new Map<string, number>();
  /** The attempts in the order in which they began. */
  readonly #order: Int32Array;
  readonly #startNs: Float64Array;
  readonly #client: Int32Array;
  readonly #server: Int32Array;
  readonly #port: Uint16Array;
  readonly #sequence: Uint32Array;
  readonly #traits: Uint8Array;
  /** Of those that are silent. */
  readonly #syns: Uint16Array;
  readonly #lastSynNs: Float64Array;
  /** Of ports that were asked for lately, their silent attempts. */
  readonly #lists = new Map<number, Attempt[]>();
  readonly #silences = new Map<number, PortSilence>();
  readonly #portCounts = new Map<number, number>();
  /** Of each attempt, where the next one of its client to another server stands among those of its client. */
  #nextServer: Int32Array | undefined;
  #byClient: Groups | undefined;
  #bySequence: Groups | undefined;
  #byPair: Groups | undefined;
  #silentByServer: Groups | undefined;
  #silentByPort: Groups | undefined;
  #rejectedByPort: Groups | undefined;
  #unheardByPair: Groups | undefined;

  constructor(attempts: AttemptList) {
    const { length } = attempts;
    this.#attempts = attempts;
    this.#startNs = new Float64Array(length);
    this.#client = new Int32Array(length);
    this.#server = new Int32Array(length);
    this.#port = new Uint16Array(length);
    this.#sequence = new Uint32Array(length);
    this.#traits = new Uint8Array(length);
    this.#syns = new Uint16Array(length);
    this.#lastSynNs = new Float64Array(length);
    for (let index = 0; index < length; index++) this.#note(index, attempts.at(index)!);
    this.#order = inOrder(this.#startNs);
    this.loneSyns = areLoneSyns(attempts, this.#traits, this.#syns) ? length : 0;
  }

  silenceAt({ server }: Attempt): PortSilence {
    const key = this.#portKey(this.#addressOf(server), server.port);
    let silence = this.#silences.get(key);
    if (silence === undefined) {
      silence = this.#silenceOf(key);
      this.#silences.set(key, silence);
    }
    return silence;
  }

  silentAt({ server }: Attempt): readonly Attempt[] {
    const key = this.#portKey(this.#addressOf(server), server.port);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const silent = this.#get(this.#silentAtPorts().of(key), MOST_SILENT);
    if (this.#lists.size === KEPT_LISTS) this.#lists.clear();
    this.#lists.set(key, silent);
    return silent;
  }

  rejectedAt({ server }: Attempt): readonly AttemptPackets[] {
    this.#rejectedByPort ??= this.#group((index) => this.#ownPort(index), REJECTED);
    const key = this.#portKey(this.#addressOf(server), server.port);
    return this.#get(this.#rejectedByPort.of(key), MOST_REJECTED).map(sortPackets);
  }

  wentOnUnheard({ client, server }: Attempt): boolean {
    this.#unheardByPair ??= this.#group((index) => this.#ownPair(index), UNHEARD);
    if (this.#unheardByPair.isEmpty) return false;
    return this.#unheardByPair.of(pairKey(this.#addressOf(client), this.#addressOf(server))).length > 0;
  }

  silentPorts({ server }: Attempt): number {
    this.#silentByServer ??= this.#group((index) => this.#server[index], SILENT);
    const address = this.#addressOf(server);
    return this.#countPorts(-1 - address, this.#silentByServer, address);
  }

  elsewhere(attempt: Attempt, fromNs: number, toNs: number): readonly Attempt[] {
    const server = this.#addressOf(attempt.server);
    this.#byClient ??= this.#group((index) => this.#client[index]);
    const ofClient = this.#byClient.of(this.#addressOf(attempt.client));
    this.#nextServer ??= this.#findNextServers();
    const found: number[] = [];
    let at = firstFrom(ofClient, this.#startNs, fromNs);
    while (at < ofClient.length && this.#startNs[ofClient[at]] <= toNs && found.length < MOST_ELSEWHERE) {
      const isElsewhere = this.#server[ofClient[at]] !== server;
      if (isElsewhere) found.push(ofClient[at]);
      // A client may have thousands of attempts to one server: they are passed over at once.
      at = isElsewhere ? at + 1 : this.#nextServer[ofClient[at]];
    }
    return found.map((index) => this.#attempts.at(index)!);
  }

  portsTried({ client, server }: Attempt): number {
    this.#byPair ??= this.#group((index) => this.#ownPair(index));
    const key = pairKey(this.#addressOf(client), this.#addressOf(server));
    return this.#countPorts(key, this.#byPair, key);
  }

  twins(attempt: Attempt): readonly Attempt[] {
    const syn = firstSyn(attempt);
    if (syn === undefined) return [];
    this.#bySequence ??= this.#group((index) => this.#sequence[index]);
    // Mostly it is the attempt itself.
    if (this.#bySequence.countOf(attempt.initialSequence) < 2) return NOBODY;
    const ofSequence = this.#bySequence.of(attempt.initialSequence);
    const isTwin = (other: Attempt): boolean => {
      const otherSyn = firstSyn(other);
      return otherSyn !== undefined && isSameSyn(syn, otherSyn) && !isBetweenSame(attempt, other);
    };
    const from = firstFrom(ofSequence, this.#startNs, syn.timeNs - TWIN_NS);
    return this.#get(ofSequence.subarray(from), MOST_TWINS).filter(isTwin);
  }

  #note(index: number, { client, server, initialSequence, events }: Attempt): void {
    let syns = 0;
    let clientSegments = 0;
    let hasError = false;
    let lastSynNs = Number.NEGATIVE_INFINITY;
    for (const { kind, timeNs } of events) {
      if (kind === 'syn') {
        syns++;
        lastSynNs = timeNs;
      } else if (kind === 'client-segment') clientSegments++;
      else if (kind === 'icmp') hasError = true;
    }
    const isSilent = syns > 0 && syns === events.length;
    const isUnheard = clientSegments > 0 && syns + clientSegments === events.length;
    this.#startNs[index] = events[0].timeNs;
    this.#client[index] = this.#enter(client);
    this.#server[index] = this.#enter(server);
    this.#port[index] = server.port;
    this.#sequence[index] = initialSequence;
    this.#traits[index] = (isSilent ? SILENT : 0) | (hasError ? REJECTED : 0) | (isUnheard ? UNHEARD : 0);
    this.#syns[index] = isSilent ? syns : 0;
    this.#lastSynNs[index] = lastSynNs;
  }

  #enter({ address }: Endpoint): number {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    this.#addresses.set(address, this.#addresses.size);
    return this.#addresses.size - 1;
  }

  /** A number that no attempt has where the address is not known. */
  #addressOf({ address }: Endpoint): number {
    return this.#addresses.get(address) ?? this.#addresses.size;
  }

  #portKey(address: number, port: number): number {
    return address * 0x10000 + port;
  }

  #ownPort(index: number): number {
    return this.#portKey(this.#server[index], this.#port[index]);
  }

  #ownPair(index: number): number {
    return pairKey(this.#client[index], this.#server[index]);
  }

  #group(keyOf: (index: number) => number, trait = 0): Groups {
    const members = trait === 0 ? this.#order : this.#order.filter((index) => (this.#traits[index] & trait) !== 0);
    return new Groups(members, keyOf);
  }

  #get(group: Int32Array, most: number): Attempt[] {
    return Array.from(group.subarray(0, most), (index) => this.#attempts.at(index)!);
  }

  #silentAtPorts(): Groups {
    this.#silentByPort ??= this.#group((index) => this.#ownPort(index), SILENT);
    return this.#silentByPort;
  }

  #silenceOf(port: number): PortSilence {
    const silence = {
      attempts: 0,
      syns: 0,
      firstSynNs: Number.POSITIVE_INFINITY,
      lastSynNs: Number.NEGATIVE_INFINITY,
    };
    for (const index of this.#silentAtPorts().of(port)) {
      silence.attempts++;
      silence.syns += this.#syns[index];
      silence.firstSynNs = Math.min(silence.firstSynNs, this.#startNs[index]);
      silence.lastSynNs = Math.max(silence.lastSynNs, this.#lastSynNs[index]);
    }
    return silence;
  }

  /** The ports of a group, counted once; `name` is the group's among all that are counted. */
  #countPorts(name: number, groups: Groups, key: number): number {
    const known = this.#portCounts.get(name);
    if (known !== undefined) return known;
    const ports = new Set<number>();
    for (const index of groups.of(key)) {
      ports.add(this.#port[index]);
      if (ports.size === MOST_PORTS) break;
    }
    this.#portCounts.set(name, ports.size);
    return ports.size;
  }

  #findNextServers(): Int32Array {
    const next = new Int32Array(this.#order.length);
    for (const group of this.#byClient!.all()) {
      for (let at = group.length - 1; at >= 0; at--) {
        const isSame = at + 1 < group.length && this.#server[group[at]] === this.#server[group[at + 1]];
        next[group[at]] = isSame ? next[group[at + 1]] : at + 1;
      }
    }
    return next;
  }
}

/** Two hosts in one number: there are fewer than 2^26 of them. */
function pairKey(client: number, server: number): number {
  return client * 2 ** 26 + server;
}

/** The indices of attempts in the order of their beginnings. */
function inOrder(startNs: Float64Array): Int32Array {
  const order = Int32Array.from(startNs.keys());
  const isInOrder = startNs.every((timeNs, index) => index === 0 || startNs[index - 1] <= timeNs);
  return isInOrder ? order : order.sort((one, other) => startNs[one] - startNs[other] || one - other);
}

/** So many attempts, to so many servers, are no accident. */
const ENOUGH_LONE_SYNS = 5;
const ENOUGH_SERVERS = 3;
/** Of so many attempts one at most repeats its SYN. */
const REPEATED_SHARE = 0.1;

function areLoneSyns(attempts: AttemptList, traits: Uint8Array, syns: Uint16Array): boolean {
  const { length } = attempts;
  if (length < ENOUGH_LONE_SYNS || !traits.every((trait) => trait === SILENT)) return false;
  const servers = new Set<string>();
  let repeated = 0;
  for (let index = 0; index < length; index++) {
    const { isBareSyn, isOddSyn, server } = attempts.at(index)!;
    if (isBareSyn || isOddSyn) return false;
    servers.add(server.address);
    if (syns[index] > 1) repeated++;
  }
  return servers.size >= ENOUGH_SERVERS && repeated <= REPEATED_SHARE * length;
}

function firstSyn({ events }: Attempt): AttemptEvent | undefined {
  return events.find(({ kind }) => kind === 'syn');
}

/**
 * Translation leaves window and time stamps alone, mostly also the order of the options, though not always the segment
 * size. Probes have one sequence number for all targets, and no time stamps: of them the identification differs, or the
 * time to live does not.
 */
function isSameSyn(one: AttemptEvent, other: AttemptEvent): boolean {
  if (one.window !== other.window || one.timestamp !== other.timestamp) return false;
  if (Math.abs(one.timeNs - other.timeNs) > TWIN_NS) return false;
  const isSamePacket = one.identification > 0 && one.identification === other.identification;
  const hasSameOptions = one.options === other.options;
  if (one.timestamp !== 0) return hasSameOptions || isSamePacket;
  return hasSameOptions && isSamePacket && one.timeToLive !== other.timeToLive;
}

/** True if both attempts have the same two ends; the other way round, one is the reflection of the other. */
function isBetweenSame({ client, server }: Attempt, other: Attempt): boolean {
  return (
    (isSameEnd(client, other.client) && isSameEnd(server, other.server)) ||
    (isSameEnd(client, other.server) && isSameEnd(server, other.client))
  );
}

function isSameEnd(one: Endpoint, other: Endpoint): boolean {
  return one.port === other.port && one.address === other.address;
}

/** Where in a group the first attempt stands that began at this time or later. */
function firstFrom(group: Int32Array, startNs: Float64Array, fromNs: number): number {
  let low = 0;
  let high = group.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (startNs[group[middle]] < fromNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
