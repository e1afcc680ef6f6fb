/** Makes a report of attempts: judges them, numbers and groups them, and puts everything into the words of the model. */
import type { CaptureFacts } from '../capture/format.js';
import { type CauseId, describeCause } from '../classify/catalogue.js';
import type { Verdict } from '../classify/classify.js';
import { fillNextSteps } from '../classify/next-steps.js';
import type { Note } from '../classify/notes.js';
import { isFailure, type Outcome } from '../classify/outcome.js';
import { applicationError } from '../classify/system-errors.js';
import { linkTypeName } from '../decode/packet.js';
import {
  type Attempt,
  captureOf,
  type Endpoint,
  type EventKind,
  type FrameReference,
  type IcmpError,
  numberOf,
} from '../track/attempt.js';
import type { HostTable } from '../track/hosts.js';
import type { NameTable } from '../track/names.js';
import type { ResolutionLog } from '../track/resolutions.js';
import type { TrackerCounts } from '../track/tracker.js';
import type { AttemptGroups } from './attempt-groups.js';
import { lazyAttempts } from './attempt-list.js';
import { groupedAttempt } from './crowds.js';
import { attemptFilter } from './display-filter.js';
import { buildFindings } from './findings.js';
import { JudgedAttempts } from './judged-attempts.js';
import type { KeptAttempts } from './kept-attempts.js';
import type { Report, ReportAttempt, ReportCapture, ReportEndpoint, ReportServer, Summary } from './model.js';
import { AddressNames } from './names.js';
import { buildObservations, type ObservationInput } from './observations.js';
import type { OddConnections, OddWording } from './odd-connections.js';
import { type Pattern, Patterns } from './patterns.js';
import { buildQuality } from './quality.js';
import { type AttemptSelection, matches, type SelectableAttempt } from './select.js';
import type { SettledAttempt, Teller } from './teller.js';
import { isGrouped, type UnlistedAttempts } from './unlisted.js';
import { VERSION } from './version.js';
import { formatServer } from './wording.js';

/** A capture that was read, as the builder needs it. */
export interface BuildCapture {
  name: string;
  compression: string | undefined;
  facts: CaptureFacts;
  /** The highest frame number in it. */
  frames: number;
  /** What kept the rest of it from being read. */
  damage: string | undefined;
}

/** All that a report is made of. */
export interface BuildInput {
  captures: readonly BuildCapture[];
  /** The time origin: nanoseconds since 1970. */
  epochNs: bigint;
  attempts: KeptAttempts;
  /** Attempts that were too many to list. */
  unlisted: UnlistedAttempts;
  oddConnections: OddConnections;
  /** Connections that were made and are only counted. */
  unlistedEstablished: number;
  hosts: HostTable;
  names: NameTable;
  /** Names that were asked for. */
  resolutions: ResolutionLog;
  counts: TrackerCounts;
  undecodable: Record<string, number>;
  /** What could be remembered: attempts that wait, and findings. */
  limits: { pending: number; findings: number };
  all: boolean;
  selection: AttemptSelection;
  numeric: boolean;
  serviceName: (port: number) => string | undefined;
  /** Whoever told of attempts before the end. */
  teller?: Teller | undefined;
}

/** An attempt with its verdict. */
export interface JudgedAttempt {
  attempt: Attempt;
  verdict: Verdict;
  notes: Note[];
}

/**
 * The report over these attempts; see model.ts. Its attempts are put into words when they are asked for, anew each time:
 * it is for those who look at one after the other.
 */
export function buildReport(input: BuildInput): Report {
  const { all, attempts: kept, hosts, names, counts, selection, teller } = input;
  const wording = new Wording(input);
  const isBounded = Object.values(selection).some((criterion) => criterion !== undefined);
  const judged = new JudgedAttempts(kept, {
    hosts,
    names,
    capture: counts,
    frameNumber: (reference) => wording.frameNumber(reference),
    isMeant: (attempt, outcome, cause) => !isBounded || matches(selection, wording.selectable(attempt, outcome, cause)),
  });
  const ids = numberAttempts(judged, teller);
  const isListed = (place: number) => judged.isMeant(place) && (all || isFailure(judged.outcome(place)));
  const word = (place: number) => wording.attempt(judged.inWords(place), ids[place]);
  teller?.settle(settled(judged, ids, isListed, word));
  const groups = groupAttempts(judged, input);
  const listed = Int32Array.from({ length: judged.length }, (_, place) => place).filter(isListed);
  return {
    schema: 'synwhy-report/1',
    generator: { name: 'synwhy', version: VERSION },
    captures: input.captures.filter(isRecognized).map((capture) => wording.capture(capture)),
    quality: buildQuality(input, judged),
    summary: summarize(judged, input),
    findings: buildFindings({
      groups,
      judged,
      idOf: (place) => ids[place],
      word,
      server: (end) => wording.server(end),
      serverOf: (place) => wording.server(judged.ends(place).server, askerAt(judged, place)),
      timeOf: (timeNs) => formatTime(wording.epochOf(timeNs)),
      findPattern: findPatterns(judged, input, wording),
    }),
    observations: [
      ...buildObservations({ ...input, ...wording.forObservations() }),
      ...input.oddConnections.tell(wording.forOddConnections(input)),
    ],
    attempts: lazyAttempts({
      length: listed.length,
      idAt: (index) => ids[listed[index]],
      at: (index) => word(listed[index]),
    }),
  };
}

/** False for what turned out to be no capture. */
function isRecognized({ facts }: BuildCapture): boolean {
  return facts.format !== '';
}

/** Of each attempt that the report is about its `id`. */
function numberAttempts(judged: JudgedAttempts, teller: Teller | undefined): Float64Array {
  const ids = new Float64Array(judged.length);
  let last = 0;
  for (let place = 0; place < judged.length; place++) {
    if (judged.isMeant(place)) ids[place] = teller?.idOf(judged.ticket(place)) ?? ++last;
  }
  return ids;
}

function* settled(
  judged: JudgedAttempts,
  ids: Float64Array,
  isListed: (place: number) => boolean,
  word: (place: number) => ReportAttempt,
): Generator<SettledAttempt> {
  for (let place = 0; place < judged.length; place++) {
    if (!judged.isMeant(place)) continue;
    const outcome = judged.outcome(place);
    const cause = judged.cause(place);
    yield { id: ids[place], outcome, cause, isListed: isListed(place), word: () => word(place) };
  }
}

/** The groups of those that are not listed, and of all others that failed. */
function groupAttempts(judged: JudgedAttempts, { unlisted: { groups } }: BuildInput): AttemptGroups {
  const tell = (place: number) => groupedAttempt(place, { judged });
  for (let place = 0; place < judged.length; place++) {
    if (!judged.isMeant(place) || !isGrouped(judged.outcome(place), judged.cause(place))) continue;
    groups.add(tell(place), place);
    if (groups.isFull) groups.merge(tell);
  }
  return groups;
}

function findPatterns(
  judged: JudgedAttempts,
  { hosts, counts, unlisted }: BuildInput,
  wording: Wording,
): (places: readonly number[]) => Pattern {
  const patterns = new Patterns(judged, {
    port: ({ serverHost, server }) => hosts.port(serverHost, server.port),
    mayHaveBeenAnswered: (place) => hosts.mayHaveAnswered(judged.ends(place)),
    isComplete: hosts.isComplete && unlisted.isEmpty && counts.clockJumps === 0,
    timeOf: (timeNs) => formatTime(wording.epochOf(timeNs)),
  });
  return (places) => patterns.find(places);
}

function summarize(judged: JudgedAttempts, { unlisted, unlistedEstablished }: BuildInput): Summary {
  const summary: Summary = {
    attempts: unlisted.count + unlistedEstablished,
    established: unlistedEstablished,
    refused: 0,
    filtered: 0,
    'timed-out': 0,
    aborted: 0,
    inconclusive: 0,
  };
  for (let place = 0; place < judged.length; place++) {
    if (!judged.isMeant(place)) continue;
    summary.attempts++;
    summary[judged.outcome(place)]++;
  }
  for (const [outcome, count] of unlisted.outcomes) summary[outcome] += count;
  return summary;
}

/** Whose attempt it is, and when it began. */
interface Asker {
  client: string;
  startNs: number;
}

function askerOf({ client, events }: Attempt): Asker {
  return { client: client.address, startNs: events[0].timeNs };
}

function askerAt(judged: JudgedAttempts, place: number): Asker {
  return { client: judged.clientAddress(place), startNs: judged.startNs(place) };
}

/** What the report's terms depend on. */
export type WordingInput = Pick<BuildInput, 'captures' | 'epochNs' | 'names' | 'numeric' | 'serviceName'>;

/** Puts what the stages before know into the report's own terms: numbers of frames, times of day, names. */
export class Wording {
  readonly #input: WordingInput;
  /** How many packets stand before each capture's first, in the order in which the captures were given. */
  readonly #framesBefore: number[] = [];
  readonly #names: AddressNames;

  constructor(input: WordingInput) {
    this.#input = input;
    let before = 0;
    for (const { frames } of input.captures) {
      this.#framesBefore.push(before);
      before += frames;
    }
    this.#names = new AddressNames(
      input.captures.map(({ facts }) => facts),
      input.names,
    );
  }

  /** Takes in names that were read since. */
  renewNames(): void {
    this.#names.renew();
  }

  frameNumber(reference: FrameReference): number {
    return this.#framesBefore[captureOf(reference)] + numberOf(reference);
  }

  epochOf(timeNs: number): bigint {
    return this.#input.epochNs + BigInt(Math.round(timeNs));
  }

  /** With whoever asked for it the name by which they knew the address then. */
  endpoint({ address, port }: Endpoint, asker?: Asker): ReportEndpoint {
    const name = this.#nameOf(address, asker?.client, asker?.startNs);
    return name === undefined ? { address, port } : { address, port, name };
  }

  server(end: Endpoint, asker?: Asker): ReportServer {
    const service = this.#input.numeric ? undefined : this.#input.serviceName(end.port);
    const server: ReportServer = this.endpoint(end, asker);
    if (service !== undefined) server.service = service;
    return server;
  }

  /** An attempt as a selection looks at it. */
  selectable(attempt: Attempt, outcome: Outcome, cause: CauseId | null): SelectableAttempt {
    return {
      client: this.endpoint(attempt.client),
      server: this.endpoint(attempt.server, askerOf(attempt)),
      outcome,
      cause,
      startedNs: this.epochOf(attempt.events[0].timeNs),
    };
  }

  /** What sentences about observations are made with. */
  forObservations(): Pick<ObservationInput, 'nameOf' | 'frameNumber' | 'epochOf' | 'timeOf'> {
    return {
      nameOf: (address) => this.#nameOf(address),
      frameNumber: (reference) => this.frameNumber(reference),
      epochOf: (timeNs) => this.epochOf(timeNs),
      timeOf: (timeNs) => formatTime(this.epochOf(timeNs)),
    };
  }

  forOddConnections({ hosts, selection }: Pick<BuildInput, 'hosts' | 'selection'>): OddWording {
    return {
      hosts,
      isOfAll: Object.values(selection).every((criterion) => criterion === undefined),
      frameNumber: (reference) => this.frameNumber(reference),
      nameServer: (server) => formatServer(this.server(server)),
    };
  }

  #nameOf(address: string, client?: string, untilNs?: number): string | undefined {
    return this.#input.numeric ? undefined : this.#names.of(address, client, untilNs);
  }

  capture({ name, compression, facts }: BuildCapture): ReportCapture {
    const at = (timeNs: number | undefined) => (timeNs === undefined ? null : formatTime(this.epochOf(timeNs)));
    return {
      name,
      format: compression === undefined ? facts.format : `${compression}, ${facts.format}`,
      linkTypes: [...new Set(facts.interfaces.map(({ linkType }) => linkTypeName(linkType)))],
      packets: facts.packets,
      bytes: facts.bytes,
      firstPacketAt: at(facts.firstPacketNs),
      lastPacketAt: at(facts.lastPacketNs),
    };
  }

  attempt({ attempt, verdict, notes }: JudgedAttempt, id: number): ReportAttempt {
    const { events, client, server } = attempt;
    const startNs = events[0].timeNs;
    const count = (...kinds: EventKind[]) => {
      let found = 0;
      for (const { kind } of events) if (kinds.includes(kind)) found++;
      return found;
    };
    const numbers = (frames: FrameReference[]) => frames.map((frame) => this.frameNumber(frame));
    return {
      id,
      client: this.endpoint(client),
      server: this.server(server, askerOf(attempt)),
      outcome: verdict.outcome,
      cause: verdict.cause,
      confidence: verdict.confidence,
      applicationError: applicationErrorOf(attempt, verdict),
      startedAt: formatTime(this.epochOf(startNs)),
      durationMs: toMs(events[events.length - 1].timeNs - startNs),
      syns: count('syn'),
      synAcks: count('syn-ack', 'bad-syn-ack'),
      resets: count('rst', 'late-rst', 'ignored-rst', 'client-rst'),
      icmpErrors: count('icmp', 'icmp-for-syn-ack'),
      frames: events.map(({ frame, kind, timeNs, icmp }) => ({
        frame: this.frameNumber(frame),
        kind,
        atMs: toMs(timeNs - startNs),
        ...(icmp === undefined ? {} : { icmp }),
      })),
      evidence: verdict.evidence.map(({ text, frames }) => ({ text, frames: numbers(frames) })),
      alternatives: verdict.alternatives,
      notes: notes.map(({ code, text, frames }) => ({ code, text, frames: numbers(frames) })),
      nextSteps: verdict.cause === null ? [] : nextSteps(verdict.cause, attempt),
      displayFilter: attemptFilter(
        client,
        server,
        events.flatMap(({ from }) => from ?? []),
      ),
    };
  }
}

function applicationErrorOf(attempt: Attempt, { cause }: Verdict): ReportAttempt['applicationError'] {
  if (cause === null) return null;
  return applicationError(describeCause(cause).applicationError, firstIcmpError(attempt));
}

function nextSteps(cause: CauseId, attempt: Attempt): string[] {
  const { client, server } = attempt;
  const reporter = firstIcmpError(attempt)?.from;
  const target = { server: server.address, port: server.port, client: client.address };
  return fillNextSteps(cause, reporter === undefined ? target : { ...target, reporter });
}

function firstIcmpError({ events }: Attempt): IcmpError | undefined {
  return events.find(({ kind }) => kind === 'icmp')?.icmp;
}

/** Milliseconds to the nanosecond. */
function toMs(ns: number): number {
  return Math.round(ns) / 1e6;
}

const NS_PER_SECOND = 1_000_000_000n;

/** The years 1 to 9999, which is what RFC 3339 can tell; corrupted captures claim others. */
const FIRST_NS = -62_135_596_800n * NS_PER_SECOND;
const LAST_NS = 253_402_300_800n * NS_PER_SECOND - 1n;

/** RFC 3339 with nine decimals. */
function formatTime(timeNs: bigint): string {
  const epochNs = timeNs < FIRST_NS ? FIRST_NS : timeNs > LAST_NS ? LAST_NS : timeNs;
  const ns = ((epochNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const seconds = Number((epochNs - ns) / NS_PER_SECOND);
  return `${formatSecond(seconds)}${ns.toString().padStart(9, '0')}Z`;
}

const lastSecond = { seconds: 0, text: '1970-01-01T00:00:00.' };

/** Attempts come in the order of time: mostly it is the second of the one before. */
function formatSecond(seconds: number): string {
  if (seconds !== lastSecond.seconds) {
    lastSecond.text = new Date(seconds * 1000).toISOString().slice(0, -4);
    lastSecond.seconds = seconds;
  }
  return lastSecond.text;
}
