/**
 * What is compiled to WebAssembly (assembly/), and its memory: captures are read into it, and tables lie in it that the
 * compiled code and JavaScript both write into. There is one in each thread.
 */
import type { RecordFormat } from '../capture/siftable.js';
import { bytesOf, type Room } from './columns.js';
import { KERNEL_CODE } from './kernel-code.js';
import { FORMAT_BYTES, RECORD_BYTES } from './layout/records.js';
import { THROUGH_BYTES } from './layout/through.js';

const PAGE_BYTES = 1 << 16;
/** Two gigabytes at most: tables that need more lie elsewhere. What is not written to takes no memory. */
const MOST_PAGES = 1 << 15;
/** A cache line: no row is to lie in one more than it has to. */
const LINE_BYTES = 64;

// Where in the memory what lies. The first bytes are none: an address of 0 is one that was forgotten.
/** What `sift`, `track` and `layOut` tell. */
export const RESULTS = 64;
export const TRACKED = 128;
export const LAID = 192;
/** What `track` notes of packets that it fetches for ahead of time: up to the next. */
export const EXPECTED = 256;
/** How records lie. */
export const FORMAT = 2 << 10;
export const SYNS = FORMAT + FORMAT_BYTES;
export const THROUGH = 8 << 10;
/** In the second-level cache with all else that a piece takes. */
export const THROUGH_PACKETS = 4096;
/** Bytes that lie elsewhere are copied here, so many at a time. */
export const STAGE = THROUGH + THROUGH_PACKETS * THROUGH_BYTES;
export const STAGE_BYTES = 256 << 10;
/** Records that are laid out, so many at a time: with their packets they are to fit the second-level cache as well. */
export const ROWS = STAGE + STAGE_BYTES;
export const ROWS_ROOM = 8192;
const CHUNKS = ROWS + ROWS_ROOM * RECORD_BYTES;
/** Chunks of a capture can be read to where they are sifted. */
export const SIFTED_CHUNK_BYTES = 2 << 20;
const CHUNK_COUNT = 4;
/** Where large captures are read together with other threads, and their records laid out (node/scan/). */
export const SCAN = CHUNKS + CHUNK_COUNT * SIFTED_CHUNK_BYTES;
export const SCAN_BYTES = 32 << 20;
/** The table of the sieve at hand, of up to two million connections. */
export const SIEVE = SCAN + SCAN_BYTES;
export const SIEVE_BYTES = 64 << 20;
/** Those of the tracker that it is lent to. */
const TABLES = SIEVE + SIEVE_BYTES;

/** What of the compiled module is called. */
interface Calls {
  layOut(from: number, end: number, format: number, rows: number, room: number, told: number): number;
  sift(
    rows: number,
    count: number,
    run: number,
    runFromNs: number,
    runToNs: number,
    connections: number,
    isUnsure: boolean,
    hasTables: boolean,
  ): number;
  track(
    from: number,
    end: number,
    beforeFrame: number,
    nowNs: number,
    sweepNs: number,
    jumpedNs: number,
    era: number,
    earlyResetNs: number,
    pointRow: number,
    run: number,
    connections: number,
  ): number;
}

/** Whoever `sift` asks. */
export interface Asked {
  /** Says whether an attempt between two ends may be open: addresses and ports as `Sieve` has them. */
  mayBeOpen(first: number, second: number, bothPorts: number): boolean;
  /** True: its tables lie where the compiled code was told, which then finds that out itself. */
  readonly hasTablesInKernel: boolean;
}

/** Whoever memory for tables is lent to. */
export interface Tenant {
  /** Somebody else needs it. */
  moveOut(): void;
}

/** Records of a chunk that another thread has laid out: all that lie in a row from its first byte on. */
export interface LaidAhead {
  bytes: Uint8Array;
  format: RecordFormat;
  /** Where the rows are, how many, and where in the memory what follows the last of them begins. */
  row: number;
  rows: number;
  to: number;
}

/** Undefined: nobody has asked; null: it can't be made here. */
let sole: Kernel | null | undefined;

/** The compiled code of this thread. */
export class Kernel {
  /** Whose packets are sifted. */
  tracker: Asked | undefined;
  readonly call: Calls;
  /** What lies below the tables. */
  readonly bytes: Uint8Array;
  /** Of the chunk that is being looked at. */
  ahead: LaidAhead | undefined;
  readonly #module: WebAssembly.Module;
  readonly #memory: WebAssembly.Memory;
  readonly #globals: Record<string, { value: number }>;
  readonly #freeChunks: Uint8Array[] = [];
  /** All that the memory has been: it is another object each time that it has grown, also where it lies as before. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  #tenant: WeakRef<Tenant> | undefined;
  #top = TABLES;
  /** What was allocated and is not used any more. */
  #freeBlocks: Uint8Array[] = [];
  /** Up to here others have written. */
  #usedTo = TABLES;

  private constructor() {
    this.#memory = new WebAssembly.Memory({ initial: SIEVE / PAGE_BYTES + 1, maximum: MOST_PAGES, shared: true });
    const { buffer } = this.#memory;
    this.bytes = new Uint8Array(buffer, 0, SIEVE);
    this.#buffers.add(buffer);
    const code = Uint8Array.from(atob(KERNEL_CODE), (character) => character.charCodeAt(0));
    const tracker = {
      mayBeOpen: (first: number, second: number, bothPorts: number) =>
        this.tracker?.mayBeOpen(first, second, bothPorts) !== false,
    };
    this.#module = new WebAssembly.Module(code);
    const { exports } = new WebAssembly.Instance(this.#module, { env: { memory: this.#memory }, tracker });
    this.call = exports as unknown as Calls;
    this.#globals = exports as unknown as Record<string, { value: number }>;
    for (let chunk = 0; chunk < CHUNK_COUNT; chunk++) {
      this.#freeChunks.push(new Uint8Array(buffer, CHUNKS + chunk * SIFTED_CHUNK_BYTES, SIFTED_CHUNK_BYTES));
    }
  }

  /**
   * The one of this thread; made when it is first asked for. Undefined where there can't be one: a page may not be allowed
   * to compile WebAssembly, or to share memory.
   */
  static get(): Kernel | undefined {
    if (sole === undefined) {
      try {
        sole = new Kernel();
      } catch {
        sole = null;
      }
    }
    return sole ?? undefined;
  }

  /** True if it was made: using it costs nothing more. */
  static get isThere(): boolean {
    return sole instanceof Kernel;
  }

  /**
   * A module and a memory of WebAssembly, with which another thread has the same code work on the same memory. They have
   * no types here: the library's own are complete without those of a browser or of Node.
   */
  get forThreads(): { module: object; memory: object } {
    return { module: this.#module, memory: this.#memory };
  }

  /** Memory to read a capture into so that it need not be copied to be sifted; undefined: others have it all. */
  takeChunk(): Uint8Array | undefined {
    return this.#freeChunks.pop();
  }

  /** Gives it back. */
  returnChunk(chunk: Uint8Array): void {
    this.#freeChunks.push(chunk);
  }

  /** Sets variables of the compiled code, by the names that they have there. */
  tell(settings: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(settings)) this.#globals[name].value = value;
  }

  /** The address of what lies in this memory; -1: it does not. */
  addressOf({ buffer, byteOffset }: ArrayBufferView): number {
    return this.#buffers.has(buffer) ? byteOffset : -1;
  }

  /** The memory from an address on; undefined: there is not that much. */
  reach(address: number, bytes: number): ArrayBufferLike | undefined {
    const missing = Math.ceil((address + bytes - this.#memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) {
      try {
        this.#memory.grow(missing);
      } catch {
        return undefined;
      }
      this.#buffers.add(this.#memory.buffer);
    }
    return this.#memory.buffer;
  }

  /**
   * Lends the memory behind all else to whoever needs it for tables: what is allocated lies there as long as there is any.
   * Whoever had it before has to move out.
   */
  lend(tenant: Tenant): Room {
    this.#tenant?.deref()?.moveOut();
    this.#tenant = new WeakRef(tenant);
    this.#top = TABLES;
    this.#freeBlocks = [];
    return {
      bytes: (count) => this.#reuse(count) ?? this.#allocate(count) ?? new Uint8Array(count),
      free: (column) => {
        if (this.addressOf(column) >= 0) this.#freeBlocks.push(bytesOf(column));
      },
    };
  }

  /** A table that has grown leaves its old rows, which are enough for others: 10 MB of 90 for a large network. */
  #reuse(count: number): Uint8Array | undefined {
    const taken = Math.ceil(count / LINE_BYTES) * LINE_BYTES;
    const index = this.#freeBlocks.findIndex(({ length }) => length >= taken);
    if (index < 0) return undefined;
    const block = this.#freeBlocks[index];
    this.#freeBlocks[index] = block.subarray(taken);
    return block.subarray(0, count).fill(0);
  }

  #allocate(count: number): Uint8Array | undefined {
    const at = this.#top;
    const buffer = this.reach(at, count);
    if (buffer === undefined) return undefined;
    const block = new Uint8Array(buffer, at, count);
    if (at < this.#usedTo) block.fill(0, 0, this.#usedTo - at);
    this.#top = Math.ceil((at + count) / LINE_BYTES) * LINE_BYTES;
    this.#usedTo = Math.max(this.#usedTo, this.#top);
    return block;
  }
}
