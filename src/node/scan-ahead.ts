/**
 * Reads a large capture with several threads: they read and scan its parts, this one follows what they found, in order.
 * Of 17 million handshakes scanning alone takes more than a second. With nothing to follow this thread scans too.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { PartIntake } from '../track/part-intake.js';
import type { ScanWorkerData } from './scan-worker.js';
import {
  allocateControl,
  claimPart,
  FOLLOWED_PARTS,
  NEXT_PART,
  PART_SIZES,
  type PartSizes,
  PartSlot,
  REVISION,
  readWhole,
  type SharedCapture,
} from './shared-parts.js';

/** Slots beyond those that each thread scans into: what they found may wait there to be followed. */
const WAITING_SLOTS = 2;
/** A part takes some milliseconds; whoever takes as long as this won't come back. */
const PATIENCE_MS = 5000;
/** It keeps nothing: without a limit its garbage would take some 10 MB before anybody collects it. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };
/** What is looked at for the first packet: interfaces and names may stand before it. */
const ENTRY_BYTES = 256 * 1024;
/** With this behind a part nearly every record ends; the others are read in order. */
const LARGEST_RECORD_BYTES = 1 << 20;

/** As build/bundle.js lays it: this module is in a chunk, the thread's in a file of its own beside the folder of those. */
const WORKER = new URL('../scan-worker.js', import.meta.url);

/** A capture that can be read at any offset. */
export interface SeekableCapture {
  descriptor: number;
  sizeBytes: number;
}

/** Threads that scan ahead, for one capture after the other. They do not keep the process alive. */
export class ScanAhead {
  readonly #words: Int32Array;
  readonly #slots: readonly PartSlot[];
  readonly #ports: MessagePort[] = [];
  readonly #workers: Worker[] = [];
  readonly #sizes: PartSizes;
  #revision = 0;
  /** True once a thread has not ended what it began: it may still write. */
  #isLost = false;

  /** `workers`: threads beside this one. */
  constructor(workers: number, { sizes = PART_SIZES, program = WORKER }: { sizes?: PartSizes; program?: URL } = {}) {
    const control = allocateControl();
    const slots = Array.from({ length: workers + 1 + WAITING_SLOTS }, () => PartSlot.allocate(sizes));
    this.#sizes = sizes;
    this.#words = new Int32Array(control);
    this.#slots = slots.map((memory) => new PartSlot(memory, sizes));
    for (let count = 0; count < workers; count++) this.#start(program, { control, slots, sizes });
  }

  #start(program: URL, shared: Omit<ScanWorkerData, 'port'>): void {
    const { port1, port2 } = new MessageChannel();
    const workerData: ScanWorkerData = { ...shared, port: port2 };
    const worker = new Worker(program, { workerData, transferList: [port2], resourceLimits: WORKER_LIMITS });
    // Without it there is one thread less.
    worker.on('error', () => undefined);
    worker.unref();
    port1.unref();
    this.#ports.push(port1);
    this.#workers.push(worker);
  }

  /** Ends the threads. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /**
   * Feeds a capture, of which nothing was fed, as far as that can be done by parts; `onProgress` gets to know how far it
   * is. Gives the offset of what is left to be pushed. Throws CaptureError when this is no capture, and
   * as the file system does.
   */
  async feed(
    intake: PartIntake,
    capture: SeekableCapture,
    onProgress: (bytes: number) => Promise<void>,
  ): Promise<number> {
    const entryOffset = this.#isLost ? undefined : this.#enter(intake, capture);
    if (entryOffset === undefined) return 0;
    const { partBytes } = this.#sizes;
    const parts = Math.ceil(capture.sizeBytes / partBytes);
    let shared: SharedCapture | undefined;
    let part = 0;
    for (let offset = entryOffset; part < parts && part === Math.floor(offset / partBytes); part++) {
      shared = this.#share(intake, { ...capture, parts, entryOffset }, shared);
      const slot = shared && this.#scanned(shared, part);
      if (shared === undefined || slot === undefined) break;
      offset = this.#follow(intake, shared, part, slot);
      await onProgress(offset);
    }
    this.#leave(part, parts);
    return intake.offset;
  }

  /** Lets nobody scan any further, and waits for those who do. */
  #leave(followed: number, parts: number): void {
    const claimed = Atomics.exchange(this.#words, NEXT_PART, parts);
    for (let part = followed; part < Math.min(claimed, parts); part++) {
      if (!this.#slotOf(part).wait(part, PATIENCE_MS)) this.#isLost = true;
    }
  }

  /** The offset of the first packet; undefined where the capture has to be read in order. */
  #enter(intake: PartIntake, { descriptor, sizeBytes }: SeekableCapture): number | undefined {
    const bytes = new Uint8Array(Math.min(sizeBytes, ENTRY_BYTES));
    const length = readWhole(descriptor, bytes, 0, sizeBytes);
    return intake.enter(bytes.subarray(0, length), new DataView(bytes.buffer)) ? intake.offset : undefined;
  }

  /** Tells the threads what they have to know, where that has changed. Undefined: nobody knows it. */
  #share(
    intake: PartIntake,
    capture: SeekableCapture & { parts: number; entryOffset: number },
    known: SharedCapture | undefined,
  ): SharedCapture | undefined {
    const { format, formatRevision } = intake.format ?? {};
    if (format === undefined || formatRevision === undefined) return undefined;
    if (known?.formatRevision === formatRevision) return known;
    const shared = { ...capture, revision: ++this.#revision, format, formatRevision };
    for (const port of this.#ports) port.postMessage(shared);
    Atomics.store(this.#words, REVISION, shared.revision);
    if (known === undefined) {
      for (const slot of this.#slots) slot.clear();
      Atomics.store(this.#words, FOLLOWED_PARTS, 0);
      // Last: with this threads may begin. One that has not heard of the revision yet is told by that of its scan.
      Atomics.store(this.#words, NEXT_PART, 0);
    }
    Atomics.notify(this.#words, REVISION);
    Atomics.notify(this.#words, FOLLOWED_PARTS);
    return shared;
  }

  /** Takes one part, scanned by whoever was first; gives the offset up to which the capture was then read. */
  #follow(intake: PartIntake, shared: SharedCapture, part: number, slot: PartSlot): number {
    const { descriptor, sizeBytes, revision } = shared;
    const { partBytes } = this.#sizes;
    const partOffset = part * partBytes;
    const isFitting = slot.revision === revision;
    const length = isFitting ? slot.found.bytes : slot.read(descriptor, partOffset, sizeBytes);
    const bytes = slot.bytes.subarray(0, length);
    if (isFitting) intake.take(bytes, slot.view, slot.found, slot.columns);
    // Whatever was not ordinary, or all of it where the scan began at another record than the part before ended.
    const untilOffset = Math.min(partOffset + partBytes, sizeBytes);
    intake.takeWithin(bytes, slot.view, partOffset, untilOffset);
    Atomics.store(this.#words, FOLLOWED_PARTS, part + 1);
    Atomics.notify(this.#words, FOLLOWED_PARTS);
    return this.#reach(intake, shared, untilOffset);
  }

  /** Reads on to this offset where a record was larger than what is read of a part; gives the offset that it came to. */
  #reach(intake: PartIntake, shared: SharedCapture, untilOffset: number): number {
    const { offset } = intake;
    if (offset >= untilOffset) return offset;
    const bytes = new Uint8Array(untilOffset - offset + LARGEST_RECORD_BYTES);
    const length = readWhole(shared.descriptor, bytes, offset, shared.sizeBytes);
    intake.takeWithin(bytes.subarray(0, length), new DataView(bytes.buffer), offset, untilOffset);
    return intake.offset;
  }

  /** The slot in which a part was scanned; undefined: whoever began to scan it does not end. */
  #scanned({ parts, ...shared }: SharedCapture, part: number): PartSlot | undefined {
    const slot = this.#slotOf(part);
    while (!slot.holds(part)) {
      // Rather than waiting for others: scan what comes next, which may be this very part.
      const claimed = claimPart(this.#words, this.#slots.length, parts, false);
      if (claimed !== undefined) this.#slotOf(claimed).scan(claimed, { parts, ...shared });
      else if (!slot.wait(part, PATIENCE_MS)) return undefined;
    }
    return slot;
  }

  #slotOf(part: number): PartSlot {
    return this.#slots[part % this.#slots.length];
  }
}
