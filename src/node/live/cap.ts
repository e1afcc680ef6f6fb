/**
 * Capturing in this process, with the optional dependency 'cap' 0.2.1. It gives no time stamps, no losses and no length
 * of what it cuts; what is known better is added here.
 */
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CaptureSession, CaptureStartError, type CaptureStatistics, type LiveOptions } from './capture-session.js';
import { explainStart, interfaceNames } from './start-problems.js';

interface CapHandle {
  open: (device: string, filter: string, ringBytes: number, buffer: Buffer) => string;
  close: () => boolean;
  on: (event: 'packet', listener: (capturedBytes: number) => void) => void;
}

interface CapModule {
  Cap: { new (): CapHandle; findDevice: () => string | undefined };
}

const RING_BYTES = 64 * 1024 * 1024;
/** cap opens every interface with this snap length, and cuts what is longer than the buffer. */
const LONGEST_PACKET_BYTES = 65_535;
/** Without immediate mode, which cap finds only where libpcap's headers are installed, the kernel keeps packets so long. */
const HELD_BACK_MS = 1100;
const CHUNK_BYTES = 1024 * 1024;
/** What is held for a slow consumer; what comes then is lost, and counted. */
const HELD_BYTES = 64 * 1024 * 1024;
/** How often it is looked whether the interface is still there, of which cap says nothing. */
const LOOK_MS = 1000;

const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MAGIC_NANOSECONDS = 0xa1b23c4d;

/** cap names five link types in its own words, and gives the number of the others. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  IEEE802_11_RADIO: 127,
  LINKTYPE_LINUX_SLL: 113,
  RAW: 101,
};
/** DLT_RAW of BSD and Linux, which is not the number that stands in files. */
const OTHER_NUMBERS: ReadonlyMap<number, number> = new Map([
  [12, 101],
  [14, 101],
]);

/** Loads the module. Throws CaptureStartError when it is not installed, or was installed but not built. */
export function loadCap(): CapModule {
  const require = createRequire(import.meta.url);
  try {
    return require('cap') as CapModule;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (said.includes("'cap'")) throw new CaptureStartError('no-backend', 'the npm package cap is not installed');
    if (said.includes('cap.node') && said.startsWith('Cannot find')) {
      const how = "allow its install script (npm install-scripts approve cap), then run 'npm rebuild cap'";
      throw new CaptureStartError('no-backend', `the npm package cap was not built: ${how}`);
    }
    throw new CaptureStartError('no-backend', `the npm package cap does not load: ${said.split('\n')[0]}`);
  }
}

/** Opens an interface and closes it again; gives its link type in cap's words. Throws CaptureStartError. */
export function probeCap(interfaceName: string): string {
  const { handle, linkType } = open(interfaceName, undefined, Buffer.alloc(LONGEST_PACKET_BYTES));
  handle.close();
  return linkType;
}

/** Begins a capture in this process. Throws CaptureStartError. */
export function startCap(options: LiveOptions & { interfaceName: string }): Omit<CaptureSession, 'choice'> {
  return new CapCapture(options);
}

/** Says on standard error that an interface has no IPv4 address, which only means that 'broadcast' is no filter there. */
export function capWillWarn(interfaceName: string): boolean {
  if (interfaceName === 'any') return false;
  return !(networkInterfaces()[interfaceName] ?? []).some(({ family }) => family === 'IPv4');
}

function open(interfaceName: string, filter: string | undefined, buffer: Buffer) {
  const { Cap } = loadCap();
  const handle = new Cap();
  try {
    return { handle, linkType: handle.open(interfaceName, filter ?? '', RING_BYTES, buffer) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw explainStart({ said, program: 'cap', interfaceName, filter });
  }
}

class CapCapture implements Omit<CaptureSession, 'choice'> {
  readonly backend = 'cap';
  readonly interfaceName: string;

  /** cap writes each packet here, and does not keep it from being collected. */
  readonly #buffer = Buffer.alloc(LONGEST_PACKET_BYTES);
  readonly #handle: CapHandle;
  readonly #snapLength: number;
  readonly #most: number;
  readonly #clock = new PacketClock();
  readonly #interfaceWatch: NodeJS.Timeout;
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #filled = 0;
  #full: Uint8Array[] = [];
  #heldBytes = 0;
  #wake: (() => void) | undefined;
  #flushing = false;
  #received = 0;
  #dropped = 0;
  #isOver = false;
  #stopping: Promise<void> | undefined;
  failure: string | undefined;

  constructor({ interfaceName, filter, snapLength, packets }: LiveOptions & { interfaceName: string }) {
    this.interfaceName = interfaceName;
    this.#snapLength = Math.min(snapLength ?? LONGEST_PACKET_BYTES, LONGEST_PACKET_BYTES);
    this.#most = packets ?? Number.POSITIVE_INFINITY;
    const { handle, linkType } = open(interfaceName, filter, this.#buffer);
    this.#handle = handle;
    this.#writeHeader(linkTypeNumber(linkType));
    handle.on('packet', (capturedBytes) => this.#take(capturedBytes));
    this.#interfaceWatch = setInterval(() => this.#lookForInterface(), LOOK_MS);
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#full.shift();
        if (chunk !== undefined) {
          this.#heldBytes -= chunk.length;
          yield chunk;
        } else if (this.#isOver) return;
        else await this.#more();
      }
    } finally {
      this.#end();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  statistics(): CaptureStatistics {
    const why = 'cap does not tell what the kernel lost';
    // What was lost for want of a consumer is certain, and no less than that.
    const dropped = this.#dropped > 0 ? this.#dropped : null;
    return { received: this.#received, dropped, droppedByInterface: null, why };
  }

  async #stop(): Promise<void> {
    if (!this.#isOver) await sleep(HELD_BACK_MS);
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#interfaceWatch);
    this.#handle.close();
    this.#flush();
    this.#wake?.();
  }

  #take(capturedBytes: number): void {
    if (this.#isOver) return;
    this.#received++;
    const kept = Math.min(capturedBytes, this.#snapLength);
    if (this.#filled + RECORD_HEADER_BYTES + kept > this.#chunk.length) this.#flush();
    if (this.#heldBytes >= HELD_BYTES) this.#dropped++;
    else this.#writeRecord(kept, capturedBytes);
    if (this.#received >= this.#most) this.#end();
    else if (!this.#flushing) this.#flushSoon();
  }

  #writeRecord(kept: number, capturedBytes: number): void {
    const { seconds, nanoseconds } = this.#clock.now();
    let at = this.#chunk.writeUInt32LE(seconds, this.#filled);
    at = this.#chunk.writeUInt32LE(nanoseconds, at);
    at = this.#chunk.writeUInt32LE(kept, at);
    at = this.#chunk.writeUInt32LE(capturedBytes, at);
    this.#buffer.copy(this.#chunk, at, 0, kept);
    this.#filled = at + kept;
  }

  /** cap hands over all packets that there are in one go; one chunk for all of them is enough. */
  #flushSoon(): void {
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#filled === 0) return;
    this.#full.push(this.#chunk.subarray(0, this.#filled));
    this.#heldBytes += this.#filled;
    this.#chunk = this.#chunk.subarray(this.#filled);
    this.#filled = 0;
    if (this.#chunk.length < RECORD_HEADER_BYTES + LONGEST_PACKET_BYTES) this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#wake?.();
    this.#wake = undefined;
  }

  #writeHeader(linkType: number): void {
    const header = this.#chunk.subarray(0, PCAP_HEADER_BYTES).fill(0);
    header.writeUInt32LE(MAGIC_NANOSECONDS, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(this.#snapLength, 16);
    header.writeUInt32LE(linkType, 20);
    this.#filled = PCAP_HEADER_BYTES;
    this.#flush();
  }

  #lookForInterface(): void {
    if (this.interfaceName === 'any' || interfaceNames()?.includes(this.interfaceName) !== false) return;
    this.failure = `the interface ${this.interfaceName} vanished`;
    this.#end();
  }
}

function linkTypeNumber(words: string): number {
  const number = LINK_TYPES[words] ?? Number(/\d+/.exec(words)?.[0] ?? 0);
  return OTHER_NUMBERS.get(number) ?? number;
}

/** When a packet was handed over: the system's clock once, and from there on a clock that never steps back. */
class PacketClock {
  readonly #startNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

  now(): { seconds: number; nanoseconds: number } {
    const ns = this.#startNs + process.hrtime.bigint();
    return { seconds: Number(ns / 1_000_000_000n), nanoseconds: Number(ns % 1_000_000_000n) };
  }
}
