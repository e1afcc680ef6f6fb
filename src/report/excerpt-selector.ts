/**
 * Which packets an excerpt needs, packet by packet. Beside those that evidence names it needs what the verdicts rest on
 * without naming it: other connections of the same hosts, and that hosts lived, how far away they are, that the capture
 * went on. Of these a few packets at a time tell as much as all.
 */
import type { Packet } from '../capture/format.js';
import { formatAddress, parseAddress } from '../decode/address.js';
import { readDns } from '../decode/dns.js';
import {
  ACK,
  FIN,
  FRAME_DNS,
  FRAME_ICMP_ERROR,
  FRAME_IP,
  FRAME_NEIGHBOR_REPLY,
  FRAME_NEIGHBOR_REQUEST,
  FRAME_TCP,
  type Frame,
  RST,
  SYN,
} from '../decode/frame.js';
import type { ExcerptPlan } from './excerpt.js';
import { FewAtATime, LinkNovelties, TravelNovelties } from './excerpt-thinning.js';
import type { ReportAttempt } from './model.js';

/** How generous a selection is: if too little was taken, the verdicts on the excerpt differ, and the next one is tried. */
export const WIDTHS = ['evidence', 'hosts', 'hosts-with-data', 'everything'] as const;

export type Width = (typeof WIDTHS)[number];

/** What a pass over the captures found to be missing: it is known too late for packets before. */
export interface Missed {
  /** Connections of which evidence names a packet, as the selector calls them. */
  flows: Set<string>;
  /** Names that evidence is about, but no attempt. */
  names: Set<string>;
}

const INCLUDED = 1;
const OMITTED = 2;

/** Data of a connection whose handshake is in the excerpt: enough to show that it went on. */
const PLAIN_SEGMENTS_PER_FLOW = 4;
/** Connections whose fate is remembered; a flood has millions. */
const MAXIMUM_FLOWS = 1 << 18;
/** Around an attempt what its hosts do matters most. */
const AROUND_NS = 6e9;
/** For so long nothing need be in the excerpt: longer, and its clock would seem to jump. */
const LONGEST_PAUSE_NS = 1500e9;
/** A clock that runs back so far has jumped. */
const BACK_NS = 30e9;

/** How often a thing is told, while an attempt lasts and otherwise. */
const CONNECTIONS = { nearNs: 250e6, farNs: 10e9, first: 4 };
const SIGNS = { nearNs: 1e9, farNs: 60e9, first: 1 };
const NEIGHBORS = { nearNs: 0, farNs: 60e9, first: 8 };

/** Looks at every packet of the captures, in the order in which they were analysed. */
export class ExcerptSelector {
  readonly missed: Missed = { flows: new Set(), names: new Set() };
  readonly #plan: ExcerptPlan;
  readonly #width: Width;
  readonly #known: Missed;
  readonly #hosts = new Set<number>();
  readonly #addresses = new Set<string>();
  readonly #flows = new Map<string, number>();
  readonly #plain = new Map<string, number>();
  readonly #spans: readonly { fromNs: number; toNs: number }[];
  readonly #connections = new FewAtATime(CONNECTIONS);
  readonly #signs = new FewAtATime(SIGNS);
  readonly #neighbors = new FewAtATime(NEIGHBORS);
  readonly #travel = new TravelNovelties();
  readonly #links = new LinkNovelties();
  #hasPlainSegment = false;
  #keptNs = Number.NEGATIVE_INFINITY;

  /** `epochNs` is what the packets' times count from; `known` is what passes before this one missed. */
  constructor(plan: ExcerptPlan, width: Width, known: Missed, epochNs: bigint) {
    this.#plan = plan;
    this.#width = width;
    this.#known = known;
    this.#spans = spansOf(plan.attempts, epochNs);
    for (const attempt of plan.omitted) this.#enter(attempt, OMITTED);
    for (const attempt of plan.attempts) {
      this.#enter(attempt, INCLUDED);
      this.#enterHost(attempt.client.address);
      this.#enterHost(attempt.server.address);
      for (const { icmp } of attempt.frames) if (icmp !== undefined) this.#enterHost(icmp.from);
    }
    for (const flow of known.flows) this.#flows.set(flow, INCLUDED);
  }

  /** What to say of a packet, empty where nothing is to be said; undefined if it is not needed. */
  take(packet: Packet, frame: Frame, number: number, capture: number): string | undefined {
    // Nothing failed: then nothing has to be shown.
    if (this.#plan.comments.size === 0) return undefined;
    const comment = this.#plan.comments.get(number);
    const isKept = this.#isNeeded(packet, frame, capture) || comment !== undefined || this.#width === 'everything';
    if (comment !== undefined) this.#noteNamed(packet, frame);
    if (!isKept && !this.#isLate(packet.timeNs)) return undefined;
    this.#keptNs = packet.timeNs;
    return comment ?? '';
  }

  /** True if a packet is to be taken only since the time jumps behind it; `timeNs` is the next packet's. */
  isBeforeJump(heldNs: number, timeNs: number): boolean {
    return timeNs - heldNs > LONGEST_PAUSE_NS || timeNs < heldNs - BACK_NS;
  }

  #isLate(timeNs: number): boolean {
    return timeNs - this.#keptNs > LONGEST_PAUSE_NS || timeNs < this.#keptNs - BACK_NS;
  }

  #enter({ client, server }: ReportAttempt, state: number): void {
    this.#flows.set(`${client.address} ${client.port} ${server.address} ${server.port}`, state);
    this.#flows.set(`${server.address} ${server.port} ${client.address} ${client.port}`, state);
  }

  #enterHost(address: string): void {
    const words = parseAddress(address);
    if (words === undefined) return;
    this.#hosts.add(hostKey(words[0], words[1], words[2], words[3]));
    this.#addresses.add(address);
  }

  #isNeeded(packet: Packet, frame: Frame, capture: number): boolean {
    if (frame.kind < FRAME_TCP) return false;
    const isNovelLink = this.#links.note(frame, capture);
    const source = hostKey(frame.source0, frame.source1, frame.source2, frame.source3);
    const destination = hostKey(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
    const isSourceMeant = this.#hosts.has(source);
    const isMeant = isSourceMeant || this.#hosts.has(destination);
    if (isMeant && this.#width === 'hosts-with-data') return true;
    const isOfKind = this.#isNeededOfKind(packet, frame, isMeant);
    const tells = isSourceMeant && this.#travel.note(source, frame);
    return isOfKind || isNovelLink || tells || (isMeant && this.#isSign(packet, frame, source, destination));
  }

  #isNeededOfKind(packet: Packet, frame: Frame, isMeant: boolean): boolean {
    switch (frame.kind) {
      case FRAME_TCP:
        return this.#isNeededSegment(packet, frame, isMeant);
      case FRAME_ICMP_ERROR:
        if (this.#flows.get(flowOf(frame)) === INCLUDED) return true;
        return isMeant && (this.#width !== 'evidence' || this.#flows.get(flowOf(frame)) !== OMITTED);
      case FRAME_NEIGHBOR_REQUEST:
      case FRAME_NEIGHBOR_REPLY:
        return isMeant && (this.#width !== 'evidence' || this.#isRare(this.#neighbors, pairOf(frame), packet));
      case FRAME_DNS:
        return this.#isNeededMessage(packet, frame);
      default:
        return isMeant && this.#width === 'hosts' && frame.kind === FRAME_IP;
    }
  }

  #isNeededSegment(packet: Packet, frame: Frame, isMeant: boolean): boolean {
    const isPlain = (frame.flags & (SYN | FIN | RST)) === 0;
    const isFirstPlain = isPlain && !this.#hasPlainSegment;
    if (isFirstPlain) this.#hasPlainSegment = true;
    if (!isMeant && this.#known.flows.size === 0) return isFirstPlain;
    const flow = flowOf(frame);
    let state = this.#flows.get(flow);
    if (state === undefined && isMeant && !isPlain) state = this.#judgeFlow(packet, frame, flow);
    if (state !== INCLUDED) return isFirstPlain;
    if (!isPlain) return true;
    const told = this.#plain.get(flow) ?? 0;
    if (told < PLAIN_SEGMENTS_PER_FLOW) this.#plain.set(flow, told + 1);
    return told < PLAIN_SEGMENTS_PER_FLOW;
  }

  /** Whether a connection beside the attempts is taken along: some of each server and of each client. */
  #judgeFlow(packet: Packet, frame: Frame, flow: string): number {
    const { flags } = frame;
    const [source, destination] = [textOfSource(frame), textOfDestination(frame)];
    const isAnswer = (flags & ACK) !== 0;
    const [client, server, port] = isAnswer
      ? [destination, source, frame.sourcePort]
      : [source, destination, frame.destinationPort];
    const isMeant = (address: string) => this.#addresses.has(address);
    const isRareServer = isMeant(server) && this.#isRare(this.#connections, `${server} ${port}`, packet);
    const isRareClient = isMeant(client) && this.#isRare(this.#connections, client, packet);
    const isTaken = this.#width !== 'evidence' || isRareServer || isRareClient;
    const state = isTaken ? INCLUDED : OMITTED;
    if (this.#flows.size > MAXIMUM_FLOWS) this.#flows.delete(this.#flows.keys().next().value ?? '');
    const { sourcePort, destinationPort } = frame;
    this.#flows.set(flow, state);
    this.#flows.set(`${destination} ${destinationPort} ${source} ${sourcePort}`, state);
    return state;
  }

  #isNeededMessage(packet: Packet, frame: Frame): boolean {
    const message = messageOf(packet, frame);
    if (message === undefined) return false;
    const { question, records } = message;
    if (records.some(({ value, name }) => this.#addresses.has(value) || this.#isMeantName(name))) return true;
    return question !== undefined && this.#isMeantName(question.name);
  }

  #isMeantName(name: string): boolean {
    return this.#plan.names.has(name) || this.#known.names.has(name);
  }

  /** That a host lives, and that something comes to it. */
  #isSign(packet: Packet, frame: Frame, source: number, destination: number): boolean {
    const isHandshake = frame.kind === FRAME_TCP && (frame.flags & (SYN | RST)) !== 0;
    // Half a handshake would look like one that failed.
    if (isHandshake && (frame.flags & RST) === 0) return false;
    const kind = `${frame.kind} ${isHandshake}`;
    const isSourceRare = this.#hosts.has(source) && this.#isRare(this.#signs, `${source} ${kind}`, packet);
    const isDestinationRare = this.#hosts.has(destination) && this.#isRare(this.#signs, `to ${destination}`, packet);
    return isSourceRare || isDestinationRare;
  }

  #isRare(log: FewAtATime, key: string, { timeNs }: Packet): boolean {
    return log.note(key, timeNs, isWithin(this.#spans, timeNs));
  }

  /** Evidence may name a packet of a connection or about a name that was passed over until now. */
  #noteNamed(packet: Packet, frame: Frame): void {
    if (frame.kind === FRAME_TCP || frame.kind === FRAME_ICMP_ERROR) {
      const flow = flowOf(frame);
      if (this.#flows.get(flow) === INCLUDED) return;
      this.missed.flows.add(flow);
      this.missed.flows.add(
        `${textOfDestination(frame)} ${frame.destinationPort} ${textOfSource(frame)} ${frame.sourcePort}`,
      );
    } else if (frame.kind === FRAME_DNS) {
      const name = messageOf(packet, frame)?.question?.name;
      if (name !== undefined && !this.#isMeantName(name)) this.missed.names.add(name);
    }
  }
}

/** The times of the attempts and a little around each, joined where they overlap. */
function spansOf(attempts: readonly ReportAttempt[], epochNs: bigint): { fromNs: number; toNs: number }[] {
  const all = attempts.map(({ startedAt, durationMs }) => {
    const startNs = Number(epochOf(startedAt) - epochNs);
    return { fromNs: startNs - AROUND_NS, toNs: startNs + durationMs * 1e6 + AROUND_NS };
  });
  const spans: { fromNs: number; toNs: number }[] = [];
  for (const span of all.sort((one, other) => one.fromNs - other.fromNs)) {
    const last = spans.at(-1);
    if (last !== undefined && span.fromNs <= last.toNs) last.toNs = Math.max(last.toNs, span.toNs);
    else spans.push(span);
  }
  return spans;
}

/** `spans` are in order and apart from each other. */
function isWithin(spans: readonly { fromNs: number; toNs: number }[], timeNs: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle].toNs < timeNs) low = middle + 1;
    else high = middle;
  }
  return low < spans.length && spans[low].fromNs <= timeNs;
}

/** Nanoseconds since 1970 of a time as reports have it. */
function epochOf(time: string): bigint {
  const [seconds, fraction = '0'] = time.slice(0, -1).split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** An address as one number; that of IPv6 is mixed, so that two may share one, and a few packets more are taken. */
function hostKey(word0: number, word1: number, word2: number, word3: number): number {
  if (word0 === 0 && word1 === 0) return word2 * 0x1_0000_0000 + word3;
  const mixed = Math.imul(word0, 0x9e3779b1) ^ Math.imul(word1, 0x85ebca6b) ^ Math.imul(word2, 0xc2b2ae35);
  return ((mixed >>> 12) + 0x1_00000) * 0x1_0000_0000 + word3;
}

function textOfSource({ source0, source1, source2, source3 }: Frame): string {
  return formatAddress(source0, source1, source2, source3);
}

function textOfDestination({ destination0, destination1, destination2, destination3 }: Frame): string {
  return formatAddress(destination0, destination1, destination2, destination3);
}

function flowOf(frame: Frame): string {
  return `${textOfSource(frame)} ${frame.sourcePort} ${textOfDestination(frame)} ${frame.destinationPort}`;
}

function pairOf(frame: Frame): string {
  return `${frame.kind} ${textOfSource(frame)} ${textOfDestination(frame)}`;
}

function messageOf({ view, offset, capturedBytes }: Packet, { payloadOffset, payloadBytes }: Frame) {
  return readDns(view, payloadOffset, Math.min(payloadOffset + payloadBytes, offset + capturedBytes), true);
}
