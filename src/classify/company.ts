/** What other attempts did at the time: of the same client, at the same port, and the same one seen elsewhere. */
import type { Attempt, AttemptEvent, Endpoint } from '../track/attempt.js';

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
/** More ports than this are a scan, however many. */
const MOST_PORTS = 16;

/** Other attempts, looked up by what they have in common. */
export class AttemptIndex implements Company {
  readonly #silences = new Map<string, PortSilence>();
  readonly #byClient = new Map<string, Attempt[]>();
  readonly #portsTried = new Map<string, Set<number>>();
  readonly #bySequence = new Map<number, Attempt[]>();

  constructor(attempts: readonly Attempt[]) {
    for (const attempt of attempts) this.#add(attempt);
    for (const group of [...this.#byClient.values(), ...this.#bySequence.values()]) {
      group.sort((one, other) => startNs(one) - startNs(other));
    }
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

  elsewhere(attempt: Attempt, fromNs: number, toNs: number): readonly Attempt[] {
    const ofClient = this.#byClient.get(attempt.client.address) ?? [];
    const found: Attempt[] = [];
    for (let at = firstFrom(ofClient, fromNs); at < ofClient.length && startNs(ofClient[at]) <= toNs; at++) {
      if (ofClient[at].server.address !== attempt.server.address) found.push(ofClient[at]);
      if (found.length === MOST_ELSEWHERE) break;
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

  #notePort(attempt: Attempt): void {
    const key = pairKey(attempt);
    const known = this.#portsTried.get(key);
    if (known === undefined) this.#portsTried.set(key, new Set([attempt.server.port]));
    else if (known.size < MOST_PORTS) known.add(attempt.server.port);
  }

  #add(attempt: Attempt): void {
    push(this.#byClient, attempt.client.address, attempt);
    push(this.#bySequence, attempt.initialSequence, attempt);
    this.#notePort(attempt);
    const syns = attempt.events.filter(({ kind }) => kind === 'syn');
    if (syns.length === 0 || syns.length < attempt.events.length) return;
    const key = portKey(attempt);
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
