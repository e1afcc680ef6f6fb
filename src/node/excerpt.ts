/** Copies from the captures what belongs into an excerpt: a second pass over them, since only the report says what that is. */
import { type FileHandle, open } from 'node:fs/promises';
import { Analyzer, type PacketDisguise } from '../analyze.js';
import { type CaptureFacts, Packet, type TimeOrigin } from '../capture/format.js';
import { FedCapture } from '../capture/input.js';
import { CaptureMerge } from '../capture/merge.js';
import { PcapngWriter } from '../capture/pcapng-writer.js';
import { Frame } from '../decode/frame.js';
import { decodePacket } from '../decode/packet.js';
import { type ExcerptPlan, type PayloadLimit, planExcerpt, sectionComment } from '../report/excerpt.js';
import { countDifferences } from '../report/excerpt-comparison.js';
import { headerBytes } from '../report/excerpt-length.js';
import { ExcerptSelector, type Missed, WIDTHS, type Width } from '../report/excerpt-selector.js';
import type { Report } from '../report/model.js';
import { VERSION } from '../report/version.js';
import type { CaptureSource } from './file.js';

/** A capture that is read once more. */
export interface ExcerptCapture {
  open(): Promise<CaptureSource>;
  /** How many of its frames the report knows; a file may have grown. */
  frames: number;
  /** When its first packet was captured, in nanoseconds since 1970, if that is known. */
  beginsAtNs?: bigint | undefined;
}

/** What an excerpt is made of. */
export interface ExcerptRequest {
  report: Report;
  /** In the order of the analysis. */
  captures: readonly ExcerptCapture[];
  limit: PayloadLimit;
  /** True if the report is about all attempts, so that the excerpt must not show a failure that it does not have. */
  isWhole: boolean;
  disguise: PacketDisguise | undefined;
}

/** How an excerpt turned out. */
export interface WrittenExcerpt {
  packets: number;
  /** Verdicts that are different when synwhy reads the excerpt. */
  different: number;
  width: Width;
}

const WRITE_BYTES = 1 << 20;
const HELD_BYTES = 1 << 12;

/**
 * Writes the excerpt of a report as pcapng. It is analysed while it is written: as long as what it shows differs from the
 * report, more is taken. Throws as the file system does.
 */
export async function writeExcerpt(path: string, request: ExcerptRequest): Promise<WrittenExcerpt> {
  const plan = planExcerpt(request.report);
  const known: Missed = { flows: new Set(), names: new Set() };
  let best: WrittenExcerpt | undefined;
  // Of a flood even what is alike about its hosts is too much: then the excerpt says what it can't show.
  const widths = plan.omitted.length > 0 ? WIDTHS.slice(0, 1) : WIDTHS;
  for (const width of widths) {
    const written = await writePasses(path, request, plan, width, known);
    if (written.different === 0) return written;
    if (best === undefined || written.different < best.different) best = written;
  }
  // None shows all: the smallest of those that show most, and it says so.
  const { width, different } = best!;
  await new Pass(path, request, plan, width, known, different).run();
  return best!;
}

/** What evidence names is whole only when its connections are known from their beginning on. */
async function writePasses(
  path: string,
  request: ExcerptRequest,
  plan: ExcerptPlan,
  width: Width,
  known: Missed,
): Promise<WrittenExcerpt> {
  const first = await new Pass(path, request, plan, width, known, 0).run();
  const { missed } = first;
  if (missed.flows.size === 0 && missed.names.size === 0) return first;
  for (const flow of missed.flows) known.flows.add(flow);
  for (const name of missed.names) known.names.add(name);
  return new Pass(path, request, plan, width, known, 0).run();
}

/** One capture while it is copied from. */
interface Feed {
  input: FedCapture;
  capture: ExcerptCapture;
  /** Undefined until its first bytes are wanted, and after the last. */
  source: CaptureSource | undefined;
  framesBefore: number;
}

class Pass {
  readonly #path: string;
  readonly #request: ExcerptRequest;
  readonly #plan: ExcerptPlan;
  readonly #width: Width;
  readonly #known: Missed;
  readonly #writer: PcapngWriter;
  readonly #origin: TimeOrigin = { epochNs: undefined };
  readonly #frame = new Frame();
  readonly #interfaces = new Map<string, number>();
  readonly #check = new Analyzer({ all: true, numeric: true });
  readonly #input = this.#check.addCapture('');
  readonly #held = new Held();
  #selector: ExcerptSelector | undefined;
  #file: FileHandle | undefined;
  #packets = 0;

  constructor(
    path: string,
    request: ExcerptRequest,
    plan: ExcerptPlan,
    width: Width,
    known: Missed,
    different: number,
  ) {
    this.#path = path;
    this.#request = request;
    this.#plan = plan;
    this.#width = width;
    this.#known = known;
    const { report, limit, disguise } = request;
    this.#writer = new PcapngWriter({
      hardware: '',
      operatingSystem: '',
      application: `synwhy ${VERSION}`,
      comment: sectionComment(report, plan, { limit, isAnonymized: disguise !== undefined, different }),
    });
  }

  async run(): Promise<WrittenExcerpt & { missed: Missed }> {
    const feeds: Feed[] = [];
    this.#file = await open(this.#path, 'w');
    try {
      await this.#copy(feeds);
      await this.#finish(feeds);
    } finally {
      for (const { source } of feeds) await source?.close();
      await this.#file.close();
    }
    this.#input.end();
    const { report, isWhole } = this.#request;
    const different = countDifferences(report, this.#check.finish(), this.#plan.attempts, isWhole);
    const missed = this.#selector?.missed ?? { flows: new Set<string>(), names: new Set<string>() };
    return { packets: this.#packets, different, width: this.#width, missed };
  }

  /** In the order of the analysis. */
  async #copy(feeds: Feed[]): Promise<void> {
    const origin = this.#origin;
    const merge = new CaptureMerge({ take: (input) => this.#take(feeds[input.index]) });
    let framesBefore = 0;
    for (const [index, capture] of this.#request.captures.entries()) {
      const { frames, beginsAtNs } = capture;
      const telling = { name: '', compression: undefined, index, limit: Number.POSITIVE_INFINITY };
      const input = new FedCapture(telling, origin, (fed) => merge.advance(fed));
      feeds.push({ input, capture, source: undefined, framesBefore });
      framesBefore += frames;
      if (beginsAtNs !== undefined) origin.epochNs ??= beginsAtNs;
      merge.add(input, beginsAtNs === undefined ? undefined : Number(beginsAtNs - origin.epochNs!));
    }
    for (let input = merge.starving(); input !== undefined; input = merge.starving()) {
      await feedOn(feeds[input.index]);
      if (this.#writer.waitingBytes >= WRITE_BYTES) await this.#write();
    }
  }

  #take({ input, capture, framesBefore }: Feed): void {
    const { head, index } = input;
    if (head.number > capture.frames) return;
    const { facts } = input.reader;
    const number = framesBefore + head.number;
    const packet = this.#request.disguise?.packet(head) ?? head;
    decodePacket(packet, this.#frame);
    this.#selector ??= new ExcerptSelector(this.#plan, this.#width, this.#known, this.#origin.epochNs ?? 0n);
    const held = this.#held;
    if (held.isFull && this.#packets > 0 && this.#selector.isBeforeJump(held.packet.timeNs, packet.timeNs))
      this.#addHeld();
    const comment = this.#selector.take(packet, this.#frame, number, index);
    if (comment === undefined) held.hold(packet, keptBytes(packet, this.#frame, 'headers'), index, facts);
    else {
      held.isFull = false;
      this.#add(packet, keptBytes(packet, this.#frame, this.#request.limit), index, facts, comment);
    }
  }

  #addHeld(): void {
    const { packet, capture, facts } = this.#held;
    this.#held.isFull = false;
    this.#add(packet, packet.capturedBytes, capture, facts, '');
  }

  #add(packet: Packet, bytes: number, capture: number, facts: CaptureFacts | undefined, comment: string): void {
    const id = this.#interfaceOf(packet, capture, facts);
    const { capturedBytes } = packet;
    packet.capturedBytes = bytes;
    this.#writer.addPacket(id, packet, this.#origin.epochNs ?? 0n, comment);
    packet.capturedBytes = capturedBytes;
    this.#packets++;
  }

  #interfaceOf({ interfaceIndex, linkType }: Packet, capture: number, facts: CaptureFacts | undefined): number {
    const key = `${capture} ${interfaceIndex} ${linkType}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    const described = this.#disguised(facts)?.interfaces[interfaceIndex] ?? { snapLength: 0 };
    const id = this.#writer.addInterface({ ...described, linkType });
    this.#interfaces.set(key, id);
    return id;
  }

  #disguised(facts: CaptureFacts | undefined): CaptureFacts | undefined {
    const { disguise } = this.#request;
    return facts === undefined || disguise === undefined ? facts : disguise.facts(facts);
  }

  /** The capture's last packet shows how long it went on; what was dropped is told by each interface. */
  async #finish(feeds: readonly Feed[]): Promise<void> {
    if (this.#held.isFull && this.#plan.comments.size > 0) this.#addHeld();
    const epochNs = this.#origin.epochNs ?? 0n;
    for (const [key, id] of this.#interfaces) {
      const [capture, interfaceIndex] = key.split(' ').map(Number);
      const { facts } = feeds[capture].input;
      const { dropped, endNs } = facts.interfaces[interfaceIndex] ?? {};
      if (dropped === undefined && endNs === undefined) continue;
      const startNs = epochNs + BigInt(Math.round(facts.firstPacketNs ?? 0));
      const lastNs = epochNs + BigInt(Math.round(endNs ?? facts.lastPacketNs ?? 0));
      const unknown = { received: undefined, droppedByInterface: undefined };
      this.#writer.addStatistics(id, { startNs, endNs: lastNs, dropped, ...unknown });
    }
    await this.#write();
  }

  async #write(): Promise<void> {
    const bytes = this.#writer.take();
    this.#input.push(bytes);
    await this.#file!.appendFile(bytes);
  }
}

function keptBytes(packet: Packet, frame: Frame, limit: PayloadLimit): number {
  return limit === 'full' ? packet.capturedBytes : headerBytes(packet, frame);
}

/** Feeds the next chunk, or the end. */
async function feedOn(feed: Feed): Promise<void> {
  feed.source ??= await feed.capture.open();
  const chunk = await nextChunk(feed.source);
  if (chunk !== undefined) {
    feed.input.push(chunk);
    return;
  }
  feed.source = undefined;
  feed.input.end();
}

/** What breaks off while it is read is a capture up to there; the report says so. */
async function nextChunk(source: CaptureSource): Promise<Uint8Array | undefined> {
  try {
    return await source.next();
  } catch {
    return undefined;
  }
}

/** A copy of the latest packet that was passed over. */
class Held {
  readonly packet = new Packet();
  isFull = false;
  capture = 0;
  facts: CaptureFacts | undefined;

  constructor() {
    const bytes = new Uint8Array(HELD_BYTES);
    this.packet.bytes = bytes;
    this.packet.view = new DataView(bytes.buffer);
  }

  hold(packet: Packet, bytes: number, capture: number, facts: CaptureFacts): void {
    const kept = Math.min(bytes, HELD_BYTES);
    const held = this.packet;
    held.bytes.set(packet.bytes.subarray(packet.offset, packet.offset + kept));
    held.capturedBytes = kept;
    held.originalBytes = packet.originalBytes;
    held.timeNs = packet.timeNs;
    held.linkType = packet.linkType;
    held.interfaceIndex = packet.interfaceIndex;
    held.direction = packet.direction;
    held.number = packet.number;
    this.capture = capture;
    this.facts = facts;
    this.isFull = true;
  }
}
