/** Writes what is captured into pcapng files while it is captured: one file, or a ring of the newest. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { arch, cpus, hostname, release, type } from 'node:os';
import { join, parse } from 'node:path';
import { type CaptureInterface, Packet, type TimeOrigin } from '../../capture/format.js';
import { BLOCK_LENGTH } from '../../capture/pcapng-blocks.js';
import { PcapngWriter } from '../../capture/pcapng-writer.js';
import { AnyCaptureReader } from '../../capture/reader.js';
import { VERSION } from '../../report/version.js';
import type { CaptureStatistics } from './capture-session.js';

/** How many files are kept, and from which length on the next one is begun. */
export interface Ring {
  files: number;
  bytes: number;
}

export interface RecordingOptions {
  path: string;
  /** Without it there is one file, `path`; with it they are named as dumpcap names them: path_00001_20261120190512.pcapng. */
  ring?: Ring;
  interfaceName: string;
  filter?: string;
  /** Told once, when nothing more can be written; the capture may go on all the same. */
  onProblem: (message: string) => void;
}

export interface Recording {
  /**
   * Writes the packets of the next chunk of a capture session's stream. Resolves when the system has them; then they
   * outlive this process, however it ends. Never rejects.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Says how the capture ended, and closes the file. `endedAt` is in nanoseconds since 1970. */
  close(end: { statistics: CaptureStatistics; endedAt: bigint }): Promise<void>;
}

/** More of it waits in memory only if one packet is longer. */
const WRITE_BYTES = 1024 * 1024;
/** Captures hold what others may not read. */
const FILE_MODE = 0o600;

/** Begins a recording; rejects when the (first) file cannot be written. */
export async function openRecording(options: RecordingOptions): Promise<Recording> {
  const recording = new PcapngRecording(options);
  await recording.open();
  return recording;
}

class PcapngRecording implements Recording {
  readonly #options: RecordingOptions;
  readonly #origin: TimeOrigin = { epochNs: undefined };
  readonly #reader = new AnyCaptureReader(this.#origin);
  readonly #packet = new Packet();
  readonly #startNs = BigInt(Date.now()) * 1_000_000n;
  /** Files of the ring, the oldest first. */
  readonly #kept: string[] = [];
  #written = 0;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #path = '';
  #writer = createWriter();
  /** How many of the stream's interfaces this file describes. */
  #interfaces = 0;
  #hasFailed = false;

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { path, ring } = this.#options;
    this.#path = ring === undefined ? path : ringPath(path, ++this.#written);
    this.#file = await open(this.#path, 'w', FILE_MODE).catch((error: Error) => {
      throw new Error(`${this.#path} can't be written: ${error.message}`);
    });
    this.#fileBytes = 0;
    this.#interfaces = 0;
    this.#writer = createWriter();
    await this.#writeOut();
    if (ring === undefined) return;
    this.#kept.push(this.#path);
    if (this.#kept.length > ring.files) await rm(this.#kept.shift() ?? '', { force: true });
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#hasFailed) return;
    try {
      // The reader keeps what is cut by the end of a chunk, but not the chunk.
      this.#reader.push(chunk);
      while (this.#reader.next(this.#packet)) {
        if (this.#isFull()) await this.#beginNextFile();
        this.#addPacket();
        if (this.#writer.waitingBytes >= WRITE_BYTES) await this.#writeOut();
      }
      this.#describeInterfaces();
      await this.#writeOut();
    } catch (error) {
      await this.#giveUp(error as Error);
    }
  }

  async close({ statistics, endedAt }: { statistics: CaptureStatistics; endedAt: bigint }): Promise<void> {
    if (this.#hasFailed) return;
    try {
      if (this.#interfaces > 0) {
        const { received, dropped, droppedByInterface } = statistics;
        this.#writer.addStatistics(0, {
          startNs: this.#startNs,
          endNs: endedAt,
          received: received ?? undefined,
          dropped: dropped ?? undefined,
          droppedByInterface: droppedByInterface ?? undefined,
        });
      }
      await this.#writeOut();
      await this.#file?.close();
    } catch (error) {
      await this.#giveUp(error as Error);
    }
  }

  #isFull(): boolean {
    const { ring } = this.#options;
    return ring !== undefined && this.#interfaces > 0 && this.#fileBytes + this.#writer.waitingBytes >= ring.bytes;
  }

  async #beginNextFile(): Promise<void> {
    await this.#writeOut();
    await this.#file?.close();
    this.#file = undefined;
    await this.open();
  }

  #addPacket(): void {
    const { interfaceIndex } = this.#packet;
    if (interfaceIndex >= this.#interfaces) this.#describeInterfaces();
    this.#writer.addPacket(interfaceIndex, this.#packet, this.#origin.epochNs ?? 0n);
  }

  #describeInterfaces(): void {
    const { interfaces } = this.#reader.facts;
    while (this.#interfaces < interfaces.length) {
      this.#writer.addInterface(this.#describe(interfaces[this.#interfaces++] as CaptureInterface));
    }
  }

  /** pcap does not know what it was captured on. */
  #describe(described: CaptureInterface): CaptureInterface {
    const { interfaceName, filter } = this.#options;
    return {
      name: interfaceName,
      ...(filter === undefined ? {} : { filter }),
      operatingSystem: operatingSystem(),
      ...described,
    };
  }

  async #writeOut(): Promise<void> {
    const bytes = this.#writer.take();
    let written = 0;
    try {
      // A disk that is nearly full takes a part.
      while (written < bytes.length) written += (await this.#file?.write(bytes, written))?.bytesWritten ?? 0;
    } finally {
      this.#fileBytes += wholeBlockBytes(bytes, written);
    }
  }

  /** Nothing more is written; what was stays readable, as it is cut behind the last whole block. */
  async #giveUp(error: Error): Promise<void> {
    this.#hasFailed = true;
    await this.#file?.truncate(this.#fileBytes).catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    this.#options.onProblem(
      `nothing more is written to ${this.#path}: ${error.message}; what it holds by now is whole`,
    );
  }
}

/** How many of the first bytes are blocks that are there to their end. */
function wholeBlockBytes(blocks: Uint8Array, end: number): number {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  let at = 0;
  while (at < end) {
    const next = at + view.getUint32(at + BLOCK_LENGTH, true);
    if (next > end) break;
    at = next;
  }
  return at;
}

function createWriter(): PcapngWriter {
  return new PcapngWriter({
    hardware: cpus()[0]?.model ?? arch(),
    operatingSystem: operatingSystem(),
    application: `synwhy ${VERSION}`,
    comment: `Captured on the host ${hostname()}`,
  });
}

function operatingSystem(): string {
  return `${type()} ${release()}`;
}

/** As dumpcap names the files of a ring: a number, then the local time. */
function ringPath(path: string, number: number): string {
  const { dir, name, ext } = parse(path);
  const now = new Date();
  const digits = (value: number, count = 2) => String(value).padStart(count, '0');
  const date = digits(now.getFullYear(), 4) + digits(now.getMonth() + 1) + digits(now.getDate());
  const time = digits(now.getHours()) + digits(now.getMinutes()) + digits(now.getSeconds());
  return join(dir, `${name}_${digits(number, 5)}_${date}${time}${ext}`);
}
