/** Reads the records of classic pcap (draft-ietf-opsawg-pcap, "Packet Record"). */

import { ByteWindow } from './byte-window.js';
import { SecondsClock } from './clock.js';
import type { EnterableReader, PartFormat, PartTally, RecordBatch } from './enterable.js';
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
import { WindowReader } from './window-reader.js';

/** Where the fraction of a second lies in a record header; the seconds come first. */
const FRACTION = 4;

/** Reads a pcap from behind its file header on. */
export class PcapReader extends WindowReader implements EnterableReader {
  readonly revision = 0;
  readonly facts: CaptureFacts;

  private readonly header: PcapHeader;
  private readonly origin: TimeOrigin;
  private readonly clock: SecondsClock;
  private readonly record: RecordHeader = { seconds: 0, fraction: 0, captured: 0, original: 0 };
  /** Where the damage began that the reader is looking for a way out of; -1: there is none. */
  private damagedAt = -1;
  private damageReason = '';
  private packets = 0;
  private lastSeconds: number | undefined;
  private earliestNs = Number.POSITIVE_INFINITY;
  private latestNs = Number.NEGATIVE_INFINITY;

  constructor(header: PcapHeader, origin: TimeOrigin) {
    super(new ByteWindow(PCAP_HEADER_BYTES));
    this.header = header;
    this.origin = origin;
    this.clock = new SecondsClock(origin, header.fractionsPerSecond);
    this.facts = createFacts(header.format);
    this.facts.bytes = PCAP_HEADER_BYTES;
    this.facts.interfaces.push({ linkType: header.linkType, snapLength: header.snapLength });
  }

  next(packet: Packet): boolean {
    return this.nextInPlace(packet) || this.nextSlowly(packet);
  }

  nextInPlace(packet: Packet): boolean {
    const { window, header } = this;
    const at = window.position;
    if (!this.liesInPlace(at)) return false;
    const view = window.view;
    const littleEndian = header.littleEndian;
    const fraction = view.getUint32(at + FRACTION, littleEndian);
    const captured = view.getUint32(at + header.capturedOffset, littleEndian);
    const original = view.getUint32(at + header.originalOffset, littleEndian);
    this.take(packet, view.getUint32(at, littleEndian), fraction, captured, original);
    return true;
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

  walk(batch: RecordBatch, untilPosition: number): void {
    const { header, window, clock } = this;
    const { view } = window;
    const { littleEndian, recordHeaderBytes, capturedOffset, linkType } = header;
    const { positions, packets, capturedBytes, linkTypes, timesNs } = batch;
    let at = window.position;
    let count = 0;
    for (; count < batch.size && at < untilPosition && this.liesInPlace(at); count++) {
      const captured = view.getUint32(at + capturedOffset, littleEndian);
      const timeNs = clock.timeNs(view.getUint32(at, littleEndian), view.getUint32(at + FRACTION, littleEndian));
      if (timeNs < this.earliestNs) this.earliestNs = timeNs;
      if (timeNs > this.latestNs) this.latestNs = timeNs;
      positions[count] = at;
      packets[count] = at + recordHeaderBytes;
      capturedBytes[count] = captured;
      linkTypes[count] = linkType;
      timesNs[count] = timeNs;
      at += recordHeaderBytes + captured;
    }
    if (count > 0) this.lastSeconds = view.getUint32(positions[count - 1], littleEndian);
    batch.count = count;
    window.position = at;
  }

  get lastFrame(): number {
    return this.packets;
  }

  partFormat(): PartFormat | undefined {
    const { epochNs } = this.origin;
    if (this.damagedAt >= 0 || epochNs === undefined) return undefined;
    return { container: 'pcap', header: this.header, epochNs, last: this.lastSeconds };
  }

  reachPacket(): boolean {
    const { header, window } = this;
    const { view, position } = window;
    if (!this.liesInPlace(position)) return false;
    this.clock.timeNs(
      view.getUint32(position, header.littleEndian),
      view.getUint32(position + FRACTION, header.littleEndian),
    );
    return true;
  }

  protected recordsSeemToFollow(): boolean | undefined {
    return recordsFollow(this.window, this.header, this.lastSeconds);
  }

  jump(offset: number, passedOver: number): void {
    this.window.jump(offset);
    this.packets += passedOver;
  }

  tally(): PartTally {
    return { earliestNs: this.earliestNs, latestNs: this.latestNs, last: this.lastSeconds };
  }

  count({ earliestNs, latestNs, last }: PartTally): void {
    this.earliestNs = Math.min(this.earliestNs, earliestNs);
    this.latestNs = Math.max(this.latestNs, latestNs);
    this.lastSeconds = last ?? this.lastSeconds;
    this.bringFactsUpToDate();
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
