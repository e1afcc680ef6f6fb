/**
 * Failed attempts by server, port, outcome and cause: each group becomes a finding. Where a scan or a flood makes more
 * groups than are kept, they are brought together: those of one client, of one server, of one port, and what is left.
 */
import type { CauseId } from '../classify/catalogue.js';
import type { Outcome } from '../classify/outcome.js';
import type { Endpoint } from '../track/attempt.js';
import { DistinctCount, hashText, PortCount } from './distinct-count.js';

/** What groups ask of an attempt. */
export interface GroupedAttempt {
  client: string;
  server: Endpoint;
  outcome: Outcome;
  cause: CauseId;
  /** Nanoseconds since the time origin. */
  startNs: number;
  /** True if its SYN was sent again. */
  isRepeated: boolean;
  /** True if it was judged early, because too many were pending. */
  isEarly: boolean;
}

/** Attempts that are counted and not listed. */
export class Counts {
  attempts = 0;
  /** Those that sent their SYN again, and those that were judged early. */
  repeated = 0;
  early = 0;
  firstNs = Number.POSITIVE_INFINITY;
  lastNs = Number.NEGATIVE_INFINITY;
  readonly #clients = new DistinctCount();

  /** How many client addresses: an estimate never says more than there were attempts. */
  get clients(): { count: number; isEstimate: boolean } {
    const { count, isEstimate } = this.#clients;
    return { count: Math.min(count, this.attempts), isEstimate };
  }

  /** The same together with these, which are not among its attempts. */
  clientsWith(addresses: ReadonlySet<string>): number {
    const all = new DistinctCount();
    all.addAll(this.#clients);
    for (const address of addresses) all.add(hashText(address));
    return Math.min(all.count, this.attempts + addresses.size);
  }

  add({ client, startNs, isRepeated, isEarly }: GroupedAttempt): void {
    this.attempts++;
    if (isRepeated) this.repeated++;
    if (isEarly) this.early++;
    if (startNs < this.firstNs) this.firstNs = startNs;
    if (startNs > this.lastNs) this.lastNs = startNs;
    this.#clients.add(hashText(client));
  }

  addAll(other: Counts): void {
    this.attempts += other.attempts;
    this.repeated += other.repeated;
    this.early += other.early;
    this.firstNs = Math.min(this.firstNs, other.firstNs);
    this.lastNs = Math.max(this.lastNs, other.lastNs);
    this.#clients.addAll(other.#clients);
  }
}

/** Attempts that share server, port, outcome and cause. */
export interface AttemptGroup {
  server: Endpoint;
  outcome: Outcome;
  cause: CauseId;
  /** Those that are listed, by their places. */
  listed: number[];
  unlisted: Counts;
  /** The only client; undefined if there are several. */
  client: string | undefined;
}

/** What the groups of a crowd have in common, if anything. */
export type Sharing = 'client' | 'server' | 'port' | 'nothing';

/** Groups that are told as one, because there were too many of them. */
export interface Crowd {
  sharing: Sharing;
  client: string;
  /** The first one's. */
  server: Endpoint;
  /** The listed ones among them. */
  listed: number[];
  /** All of them. */
  counts: Counts;
  servers: DistinctCount;
  ports: PortCount;
  /** How many attempts of each cause. */
  causes: Map<CauseId, number>;
}

/** How many groups one crowd takes at least, as a part of those that are kept. */
const CROWD_SHARE = 64;
/** Each takes some 20 KB. What would be more is put to what has nothing in common. */
const MOST_CROWDS = 500;

/** Collects attempts into at most so many groups, and crowds. */
export class AttemptGroups {
  readonly #most: number;
  readonly #groups = new Map<string, AttemptGroup>();
  readonly #crowds = new Map<string, Crowd>();
  /** Which kinds of crowds there are, so that most attempts need not look for one. */
  readonly #sharings = new Set<Sharing>();
  /** The group of the latest attempt: of a flood all belong to it, and making the key of each takes a tenth of the time. */
  #latest: AttemptGroup | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get groups(): Iterable<AttemptGroup> {
    return this.#groups.values();
  }

  get crowds(): Iterable<Crowd> {
    return this.#crowds.values();
  }

  /** How many attempts were brought together. */
  get merged(): number {
    let merged = 0;
    for (const { counts } of this.#crowds.values()) merged += counts.attempts;
    return merged;
  }

  /** Takes an attempt; `place` is that of a listed one. */
  add(attempt: GroupedAttempt, place?: number): void {
    const { client, server, outcome, cause } = attempt;
    const known = isOfGroup(attempt, this.#latest) ? this.#latest : this.#groups.get(groupKey(server, outcome, cause));
    const crowd = known === undefined ? this.#crowdOf(attempt) : undefined;
    if (crowd !== undefined) {
      addToCrowd(crowd, attempt, place);
      return;
    }
    const group = known ?? this.#begin(attempt);
    this.#latest = group;
    if (group.client !== client) group.client = undefined;
    if (place === undefined) group.unlisted.add(attempt);
    else group.listed.push(place);
  }

  #begin({ client, server, outcome, cause }: GroupedAttempt): AttemptGroup {
    const group = { server, outcome, cause, listed: [], unlisted: new Counts(), client };
    this.#groups.set(groupKey(server, outcome, cause), group);
    return group;
  }

  /** True if there are more groups than are kept. */
  get isFull(): boolean {
    return this.#groups.size > this.#most;
  }

  /** Brings groups together until there is room again; `tell` gives a listed attempt. */
  merge(tell: (place: number) => GroupedAttempt): void {
    this.#latest = undefined;
    const least = Math.max(2, Math.floor(this.#most / CROWD_SHARE));
    for (const sharing of ['client', 'server', 'port'] as const) {
      const counts = new Map<string, number>();
      for (const group of this.#groups.values()) {
        const key = crowdKey(sharing, group);
        if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      this.#take(sharing, (key) => this.#crowds.has(key) || (counts.get(key) ?? 0) >= least, tell);
    }
    if (this.#groups.size <= this.#most / 2) return;
    this.#take('nothing', () => true, tell);
  }

  #take(sharing: Sharing, isWanted: (key: string) => boolean, tell: (place: number) => GroupedAttempt): void {
    for (const [name, group] of this.#groups) {
      const key = crowdKey(sharing, group);
      if (key === undefined || !isWanted(key)) continue;
      const isRoom = sharing === 'nothing' || this.#crowds.size < MOST_CROWDS;
      const crowd = this.#crowds.get(key) ?? (isRoom ? this.#create(key, sharing, group) : undefined);
      if (crowd === undefined) continue;
      addGroup(crowd, group, tell);
      this.#groups.delete(name);
    }
  }

  #create(key: string, sharing: Sharing, { client = '', server }: AttemptGroup): Crowd {
    this.#sharings.add(sharing);
    const crowd: Crowd = {
      sharing,
      client,
      server,
      listed: [],
      counts: new Counts(),
      servers: new DistinctCount(),
      ports: new PortCount(),
      causes: new Map(),
    };
    this.#crowds.set(key, crowd);
    return crowd;
  }

  #crowdOf(attempt: { client: string; server: Endpoint }): Crowd | undefined {
    for (const sharing of this.#sharings) {
      const crowd = sharing === 'nothing' ? undefined : this.#crowds.get(crowdKey(sharing, attempt)!);
      if (crowd !== undefined) return crowd;
    }
    return undefined;
  }
}

function addToCrowd(crowd: Crowd, attempt: GroupedAttempt, place: number | undefined): void {
  const { server, cause, startNs } = attempt;
  noteTarget(crowd, server, startNs);
  crowd.counts.add(attempt);
  crowd.causes.set(cause, (crowd.causes.get(cause) ?? 0) + 1);
  if (place !== undefined) crowd.listed.push(place);
}

function addGroup(crowd: Crowd, group: AttemptGroup, tell: (place: number) => GroupedAttempt): void {
  const { server, cause, unlisted, listed } = group;
  for (const place of listed) addToCrowd(crowd, tell(place), place);
  if (unlisted.attempts === 0) return;
  noteTarget(crowd, server, unlisted.firstNs);
  crowd.counts.addAll(unlisted);
  crowd.causes.set(cause, (crowd.causes.get(cause) ?? 0) + unlisted.attempts);
}

/** To be called before the attempts are counted: the first target is told by name. */
function noteTarget(crowd: Crowd, server: Endpoint, startNs: number): void {
  if (startNs < crowd.counts.firstNs) crowd.server = server;
  crowd.servers.add(hashText(server.address));
  crowd.ports.add(server.port);
}

function isOfGroup({ server, outcome, cause }: GroupedAttempt, group: AttemptGroup | undefined): boolean {
  return (
    group !== undefined &&
    cause === group.cause &&
    server.port === group.server.port &&
    outcome === group.outcome &&
    server.address === group.server.address
  );
}

/** What attempts of one finding have in common. */
function groupKey(server: Endpoint, outcome: Outcome, cause: string): string {
  return `${server.address} ${server.port} ${outcome} ${cause}`;
}

/** Undefined for a group of several clients, which is no one's scan. */
function crowdKey(
  sharing: Sharing,
  { client, server }: { client: string | undefined; server: Endpoint },
): string | undefined {
  switch (sharing) {
    case 'client':
      return client === undefined ? undefined : `client ${client}`;
    case 'server':
      return `server ${server.address}`;
    case 'port':
      return `port ${server.port}`;
    default:
      return 'nothing';
  }
}
