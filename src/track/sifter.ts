/**
 * The sieve for many packets at once: assembly/sift.ts, which goes over a piece of a capture where it lies and finds the
 * packets that are not to be passed over. There is one in each thread, as all that it knows between two pieces is in the
 * table of the sieve that it is used for.
 */
import type { RecordFormat, RecordTally, SiftableReader } from '../capture/siftable.js';
import { LINKTYPE_ETHERNET } from '../decode/link-types.js';
import { FACTORS } from './hash.js';
import {
  type Asked,
  INTERFACES,
  Kernel,
  RESULTS,
  SIEVE,
  SIEVE_BYTES,
  STAGE,
  STAGE_BYTES,
  SYNS,
  THROUGH,
  THROUGH_PACKETS,
} from './kernel.js';
import {
  CONNECTIONS,
  EARLIEST_NS,
  INTERFACE_BYTES,
  IS_ETHERNET,
  LAST_RECORD,
  LATEST_NS,
  LET_THROUGH,
  OFFSET_NS,
  PACKETS,
  PLACE_WORDS,
  UNIT_NS,
} from './layout/sieve.js';
import { REASON_BITS, REASON_MASK, THROUGH_BYTES, THROUGH_LABEL } from './layout/through.js';
import { RUN_NS, type Sieve } from './sieve.js';

const MOST_INTERFACES = (SYNS - INTERFACES) / INTERFACE_BYTES;
const THROUGH_WORDS = THROUGH_BYTES / 4;
const LABEL_WORD = THROUGH_LABEL / 4;

let sole: Sifter | undefined;

/** Goes over pieces of captures, for one sieve after the other. */
export class Sifter implements RecordTally {
  /** True while somebody looks at what was let through. */
  isInUse = false;
  /** Of the piece that was sifted last: how many packets it has, and how many of them were let through. */
  packets = 0;
  through = 0;
  earliestNs = Number.POSITIVE_INFINITY;
  latestNs = Number.NEGATIVE_INFINITY;
  lastPosition = 0;
  /** The position in the reader's bytes behind it. */
  toPosition = 0;
  readonly kernel: Kernel;
  readonly #results: Float64Array;
  readonly #words: Int32Array;
  readonly #view: DataView;
  #sieve: Sieve | undefined;
  #format: RecordFormat | undefined;
  /** What lies on the stage: bytes of this view, from this position on to before that. */
  #staged: DataView | undefined;
  #stagedFrom = 0;
  #stagedTo = 0;
  /** What has to be added to positions in the reader's bytes for addresses. */
  #shift = 0;

  private constructor(kernel: Kernel) {
    this.kernel = kernel;
    const { buffer } = kernel.bytes;
    this.#results = new Float64Array(buffer, RESULTS, 2);
    this.#words = new Int32Array(buffer, 0, STAGE / 4);
    this.#view = new DataView(buffer, 0, STAGE);
    const [factor1, factor2, factor3] = FACTORS;
    kernel.tell({ results: RESULTS, through: THROUGH, throughRoom: THROUGH_PACKETS, syns: SYNS });
    kernel.tell({ interfaces: INTERFACES, factor1, factor2, factor3 });
  }

  /** The one of this thread; undefined where there can't be a kernel. */
  static get(): Sifter | undefined {
    const kernel = Kernel.get();
    if (kernel !== undefined) sole ??= new Sifter(kernel);
    return sole;
  }

  /**
   * Goes over the packets of the sieve's run that lie at the reader's position, as far as it can. False: there is none
   * that it knows anything about; the next one is for the reader.
   */
  sift(reader: SiftableReader, sieve: Sieve, runFromNs: number, tracker: Asked): boolean {
    const format = reader.recordFormat();
    if (format === undefined || sieve.places.byteLength > SIEVE_BYTES) return false;
    this.#use(format);
    const end = this.#reach(reader);
    this.#serve(sieve);
    this.kernel.tracker = tracker;
    const from = reader.position + this.#shift;
    const { run, connections, isUnsure } = sieve;
    const { call } = this.kernel;
    const runToNs = runFromNs + RUN_NS;
    const to = call.sift(from, end, run, runFromNs, runToNs, connections, isUnsure, tracker.hasTablesInKernel);
    // Nothing is to keep an analysis that is over.
    this.kernel.tracker = undefined;
    this.#takeResults(sieve);
    this.toPosition = to - this.#shift;
    if (to === from && end < reader.bytes.length + this.#shift && this.#staged !== undefined) {
      // Perhaps what lies there reaches beyond the stage.
      const isNew = this.#stagedFrom === reader.position;
      this.#staged = undefined;
      return !isNew && this.sift(reader, sieve, runFromNs, tracker);
    }
    return to !== from;
  }

  /** Where in the reader's bytes a packet begins that was let through. */
  position(index: number): number {
    return this.#words[THROUGH / 4 + index * THROUGH_WORDS] - this.#shift;
  }

  /** How many packets of the piece came before one that was let through. */
  packetsBefore(index: number): number {
    return this.#words[THROUGH / 4 + index * THROUGH_WORDS + LABEL_WORD] >>> REASON_BITS;
  }

  /** Why a packet was let through: a reason of layout/through.ts. */
  reason(index: number): number {
    return this.#words[THROUGH / 4 + index * THROUGH_WORDS + LABEL_WORD] & REASON_MASK;
  }

  /** True if the piece may have had a SYN between ends with this hash. */
  mayHaveSyn(hash: number): boolean {
    return (this.#words[SYNS / 4 + (hash >>> 23)] & (1 << (hash & 31))) !== 0;
  }

  #takeResults(sieve: Sieve): void {
    const results = this.#results;
    const words = this.#words;
    const at = RESULTS / 4;
    this.earliestNs = results[EARLIEST_NS];
    this.latestNs = results[LATEST_NS];
    this.packets = words[at + PACKETS];
    this.through = words[at + LET_THROUGH];
    sieve.connections = words[at + CONNECTIONS];
    this.lastPosition = words[at + LAST_RECORD] - this.#shift;
    sieve.growIfFull();
  }

  /** Makes the reader's next bytes addressable; gives the address behind the last of them. */
  #reach({ bytes, view, position }: SiftableReader): number {
    const address = this.kernel.addressOf(bytes);
    if (address >= 0) {
      this.#staged = undefined;
      this.#shift = address;
      return address + bytes.length;
    }
    if (view !== this.#staged || position < this.#stagedFrom || position >= this.#stagedTo) {
      const end = Math.min(bytes.length, position + STAGE_BYTES);
      this.kernel.bytes.set(bytes.subarray(position, end), STAGE);
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
      this.kernel.tell({ recordHeaderBytes, capturedOffset, originalOffset, maximumCaptured, fractionsPerSecond });
      this.kernel.tell({ isPcap: 1, originSeconds, originFractionNs, isEthernet });
    } else {
      const { interfaces } = format;
      const count = Math.min(interfaces.length, MOST_INTERFACES);
      for (let index = 0; index < count; index++) {
        const { linkType, unitNs, offsetNs } = interfaces[index];
        const at = INTERFACES + index * INTERFACE_BYTES;
        const isExact = BigInt.asIntN(62, offsetNs) === offsetNs;
        this.#view.setBigInt64(at + UNIT_NS, isExact ? unitNs : 0n, true);
        this.#view.setBigInt64(at + OFFSET_NS, offsetNs, true);
        this.#view.setUint32(at + IS_ETHERNET, linkType === LINKTYPE_ETHERNET ? 1 : 0, true);
      }
      this.kernel.tell({ isPcap: 0, interfaceCount: count });
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
    const bytes = words * Int32Array.BYTES_PER_ELEMENT;
    const buffer = bytes > SIEVE_BYTES ? undefined : this.kernel.reach(SIEVE, bytes);
    if (buffer === undefined) {
      this.#sieve = undefined;
      return undefined;
    }
    this.kernel.tell({ places: SIEVE, placeCount: words / PLACE_WORDS });
    return new Int32Array(buffer, SIEVE, words).fill(0);
  }
}
