/**
 * Parts of a capture that other readers read, in other threads or earlier than it is their turn. Whoever reads a part has
 * to find where its first record begins, which only reading from the front can tell for certain: that the record is
 * where the part before ended is checked when the parts are put together, and a part that does not fit is read again in
 * order.
 */
import type { CaptureReader, Packet } from './format.js';
import type { PcapHeader } from './pcap-header.js';

/** An interface of a pcapng section, as far as its packets need it. */
export interface PartInterface {
  /** Index into the facts of the whole capture. */
  index: number;
  linkType: number;
  /** if_tsresol, and if_tsoffset in seconds. */
  resolution: number;
  offsetSeconds: bigint;
}

/** What has to be known to read a capture from its middle. It can be sent to another thread. */
export type PartFormat =
  | { container: 'pcap'; header: PcapHeader; epochNs: bigint; last: number | undefined }
  | { container: 'pcapng'; littleEndian: boolean; interfaces: PartInterface[]; epochNs: bigint };

/** What a reader knows of the packets of a part as a whole. */
export interface PartTally {
  /** Nanoseconds since the time origin; infinite where there were no packets. */
  earliestNs: number;
  latestNs: number;
  /** What the reader keeps of the latest packet: its second in pcap, its time in pcapng; undefined before the first. */
  last: number | undefined;
}

/** Small enough to stay in the first-level cache. */
const BATCH_RECORDS = 512;

/** Records that were walked over: columns, so that nothing is called for a packet. */
export class RecordBatch {
  count = 0;
  /** Where each record begins and where its packet does, in the bytes at hand. */
  readonly positions: Int32Array;
  readonly packets: Int32Array;
  readonly capturedBytes: Int32Array;
  readonly linkTypes: Uint16Array;
  /** Nanoseconds since the time origin. */
  readonly timesNs: Float64Array;

  constructor(size = BATCH_RECORDS) {
    this.positions = new Int32Array(size);
    this.packets = new Int32Array(size);
    this.capturedBytes = new Int32Array(size);
    this.linkTypes = new Uint16Array(size);
    this.timesNs = new Float64Array(size);
  }

  /** How many records it can hold. */
  get size(): number {
    return this.positions.length;
  }
}

/** A reader that can be entered in the middle of its capture. */
export interface EnterableReader extends CaptureReader {
  /** Offset of the next unread byte in the capture. */
  readonly offset: number;
  /** Offset in the capture of the first of the bytes at hand, which positions count from. */
  readonly bytesOffset: number;
  /** Over the bytes at hand, with their positions. */
  readonly view: DataView;
  /** The number of the frame that was read or passed over last; 0 before the first. */
  readonly lastFrame: number;
  /** Counts how often what `partFormat` says has changed, its `last` aside. */
  readonly revision: number;
  /** What another reader needs to read on from here; undefined while the reader does not know that itself. */
  partFormat(): PartFormat | undefined;
  /** Reads these bytes next, of which the first has this offset, and nothing behind them. */
  lieOver(bytes: Uint8Array, view: DataView, offset: number): void;
  /** Reads what is pushed from now on, which begins at this offset. */
  leave(offset: number): void;
  /**
   * Reads what stands before the next packet. True if that packet lies at hand and has nothing odd about it; then its
   * time has become the time origin if there was none.
   */
  reachPacket(): boolean;
  /** Goes to where records seem to begin, not before the next unread byte. False: nowhere in the bytes at hand. */
  findEntry(): boolean;
  /**
   * Fills `packet` with the next one if that lies at hand as a whole, where the reader stands, and has nothing odd about
   * it. False says nothing of what is there.
   */
  nextInPlace(packet: Packet): boolean;
  /**
   * Fills the batch with the records that `nextInPlace` would read one after the other, up to the first that begins at
   * this position of the bytes at hand or behind it. A record with something to keep of it, such as a comment, is none
   * of them.
   */
  walk(batch: RecordBatch, untilPosition: number): void;
  /** Goes to an offset in the bytes at hand; so many packets are passed over. */
  jump(offset: number, passedOver: number): void;
  /** What was read so far. */
  tally(): PartTally;
  /** Takes over what was read by another reader. */
  count(tally: PartTally): void;
}
