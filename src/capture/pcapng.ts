/** Reads pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, packets, and what else is worth knowing. */

import { ByteWindow } from './byte-window.js';
import { DEFAULT_RESOLUTION, UnitsClock } from './clock.js';
import { createFacts, MAXIMUM_COMMENTS, MAXIMUM_INTERFACES, recordComment, recordDamage } from './facts.js';
import { type CaptureFacts, type CaptureInterface, DIRECTION_UNKNOWN, type Packet, type TimeOrigin } from './format.js';
import * as block from './pcapng-blocks.js';
import { readNames } from './pcapng-names.js';
import { OptionCursor, paddedLength, readText } from './pcapng-options.js';
import {
  type RecordFormat,
  type RecordTally,
  type SiftableInterface,
  type SiftableReader,
  type TakenBack,
  takeBackFrom,
} from './siftable.js';

/** Option codes ("Options", and the sections of the blocks that they belong to). */
const OPT_COMMENT = 1;
const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
const IF_FILTER = 11;
const IF_OS = 12;
const IF_TSOFFSET = 14;
const EPB_FLAGS = 2;
const ISB_ENDTIME = 3;
const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

/** epb_flags: inbound or outbound. */
const DIRECTION_MASK = 0b11;
/** if_filter: what follows is the filter as libpcap compiles it from text. */
const FILTER_AS_TEXT = 0;

/** An interface of the section that is being read. */
interface SectionInterface {
  /** Index into the facts of the whole capture. */
  index: number;
  described: CaptureInterface;
  clock: UnitsClock;
}

/** Reads a pcapng from its first byte on. */
export class PcapngReader implements SiftableReader {
  readonly facts: CaptureFacts = createFacts('pcapng');

  private readonly window = new ByteWindow();
  private readonly origin: TimeOrigin;
  private readonly options = new OptionCursor();
  private littleEndian = true;
  private interfaces: SectionInterface[] = [];
  /** Of the section as it is known by now; undefined where that was not asked for. */
  private format: RecordFormat | undefined;
  /** Bytes that still have to be passed over of a block that is too long to gather, and where that block began. */
  private toSkip = 0;
  private skippedFrom = 0;
  /** Where the damage began that the reader is looking for a way out of; -1: there is none. */
  private damagedAt = -1;
  private damageReason = '';
  private packets = 0;
  /** The packets and what else Wireshark numbers. */
  private frames = 0;
  /** Time of the packet before; a Simple Packet Block has none of its own. */
  private timeNs = 0;
  private earliestNs = Number.POSITIVE_INFINITY;
  private latestNs = Number.NEGATIVE_INFINITY;

  constructor(origin: TimeOrigin) {
    this.origin = origin;
  }

  push(bytes: Uint8Array): void {
    this.window.push(bytes);
  }

  end(): void {
    this.window.end();
  }

  next(packet: Packet): boolean {
    const { window } = this;
    const at = window.position;
    const length = this.packetBlockInPlace(at);
    if (length === 0) return this.nextSlowly(packet);
    const interfaceId = window.view.getUint32(at + block.PACKET_INTERFACE, this.littleEndian);
    if (interfaceId >= this.interfaces.length) return this.nextSlowly(packet);
    this.readPacket(at, length, interfaceId, packet);
    window.position = at + length;
    return true;
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
    return this.frames;
  }

  recordFormat(): RecordFormat | undefined {
    return this.window.carrying ? undefined : this.formatOfNext();
  }

  takeBack(most: number): TakenBack | undefined {
    return takeBackFrom(this.window, this.formatOfNext(), most);
  }

  /** How the next block lies; undefined where that is not known, or there may be damage. */
  private formatOfNext(): RecordFormat | undefined {
    const { epochNs } = this.origin;
    if (this.damagedAt >= 0 || this.toSkip > 0) return undefined;
    if (epochNs === undefined || !this.littleEndian) return undefined;
    const siftable = ({ described, clock }: SectionInterface): SiftableInterface => ({
      linkType: described.linkType,
      unitNs: clock.unitNs,
      offsetNs: clock.offsetNs - epochNs,
    });
    this.format ??= { container: 'pcapng', interfaces: this.interfaces.map(siftable) };
    return this.format;
  }

  readAt(position: number, passedOver: number, packet: Packet): void {
    const { window, littleEndian } = this;
    const { view } = window;
    const at = position - block.PACKET_DATA;
    this.packets += passedOver;
    this.frames += passedOver;
    const length = view.getUint32(at + block.BLOCK_LENGTH, littleEndian);
    this.readPacket(at, length, view.getUint32(at + block.PACKET_INTERFACE, littleEndian), packet);
    window.position = at + length;
  }

  passTo(position: number, passedOver: number, tally: RecordTally): void {
    this.window.position = position;
    this.packets += passedOver;
    this.frames += passedOver;
    // Also of the last one, which may have been passed over: a Simple Packet Block behind it has its time.
    const at = tally.lastPosition;
    const { clock } = this.interfaces[this.view.getUint32(at + block.PACKET_INTERFACE, this.littleEndian)];
    const high = this.view.getUint32(at + block.PACKET_TIME_HIGH, this.littleEndian);
    this.timeNs = clock.timeNs(high, this.view.getUint32(at + block.PACKET_TIME_LOW, this.littleEndian));
    if (tally.earliestNs < this.earliestNs) this.earliestNs = tally.earliestNs;
    if (tally.latestNs > this.latestNs) this.latestNs = tally.latestNs;
  }

  private nextSlowly(packet: Packet): boolean {
    for (;;) {
      const length = this.findBlock();
      if (length === 0) break;
      const at = this.window.position;
      this.window.position = at + length;
      if (this.readBlock(at, length, packet)) return true;
    }
    this.bringFactsUpToDate();
    return false;
  }

  /**
   * Length of the Enhanced Packet Block at `position` if it lies there whole and sound; 0 otherwise. Nothing but a
   * short cut through `findBlock` for what nearly all blocks are; it must take nothing that `findBlock` refuses, as it
   * depends on where a chunk ends which of them comes upon a block.
   */
  private packetBlockInPlace(position: number): number {
    const { view, limit } = this.window;
    const littleEndian = this.littleEndian;
    const room = limit - position;
    if (room < block.SMALLEST_PACKET_BLOCK_BYTES || this.damagedAt >= 0 || this.toSkip > 0) return 0;
    if (view.getUint32(position, littleEndian) !== block.ENHANCED_PACKET_BLOCK) return 0;
    const length = view.getUint32(position + block.BLOCK_LENGTH, littleEndian);
    if (length < block.SMALLEST_PACKET_BLOCK_BYTES || length > room || (length & 3) !== 0) return 0;
    if (length > block.LARGEST_PACKET_OPTIONS_BYTES) return 0;
    if (view.getUint32(position + length - block.TRAILER_BYTES, littleEndian) !== length) return 0;
    const captured = view.getUint32(position + block.PACKET_CAPTURED, littleEndian);
    return captured <= length - block.SMALLEST_PACKET_BLOCK_BYTES ? length : 0;
  }

  /** Length of the sound block that lies whole at the window's position; 0: there is none in the bytes at hand. */
  private findBlock(): number {
    const window = this.window;
    while (this.passOver() && (this.damagedAt < 0 || this.recover())) {
      if (!window.has(block.SMALLEST_BLOCK_BYTES)) {
        if (!window.ended || !window.has(1)) break;
        this.beginDamage('the capture ends inside a block header');
        continue;
      }
      const { view, position } = window;
      const type = view.getUint32(position, this.littleEndian);
      const littleEndian = block.isLittleEndian(view, position, type, this.littleEndian);
      if (littleEndian === undefined) {
        this.beginDamage('a section header without its byte-order magic');
        continue;
      }
      const declared = view.getUint32(position + block.BLOCK_LENGTH, littleEndian);
      const length = paddedLength(declared);
      const damage = block.findDamage(window, type, declared, littleEndian);
      if (damage === undefined && block.isTooLongToGather(type, length)) {
        this.skippedFrom = window.offset;
        this.toSkip = length;
        if (block.countsAsFrame(type)) this.frames += 1;
      } else if (damage === undefined && window.has(length)) {
        return length;
      } else if (damage === undefined && !window.ended) {
        break;
      } else {
        // A section whose header is damaged is a new one nevertheless: its interfaces count from 0.
        if (type === block.SECTION_HEADER_BLOCK) this.startSection(littleEndian);
        this.beginDamage(damage ?? `a block of ${length} bytes reaches beyond the end of the capture`);
      }
    }
    return 0;
  }

  /** Reads the whole block at `at`; true if it was a packet and now is in `packet`. */
  private readBlock(at: number, length: number, packet: Packet): boolean {
    const { view } = this.window;
    const type = view.getUint32(at, this.littleEndian);
    switch (type) {
      case block.ENHANCED_PACKET_BLOCK:
        return this.readPacket(at, length, view.getUint32(at + block.PACKET_INTERFACE, this.littleEndian), packet);
      case block.OBSOLETE_PACKET_BLOCK:
        return this.readPacket(at, length, view.getUint16(at + block.PACKET_INTERFACE, this.littleEndian), packet);
      case block.SIMPLE_PACKET_BLOCK:
        return this.readSimplePacket(at, length, packet);
      case block.SECTION_HEADER_BLOCK:
        this.readSectionHeader(at, length);
        return false;
      case block.INTERFACE_DESCRIPTION_BLOCK:
        this.readInterface(at, length);
        return false;
      case block.NAME_RESOLUTION_BLOCK:
        readNames(this.facts, this.window, this.littleEndian, at + block.BLOCK_BODY, at + length - block.TRAILER_BYTES);
        return false;
      case block.INTERFACE_STATISTICS_BLOCK:
        this.readStatistics(at, length);
        return false;
      default:
        if (block.countsAsFrame(type)) this.frames += 1;
        return false;
    }
  }

  private readPacket(at: number, length: number, interfaceId: number, packet: Packet): boolean {
    const { view } = this.window;
    const littleEndian = this.littleEndian;
    const taken = this.interfaces[interfaceId];
    if (taken === undefined) return this.refusePacket(length);
    const captured = view.getUint32(at + block.PACKET_CAPTURED, littleEndian);
    const original = view.getUint32(at + block.PACKET_ORIGINAL, littleEndian);
    const timeNs = taken.clock.timeNs(
      view.getUint32(at + block.PACKET_TIME_HIGH, littleEndian),
      view.getUint32(at + block.PACKET_TIME_LOW, littleEndian),
    );
    this.timeNs = timeNs;
    if (timeNs < this.earliestNs) this.earliestNs = timeNs;
    if (timeNs > this.latestNs) this.latestNs = timeNs;
    this.fill(packet, at + block.PACKET_DATA, captured, original, taken);
    const optionsAt = at + block.PACKET_DATA + paddedLength(captured);
    if (optionsAt < at + length - block.TRAILER_BYTES) this.readPacketOptions(at, length, optionsAt, packet);
    return true;
  }

  private readSimplePacket(at: number, length: number, packet: Packet): boolean {
    const taken = this.interfaces[0];
    if (taken === undefined) return this.refusePacket(length);
    const original = this.window.view.getUint32(at + block.SIMPLE_PACKET_ORIGINAL, this.littleEndian);
    const room = length - block.SIMPLE_PACKET_DATA - block.TRAILER_BYTES;
    const snapLength = taken.described.snapLength || room;
    this.fill(packet, at + block.SIMPLE_PACKET_DATA, Math.min(original, room, snapLength), original, taken);
    return true;
  }

  private fill(packet: Packet, offset: number, captured: number, original: number, taken: SectionInterface): void {
    const { bytes, view } = this.window;
    // The same for thousands of packets; comparing is cheaper than storing references (some 2 ns).
    if (packet.view !== view) {
      packet.bytes = bytes;
      packet.view = view;
    }
    packet.offset = offset;
    packet.capturedBytes = captured;
    packet.originalBytes = original < captured ? captured : original;
    packet.timeNs = this.timeNs;
    packet.linkType = taken.described.linkType;
    packet.interfaceIndex = taken.index;
    this.packets += 1;
    packet.number = ++this.frames;
    packet.direction = DIRECTION_UNKNOWN;
  }

  /** A packet of an interface that its section does not describe: what it begins with nobody can say. */
  private refusePacket(length: number): false {
    recordDamage(this.facts, {
      atByte: this.window.offset - length,
      skippedBytes: length,
      reason: 'a packet of an interface that is not described',
    });
    return false;
  }

  private readPacketOptions(at: number, length: number, optionsAt: number, packet: Packet): void {
    const { options, window } = this;
    options.start(window.view, this.littleEndian, optionsAt, at + length - block.TRAILER_BYTES);
    while (options.next()) {
      if (options.code === EPB_FLAGS && options.length === 4) {
        packet.direction = window.view.getUint32(options.offset, this.littleEndian) & DIRECTION_MASK;
      } else if (options.code === OPT_COMMENT) {
        this.keepComment(packet.number);
      }
    }
  }

  private readSectionHeader(at: number, length: number): void {
    const { options, window } = this;
    this.startSection(block.isLittleEndian(window.view, at, block.SECTION_HEADER_BLOCK, true) === true);
    options.start(window.view, this.littleEndian, at + block.SECTION_OPTIONS, at + length - block.TRAILER_BYTES);
    while (options.next()) {
      if (options.code === OPT_COMMENT) this.keepComment(0);
    }
  }

  private startSection(littleEndian: boolean): void {
    this.littleEndian = littleEndian;
    this.interfaces = [];
    this.format = undefined;
  }

  private readInterface(at: number, length: number): void {
    const { options, window, facts } = this;
    const { view, bytes } = window;
    if (facts.interfaces.length >= MAXIMUM_INTERFACES) return;
    const described: CaptureInterface = {
      linkType: view.getUint16(at + block.INTERFACE_LINK_TYPE, this.littleEndian),
      snapLength: view.getUint32(at + block.INTERFACE_SNAP_LENGTH, this.littleEndian),
    };
    let resolution = DEFAULT_RESOLUTION;
    let offsetSeconds = 0n;
    options.start(view, this.littleEndian, at + block.INTERFACE_OPTIONS, at + length - block.TRAILER_BYTES);
    while (options.next()) {
      const { code, offset, length: optionBytes } = options;
      if (code === IF_NAME) described.name = readText(bytes, offset, optionBytes);
      else if (code === IF_DESCRIPTION) described.description = readText(bytes, offset, optionBytes);
      else if (code === IF_OS) described.operatingSystem = readText(bytes, offset, optionBytes);
      else if (code === IF_TSRESOL && optionBytes >= 1) resolution = bytes[offset];
      else if (code === IF_TSOFFSET && optionBytes === 8) offsetSeconds = view.getBigInt64(offset, this.littleEndian);
      else if (code === IF_FILTER && optionBytes > 1 && bytes[offset] === FILTER_AS_TEXT) {
        described.filter = readText(bytes, offset + 1, optionBytes - 1);
      } else if (code === OPT_COMMENT) this.keepComment(0);
    }
    const clock = new UnitsClock(this.origin, resolution, offsetSeconds);
    const index = facts.interfaces.length;
    this.format = undefined;
    this.interfaces.push({ index, described, clock });
    facts.interfaces.push(described);
  }

  private readStatistics(at: number, length: number): void {
    const { options, window } = this;
    const counted = this.interfaces[window.view.getUint32(at + block.STATISTICS_INTERFACE, this.littleEndian)];
    if (counted === undefined) return;
    let dropped: number | undefined;
    options.start(window.view, this.littleEndian, at + block.STATISTICS_OPTIONS, at + length - block.TRAILER_BYTES);
    while (options.next()) {
      if ((options.code === ISB_IFDROP || options.code === ISB_OSDROP) && options.length === 8) {
        dropped = (dropped ?? 0) + Number(window.view.getBigUint64(options.offset, this.littleEndian));
      } else if (options.code === ISB_ENDTIME && options.length === 8 && this.origin.epochNs !== undefined) {
        const high = window.view.getUint32(options.offset, this.littleEndian);
        const low = window.view.getUint32(options.offset + 4, this.littleEndian);
        counted.described.endNs = counted.clock.timeNs(high, low);
      }
    }
    // Statistics are cumulative: the last block says it all.
    if (dropped !== undefined) counted.described.dropped = dropped;
  }

  private keepComment(packetNumber: number): void {
    const { options, facts, window } = this;
    if (facts.comments.length >= MAXIMUM_COMMENTS) return;
    recordComment(facts, packetNumber, readText(window.bytes, options.offset, options.length));
  }

  /** Passes over what is left of a long block. False: its end is not in the bytes at hand. */
  private passOver(): boolean {
    if (this.toSkip === 0) return true;
    this.toSkip -= this.window.skip(this.toSkip);
    if (this.toSkip === 0) return true;
    if (this.window.ended) {
      recordDamage(this.facts, {
        atByte: this.skippedFrom,
        skippedBytes: null,
        reason: 'a block that reaches beyond the end of the capture',
      });
      this.toSkip = 0;
    }
    return false;
  }

  private beginDamage(reason: string): void {
    this.damagedAt = this.window.offset;
    this.damageReason = reason;
    this.window.position += 1;
  }

  /** Looks byte by byte for the next block. False: it is not in the bytes at hand. */
  private recover(): boolean {
    const window = this.window;
    for (;;) {
      const found = block.blockFollows(window, this.littleEndian);
      if (found === undefined) return false;
      if (found) break;
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
    if (this.latestNs >= this.earliestNs) {
      facts.firstPacketNs = this.earliestNs;
      facts.lastPacketNs = this.latestNs;
    }
  }
}
