/**
 * What failed before any SYN was sent, and so is no attempt: names that gave no address, link-layer addresses that
 * nobody told, errors that the client's own stack reported. 'It can't connect' may mean just that.
 */
import type { Attempt, Endpoint, FrameReference, IcmpError } from '../track/attempt.js';
import type { HostTable } from '../track/hosts.js';
import type { FailedLookup, ResolutionLog } from '../track/resolutions.js';
import type { KeptAttempts } from './kept-attempts.js';
import type { Observation } from './model.js';
import { findNeighborFailures, type NeighborFailure } from './neighbor-failures.js';
import { type AttemptSelection, matches } from './select.js';
import { formatNumberOf, formatTimeOfDay } from './wording.js';

/** All that observations are made of. */
export interface ObservationInput {
  resolutions: ResolutionLog;
  hosts: HostTable;
  /** Those that are selected, and the others. */
  attempts: KeptAttempts;
  selection: AttemptSelection;
  nameOf(address: string): string | undefined;
  frameNumber(reference: FrameReference): number;
  /** Nanoseconds since 1970 of a time since the time origin. */
  epochOf(timeNs: number): bigint;
  /** RFC 3339. */
  timeOf(timeNs: number): string;
}

/** An observation before it is selected: whom it is about, and when. */
export interface Seen {
  code: string;
  text: string;
  frames: readonly FrameReference[];
  /** Addresses, and names in place of those that are missing. */
  addresses: readonly string[];
  names: readonly string[];
  firstNs: number;
}

/** Of each code so many are told one by one. */
const MOST_OF_A_CODE = 20;
const ADDRESSES_NAMED = 3;
const FRAMES_NAMED = 6;
const KEPT_FRAMES = 16;

/** What was seen beside the attempts, as far as it is selected; of each code in the order of time. */
export function buildObservations(input: ObservationInput): Observation[] {
  const { selection } = input;
  // They ask for attempts, and nothing else.
  if (selection.outcomes !== undefined || selection.causes !== undefined || selection.ports !== undefined) return [];
  const words = new Words(input);
  const { failed, further } = input.resolutions.failures();
  const lookups = failed.filter((lookup) => !isOneWay(lookup, input.hosts)).map((lookup) => words.failedLookup(lookup));
  const neighbors = findNeighborFailures(input.hosts, input.attempts).map((failure) => words.neighbors(failure));
  const ownErrors = findOwnErrors(input.attempts.having('icmp')).map((error) => words.ownError(error));
  const all = [...lookups, ...neighbors, ...ownErrors].filter((seen) => isSelected(seen, input));
  const codes = [...new Set(all.map(({ code }) => code))];
  const observations = codes.flatMap((code) => words.told(all.filter((seen) => seen.code === code)));
  if (further === 0) return observations;
  const text = `${formatNumberOf(further, 'more name')} gave no address; they are too many to be kept.`;
  return [...observations, { code: 'name-not-found', text, frames: [] }];
}

/** True if nobody answered whose answers are not in the capture anyway. */
function isOneWay({ failure, clients }: FailedLookup, hosts: HostTable): boolean {
  return failure === 'unanswered' && clients.every((client) => hosts.wentOnUnanswered(hosts.findByAddress(client)));
}

function isSelected({ addresses, names, firstNs }: Seen, { selection, nameOf, epochOf }: ObservationInput): boolean {
  const ends = [
    ...addresses.map((address) => ({ address, port: 0, name: nameOf(address) })),
    ...names.map((name) => ({ address: '', port: 0, name })),
  ];
  const startedNs = epochOf(firstNs);
  return ends.some((end) =>
    matches(selection, { client: end, server: end, outcome: 'inconclusive', cause: null, startedNs }),
  );
}

const CODE_OF_FAILURE: Readonly<Record<FailedLookup['failure'], string>> = {
  'not-found': 'name-not-found',
  'no-address': 'name-not-found',
  'server-failed': 'name-server-failed',
  unanswered: 'name-unanswered',
};

/** Response codes (https://www.iana.org/assignments/dns-parameters, RFC 1035 section 4.1.1). */
const RESPONSE_CODES = new Map([
  [1, ['did not understand the question', 'FORMERR']],
  [2, ['failed', 'SERVFAIL']],
  [4, ['does not answer such questions', 'NOTIMP']],
  [5, ['refused to answer', 'REFUSED']],
  [9, ['is not responsible for it', 'NOTAUTH']],
]);

/** The sentences. */
class Words {
  readonly #input: ObservationInput;

  constructor(input: ObservationInput) {
    this.#input = input;
  }

  /** The first of one code in full, the others counted. */
  told(all: readonly Seen[]): Observation[] {
    const listed = all.slice(0, MOST_OF_A_CODE).map(({ code, text, frames }) => ({
      code,
      text: `${text}.`,
      frames: frames.map((frame) => this.#input.frameNumber(frame)).sort((one, other) => one - other),
    }));
    const more = all.length - listed.length;
    if (more === 0) return listed;
    return [
      ...listed,
      { code: all[0].code, text: `The same was seen ${formatNumberOf(more, 'more time')}.`, frames: [] },
    ];
  }

  failedLookup(lookup: FailedLookup): Seen {
    const { failure, name, alsoTried, clients, servers, queries, frames, firstNs } = lookup;
    const tries = alsoTried.length === 0 ? '' : `, which was tried as ${list(alsoTried, ADDRESSES_NAMED)}`;
    const asked =
      servers.length === 0
        ? `${this.#hosts(clients)} asked for ${name}${tries}`
        : `${this.#hosts(clients)} asked ${this.#hosts(servers)} for ${name}${tries}`;
    const { what, code } = describeFailure(lookup);
    const often = queries > 1 ? `, ${queries} times ${this.#period(lookup)}` : ` ${this.#period(lookup)}`;
    return {
      code: CODE_OF_FAILURE[failure],
      text: `${asked}${often}: ${what} (${code === undefined ? '' : `${code}, `}${this.#frames(frames)})`,
      frames,
      addresses: [...clients, ...servers],
      names: [name, ...alsoTried],
      firstNs,
    };
  }

  neighbors({ asker, targets, requests, frames, firstNs, lastNs }: NeighborFailure): Seen {
    const protocol = targets[0].includes(':') ? 'neighbour solicitations' : 'ARP requests';
    const whose =
      targets.length > ADDRESSES_NAMED
        ? `${targets.length} addresses, ${list(targets, ADDRESSES_NAMED)}`
        : this.#hosts(targets);
    const period = this.#period({ firstNs, lastNs });
    return {
      code: 'neighbor-unanswered',
      text: `${this.#hosts([asker])} asked for the link-layer address of ${whose} with ${requests} ${protocol} ${period} (${this.#frames(frames)}): nobody answered, so that no SYN could be sent there`,
      frames,
      addresses: [asker, ...targets],
      names: [],
      firstNs,
    };
  }

  /** What a client's stack told itself about one port, in one or several attempts. */
  ownError({ client, server, icmp, frames, firstNs, lastNs }: OwnError): Seen {
    const target = server.address.includes(':') ? `[${server.address}]` : server.address;
    const error = `ICMP${icmp.version === 6 ? 'v6' : ''} type ${icmp.type} code ${icmp.code}`;
    const period = this.#period({ firstNs, lastNs });
    return {
      code: 'icmp-without-syn',
      text: `${this.#hosts([client.address])} told itself ${period} that ${target}:${server.port} cannot be reached (${error}, ${this.#frames(frames)}): the SYN that is quoted there is not in the capture, and was probably never sent`,
      frames,
      addresses: [client.address, server.address],
      names: [],
      firstNs,
    };
  }

  #hosts(addresses: readonly string[]): string {
    const named = addresses.map((address) => {
      const name = this.#input.nameOf(address);
      return name === undefined ? address : `${address} (${name})`;
    });
    return list(named, ADDRESSES_NAMED);
  }

  #period({ firstNs, lastNs }: { firstNs: number; lastNs: number }): string {
    const first = formatTimeOfDay(this.#input.timeOf(firstNs));
    const last = formatTimeOfDay(this.#input.timeOf(lastNs));
    return first === last ? `at ${first} UTC` : `from ${first} to ${last} UTC`;
  }

  #frames(references: readonly FrameReference[]): string {
    const numbers = references.map((frame) => this.#input.frameNumber(frame)).sort((one, other) => one - other);
    return `${numbers.length === 1 ? 'frame' : 'frames'} ${list(numbers.map(String), FRAMES_NAMED)}`;
  }
}

/** What came of the question, and the code that said so if there was one. */
function describeFailure({ failure, servers, responseCode }: FailedLookup): { what: string; code?: string } {
  switch (failure) {
    case 'not-found':
      return { what: 'the name does not exist', code: 'NXDOMAIN' };
    case 'no-address':
      return { what: 'the name exists, but it has no address' };
    case 'server-failed': {
      const [what, code] = RESPONSE_CODES.get(responseCode) ?? ['answered with an error', `code ${responseCode}`];
      return { what: `${servers.length > 1 ? 'no server told it, and one' : 'the server'} ${what}`, code };
    }
    case 'unanswered':
      return { what: 'no answer is in the capture' };
  }
}

/** 'a', 'a and b', 'a, b, c and 4 more'. */
function list(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  if (more > 1) return `${texts.slice(0, most).join(', ')} and ${more} more`;
  if (texts.length < 2) return texts.join('');
  return `${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]}`;
}

/** Errors that a client's stack sent to itself for SYNs to one port that are not in the capture. */
interface OwnError {
  client: Endpoint;
  server: Endpoint;
  icmp: IcmpError;
  frames: FrameReference[];
  firstNs: number;
  lastNs: number;
}

/** In the order of time. */
function findOwnErrors(attempts: Iterable<Attempt>): OwnError[] {
  const found = new Map<string, OwnError>();
  for (const { client, server, events } of attempts) {
    const { icmp } = events[0];
    if (
      icmp === undefined ||
      !events.every(({ kind, icmp: other }) => kind === 'icmp' && other?.from === client.address)
    ) {
      continue;
    }
    const key = `${client.address} ${server.address} ${server.port} ${icmp.type} ${icmp.code}`;
    const frames = events.slice(0, KEPT_FRAMES).map(({ frame }) => frame);
    const lastNs = events[events.length - 1].timeNs;
    const known = found.get(key);
    if (known === undefined) found.set(key, { client, server, icmp, frames, firstNs: events[0].timeNs, lastNs });
    else {
      known.frames.push(...frames.slice(0, KEPT_FRAMES - known.frames.length));
      known.firstNs = Math.min(known.firstNs, events[0].timeNs);
      known.lastNs = Math.max(known.lastNs, lastNs);
    }
  }
  return [...found.values()].sort((one, other) => one.firstNs - other.firstNs);
}
