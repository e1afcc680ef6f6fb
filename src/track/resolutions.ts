/**
 * Names that were asked for and gave no address: often what a program means that can't connect. Retries, other servers
 * and other types of address belong to one question, and so do the endings of a search list; what was answered in any
 * of these ways is no failure. Only questions of programs count (those that desire recursion) on port 53: multicast
 * asks whoever may be there, and silence is its usual answer.
 */
import { type DnsMessage, TYPE_A, TYPE_AAAA } from '../decode/dns.js';
import type { FrameReference } from './attempt.js';
import type { CaptureClock } from './clock.js';
import { Generations } from './generations.js';
import { Lookup, type LookupFailure } from './lookup.js';

/** One name that gave no address, for one or several clients. */
export interface FailedLookup {
  failure: LookupFailure;
  name: string;
  /** The same host name with the endings of a search list, which failed before. */
  alsoTried: string[];
  /** Addresses of who asked; the first few. */
  clients: string[];
  /** Addresses of who was asked; the first few. */
  servers: string[];
  queries: number;
  /** The response code of a server that failed. */
  responseCode: number;
  firstNs: number;
  lastNs: number;
  frames: FrameReference[];
}

/** A datagram with a DNS message, as seen from the client that asks. */
export interface Exchange {
  client: string;
  clientPort: number;
  server: string;
  timeNs: number;
  frame: FrameReference;
}

/** A question that waits for its answer. */
interface OpenQuery {
  lookup: Lookup;
  type: number;
  timeNs: number;
}

/** Resolvers repeat a question within 5 s; a later one is another try of the program. */
const EPISODE_NS = 15e9;
/** The same packet, captured twice. */
const COPY_NS = 50e6;
/** Shorter silence behind a question says nothing. */
const LEAST_SILENCE_NS = 3e9;
/** The next ending of a search list is tried as soon as the one before is known to be wrong. */
const NEXT_ENDING_NS = 250e6;
const KEPT_ENDINGS = 8;

const MAXIMUM_OPEN = 1 << 14;
const MAXIMUM_LOOKUPS = 1 << 13;
const MAXIMUM_FAILED = 1 << 10;
const KEPT_CLIENTS = 8;
const KEPT_FRAMES = 16;

/** Questions that machines ask by themselves, and to which 'no' is the usual answer. */
const ROUTINE_QUESTION = /^(?:wpad|isatap)(?:\.|$)|^\d+\.\d+\.\d+\.\d+\./;

/** What became of the questions of one capture. */
export class ResolutionLog {
  readonly #clock: CaptureClock;
  readonly #open = new Generations<string, OpenQuery>(MAXIMUM_OPEN);
  /** By client and name: the latest try. */
  readonly #lookups = new Generations<string, Lookup>(MAXIMUM_LOOKUPS, (lookup) => this.#close(lookup));
  /** By client: the last one whose name was found not to exist. */
  readonly #latestNotFound = new Generations<string, Lookup>(MAXIMUM_LOOKUPS);
  readonly #failed = new Map<string, FailedLookup>();
  #furtherFailures = 0;

  constructor(clock: CaptureClock) {
    this.#clock = clock;
  }

  /** Takes a message between a client and a server of DNS. */
  note(message: DnsMessage, exchange: Exchange): void {
    if (!message.isRecursionDesired) return;
    if (message.isResponse) this.#noteAnswer(message, exchange);
    else this.#noteQuery(message, exchange);
  }

  /** Names that gave no address, in the order in which they were first asked for. To be asked once, at the end. */
  failures(): { failed: FailedLookup[]; further: number } {
    this.#lookups.clear();
    const failed = [...this.#failed.values()].sort((one, other) => one.firstNs - other.firstNs);
    return { failed, further: this.#furtherFailures };
  }

  #noteQuery({ id, question }: DnsMessage, exchange: Exchange): void {
    if (question === undefined || !isAboutAddresses(question)) return;
    const { timeNs, server, frame } = exchange;
    const key = openKey(exchange, id);
    const open = this.#open.get(key);
    const isSameQuestion = open?.lookup.name === question.name && open.type === question.type;
    if (isSameQuestion && Math.abs(timeNs - open.timeNs) < COPY_NS) return;
    const lookup = this.#lookupOf(question.name, exchange);
    lookup.noteQuery(question.type, server, timeNs, frame);
    lookup.lastQueryNs = this.#clock.nowNs;
    lookup.era = this.#clock.era;
    this.#open.set(key, { lookup, type: question.type, timeNs });
  }

  #noteAnswer(message: DnsMessage, exchange: Exchange): void {
    const { server, client, timeNs, frame } = exchange;
    const key = openKey(exchange, message.id);
    const open = this.#open.get(key);
    const question = message.question ?? (open && { name: open.lookup.name, type: open.type });
    if (question === undefined || !isAboutAddresses(question)) return;
    const isExpected = open?.lookup.name === question.name;
    // Its question may have come before the capture, or another way.
    const lookup = isExpected ? open.lookup : this.#lookupOf(question.name, exchange);
    lookup.noteAnswer(message, question.type, server, timeNs, frame);
    if (lookup.notFoundNs === timeNs) this.#latestNotFound.set(client, lookup);
  }

  /** The client's try for a name, a new one if the last was long ago. */
  #lookupOf(name: string, { client, timeNs }: Exchange): Lookup {
    const key = `${client} ${name}`;
    const known = this.#lookups.get(key);
    if (known !== undefined) {
      if (Math.abs(timeNs - known.lastNs) < EPISODE_NS) return known;
      this.#close(known);
    }
    const lookup = new Lookup(client, name, timeNs);
    this.#lookups.set(key, lookup);
    const before = this.#latestNotFound.get(client);
    const waitedNs = timeNs - (before?.notFoundNs ?? Number.NEGATIVE_INFINITY);
    const isNextEnding = waitedNs >= 0 && waitedNs < NEXT_ENDING_NS;
    if (before !== undefined && isNextEnding && isSameHost(before.name, name)) lookup.continue(before);
    return lookup;
  }

  /** True if the same client got an address for the same name without its last labels: a search list was at work. */
  #isAnsweredWithoutEnding({ client, name, firstNs }: Lookup): boolean {
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      const shorter = this.#lookups.get(`${client} ${name.slice(0, dot)}`);
      if (shorter?.isAnswered && Math.abs(shorter.lastNs - firstNs) < EPISODE_NS) return true;
    }
    return false;
  }

  #close(lookup: Lookup): void {
    if (lookup.isContinued || this.#isAnsweredWithoutEnding(lookup)) return;
    const isSilenceSure = this.#clock.sinceNs(lookup.lastQueryNs, lookup.era) >= LEAST_SILENCE_NS;
    const failure = lookup.failure(isSilenceSure);
    if (failure === undefined) return;
    const before = endingsBefore(lookup);
    // With a search list the name that was meant is what all of them begin with.
    const name = [lookup, ...before].map((tried) => tried.name).reduce(commonHost);
    const tried = [...before].reverse().concat(before.length > 0 ? lookup : []);
    const alsoTried = tried.map((each) => each.name).filter((each) => each !== name);
    const all = [...before].reverse().concat(lookup);
    const key = `${failure} ${name}`;
    const known = this.#failed.get(key);
    if (known !== undefined) addTo(known, all, alsoTried);
    else if (this.#failed.size === MAXIMUM_FAILED) this.#furtherFailures++;
    else {
      const empty = { clients: [], servers: [], queries: 0, frames: [], alsoTried: [] };
      const times = { firstNs: all[0].firstNs, lastNs: lookup.lastNs };
      const failed = { failure, name, responseCode: lookup.failureCode, ...empty, ...times };
      addTo(failed, all, alsoTried);
      this.#failed.set(key, failed);
    }
  }
}

function addTo(failed: FailedLookup, lookups: readonly Lookup[], alsoTried: readonly string[]): void {
  for (const { client, servers, queries, frames, firstNs, lastNs } of lookups) {
    failed.queries += queries;
    failed.firstNs = Math.min(failed.firstNs, firstNs);
    failed.lastNs = Math.max(failed.lastNs, lastNs);
    addNew(failed.clients, [client], KEPT_CLIENTS);
    addNew(failed.servers, servers, KEPT_CLIENTS);
    addNew(failed.frames, frames, KEPT_FRAMES);
  }
  addNew(failed.alsoTried, alsoTried, KEPT_ENDINGS);
}

function addNew<Entry>(list: Entry[], entries: Iterable<Entry>, most: number): void {
  for (const entry of entries) if (list.length < most && !list.includes(entry)) list.push(entry);
}

/** The tries before this one, the latest first. */
function endingsBefore(lookup: Lookup): Lookup[] {
  const before: Lookup[] = [];
  for (let each = lookup.previous; each !== undefined; each = each.previous) before.push(each);
  return before;
}

function isAboutAddresses({ name, type }: { name: string; type: number }): boolean {
  return (type === TYPE_A || type === TYPE_AAAA) && name !== '' && !ROUTINE_QUESTION.test(name);
}

/** True if two names can be one host name with different endings of a search list. */
function isSameHost(one: string, other: string): boolean {
  if (one.startsWith(`${other}.`) || other.startsWith(`${one}.`)) return true;
  const [host] = one.split('.', 1);
  // 'www' is in every domain.
  return host !== 'www' && host === other.split('.', 1)[0];
}

/** The labels that both begin with. */
function commonHost(one: string, other: string): string {
  const labels = one.split('.');
  const others = other.split('.');
  const differs = labels.findIndex((label, index) => label !== others[index]);
  return differs === -1 ? one : labels.slice(0, differs).join('.');
}

function openKey({ client, clientPort, server }: Exchange, id: number): string {
  return `${client} ${clientPort} ${server} ${id}`;
}
