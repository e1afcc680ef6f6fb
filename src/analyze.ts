/**
 * Wires the stages together: bytes in, a report out. The only file that knows all of them.
 */
import { type CaptureFacts, Packet, type TimeOrigin } from './capture/format.js';
import { AnyCaptureReader } from './capture/reader.js';
import type { Outcome } from './classify/outcome.js';
import { Frame } from './decode/frame.js';
import { Glance, glanceAt } from './decode/glance.js';
import { decodePacket, UNDECODABLE_REASONS } from './decode/packet.js';
import { buildReport } from './report/build.js';
import type { Report } from './report/model.js';
import { AddressNames } from './report/names.js';
import { findOddity, OddConnections } from './report/odd-connections.js';
import { type AttemptSelection, matches } from './report/select.js';
import { UnlistedAttempts } from './report/unlisted.js';
import { type Attempt, type Endpoint, type EventKind, frameReference } from './track/attempt.js';
import { DEFAULT_LIMITS, Tracker, type TrackerLimits } from './track/tracker.js';

/** What an analysis is to tell; everything has a default. */
export interface AnalyzeOptions {
  /** List established, aborted and inconclusive attempts too; false unless told. */
  all?: boolean;
  /** Only these attempts; all of them unless told. */
  selection?: AttemptSelection;
  /** Leave out names from the capture and service names; false unless told. */
  numeric?: boolean;
  /** The service name of a TCP port, such as `serviceName` of this package; none are told without it. */
  serviceName?: (port: number) => string | undefined;
  /** What may be remembered; what is left out is as the command has it. */
  limits?: Partial<AnalyzeLimits>;
  /** Replaces addresses and names before anything is made of them. */
  disguise?: PacketDisguise;
}

/** Puts another packet, and other facts of a capture, in the place of those that must not be seen. */
export interface PacketDisguise {
  /** May give the same object each time. */
  packet(original: Packet): Packet;
  /** Gives the same object for the same facts; it grows as they do. */
  facts(original: CaptureFacts): CaptureFacts;
}

/** How much an analysis may remember. */
export interface AnalyzeLimits extends TrackerLimits {
  /**
   * Attempts that are kept to be listed one by one, 100,000 unless told; what comes beyond is judged when it ends and
   * counted. Established ones are among them with `all` only.
   */
  attempts: number;
  /** Packets of those attempts together, 2,000,000 unless told; it is at most 256 of each attempt. */
  packets: number;
}

const LISTED_ATTEMPTS = 100_000;
/** An ordinary attempt has 2 to 12. With 256 each, as a hostile capture may have it, the attempts would take 7 GB. */
const LISTED_PACKETS = 2_000_000;

/** One capture that is being fed to an analyzer. */
export interface CaptureInput {
  readonly name: string;
  /**
   * Gives the next bytes, in chunks of any size. They must stay unchanged until this input is starving again.
   * Throws CaptureError when this is not a capture; the input has then ended.
   */
  push(bytes: Uint8Array): void;
  /**
   * Says that all bytes were given; `damage` says what kept the rest from being read, in words without a full stop.
   * Throws CaptureError when this is not a capture.
   */
  end(damage?: string): void;
}

/**
 * Follows the handshakes of one or several captures, which are read as one in order of time. All captures are added
 * before the first byte is pushed; then whichever `starving` names is fed, until there is none.
 *
 * @example
 * const analyzer = new Analyzer();
 * const input = analyzer.addCapture('web.pcapng');
 * for (const chunk of chunks) input.push(chunk);
 * input.end();
 * const report = analyzer.finish();
 *
 * @example
 * // Several captures: whichever needs bytes gets them.
 * const sources = new Map(names.map((name) => [analyzer.addCapture(name), chunksOf(name)]));
 * for (let input = analyzer.starving(); input !== undefined; input = analyzer.starving()) {
 *   const { done, value } = sources.get(input).next();
 *   if (done) input.end();
 *   else input.push(value);
 * }
 */
export class Analyzer {
  readonly #options: AnalyzeOptions;
  readonly #limits: AnalyzeLimits;
  readonly #disguise: PacketDisguise | undefined;
  readonly #origin: TimeOrigin = { epochNs: undefined };
  readonly #inputs: Input[] = [];
  /** Inputs with a packet at hand, the one whose packet is the oldest first. */
  #queue: Input[] = [];
  /** Inputs that need bytes before their next packet is known. */
  readonly #starving = new Set<Input>();
  readonly #frame = new Frame();
  readonly #glance = new Glance();
  readonly #undecodable = new Float64Array(UNDECODABLE_REASONS.length);
  readonly #tracker: Tracker;
  readonly #attempts: Attempt[] = [];
  readonly #unlisted: UnlistedAttempts;
  readonly #oddConnections = new OddConnections();
  #established = 0;
  #listedPackets = 0;
  #names: AddressNames | undefined;

  constructor(options: AnalyzeOptions = {}) {
    this.#options = options;
    this.#disguise = options.disguise;
    this.#limits = { ...DEFAULT_LIMITS, attempts: LISTED_ATTEMPTS, packets: LISTED_PACKETS, ...options.limits };
    const keepEstablished = options.all === true || options.selection !== undefined;
    this.#tracker = new Tracker((attempt) => this.#keep(attempt), keepEstablished, this.#limits);
    this.#unlisted = new UnlistedAttempts(
      this.#tracker.hosts,
      () => this.#tracker.counts,
      (attempt, outcome, cause) => this.#isSelected(attempt, outcome, cause),
    );
  }

  /** Adds a capture; `compression` ('gzip', 'zstd') is told in the report, the bytes to push are decompressed ones. */
  addCapture(name: string, compression?: string): CaptureInput {
    const input = new Input(name, compression, this.#inputs.length, this.#origin, (fed) => this.#advance(fed));
    this.#inputs.push(input);
    this.#starving.add(input);
    return input;
  }

  /** The input that has to be fed or ended before anything more can be read; undefined when all were ended. */
  starving(): CaptureInput | undefined {
    for (const input of this.#starving) return input;
    return undefined;
  }

  /** How many frames of each capture were read so far, in the order in which the captures were added. */
  get frameCounts(): number[] {
    return this.#inputs.map(({ head }) => head.number);
  }

  /** The report over everything that was pushed. To be asked for once, after every input has ended. */
  finish(): Report {
    this.#tracker.finish();
    return buildReport({
      captures: this.#inputs.map((input) => ({
        name: input.name,
        compression: input.compression,
        facts: this.#factsOf(input),
        frames: input.head.number,
        damage: input.damage,
      })),
      epochNs: this.#origin.epochNs ?? 0n,
      attempts: this.#attempts,
      unlisted: this.#unlisted,
      oddConnections: this.#oddConnections,
      unlistedEstablished: this.#tracker.counts.established + this.#established,
      hosts: this.#tracker.hosts,
      names: this.#tracker.naming.names,
      resolutions: this.#tracker.naming.resolutions,
      counts: this.#tracker.counts,
      undecodable: Object.fromEntries(
        UNDECODABLE_REASONS.map((reason, code) => [reason, this.#undecodable[code]] as const).filter(
          ([, count]) => count > 0,
        ),
      ),
      all: this.#options.all === true,
      selection: this.#options.selection ?? {},
      numeric: this.#options.numeric === true,
      serviceName: this.#options.serviceName ?? (() => undefined),
    });
  }

  /** Goes on as far as the bytes allow, after an input was fed or ended. */
  #advance(fed: Input): void {
    if (this.#inputs.length === 1) this.#drain(fed);
    else this.#refill(fed);
    if (fed.ended) this.#starving.delete(fed);
    this.#merge();
  }

  /** One capture alone: nothing has to be compared. */
  #drain(input: Input): void {
    const { reader, head } = input;
    while (reader.next(head)) this.#take(input);
  }

  /** Several: always the oldest packet at hand, as long as every input has one. */
  #merge(): void {
    const queue = this.#queue;
    while (this.#starving.size === 0 && queue.length > 0) {
      const [oldest] = queue;
      const until = queue.length > 1 ? queue[1].head.timeNs : Infinity;
      do this.#take(oldest);
      while (oldest.reader.next(oldest.head) ? oldest.head.timeNs <= until : this.#runDry(oldest));
      if (this.#queue[0] === oldest) this.#sortIn(queue.shift()!);
    }
  }

  /** The input at the front of the queue has no packet left; false, so that a loop ends. */
  #runDry(input: Input): false {
    this.#queue.shift();
    if (!input.ended) this.#starving.add(input);
    return false;
  }

  #refill(input: Input): void {
    if (!this.#starving.has(input) || !input.reader.next(input.head)) return;
    this.#starving.delete(input);
    this.#sortIn(input);
  }

  #sortIn(input: Input): void {
    const { timeNs } = input.head;
    const place = this.#queue.findIndex(
      ({ head, index }) => head.timeNs > timeNs || (head.timeNs === timeNs && index > input.index),
    );
    this.#queue.splice(place === -1 ? this.#queue.length : place, 0, input);
  }

  #take({ head, index }: Input): void {
    const packet = this.#disguise === undefined ? head : this.#disguise.packet(head);
    if (glanceAt(packet, this.#glance) && this.#tracker.passOver(this.#glance, packet)) return;
    const frame = this.#frame;
    const reason = decodePacket(packet, frame);
    if (reason !== 0) this.#undecodable[reason]++;
    // Also a packet without interest moves the clock: it shows that the capture went on.
    this.#tracker.track(frame, packet, frameReference(index, head.number));
  }

  #factsOf({ facts }: Input): CaptureFacts {
    return this.#disguise === undefined ? facts : this.#disguise.facts(facts);
  }

  #keep(attempt: Attempt): void {
    const has = (wanted: EventKind) => attempt.events.some(({ kind }) => kind === wanted);
    // Without its SYN it is for the classifier to say what it was.
    const isEstablished = has('syn') && has('ack');
    const oddity = isEstablished ? findOddity(attempt) : undefined;
    if (oddity !== undefined && this.#isSelected(attempt, 'established', null))
      this.#oddConnections.note(attempt, oddity);
    // Handed over only to be counted: there may be millions of them.
    if (isEstablished && this.#options.all !== true) {
      if (this.#isSelected(attempt, 'established', null)) this.#established++;
    } else if (this.#attempts.length < this.#limits.attempts && this.#listedPackets < this.#limits.packets) {
      this.#attempts.push(attempt);
      this.#listedPackets += attempt.events.length;
    } else this.#unlisted.add(attempt);
  }

  #isSelected({ client, server, events }: Attempt, outcome: Outcome, cause: string | null): boolean {
    const { selection } = this.#options;
    if (selection === undefined) return true;
    this.#names ??= new AddressNames(
      this.#inputs.map((input) => this.#factsOf(input)),
      this.#tracker.naming.names,
    );
    const names = this.#names;
    if (selection.hosts !== undefined) names.renew();
    const startedNs = (this.#origin.epochNs ?? 0n) + BigInt(Math.round(events[0].timeNs));
    const startNs = events[0].timeNs;
    const named = (end: Endpoint, asker?: Endpoint) => ({
      ...end,
      name: names.of(end.address, asker?.address, startNs),
    });
    return matches(selection, {
      client: named(client),
      server: named(server, client),
      outcome,
      cause,
      startedNs,
    });
  }
}

/** A capture's reader, and its packet that comes next. */
class Input implements CaptureInput {
  readonly head = new Packet();
  readonly reader: AnyCaptureReader;
  readonly name: string;
  readonly compression: string | undefined;
  readonly index: number;
  ended = false;
  damage: string | undefined;
  readonly #fed: (input: Input) => void;

  constructor(
    name: string,
    compression: string | undefined,
    index: number,
    origin: TimeOrigin,
    fed: (input: Input) => void,
  ) {
    this.name = name;
    this.compression = compression;
    this.index = index;
    this.reader = new AnyCaptureReader(origin);
    this.#fed = fed;
  }

  get facts() {
    return this.reader.facts;
  }

  push(bytes: Uint8Array): void {
    this.#feed(() => this.reader.push(bytes));
  }

  end(damage?: string): void {
    this.damage = damage;
    this.ended = true;
    this.#feed(() => this.reader.end());
  }

  #feed(feed: () => void): void {
    try {
      feed();
    } catch (error) {
      this.ended = true;
      this.#fed(this);
      throw error;
    }
    this.#fed(this);
  }
}
