/**
 * Reads captures of NetXRay and of Network Associates' Sniffer for Windows (what is known of the format is in
 * Wireshark's netxray.c).
 *
 * A capture may be a ring, whose newest records were written over the oldest at its beginning. Those have to wait for
 * the older ones behind them.
 */

import { ByteWindow } from './byte-window.js';
import { SecondsClock } from './clock.js';
import { createFacts, recordDamage } from './facts.js';
import {
  type CaptureFacts,
  type CaptureReader,
  DIRECTION_INBOUND,
  DIRECTION_OUTBOUND,
  type Packet,
  type TimeOrigin,
} from './format.js';
import { HeldBytes } from './held-bytes.js';
import { NETXRAY_HEADER_BYTES, type NetxrayHeader, parseNetxrayHeader } from './netxray-header.js';
import { PacketTally } from './older-containers.js';

/** More than Sniffer's buffers had; the newest records of a larger ring are left out. */
const MAXIMUM_HELD_BYTES = 32 * 1024 * 1024;

// A record header: the time in ticks, the length on the wire, the captured length, and more in later versions
const TICKS_LOW = 0;
const TICKS_HIGH = 4;
const ORIGINAL_LENGTH = 8;
const CAPTURED_LENGTH = 10;
/** By major version. Before 1.0 there was one length only. */
const RECORD_HEADER_BYTES = [16, 28, 40];
/** In version 2: 0xffff where four bytes lie behind the frame that are its check sequence or nothing at all. */
const REST_MARK = 14;
const REST_FOLLOWS = 0xffff;
const REST_BYTES = 4;
/** In version 2, of wide area networks: bit 0 says that the packet was sent. */
const DIRECTION = 24;
const DIRECTION_SENT = 0x01;
const LINK_TYPES_WITH_DIRECTION: ReadonlySet<number> = new Set([9, 104, 107]);

const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** Reads a NetXRay or Sniffer capture from its first byte on. */
export class NetxrayReader implements CaptureReader {
  readonly facts: CaptureFacts;

  private readonly header: NetxrayHeader;
  private readonly headerBytes: number;
  private readonly hasDirection: boolean;
  private readonly tally = new PacketTally();
  private readonly clock: SecondsClock;
  private readonly stream = new ByteWindow();
  /** What records are read from: the stream or, in the end, what was held of it. */
  private window = this.stream;
  /** Where they end; infinite where the header does not say. */
  private endOffset: number;
  /** Bytes to hold, after the file header, and then to pass over before the first record. */
  private toHold: number;
  private passOver: number;
  /** The beginning of a ring until it is read; undefined where the capture is none, or it is too large. */
  private newest: HeldBytes | undefined;
  private isFinished = false;

  /** `first`: the capture's first NETXRAY_HEADER_BYTES or all there are; they are pushed again. Throws a CaptureError. */
  constructor(first: Uint8Array, origin: TimeOrigin) {
    const header = parseNetxrayHeader(first);
    this.header = header;
    this.headerBytes = RECORD_HEADER_BYTES[header.majorVersion];
    this.hasDirection = header.majorVersion === 2 && LINK_TYPES_WITH_DIRECTION.has(header.linkType);
    this.clock = new SecondsClock(origin, NANOSECONDS_PER_SECOND);
    this.facts = createFacts(header.format);
    this.facts.interfaces.push({ linkType: header.linkType, snapLength: 0 });
    const isRing = header.endOffset > NETXRAY_HEADER_BYTES && header.endOffset < header.startOffset;
    this.newest = isRing ? new HeldBytes(MAXIMUM_HELD_BYTES) : undefined;
    this.toHold = isRing ? header.endOffset : 0;
    this.passOver = header.startOffset - this.toHold;
    this.endOffset = header.endOffset >= header.startOffset ? header.endOffset : Number.POSITIVE_INFINITY;
  }

  push(bytes: Uint8Array): void {
    this.stream.push(bytes);
  }

  end(): void {
    this.stream.end();
  }

  next(packet: Packet): boolean {
    while (!this.isFinished) {
      const read = this.readRecord(packet);
      if (read) return true;
      if (read === undefined) break;
      this.goOnWithNewest();
    }
    // Behind the records nothing is read, and nothing shall wait to be.
    if (this.isFinished) this.stream.skip(Number.MAX_SAFE_INTEGER);
    this.tally.writeTo(this.facts, this.stream.received);
    return false;
  }

  /** Whether `packet` was filled; false: there are no more records in this window; undefined: more bytes are needed. */
  private readRecord(packet: Packet): boolean | undefined {
    if (!this.reachRecord()) return this.lacksBytes('the capture ends before its first record');
    const { window, headerBytes, endOffset } = this;
    if (window.offset >= endOffset) return false;
    if (!window.has(headerBytes)) {
      if (window.has(1)) return this.lacksBytes('the capture ends inside a record header');
      if (window.ended && endOffset === Number.POSITIVE_INFINITY) return false;
      return this.lacksBytes('the capture ends before its last record');
    }
    const lengthOffset = this.header.majorVersion === 0 ? ORIGINAL_LENGTH : CAPTURED_LENGTH;
    const captured = window.view.getUint16(window.position + lengthOffset, true);
    if (!window.has(headerBytes + captured)) {
      return this.lacksBytes(`a record of ${captured} bytes reaches beyond the end of the capture`);
    }
    this.take(packet, captured);
    return true;
  }

  /** Holds and passes over what lies before the first record; false: it does not end in the bytes at hand. */
  private reachRecord(): boolean {
    const { window } = this;
    while (this.toHold > 0 && window.has(1)) {
      const taken = Math.min(this.toHold, window.limit - window.position);
      this.hold(window.bytes.subarray(window.position, window.position + taken));
      window.position += taken;
      this.toHold -= taken;
    }
    if (this.toHold > 0) return false;
    this.passOver -= window.skip(this.passOver);
    return this.passOver === 0;
  }

  private hold(bytes: Uint8Array): void {
    if (this.newest === undefined || this.newest.append(bytes)) return;
    this.newest = undefined;
    recordDamage(this.facts, {
      atByte: NETXRAY_HEADER_BYTES,
      skippedBytes: this.header.endOffset - NETXRAY_HEADER_BYTES,
      reason: 'the newest records, which lie before the oldest, are too many to wait for those',
    });
  }

  /** Undefined: the missing bytes may still come; false: they will not, which is damage. */
  private lacksBytes(reason: string): false | undefined {
    const { window } = this;
    if (!window.ended) return undefined;
    const atByte = window.offset;
    const left = window.skip(Number.MAX_SAFE_INTEGER);
    recordDamage(this.facts, { atByte, skippedBytes: this.newest === undefined ? null : left, reason });
    return false;
  }

  private goOnWithNewest(): void {
    const { newest } = this;
    this.isFinished = newest === undefined;
    if (newest === undefined) return;
    this.window = new ByteWindow();
    this.window.push(newest.held);
    this.window.end();
    this.newest = undefined;
    this.toHold = 0;
    this.passOver = NETXRAY_HEADER_BYTES;
    this.endOffset = this.header.endOffset;
  }

  /** Hands over the packet of the record at the window's position, which is there as a whole. */
  private take(packet: Packet, captured: number): void {
    const { window, header } = this;
    const { view, position } = window;
    const offset = position + this.headerBytes;
    const rest = header.cutsRest && view.getUint16(position + REST_MARK, true) === REST_FOLLOWS ? REST_BYTES : 0;
    const kept = Math.max(captured - rest, 0);
    const original = view.getUint16(position + ORIGINAL_LENGTH, true) - rest;
    const ticks = view.getUint32(position + TICKS_HIGH, true) * 2 ** 32 + view.getUint32(position + TICKS_LOW, true);
    this.tally.fill(packet, window, offset, kept, original, this.timeNs(ticks), header.linkType, 0);
    if (this.hasDirection) {
      const isSent = (view.getUint8(position + DIRECTION) & DIRECTION_SENT) !== 0;
      packet.direction = isSent ? DIRECTION_OUTBOUND : DIRECTION_INBOUND;
    }
    window.position = offset + captured;
  }

  private timeNs(ticks: number): number {
    const { ticksPerSecond, startSeconds, startTicks } = this.header;
    const since = ticks - startTicks;
    const seconds = Math.floor(since / ticksPerSecond);
    const nanoseconds = Math.floor(((since - seconds * ticksPerSecond) * NANOSECONDS_PER_SECOND) / ticksPerSecond);
    return this.clock.timeNs(startSeconds + seconds, nanoseconds);
  }
}
