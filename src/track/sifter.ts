/**
 * The sieve for many packets at once: assembly/sift.ts, which goes over a piece of a capture where it lies and finds the
 * packets that are not to be passed over. There is one in each thread, as all that it knows between two pieces is in the
 * table of the sieve that it is used for.
 */
import type { RecordFormat, RecordTally, SiftableReader } from '../capture/siftable.js';
import { FACTORS } from './hash.js';
import {
  type Asked,
  FORMAT,
  Kernel,
  LAID,
  RESULTS,
  ROWS,
  ROWS_ROOM,
  SIEVE,
  SIEVE_BYTES,
  STAGE,
  STAGE_BYTES,
  SYNS,
  THROUGH,
  THROUGH_PACKETS,
} from './kernel.js';
import { LAID_TO, LAID_UNTIL, RECORD_BYTES, RECORD_PACKET, UNTIL_END } from './layout/records.js';
import {
  CONNECTIONS,
  EARLIEST_NS,
  LATEST_NS,
  LET_THROUGH,
  PLACE_WORDS,
  SYN_BIT_SHIFT,
  SYN_WORD_SHIFT,
} from './layout/sieve.js';
import { REASON_BITS, REASON_MASK, THROUGH_BYTES, THROUGH_LABEL } from './layout/through.js';
import { writeFormat } from './record-format.js';
import { RUN_NS, type Sieve } from './sieve.js';

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
  /** Of records as they are told to lie: how long what comes before a packet is. */
  #headerBytes = 0;
  /** Records that were laid out and not sifted yet: of bytes of this view, from this row on; behind them it goes on there. */
  #laid: DataView | undefined;
  #row = 0;
  #rows = 0;
  #laidTo = 0;
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
    this.#words = new Int32Array(buffer, 0, SIEVE / 4);
    this.#view = new DataView(buffer, 0, STAGE);
    const [factor1, factor2, factor3] = FACTORS;
    kernel.tell({ results: RESULTS, through: THROUGH, throughRoom: THROUGH_PACKETS, syns: SYNS });
    kernel.tell({ factor1, factor2, factor3 });
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
    if (!this.#hasRows(reader) && !this.#takeAhead(reader) && !this.#layOut(reader)) return false;
    this.#serve(sieve);
    this.kernel.tracker = tracker;
    const { run, connections, isUnsure } = sieve;
    const runToNs = runFromNs + RUN_NS;
    const [row, rows, hasTables] = [this.#row, this.#rows, tracker.hasTablesInKernel];
    const taken = this.kernel.call.sift(row, rows, run, runFromNs, runToNs, connections, isUnsure, hasTables);
    // Nothing is to keep an analysis that is over.
    this.kernel.tracker = undefined;
    this.#takeResults(sieve, taken);
    return taken > 0;
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
    return (this.#words[SYNS / 4 + (hash >>> SYN_WORD_SHIFT)] & (1 << ((hash >>> SYN_BIT_SHIFT) & 31))) !== 0;
  }

  #takeResults(sieve: Sieve, taken: number): void {
    const results = this.#results;
    const words = this.#words;
    const at = RESULTS / 4;
    this.earliestNs = results[EARLIEST_NS];
    this.latestNs = results[LATEST_NS];
    this.packets = taken;
    this.through = words[at + LET_THROUGH];
    sieve.connections = words[at + CONNECTIONS];
    if (taken > 0) this.lastPosition = this.#recordAt(this.#row + (taken - 1) * RECORD_BYTES) - this.#shift;
    this.#passRows(taken);
    this.toPosition = (this.#rows > 0 ? this.#recordAt(this.#row) : this.#laidTo) - this.#shift;
    sieve.growIfFull();
  }

  /** True if the record at the reader's position is laid out; it may have read some itself. */
  #hasRows({ view, position }: SiftableReader): boolean {
    if (view !== this.#laid) return false;
    const address = position + this.#shift;
    while (this.#rows > 0 && this.#recordAt(this.#row) < address) this.#passRows(1);
    return this.#rows > 0 && this.#recordAt(this.#row) === address;
  }

  /** Takes what another thread has laid out of the reader's bytes. False: there is nothing. */
  #takeAhead(reader: SiftableReader): boolean {
    const { ahead } = this.kernel;
    if (ahead === undefined || ahead.bytes !== reader.bytes || ahead.format !== this.#format) return false;
    this.kernel.ahead = undefined;
    this.#staged = undefined;
    this.#laid = reader.view;
    this.#shift = ahead.bytes.byteOffset;
    this.#row = ahead.row;
    this.#rows = ahead.rows;
    this.#laidTo = ahead.to;
    return this.#hasRows(reader);
  }

  /** Lays out what lies at the reader's position. False: that is no ordinary record which is there as a whole. */
  #layOut(reader: SiftableReader): boolean {
    const end = this.#reach(reader);
    const from = reader.position + this.#shift;
    this.#laid = reader.view;
    this.#row = ROWS;
    this.#rows = this.kernel.call.layOut(from, end, FORMAT, ROWS, ROWS_ROOM, LAID);
    const words = this.#words;
    this.#laidTo = words[(LAID + LAID_TO) / 4];
    if (this.#rows > 0) return true;
    // Perhaps what lies there reaches beyond the stage.
    const isCut = words[(LAID + LAID_UNTIL) / 4] === UNTIL_END && end < reader.bytes.length + this.#shift;
    if (!isCut || this.#stagedFrom === reader.position) return false;
    this.#staged = undefined;
    return this.#layOut(reader);
  }

  /** Where a record begins whose row is at this address. */
  #recordAt(row: number): number {
    return this.#words[(row + RECORD_PACKET) >> 2] - this.#headerBytes;
  }

  #passRows(count: number): void {
    this.#row += count * RECORD_BYTES;
    this.#rows -= count;
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
    this.#headerBytes = writeFormat(this.#view, FORMAT, format);
    this.#format = format;
    this.#laid = undefined;
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
      // What is left of a piece may still be tracked: nobody is to write into the old table.
      this.kernel.tell({ placeCount: 0 });
      return undefined;
    }
    this.kernel.tell({ places: SIEVE, placeCount: words / PLACE_WORDS });
    return new Int32Array(buffer, SIEVE, words).fill(0);
  }
}
