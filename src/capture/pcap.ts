/** Reads the records of classic pcap (draft-ietf-opsawg-pcap, "Packet Record"). */

import { ByteWindow } from './byte-window.js';
import { SecondsClock } from './clock.js';
import { createFacts, recordDamage } from './facts.js';
import { type CaptureFacts, DIRECTION_UNKNOWN, type Packet, type TimeOrigin } from './format.js';
import { PCAP_HEADER_BYTES, type PcapHeader } from './pcap-header.js';
import {
  findDamage,
  isSuspicious,
  LARGEST_ORIGINAL_BYTES,
  leadsToRecord,
  type RecordHeader,
  readRecordHeader,
  recordsFollow,
} from './pcap-recovery.js';
import { type RecordFormat, type RecordTally, type SiftableReader, type TakenBack, takeBackFrom } from './siftable.js';

/** Where the fraction of a second lies in a record header; the seconds come first. */
const FRACTION = 4;

/** Reads a pcap from behind its file header on. */
export class PcapReader implements SiftableReader {
  readonly facts: CaptureFacts;

  private readonly window = new ByteWindow(PCAP_HEADER_BYTES);
  private readonly header: PcapHeader;
  private readonly clock: SecondsClock;
  private readonly record: RecordHeader = { seconds: 0, fraction: 0, captured: 0, original: 0 };
  /** Where the damage began that the reader is looking for a way out of; -1: there is none. */
  private damagedAt = -1;
  private damageReason = '';
  private packets = 0;
  private lastSeconds: number | undefined;
  private format: RecordFormat | undefined;
  private earliestNs = Number.POSITIVE_INFINITY;
  private latestNs = Number.NEGATIVE_INFINITY;

  constructor(header: PcapHeader, origin: TimeOrigin) {
    this.header = header;
    this.clock = new SecondsClock(origin, header.fractionsPerSecond);
    this.facts = createFacts(header.format);
    this.facts.bytes = PCAP_HEADER_BYTES;
    this.facts.interfaces.push({ linkType: header.linkType, snapLength: header.snapLength });
  }

  push(bytes: Uint8Array): void {
    this.window.push(bytes);
  }

  end(): void {
    this.window.end();
  }

  next(packet: Packet): boolean {
    if (!this.liesInPlace(this.window.position)) return this.nextSlowly(packet);
    this.readInPlace(packet);
    return true;
  }

  /** Takes the ordinary record at the window's position. */
  private readInPlace(packet: Packet): void {
    const { window, header } = this;
    const { view, position: at } = window;
    const littleEndian = header.littleEndian;
    const fraction = view.getUint32(at + FRACTION, littleEndian);
    const captured = view.getUint32(at + header.capturedOffset, littleEndian);
    const original = view.getUint32(at + header.originalOffset, littleEndian);
    this.take(packet, view.getUint32(at, littleEndian), fraction, captured, original);
  }

  /**
   * True if an ordinary record lies whole at this position. Whatever is not quite ordinary takes the slow way, which
   * decides whether it is damage. This one must never take what that one would refuse: which way a record goes depends
   * on where its chunk ends.
   */
  private liesInPlace(at: number): boolean {
    const { window, header } = this;
    const { view, limit } = window;
    const { littleEndian, recordHeaderBytes } = header;
    if (this.damagedAt >= 0 || limit - at < recordHeaderBytes) return false;
    const captured = view.getUint32(at + header.capturedOffset, littleEndian);
    const original = view.getUint32(at + header.originalOffset, littleEndian);
    return (
      captured <= limit - at - recordHeaderBytes &&
      captured <= header.maximumCaptured &&
      captured <= original &&
      original !== 0 &&
      original <= LARGEST_ORIGINAL_BYTES &&
      view.getUint32(at + FRACTION, littleEndian) < header.fractionsPerSecond
    );
  }

  get bytes(): Uint8Array {
    return this.window.bytes;
  }

  get view(): DataView {
    return this.window.view;
  }

  get position(): number {
    return this.window.position;
  }

  get lastFrame(): number {
    return this.packets;
  }

  recordFormat(): RecordFormat | undefined {
    return this.window.carrying ? undefined : this.formatOfNext();
  }

  takeBack(most: number): TakenBack | undefined {
    return takeBackFrom(this.window, this.formatOfNext(), most);
  }

  /** How the next record lies; undefined where that is not known, or there may be damage. */
  private formatOfNext(): RecordFormat | undefined {
    const { header, clock } = this;
    if (this.damagedAt >= 0 || this.packets === 0 || !header.littleEndian) return undefined;
    const { originSeconds, originFractionNs } = clock;
    this.format ??= { container: 'pcap', header, originSeconds, originFractionNs };
    return this.format;
  }

  readAt(position: number, passedOver: number, packet: Packet): void {
    this.window.position = position - this.header.recordHeaderBytes;
    this.packets += passedOver;
    this.readInPlace(packet);
  }

  passTo(position: number, passedOver: number, tally: RecordTally): void {
    this.window.position = position;
    this.packets += passedOver;
    this.lastSeconds = this.view.getUint32(tally.lastPosition, true);
    if (tally.earliestNs < this.earliestNs) this.earliestNs = tally.earliestNs;
    if (tally.latestNs > this.latestNs) this.latestNs = tally.latestNs;
  }

  private nextSlowly(packet: Packet): boolean {
    const { window, header, record } = this;
    while (this.damagedAt < 0 || this.recover()) {
      if (!window.has(header.recordHeaderBytes)) {
        if (!window.ended || !window.has(1)) break;
        this.beginDamage('the capture ends inside a record header');
        continue;
      }
      readRecordHeader(window.view, window.position, header, record);
      const damage = findDamage(record, header);
      const believable = damage === undefined ? this.isBelievable(record) : false;
      if (believable === undefined) break;
      if (!believable) {
        this.beginDamage(damage ?? 'bytes that are no record header');
      } else if (window.has(header.recordHeaderBytes + record.captured)) {
        this.take(packet, record.seconds, record.fraction, record.captured, record.original);
        return true;
      } else if (window.ended) {
        this.beginDamage(`a record of ${record.captured} bytes reaches beyond the end of the capture`);
      } else {
        break;
      }
    }
    this.bringFactsUpToDate();
    return false;
  }

  /** Undefined: more bytes are needed to say. */
  private isBelievable(record: RecordHeader): boolean | undefined {
    if (!isSuspicious(record, this.header, this.lastSeconds)) return true;
    return leadsToRecord(this.window, this.header, record);
  }

  /** Hands over the record at the window's position, which is there as a whole. */
  private take(packet: Packet, seconds: number, fraction: number, captured: number, original: number): void {
    const window = this.window;
    const offset = window.position + this.header.recordHeaderBytes;
    const timeNs = this.clock.timeNs(seconds, fraction);
    // The same for thousands of packets; comparing is cheaper than storing references (some 2 ns).
    if (packet.view !== window.view) {
      packet.bytes = window.bytes;
      packet.view = window.view;
    }
    packet.offset = offset;
    packet.capturedBytes = captured;
    packet.originalBytes = original < captured ? captured : original;
    packet.timeNs = timeNs;
    packet.linkType = this.header.linkType;
    packet.interfaceIndex = 0;
    packet.number = ++this.packets;
    packet.direction = DIRECTION_UNKNOWN;
    window.position = offset + captured;
    this.lastSeconds = seconds;
    if (timeNs < this.earliestNs) this.earliestNs = timeNs;
    if (timeNs > this.latestNs) this.latestNs = timeNs;
  }

  private beginDamage(reason: string): void {
    this.damagedAt = this.window.offset;
    this.damageReason = reason;
    this.window.position += 1;
  }

  /** Looks byte by byte for where records go on. False: that place is not in the bytes at hand. */
  private recover(): boolean {
    const window = this.window;
    for (;;) {
      const found = recordsFollow(window, this.header, this.lastSeconds);
      if (found === true) break;
      if (found === undefined) return false;
      if (!window.has(1)) {
        this.endDamage(null);
        return false;
      }
      window.position += 1;
    }
    this.endDamage(window.offset - this.damagedAt);
    return true;
  }

  private endDamage(skippedBytes: number | null): void {
    recordDamage(this.facts, { atByte: this.damagedAt, skippedBytes, reason: this.damageReason });
    this.damagedAt = -1;
  }

  private bringFactsUpToDate(): void {
    const facts = this.facts;
    facts.bytes = this.window.received;
    facts.packets = this.packets;
    if (this.packets > 0) {
      facts.firstPacketNs = this.earliestNs;
      facts.lastPacketNs = this.latestNs;
    }
  }
}
