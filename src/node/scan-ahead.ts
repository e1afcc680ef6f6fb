/**
 * Reads a large capture with several threads: they read and scan its parts, this one follows what they found, in order.
 * Of 17 million handshakes scanning alone takes a second. With nothing to follow this thread scans too.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Analyzer } from '../analyze.js';
import type { CaptureInput } from '../capture/input.js';
import { PART_BYTES } from '../track/part-scan.js';
import type { ScanWorkerData } from './scan-worker.js';
import {
  allocateControl,
  claimPart,
  FOLLOWED_PARTS,
  NEXT_PART,
  PartSlot,
  REVISION,
  readWhole,
  type SharedCapture,
} from './shared-parts.js';

/** Slots beyond those that each thread scans into: what they found may wait there to be followed. */
const WAITING_SLOTS = 4;
/** A part takes some milliseconds; whoever takes as long as this won't come back. */
const PATIENCE_MS = 5000;
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
  #revision = 0;

  /** `workers`: threads beside this one. */
  constructor(workers: number) {
    const control = allocateControl();
    const slots = Array.from({ length: workers + 1 + WAITING_SLOTS }, () => PartSlot.allocate());
    this.#words = new Int32Array(control);
    this.#slots = slots.map((memory) => new PartSlot(memory));
    for (let count = 0; count < workers; count++) this.#start({ control, slots });
  }

  #start({ control, slots }: Omit<ScanWorkerData, 'port'>): void {
    const { port1, port2 } = new MessageChannel();
    const workerData: ScanWorkerData = { control, slots, port: port2 };
    const worker = new Worker(WORKER, { workerData, transferList: [port2] });
    // Without it there is one thread less: what it had claimed is scanned here in the end.
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
   * Feeds a capture, of which nothing was fed, to the analyzer as far as that can be done by parts; `onProgress` gets to
   * know how far it is. Gives the offset of what is left to be pushed. Throws CaptureError when this is no capture, and
   * as the file system does.
   */
  async feed(
    analyzer: Analyzer,
    input: CaptureInput,
    capture: SeekableCapture,
    onProgress: (bytes: number) => Promise<void>,
  ): Promise<number> {
    const entryOffset = this.#enter(analyzer, input, capture);
    const parts = entryOffset === undefined ? 0 : Math.ceil(capture.sizeBytes / PART_BYTES);
    let shared: SharedCapture | undefined;
    let offset = entryOffset ?? 0;
    for (let part = 0; part < parts && part === Math.floor(offset / PART_BYTES); part++) {
      shared = this.#share(analyzer, input, { ...capture, entryOffset: entryOffset ?? 0 }, shared);
      if (shared === undefined) break;
      offset = this.#follow(analyzer, input, shared, part);
      await onProgress(offset);
    }
    // Nobody is to scan what is left: the end, or all from where parts can't be told.
    Atomics.store(this.#words, NEXT_PART, parts);
    return offset;
  }

  /** The offset of the first packet; undefined where the capture has to be read in order. */
  #enter(analyzer: Analyzer, input: CaptureInput, { descriptor, sizeBytes }: SeekableCapture): number | undefined {
    const [slot] = this.#slots;
    const length = slot.read(descriptor, 0, Math.min(sizeBytes, ENTRY_BYTES));
    return analyzer.enter(input, slot.bytes.subarray(0, length), slot.view);
  }

  /** Tells the threads what they have to know, where that has changed. Undefined: nobody knows it. */
  #share(
    analyzer: Analyzer,
    input: CaptureInput,
    capture: SeekableCapture & { entryOffset: number },
    known: SharedCapture | undefined,
  ): SharedCapture | undefined {
    const { format, formatRevision } = analyzer.partFormatOf(input) ?? {};
    if (format === undefined || formatRevision === undefined) return undefined;
    if (known?.formatRevision === formatRevision) return known;
    const shared = { ...capture, revision: ++this.#revision, format, formatRevision };
    for (const port of this.#ports) port.postMessage(shared);
    if (known === undefined) {
      Atomics.store(this.#words, FOLLOWED_PARTS, 0);
      Atomics.store(this.#words, NEXT_PART, 0);
      for (const slot of this.#slots) slot.clear();
    }
    Atomics.store(this.#words, REVISION, shared.revision);
    Atomics.notify(this.#words, REVISION);
    Atomics.notify(this.#words, FOLLOWED_PARTS);
    return shared;
  }

  /** Takes one part, scanned by whoever was first; gives the offset up to which the capture was then read. */
  #follow(analyzer: Analyzer, input: CaptureInput, shared: SharedCapture, part: number): number {
    const slot = this.#scanned(shared, part);
    const { found } = slot;
    const untilOffset = (part + 1) * PART_BYTES;
    const isFitting = slot.holds(part) && slot.revision === shared.revision;
    const length = isFitting ? found.bytes : slot.read(shared.descriptor, part * PART_BYTES, shared.sizeBytes);
    const bytes = slot.bytes.subarray(0, length);
    if (isFitting) analyzer.takePart(input, bytes, slot.view, found, slot.columns);
    // Whatever was not ordinary, or all of it where the scan began at another record than the part before ended.
    analyzer.takeWithin(input, bytes, slot.view, part * PART_BYTES, Math.min(untilOffset, shared.sizeBytes));
    Atomics.store(this.#words, FOLLOWED_PARTS, part + 1);
    Atomics.notify(this.#words, FOLLOWED_PARTS);
    return this.#reach(analyzer, input, shared, Math.min(untilOffset, shared.sizeBytes));
  }

  /** Reads on to this offset where a record was larger than what is read of a part; gives the offset that it came to. */
  #reach(analyzer: Analyzer, input: CaptureInput, shared: SharedCapture, untilOffset: number): number {
    const offset = analyzer.offsetOf(input) ?? 0;
    if (offset >= untilOffset) return offset;
    const bytes = new Uint8Array(untilOffset - offset + LARGEST_RECORD_BYTES);
    const length = readWhole(shared.descriptor, bytes, offset, shared.sizeBytes);
    analyzer.takeWithin(input, bytes.subarray(0, length), new DataView(bytes.buffer), offset, untilOffset);
    return analyzer.offsetOf(input) ?? 0;
  }

  /** The slot in which a part was scanned. */
  #scanned(shared: SharedCapture, part: number): PartSlot {
    const slot = this.#slots[part % this.#slots.length];
    while (!slot.holds(part)) {
      // Rather than waiting for others: scan what comes next, which may be this very part.
      const claimed = claimPart(this.#words, this.#slots.length, shared.sizeBytes, false);
      if (claimed !== undefined) this.#slots[claimed % this.#slots.length].scan(claimed, shared);
      else if (!slot.wait(part, PATIENCE_MS)) return this.#replacement(shared, part);
    }
    return slot;
  }

  /** A slot that nobody else writes to, with the part scanned into it. */
  #replacement(shared: SharedCapture, part: number): PartSlot {
    const slot = new PartSlot(PartSlot.allocate());
    slot.scan(part, shared);
    return slot;
  }
}
