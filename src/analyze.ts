/**
 * Wires the stages together: bytes in, a report out. The only file that knows all of them.
 */

import type { CaptureFacts, Packet, TimeOrigin } from './capture/format.js';
import { type CaptureInput, FedCapture } from './capture/input.js';
import { CaptureMerge } from './capture/merge.js';
import { classify } from './classify/classify.js';
import { AttemptIndex } from './classify/company.js';
import type { Context } from './classify/finding.js';
import { findNotes } from './classify/notes.js';
import { isFailure, type Outcome } from './classify/outcome.js';
import { UNDECODABLE_REASONS } from './decode/packet.js';
import { AttemptGroups } from './report/attempt-groups.js';
import { type BuildCapture, buildReport, Wording } from './report/build.js';
import { KeptAttempts } from './report/kept-attempts.js';
import type { Report, ReportAttempt } from './report/model.js';
import { AddressNames } from './report/names.js';
import { findOddity, OddConnections } from './report/odd-connections.js';
import { type AttemptSelection, matches } from './report/select.js';
import { type PendingAttempt, Teller } from './report/teller.js';
import { UnlistedAttempts } from './report/unlisted.js';
import type { Attempt, Endpoint, EventKind } from './track/attempt.js';
import { createReasonCounts, type Followed, Follower } from './track/follower.js';
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
  /**
   * Gets each attempt that will be listed as soon as it is decided; teller.ts says when that is. `isCorrection`: it was
   * told before, under the same `id`, with another verdict. All that the report differs in from what was told is told
   * again before `finish` returns. With this, the latest attempts are kept to be listed, and not the first ones.
   */
  onAttempt?: (attempt: ReportAttempt, isCorrection: boolean) => void;
  /** Replaces addresses and names before anything is made of them. */
  disguise?: PacketDisguise;
  /**
   * Bytes that come in chunks of so many or more are gone over in WebAssembly: unless told, 8,192 behind the first
   * two hundred packets. It changes nothing but the time that is taken.
   */
  leastSifted?: number;
}

/** An attempt that waits for an answer, as `Analyzer.pending` tells it. */
export interface Pending {
  client: ReportAttempt['client'];
  server: ReportAttempt['server'];
  /** How often the SYN was sent, and for how many milliseconds it has been unanswered. */
  syns: number;
  waitedMs: number;
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
  /** Findings, 10,000 unless told; beyond that, those of one client, server or port are told as a scan or a flood. */
  findings: number;
}

/** This part of the attempts leaves together, the oldest: one by one would move all others each time. */
const LEAVING_SHARE = 64;
/** How often it is looked at what has been decided, in the capture's time. */
const LOOK_NS = 50e6;
/** In smaller pieces it is no gain. */
const LEAST_SIFTED = 8192;
/** So many packets have been looked at one by one before WebAssembly is compiled, which takes 10 ms. */
const PATIENCE = 200;
const LISTED_ATTEMPTS = 100_000;
/** An ordinary attempt has 2 to 12. With 256 each, as a hostile capture may have it, the attempts would take 1 GB. */
const LISTED_PACKETS = 2_000_000;
const MOST_FINDINGS = 10_000;
const LIMITS = { attempts: LISTED_ATTEMPTS, packets: LISTED_PACKETS, findings: MOST_FINDINGS };

/**
 * Follows the handshakes of one or several captures, which are read as one in order of time. All captures are added
 * before the first byte is pushed; then whichever `starving` names is fed, until there is none. A capture that goes on
 * where those before it have ended may also be added then.
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
  readonly #inputs: FedCapture[] = [];
  /** By the number of the capture. */
  readonly #followers: Follower[] = [];
  readonly #merge = new CaptureMerge({
    take: (input) => this.#followerOf(input).take(input.head),
    drain: (input) => this.#drain(input),
    closed: (input) => this.#close(input),
  });
  readonly #followed: Followed;
  readonly #tracker: Tracker;
  readonly #attempts = new KeptAttempts();
  readonly #unlisted: UnlistedAttempts;
  readonly #oddConnections = new OddConnections();
  #established = 0;
  #names: AddressNames | undefined;
  readonly #teller: Teller | undefined;
  #wording: Wording | undefined;
  #lookedNs = Number.NEGATIVE_INFINITY;
  /** When the last bytes came, as the packets tell time; undefined until that is asked for. */
  #fedNs: number | undefined;

  constructor(options: AnalyzeOptions = {}) {
    this.#options = options;
    this.#disguise = options.disguise;
    this.#limits = { ...DEFAULT_LIMITS, ...LIMITS, ...options.limits };
    const keepEstablished = options.all === true || options.selection !== undefined;
    this.#tracker = new Tracker((attempt) => this.#keep(attempt), keepEstablished, this.#limits);
    this.#followed = {
      tracker: this.#tracker,
      undecodable: createReasonCounts(),
      disguise: options.disguise === undefined ? undefined : (packet) => options.disguise!.packet(packet),
      leastSifted: options.leastSifted ?? LEAST_SIFTED,
      patience: options.leastSifted === undefined ? PATIENCE : 0,
    };
    this.#unlisted = new UnlistedAttempts(
      new AttemptGroups(this.#limits.findings),
      this.#tracker.hosts,
      () => this.#tracker.counts,
      (attempt, outcome, cause) => this.#isSelected(attempt, outcome, cause),
    );
    this.#teller = options.onAttempt && this.#createTeller(options.onAttempt);
  }

  /**
   * Adds a capture; `compression` ('gzip', 'zstd') is told in the report, the bytes to push are decompressed ones. No
   * more than `packets` of it are read. `beginsAtNs` is the time of its first packet in nanoseconds since 1970, where
   * that is known beforehand: `starving` names it only when the others have come so far, so that its file need not be
   * open before. Where the time is not true, packets come late and are judged so.
   */
  addCapture(
    name: string,
    compression?: string,
    packets = Number.POSITIVE_INFINITY,
    beginsAtNs?: bigint,
  ): CaptureInput {
    const origin = this.#origin;
    const telling = { name, compression, index: this.#inputs.length, limit: packets };
    const input = new FedCapture(telling, origin, (fed) => this.#advance(fed));
    this.#inputs.push(input);
    if (beginsAtNs !== undefined) origin.epochNs ??= beginsAtNs;
    this.#merge.add(input, beginsAtNs === undefined ? undefined : Number(beginsAtNs - origin.epochNs!));
    return input;
  }

  /** The input that has to be fed or ended before anything more can be read; undefined when all were ended. */
  starving(): CaptureInput | undefined {
    return this.#merge.starving();
  }

  /**
   * Says that so many milliseconds have passed since bytes were last pushed: whoever is silent is silent for longer, and
   * that may decide an attempt. For live captures with `onAttempt`.
   */
  pass(milliseconds: number): void {
    this.#fedNs ??= this.#tracker.look.timeNs;
    this.#tracker.pass(this.#fedNs + milliseconds * 1e6);
    this.#teller?.look();
  }

  /** The same to a moment: nanoseconds since 1970, by the clock that the packets have their times from. */
  reach(epochNs: bigint): void {
    const { epochNs: originNs } = this.#origin;
    if (originNs !== undefined) this.#tracker.pass(Number(epochNs - originNs));
    this.#teller?.look();
  }

  /**
   * Attempts that wait for an answer for at least so many milliseconds, at most `most` of them, those that are silent
   * for longest first. None without `onAttempt`.
   */
  pending(milliseconds: number, most: number): Pending[] {
    const wording = this.#currentWording();
    const words = ({ attempt, syns, waitedNs }: PendingAttempt): Pending => ({
      client: wording.endpoint(attempt.client),
      server: wording.server(attempt.server),
      syns,
      waitedMs: waitedNs / 1e6,
    });
    return (this.#teller?.pending(milliseconds * 1e6, most) ?? []).map(words);
  }

  /** True while an attempt is neither answered nor silent for so long that it is as good as decided. */
  isUndecided(): boolean {
    return this.#teller?.isUndecided() === true;
  }

  /** How many frames of each capture were read so far, in the order in which the captures were added. */
  get frameCounts(): number[] {
    return this.#inputs.map(({ head }) => head.number);
  }

  /** The report over everything that was pushed. To be asked for once, after every input has ended. */
  finish(): Report {
    const report = this.finishLazily();
    return { ...report, findings: report.findings.map((finding) => ({ ...finding })), attempts: [...report.attempts] };
  }

  /**
   * The same for those who look at one attempt after the other: `attempts` can be read as any array, but is made when it
   * is asked for, anew each time, so that a hundred thousand of them take 20 MB and not 500. The texts of a finding are
   * made when one of them is first asked for.
   */
  finishLazily(): Report {
    for (const follower of this.#followers) follower?.end();
    this.#passToEnd();
    this.#tracker.finish();
    return buildReport({
      captures: this.#captures(),
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
        UNDECODABLE_REASONS.map((reason, code) => [reason, this.#followed.undecodable[code]] as const).filter(
          ([, count]) => count > 0,
        ),
      ),
      limits: this.#limits,
      all: this.#options.all === true,
      selection: this.#options.selection ?? {},
      numeric: this.#options.numeric === true,
      serviceName: this.#serviceName,
      teller: this.#teller,
    });
  }

  get #serviceName(): (port: number) => string | undefined {
    return this.#options.serviceName ?? (() => undefined);
  }

  #captures(): BuildCapture[] {
    return this.#inputs.map((input) => {
      const { name, compression, head, damage } = input;
      return { name, compression, facts: this.#factsOf(input), frames: head.number, damage };
    });
  }

  #createTeller(tell: (attempt: ReportAttempt, isCorrection: boolean) => void): Teller {
    const tracker = this.#tracker;
    return new Teller({
      look: tracker.look,
      judge: (attempt) => {
        const context: Context = {
          hosts: tracker.hosts,
          // What others do meanwhile is for the report at the end, which may correct this.
          company: new AttemptIndex([attempt]),
          names: tracker.naming.names,
          capture: tracker.counts,
          frameNumber: (reference) => this.#currentWording().frameNumber(reference),
        };
        const verdict = classify(attempt, context);
        return { attempt, verdict, notes: findNotes(attempt, verdict, context) };
      },
      listsEstablished: this.#options.all === true,
      isListed: ({ attempt, verdict: { outcome, cause } }) =>
        (this.#options.all === true || isFailure(outcome)) && this.#isSelected(attempt, outcome, cause),
      word: (judged, id) => this.#currentWording().attempt(judged, id),
      tell,
    });
  }

  /** Words for what is known by now; frame numbers are those of a single capture, as the others' ends are not known. */
  #currentWording(): Wording {
    const { epochNs } = this.#origin;
    const known = this.#wording;
    if (known !== undefined) {
      known.renewNames();
      return known;
    }
    const numeric = this.#options.numeric === true;
    const serviceName = this.#serviceName;
    const { names } = this.#tracker.naming;
    const wording = new Wording({ captures: this.#captures(), epochNs: epochNs ?? 0n, names, numeric, serviceName });
    if (epochNs !== undefined) this.#wording = wording;
    return wording;
  }

  #look(): void {
    const { nowNs } = this.#tracker.look;
    this.#fedNs = undefined;
    if (nowNs - this.#lookedNs < LOOK_NS) return;
    this.#lookedNs = nowNs;
    this.#teller?.look();
  }

  /** A capture may say that it went on behind its last packet: then that was silence. */
  #passToEnd(): void {
    for (const { facts } of this.#inputs) {
      for (const { endNs } of facts.interfaces) if (endNs !== undefined) this.#tracker.pass(endNs);
    }
  }

  #advance(fed: FedCapture): void {
    // What was worded before this was known spoke of a capture without a format.
    if (fed.packets === 0) this.#wording = undefined;
    this.#merge.advance(fed);
    if (this.#teller !== undefined) this.#look();
  }

  #close(input: FedCapture): void {
    this.#followers[input.index]?.end();
    delete this.#followers[input.index];
    this.#names?.take(this.#factsOf(input));
    // Only now it is known where the frames of the next one begin.
    this.#wording = undefined;
  }

  #drain(input: FedCapture): void {
    const { reader, head } = input;
    const follower = this.#followerOf(input);
    if (reader.siftable !== undefined) follower.drain(reader.siftable, head);
    else while (reader.next(head)) follower.take(head);
    if (this.#teller !== undefined) follower.end();
  }

  #followerOf({ index }: FedCapture): Follower {
    this.#followers[index] ??= new Follower(this.#followed, index);
    return this.#followers[index];
  }

  #factsOf({ facts }: FedCapture): CaptureFacts {
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
      if (attempt.ticket !== 0) this.#teller?.decided(attempt);
      if (this.#isSelected(attempt, 'established', null)) this.#established++;
    } else this.#list(attempt);
  }

  /** Keeps an attempt to be listed, or counts it; when they are told of at once, the oldest ones are counted instead. */
  #list(attempt: Attempt): void {
    if (this.#teller !== undefined) {
      this.#teller.decided(attempt);
      while (!this.#hasRoom && this.#attempts.length > 0) this.#letLeave(this.#teller);
    }
    if (this.#hasRoom) this.#attempts.add(attempt);
    else this.#unlisted.add(attempt);
  }

  /** True if one more attempt can be kept to be listed. */
  get #hasRoom(): boolean {
    return this.#attempts.length < this.#limits.attempts && this.#attempts.packets < this.#limits.packets;
  }

  #letLeave(teller: Teller): void {
    for (const attempt of this.#attempts.leave(Math.ceil(this.#attempts.length / LEAVING_SHARE))) {
      this.#unlisted.add(attempt);
      teller.forget(attempt);
    }
  }

  #isSelected({ client, server, events }: Attempt, outcome: Outcome, cause: string | null): boolean {
    const { selection } = this.#options;
    if (selection === undefined) return true;
    this.#names ??= new AddressNames(
      this.#inputs.map((input) => this.#factsOf(input)),
      this.#tracker.naming.names,
    );
    const names = this.#names;
    if (selection.hosts !== undefined) for (const input of this.#merge.open) names.take(this.#factsOf(input));
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
