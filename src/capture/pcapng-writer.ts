/**
 * Writes pcapng (draft-ietf-opsawg-pcapng), little-endian, time stamps in nanoseconds. Blocks are put together in one
 * buffer and taken from it whole, so that what is written of a capture never ends inside a block by this writer's doing.
 */

import { type CaptureInterface, DIRECTION_UNKNOWN, type Packet } from './format.js';
import * as block from './pcapng-blocks.js';
import { paddedLength } from './pcapng-options.js';

/** What a section says of where it was captured and by what. */
export interface SectionDescription {
  hardware: string;
  operatingSystem: string;
  application: string;
  comment: string;
}

/** What is known at the end of a capture on one interface; what is undefined is not written. */
export interface InterfaceStatistics {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  startNs: bigint;
  endNs: bigint;
  /** Packets that passed the filter, lost ones among them. */
  received: number | undefined;
  /** Lost by the operating system, and before that by the interface. */
  dropped: number | undefined;
  droppedByInterface: number | undefined;
}

/** Option codes ("Options", and the sections of the blocks that they belong to). */
const OPT_END = 0;
const OPT_COMMENT = 1;
const SHB_HARDWARE = 2;
const SHB_OS = 3;
const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
const IF_FILTER = 11;
const IF_OS = 12;
const EPB_FLAGS = 2;
const ISB_STARTTIME = 2;
const ISB_ENDTIME = 3;
const ISB_IFDROP = 5;
const ISB_FILTERACCEPT = 6;
const ISB_OSDROP = 7;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LENGTH_UNKNOWN = 0xffffffff;
/** if_filter: what follows is the filter as text. */
const FILTER_AS_TEXT = 0;
/** if_tsresol: ten to the power of minus nine. */
const NANOSECONDS = 9;
/** An option has a length of 16 bits; nobody needs texts of that length. */
const LONGEST_TEXT_BYTES = 4096;

const TWO_TO_32 = 2 ** 32;
const FIRST_BUFFER_BYTES = 128 * 1024;
const OPTION_HEADER_BYTES = 4;
const PACKET_FLAGS_BYTES = OPTION_HEADER_BYTES + 4 + OPTION_HEADER_BYTES;

const utf8 = new TextEncoder();

/**
 * Puts together one section. `take` gives the blocks that were added since it was asked last.
 *
 * @example
 * const writer = new PcapngWriter({ hardware: 'x86', operatingSystem: 'Linux 6', application: 'synwhy 1', comment: '' });
 * const id = writer.addInterface({ linkType: 1, snapLength: 0, name: 'eth0' });
 * writer.addPacket(id, packet, epochNs);
 * await file.write(writer.take());
 */
export class PcapngWriter {
  private bytes = new Uint8Array(FIRST_BUFFER_BYTES);
  private view = new DataView(this.bytes.buffer);
  private length = 0;
  private interfaces = 0;
  private blockAt = 0;
  /** The time origin, in the halves that a packet's time is added to. */
  private epochNs = -1n;
  private epochHigh = 0;
  private epochLow = 0;

  constructor(section: SectionDescription) {
    this.beginBlock(block.SECTION_HEADER_BLOCK, 0);
    this.put32(BYTE_ORDER_MAGIC);
    this.put16(1);
    this.put16(0);
    this.put32(LENGTH_UNKNOWN);
    this.put32(LENGTH_UNKNOWN);
    this.putText(SHB_HARDWARE, section.hardware);
    this.putText(SHB_OS, section.operatingSystem);
    this.putText(SHB_USERAPPL, section.application);
    this.putText(OPT_COMMENT, section.comment);
    this.endOptions();
    this.endBlock();
  }

  /** Bytes that `take` would give. */
  get waitingBytes(): number {
    return this.length;
  }

  /** The blocks added since the last time; they stay as they are until something is added. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  /** Adds an interface and gives the number that its packets refer to. */
  addInterface({ linkType, snapLength, name, description, filter, operatingSystem }: CaptureInterface): number {
    this.beginBlock(block.INTERFACE_DESCRIPTION_BLOCK, 0);
    this.put16(linkType);
    this.put16(0);
    this.put32(snapLength);
    this.putText(IF_NAME, name ?? '');
    this.putText(IF_DESCRIPTION, description ?? '');
    this.putOption(IF_TSRESOL, Uint8Array.of(NANOSECONDS));
    if (filter !== undefined) this.putOption(IF_FILTER, Uint8Array.of(FILTER_AS_TEXT, ...encode(filter)));
    this.putText(IF_OS, operatingSystem ?? '');
    this.endOptions();
    this.endBlock();
    this.interfaces += 1;
    return this.interfaces - 1;
  }

  /** Adds a packet as it was read; `epochNs` is what its time counts from, `comment` what is to be said of it. */
  addPacket(interfaceId: number, packet: Packet, epochNs: bigint, comment = ''): void {
    const { capturedBytes, offset, direction } = packet;
    this.beginBlock(block.ENHANCED_PACKET_BLOCK, capturedBytes + PACKET_FLAGS_BYTES);
    this.put32(interfaceId);
    this.putTime(packet.timeNs, epochNs);
    this.put32(capturedBytes);
    this.put32(packet.originalBytes);
    this.bytes.set(packet.bytes.subarray(offset, offset + capturedBytes), this.length);
    this.length += capturedBytes;
    this.pad();
    if (direction !== DIRECTION_UNKNOWN) {
      this.put16(EPB_FLAGS);
      this.put16(4);
      this.put32(direction);
    }
    this.putText(OPT_COMMENT, comment);
    if (direction !== DIRECTION_UNKNOWN || comment !== '') this.endOptions();
    this.endBlock();
  }

  /** Adds what is known of the capture on an interface. */
  addStatistics(interfaceId: number, statistics: InterfaceStatistics): void {
    const { startNs, endNs, received, dropped, droppedByInterface } = statistics;
    this.beginBlock(block.INTERFACE_STATISTICS_BLOCK, 0);
    this.put32(interfaceId);
    this.put32(Number(endNs >> 32n));
    this.put32(Number(endNs & 0xffffffffn));
    this.putOption(ISB_STARTTIME, timeBytes(startNs));
    this.putOption(ISB_ENDTIME, timeBytes(endNs));
    if (droppedByInterface !== undefined) this.putOption(ISB_IFDROP, countBytes(droppedByInterface));
    if (received !== undefined) this.putOption(ISB_FILTERACCEPT, countBytes(received));
    if (dropped !== undefined) this.putOption(ISB_OSDROP, countBytes(dropped));
    this.endOptions();
    this.endBlock();
  }

  /** Halves instead of a bigint for each packet: a sum of doubles below 2^53 is exact. */
  private putTime(timeNs: number, epochNs: bigint): void {
    if (epochNs !== this.epochNs) {
      this.epochNs = epochNs;
      this.epochHigh = Number(epochNs >> 32n);
      this.epochLow = Number(epochNs & 0xffffffffn);
    }
    const sum = this.epochLow + timeNs;
    const carry = Math.floor(sum / TWO_TO_32);
    this.put32(this.epochHigh + carry);
    this.put32(sum - carry * TWO_TO_32);
  }

  /** Begins a block that has room for its fixed fields, `moreBytes`, and, option by option, what is put into it. */
  private beginBlock(type: number, moreBytes: number): void {
    this.reserve(block.PACKET_DATA + moreBytes + block.SMALLEST_BLOCK_BYTES);
    this.blockAt = this.length;
    this.put32(type);
    this.put32(0);
  }

  private endBlock(): void {
    this.reserve(block.TRAILER_BYTES);
    const length = this.length + block.TRAILER_BYTES - this.blockAt;
    this.view.setUint32(this.blockAt + block.BLOCK_LENGTH, length, true);
    this.put32(length);
  }

  private putText(code: number, text: string): void {
    if (text !== '') this.putOption(code, encode(text));
  }

  private putOption(code: number, value: Uint8Array): void {
    this.reserve(OPTION_HEADER_BYTES + paddedLength(value.length));
    this.put16(code);
    this.put16(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    this.pad();
  }

  private endOptions(): void {
    this.reserve(OPTION_HEADER_BYTES);
    this.put32(OPT_END);
  }

  private pad(): void {
    while (this.length % 4 !== 0) this.bytes[this.length++] = 0;
  }

  private put16(value: number): void {
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  private put32(value: number): void {
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  private reserve(bytes: number): void {
    // Room for the padding as well.
    const needed = this.length + bytes + 4;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** A text as bytes, cut where a character ends. */
function encode(text: string): Uint8Array {
  const bytes = new Uint8Array(LONGEST_TEXT_BYTES);
  return bytes.subarray(0, utf8.encodeInto(text, bytes).written);
}

/** Statistics have their times in halves as packets do, the upper one first. */
function timeBytes(ns: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, Number(ns >> 32n), true);
  view.setUint32(4, Number(ns & 0xffffffffn), true);
  return new Uint8Array(view.buffer);
}

function countBytes(count: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(count), true);
  return new Uint8Array(view.buffer);
}
