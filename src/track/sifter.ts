/**
 * The sieve for many packets at once: assembly/sift.ts, which goes over a piece of a capture where it lies and finds the
 * packets that are not to be passed over. There is one in each thread, as all that it knows between two pieces is in the
 * table of the sieve that it is used for.
 */
import type { RecordFormat, RecordTally, SiftableReader } from '../capture/siftable.js';
import { LINKTYPE_ETHERNET } from '../decode/link-types.js';
import { FACTORS } from './hash.js';
import { PLACE_WORDS, RUN_NS, type Sieve } from './sieve.js';
import { SIFTER_CODE } from './sifter-code.js';

/** Why a packet was let through, as sift.ts numbers it: it is no ordinary segment and may be about anybody. */
export const ABOUT_ANYBODY = 0;
/** It has SYN, FIN or RST. */
export const OF_A_HANDSHAKE = 1;
/**
 * It would perhaps be passed over, but an attempt between its ends may be open. (2 is without: it is the first of its
 * connection and direction in the run.)
 */
export const WITH_AN_ATTEMPT = 3;
/** It is a SYN, and the next two packets are its SYN-ACK and the ACK of that, by their ends and flags. */
export const BEGINS_A_HANDSHAKE = 4;
const REASON_BITS = 3;

/** Says whether an attempt between two ends may be open: addresses and ports as `Sieve` has them. */
export type MayBeOpen = (first: number, second: number, bothPorts: number) => boolean;

const PAGE_BYTES = 1 << 16;
/** A gigabyte, for 16 million connections in two seconds; a sieve with more does without. */
const MOST_PAGES = 1 << 14;

// Where in its memory what lies. The first bytes are none: an address of 0 is one that was forgotten.
const RESULTS = 64;
const INTERFACES = 1 << 10;
const SYNS = 4 << 10;
const THROUGH = 8 << 10;
/** Pairs of words, in the second-level cache with all else that a piece takes. */
const THROUGH_PACKETS = 4096;
const STAGE = THROUGH + THROUGH_PACKETS * 8;
/** Bytes that lie elsewhere are copied here, so many at a time. */
const STAGE_BYTES = 256 << 10;
const CHUNKS = STAGE + STAGE_BYTES;
/** Chunks of a capture can be read to where they are sifted. */
export const SIFTED_CHUNK_BYTES = 2 << 20;
const CHUNK_COUNT = 2;
const TABLE = CHUNKS + CHUNK_COUNT * SIFTED_CHUNK_BYTES;

const MOST_TABLE_WORDS = (MOST_PAGES * PAGE_BYTES - TABLE) / 4;

const INTERFACE_BYTES = 24;
const MOST_INTERFACES = (SYNS - INTERFACES) / INTERFACE_BYTES;

/** What the compiled module has to be told, by the names that sift.ts has for it. */
type Setting =
  | 'results'
  | 'through'
  | 'throughRoom'
  | 'syns'
  | 'factor1'
  | 'factor2'
  | 'factor3'
  | 'places'
  | 'placeCount'
  | 'isPcap'
  | 'recordHeaderBytes'
  | 'capturedOffset'
  | 'originalOffset'
  | 'maximumCaptured'
  | 'fractionsPerSecond'
  | 'originSeconds'
  | 'originFractionNs'
  | 'isEthernet'
  | 'interfaces'
  | 'interfaceCount';

/** What of the compiled module is used. */
type Exports = Record<Setting, { value: number }> & {
  sift(
    from: number,
    end: number,
    run: number,
    runFromNs: number,
    runToNs: number,
    connections: number,
    isUnsure: boolean,
  ): number;
};

/** Undefined: nobody has asked; null: it can't be made here. */
let sole: Sifter | null | undefined;

/** Goes over pieces of captures, for one sieve after the other. */
export class Sifter implements RecordTally {
  /** Of the piece that was sifted last: how many packets it has, and how many of them were let through. */
  packets = 0;
  through = 0;
  earliestNs = Number.POSITIVE_INFINITY;
  latestNs = Number.NEGATIVE_INFINITY;
  lastPosition = 0;
  /** The position in the reader's bytes behind it. */
  toPosition = 0;
  readonly #memory: WebAssembly.Memory;
  /** What captures are read into; memory that was added later lies behind it. */
  readonly #buffer: ArrayBufferLike;
  readonly #bytes: Uint8Array;
  readonly #doubles: Float64Array;
  readonly #words: Int32Array;
  readonly #view: DataView;
  readonly #exports: Exports;
  #mayBeOpen: MayBeOpen = () => true;
  #sieve: Sieve | undefined;
  #format: RecordFormat | undefined;
  #freeChunks: Uint8Array<ArrayBufferLike>[] = [];
  /** What lies on the stage: bytes of this view, from this position on to before that. */
  #staged: DataView | undefined;
  #stagedFrom = 0;
  #stagedTo = 0;
  /** What has to be added to positions in the reader's bytes for addresses. */
  #shift = 0;

  private constructor() {
    this.#memory = new WebAssembly.Memory({ initial: TABLE / PAGE_BYTES + 1, maximum: MOST_PAGES, shared: true });
    const { buffer } = this.#memory;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer, 0, TABLE);
    this.#doubles = new Float64Array(buffer, RESULTS, 2);
    this.#words = new Int32Array(buffer, 0, CHUNKS / 4);
    this.#view = new DataView(buffer, 0, TABLE);
    const code = Uint8Array.from(atob(SIFTER_CODE), (character) => character.charCodeAt(0));
    const tracker = {
      mayBeOpen: (first: number, second: number, bothPorts: number) => this.#mayBeOpen(first, second, bothPorts),
    };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {
      env: { memory: this.#memory },
      tracker,
    });
    this.#exports = exports as unknown as Exports;
    const [factor1, factor2, factor3] = FACTORS;
    this.#tell({
      results: RESULTS,
      through: THROUGH,
      throughRoom: THROUGH_PACKETS,
      syns: SYNS,
      interfaces: INTERFACES,
    });
    this.#tell({ factor1, factor2, factor3 });
    for (let chunk = 0; chunk < CHUNK_COUNT; chunk++) {
      this.#freeChunks.push(new Uint8Array(buffer, CHUNKS + chunk * SIFTED_CHUNK_BYTES, SIFTED_CHUNK_BYTES));
    }
  }

  /**
   * The one of this thread; made when it is first asked for. Undefined where there can't be one: a page may not be allowed
   * to compile WebAssembly, or to share memory.
   */
  static get(): Sifter | undefined {
    if (sole === undefined) {
      try {
        sole = new Sifter();
      } catch {
        sole = null;
      }
    }
    return sole ?? undefined;
  }

  /**
   * Goes over the packets of the sieve's run that lie at the reader's position, as far as it can. False: there is none
   * that it knows anything about; the next one is for the reader.
   */
  sift(reader: SiftableReader, sieve: Sieve, runFromNs: number, mayBeOpen: MayBeOpen): boolean {
    const format = reader.recordFormat();
    if (format === undefined || sieve.places.length > MOST_TABLE_WORDS) return false;
    this.#use(format);
    const end = this.#reach(reader);
    this.#serve(sieve);
    this.#mayBeOpen = mayBeOpen;
    const from = reader.position + this.#shift;
    const { run, connections, isUnsure } = sieve;
    const to = this.#exports.sift(from, end, run, runFromNs, runFromNs + RUN_NS, connections, isUnsure);
    this.#takeResults(sieve);
    this.toPosition = to - this.#shift;
    if (to === from && end < reader.bytes.length + this.#shift && this.#staged !== undefined) {
      // Perhaps what lies there reaches beyond the stage.
      const isNew = this.#stagedFrom === reader.position;
      this.#staged = undefined;
      return !isNew && this.sift(reader, sieve, runFromNs, mayBeOpen);
    }
    return to !== from;
  }

  /** Where in the reader's bytes a packet begins that was let through. */
  position(index: number): number {
    return this.#words[THROUGH / 4 + index * 2] - this.#shift;
  }

  /** How many packets of the piece came before one that was let through. */
  packetsBefore(index: number): number {
    return this.#words[THROUGH / 4 + index * 2 + 1] >>> REASON_BITS;
  }

  /** Why a packet was let through. */
  reason(index: number): number {
    return this.#words[THROUGH / 4 + index * 2 + 1] & ((1 << REASON_BITS) - 1);
  }

  /** True if the piece may have had a SYN between ends with this hash. */
  mayHaveSyn(hash: number): boolean {
    return (this.#words[SYNS / 4 + (hash >>> 23)] & (1 << (hash & 31))) !== 0;
  }

  /** Memory to read a capture into so that it need not be copied to be sifted; undefined: others have it all. */
  takeChunk(): Uint8Array | undefined {
    return this.#freeChunks.pop();
  }

  /** Gives it back. */
  returnChunk(chunk: Uint8Array): void {
    this.#freeChunks.push(chunk);
  }

  #takeResults(sieve: Sieve): void {
    const doubles = this.#doubles;
    const words = this.#words;
    const at = RESULTS / 4 + 4;
    this.earliestNs = doubles[0];
    this.latestNs = doubles[1];
    this.packets = words[at];
    this.through = words[at + 1];
    sieve.connections = words[at + 2];
    this.lastPosition = words[at + 3] - this.#shift;
    sieve.growIfFull();
  }

  /** Makes the reader's next bytes addressable; gives the address behind the last of them. */
  #reach({ bytes, view, position }: SiftableReader): number {
    if (bytes.buffer === this.#buffer) {
      this.#staged = undefined;
      this.#shift = bytes.byteOffset;
      return bytes.byteOffset + bytes.length;
    }
    if (view !== this.#staged || position < this.#stagedFrom || position >= this.#stagedTo) {
      const end = Math.min(bytes.length, position + STAGE_BYTES);
      this.#bytes.set(bytes.subarray(position, end), STAGE);
      this.#staged = view;
      this.#stagedFrom = position;
      this.#stagedTo = end;
    }
    this.#shift = STAGE - this.#stagedFrom;
    return this.#stagedTo + this.#shift;
  }

  /** Tells how records lie. */
  #use(format: RecordFormat): void {
    if (format === this.#format) return;
    if (format.container === 'pcap') {
      const { header, originSeconds, originFractionNs } = format;
      const { recordHeaderBytes, capturedOffset, originalOffset, maximumCaptured, fractionsPerSecond } = header;
      const isEthernet = Number(header.linkType === LINKTYPE_ETHERNET);
      this.#tell({ recordHeaderBytes, capturedOffset, originalOffset, maximumCaptured, fractionsPerSecond });
      this.#tell({ isPcap: 1, originSeconds, originFractionNs, isEthernet });
    } else {
      const { interfaces } = format;
      const count = Math.min(interfaces.length, MOST_INTERFACES);
      for (let index = 0; index < count; index++) {
        const { linkType, unitNs, offsetNs } = interfaces[index];
        const at = INTERFACES + index * INTERFACE_BYTES;
        const isExact = BigInt.asIntN(62, offsetNs) === offsetNs;
        this.#view.setBigInt64(at, isExact ? unitNs : 0n, true);
        this.#view.setBigInt64(at + 8, offsetNs, true);
        this.#view.setUint32(at + 16, linkType === LINKTYPE_ETHERNET ? 1 : 0, true);
      }
      this.#tell({ isPcap: 0, interfaceCount: count });
    }
    this.#format = format;
  }

  /** Takes the table of this sieve into its memory, and gives back another one's. */
  #serve(sieve: Sieve): void {
    if (sieve === this.#sieve) return;
    this.#sieve?.moveTo(undefined);
    this.#sieve = sieve;
    sieve.moveTo({ words: (count) => this.#tableOf(count) });
  }

  #tableOf(words: number): Int32Array | undefined {
    if (words > MOST_TABLE_WORDS) {
      this.#sieve = undefined;
      return undefined;
    }
    const missing = Math.ceil((TABLE + words * 4 - this.#memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) this.#memory.grow(missing);
    this.#tell({ places: TABLE, placeCount: words / PLACE_WORDS });
    return new Int32Array(this.#memory.buffer, TABLE, words).fill(0);
  }

  #tell(settings: Partial<Record<Setting, number>>): void {
    for (const [name, value] of Object.entries(settings)) this.#exports[name as Setting].value = value;
  }
}
