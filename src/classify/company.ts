/** What other attempts did at the time: of the same client, at the same port, and the same one seen elsewhere. */
import type { Attempt, AttemptEvent, Endpoint } from '../track/attempt.js';
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

/** Other attempts, looked up by what they have in common. */
export class AttemptIndex implements Company {
  readonly #silences = new Map<string, PortSilence>();
  readonly #silent = new Map<string, Attempt[]>();
  readonly loneSyns: number;
  readonly #rejected = new Map<string, Attempt[]>();
  readonly #unheard = new Set<string>();
  readonly #silentPorts = new Map<string, Set<number>>();
  readonly #byClient = new Map<string, Attempt[]>();
  /** Of each client's attempts, where the next one to another server stands. */
  readonly #nextServer = new Map<string, Uint32Array>();
  readonly #portsTried = new Map<string, Set<number>>();
  readonly #bySequence = new Map<number, Attempt[]>();

  constructor(attempts: readonly Attempt[]) {
    for (const attempt of attempts) this.#add(attempt);
    this.loneSyns = areLoneSyns(attempts) ? attempts.length : 0;
    for (const group of [...this.#byClient.values(), ...this.#bySequence.values()]) {
      group.sort((one, other) => startNs(one) - startNs(other));
    }
    for (const [client, group] of this.#byClient) this.#nextServer.set(client, nextServers(group));
  }

  silenceAt(attempt: Attempt): PortSilence {
    return (
      this.#silences.get(portKey(attempt)) ?? {
        attempts: 0,
        syns: 0,
        firstSynNs: Number.POSITIVE_INFINITY,
        lastSynNs: Number.NEGATIVE_INFINITY,
      }
    );
  }

  silentAt(attempt: Attempt): readonly Attempt[] {
    return this.#silent.get(portKey(attempt)) ?? [];
  }

  rejectedAt(attempt: Attempt): readonly AttemptPackets[] {
    return (this.#rejected.get(portKey(attempt)) ?? []).map(sortPackets);
  }

  wentOnUnheard(attempt: Attempt): boolean {
    return this.#unheard.has(pairKey(attempt));
  }

  silentPorts({ server }: Attempt): number {
    return this.#silentPorts.get(server.address)?.size ?? 0;
  }

  elsewhere(attempt: Attempt, fromNs: number, toNs: number): readonly Attempt[] {
    const { client, server } = attempt;
    const ofClient = this.#byClient.get(client.address) ?? [];
    const next = this.#nextServer.get(client.address) ?? [];
    const found: Attempt[] = [];
    let at = firstFrom(ofClient, fromNs);
    while (at < ofClient.length && startNs(ofClient[at]) <= toNs && found.length < MOST_ELSEWHERE) {
      const isElsewhere = ofClient[at].server.address !== server.address;
      if (isElsewhere) found.push(ofClient[at]);
      // A client may have thousands of attempts to one server: they are passed over at once.
      at = isElsewhere ? at + 1 : next[at];
    }
    return found;
  }

  portsTried(attempt: Attempt): number {
    return this.#portsTried.get(pairKey(attempt))?.size ?? 0;
  }

  twins(attempt: Attempt): readonly Attempt[] {
    const syn = firstSyn(attempt);
    if (syn === undefined) return [];
    const isTwin = (other: Attempt): boolean => {
      const otherSyn = firstSyn(other);
      return otherSyn !== undefined && isSameSyn(syn, otherSyn) && !isBetweenSame(attempt, other);
    };
    const ofSequence = this.#bySequence.get(attempt.initialSequence) ?? [];
    const from = firstFrom(ofSequence, syn.timeNs - TWIN_NS);
    return ofSequence.slice(from, from + MOST_TWINS).filter(isTwin);
  }

  #add(attempt: Attempt): void {
    push(this.#byClient, attempt.client.address, attempt);
    push(this.#bySequence, attempt.initialSequence, attempt);
    notePort(this.#portsTried, pairKey(attempt), attempt.server.port);
    const syns = attempt.events.filter(({ kind }) => kind === 'syn');
    const key = portKey(attempt);
    if (attempt.events.some(({ kind }) => kind === 'icmp') && (this.#rejected.get(key)?.length ?? 0) < MOST_REJECTED) {
      push(this.#rejected, key, attempt);
    }
    const wentOn = attempt.events.filter(({ kind }) => kind === 'client-segment');
    if (wentOn.length > 0 && syns.length + wentOn.length === attempt.events.length) this.#unheard.add(pairKey(attempt));
    if (syns.length === 0 || syns.length < attempt.events.length) return;
    notePort(this.#silentPorts, attempt.server.address, attempt.server.port);
    if ((this.#silent.get(key)?.length ?? 0) < MOST_SILENT) push(this.#silent, key, attempt);
    const known = this.#silences.get(key);
    const firstSynNs = syns[0].timeNs;
    const lastSynNs = syns[syns.length - 1].timeNs;
    this.#silences.set(key, {
      attempts: (known?.attempts ?? 0) + 1,
      syns: (known?.syns ?? 0) + syns.length,
      firstSynNs: Math.min(known?.firstSynNs ?? firstSynNs, firstSynNs),
      lastSynNs: Math.max(known?.lastSynNs ?? lastSynNs, lastSynNs),
    });
  }
}

/** So many attempts, to so many servers, are no accident. */
const ENOUGH_LONE_SYNS = 5;
const ENOUGH_SERVERS = 3;
/** Of so many attempts one at most repeats its SYN. */
const REPEATED_SHARE = 0.1;

function areLoneSyns(attempts: readonly Attempt[]): boolean {
  if (attempts.length < ENOUGH_LONE_SYNS) return false;
  const isSilent = ({ events, isBareSyn, isOddSyn }: Attempt): boolean =>
    !isBareSyn && !isOddSyn && events.every(({ kind }) => kind === 'syn');
  if (!attempts.every(isSilent)) return false;
  const repeated = attempts.filter(({ events }) => events.length > 1).length;
  const servers = new Set(attempts.map(({ server }) => server.address));
  return servers.size >= ENOUGH_SERVERS && repeated <= REPEATED_SHARE * attempts.length;
}

function notePort(ports: Map<string, Set<number>>, key: string, port: number): void {
  const known = ports.get(key);
  if (known === undefined) ports.set(key, new Set([port]));
  else if (known.size < MOST_PORTS) known.add(port);
}

function nextServers(attempts: readonly Attempt[]): Uint32Array {
  const next = new Uint32Array(attempts.length);
  for (let at = attempts.length - 1; at >= 0; at--) {
    const isLast = at === attempts.length - 1;
    const isSame = !isLast && attempts[at].server.address === attempts[at + 1].server.address;
    next[at] = isSame ? next[at + 1] : at + 1;
  }
  return next;
}

function pairKey({ client, server }: Attempt): string {
  return `${client.address} ${server.address}`;
}

function push<Key>(map: Map<Key, Attempt[]>, key: Key, attempt: Attempt): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [attempt]);
  else known.push(attempt);
}

function portKey({ server }: Attempt): string {
  return `${server.address} ${server.port}`;
}

function startNs({ events }: Attempt): number {
  return events[0].timeNs;
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

/** The index of the first attempt that began at this time or later. */
function firstFrom(attempts: readonly Attempt[], fromNs: number): number {
  let low = 0;
  let high = attempts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (startNs(attempts[middle]) < fromNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
