/**
 * Reads captures of Microsoft Network Monitor, version 1 and 2.
 *
 * Which frames there are, and in which order, says a table of their offsets that mostly lies behind them: some captures
 * have gaps between frames, and some keep the last frame in front. So a capture is held until its end, when the table
 * is known. One that is too large to hold, or whose table is missing, is read from its first frame on as the frames
 * follow one another, which is how Network Monitor writes them.
 */

import { ByteWindow } from './byte-window.js';
import { SecondsClock } from './clock.js';
import { createFacts, recordDamage } from './facts.js';
import { type CaptureFacts, type CaptureReader, maximumCapturedBytes, type Packet, type TimeOrigin } from './format.js';
import { HeldBytes } from './held-bytes.js';
import {
  FRAME_TABLE_ENTRY_BYTES,
  linkTypeOfNetwork,
  NETMON_HEADER_BYTES,
  NETWORK_WIRELESS,
  type NetmonHeader,
  parseNetmonHeader,
} from './netmon-header.js';
import { type SplitTime, setFileTime, setMicroseconds, setMilliseconds } from './netmon-times.js';
import { type PacketSource, PacketTally, viewOf } from './older-containers.js';

/** More than the 20 MB that Network Monitor gives to a capture by default. */
const MAXIMUM_HELD_BYTES = 32 * 1024 * 1024;

const NANOSECONDS_PER_SECOND = 1_000_000_000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** Where the fields of a record header lie: the time since the start comes first. */
interface RecordLayout {
  headerBytes: number;
  originalOffset: number;
  capturedOffset: number;
  lengthBytes: 2 | 4;
}
const RECORD_1: RecordLayout = { headerBytes: 8, originalOffset: 4, capturedOffset: 6, lengthBytes: 2 };
const RECORD_2: RecordLayout = { headerBytes: 16, originalOffset: 8, capturedOffset: 12, lengthBytes: 4 };
/** In a record's trailer: the network type, the index of a process, the time. */
const TRAILER_TIME = 6;

// The header that Network Monitor puts before 802.11 frames: version, length of the header, what the radio told
const WIRELESS_LENGTH = 1;
const WIRELESS_LEAST_BYTES = 3;

const NOTHING: PacketSource = { bytes: new Uint8Array(0), view: new DataView(new ArrayBuffer(0)) };

/** Reads a Network Monitor capture from its first byte on. */
export class NetmonReader implements CaptureReader {
  readonly facts: CaptureFacts;

  private readonly header: NetmonHeader;
  private readonly layout: RecordLayout;
  private readonly tally = new PacketTally();
  private readonly clock: SecondsClock;
  private readonly time: SplitTime = { seconds: 0, nanoseconds: 0 };
  /** Index into facts.interfaces by link type. */
  private readonly interfaceIndexes = new Map<number, number>();

  private readonly held = new HeldBytes(MAXIMUM_HELD_BYTES);
  private state: 'holding' | 'following the table' | 'following the frames' | 'at the table' | 'finished' = 'holding';
  /** What the frame table leads into: all that was held. */
  private source = NOTHING;
  /** The next entry of the frame table, and how many there are. */
  private entry = 0;
  private entries = 0;
  private readonly window = new ByteWindow();
  private passOver = NETMON_HEADER_BYTES;
  private framesMet = 0;
  private received = 0;

  /** `first`: the capture's first NETMON_HEADER_BYTES or all there are; they are pushed again. Throws a CaptureError. */
  constructor(first: Uint8Array, origin: TimeOrigin) {
    this.header = parseNetmonHeader(first);
    this.layout = this.header.majorVersion === 1 ? RECORD_1 : RECORD_2;
    this.clock = new SecondsClock(origin, NANOSECONDS_PER_SECOND);
    this.facts = createFacts(this.header.format);
    const linkType = this.header.trailerBytes === 0 ? linkTypeOfNetwork(this.header.network) : undefined;
    if (linkType !== undefined) this.interfaceIndex(linkType);
  }

  push(bytes: Uint8Array): void {
    this.received += bytes.length;
    if (this.state === 'holding' && this.held.append(bytes)) return;
    if (this.state === 'holding') this.followFrames();
    this.window.push(bytes);
  }

  end(): void {
    if (this.state === 'holding' && !this.followTable()) this.followFrames();
    this.window.end();
  }

  next(packet: Packet): boolean {
    while (this.state === 'following the table') if (this.readNextEntry(packet)) return true;
    while (this.state === 'following the frames') {
      const read = this.readNextFrame(packet);
      if (read === undefined) break;
      if (read) return true;
    }
    if (this.state === 'at the table') this.compareWithTable();
    // Behind the frames nothing is read, and nothing shall wait to be.
    if (this.state === 'finished') {
      this.window.skip(Number.MAX_SAFE_INTEGER);
      this.held.release();
      this.source = NOTHING;
    }
    this.tally.writeTo(this.facts, this.received);
    return false;
  }

  /** False: there is no frame table that leads to a frame. */
  private followTable(): boolean {
    const bytes = this.held.held;
    const { frameTableOffset, frameTableLength } = this.header;
    const isWhole = frameTableOffset + frameTableLength <= bytes.length;
    if (!isWhole || frameTableLength === 0 || frameTableLength % FRAME_TABLE_ENTRY_BYTES !== 0) return false;
    this.source = { bytes, view: viewOf(bytes) };
    this.entries = frameTableLength / FRAME_TABLE_ENTRY_BYTES;
    if (!this.isWholeRecord(this.offsetInTable(0))) return false;
    this.state = 'following the table';
    return true;
  }

  private followFrames(): void {
    this.state = 'following the frames';
    this.window.push(this.held.held);
    this.held.release();
  }

  private offsetInTable(entry: number): number {
    return this.source.view.getUint32(this.header.frameTableOffset + entry * FRAME_TABLE_ENTRY_BYTES, true);
  }

  private isWholeRecord(at: number): boolean {
    const present = this.source.view.byteLength - at;
    if (present < this.layout.headerBytes) return false;
    const captured = this.capturedBytes(this.source.view, at);
    return this.isPossible(captured) && present >= this.recordBytes(captured);
  }

  /** Whether `packet` was filled: not every entry is a packet, nor leads to a frame. */
  private readNextEntry(packet: Packet): boolean {
    if (this.entry === this.entries) {
      this.state = 'finished';
      return false;
    }
    const at = this.offsetInTable(this.entry);
    this.entry += 1;
    if (this.isWholeRecord(at)) return this.take(packet, this.source, at);
    recordDamage(this.facts, {
      atByte: this.header.frameTableOffset + (this.entry - 1) * FRAME_TABLE_ENTRY_BYTES,
      skippedBytes: FRAME_TABLE_ENTRY_BYTES,
      reason: `the frame table leads to byte ${at}, where no whole frame lies`,
    });
    return false;
  }

  /** Whether `packet` was filled; undefined: more bytes are needed, or the frames are over. */
  private readNextFrame(packet: Packet): boolean | undefined {
    const { window, layout } = this;
    this.passOver -= window.skip(this.passOver);
    if (this.passOver > 0) return undefined;
    if (this.hasReachedTable()) return this.beginTable();
    if (!window.has(layout.headerBytes)) {
      if (!window.ended) return undefined;
      return this.breakOff(
        window.has(1) ? 'the capture ends inside a record header' : 'the capture ends before its frame table',
      );
    }
    const captured = this.capturedBytes(window.view, window.position);
    if (!this.isPossible(captured)) return this.breakOff('bytes that are no record header');
    if (!window.has(this.recordBytes(captured))) {
      return window.ended
        ? this.breakOff(`a record of ${captured} bytes reaches beyond the end of the capture`)
        : undefined;
    }
    const isPacket = this.take(packet, window, window.position);
    window.position += this.recordBytes(captured);
    this.framesMet += 1;
    return isPacket;
  }

  /** A capture that nobody finished has 0 for the table's offset: its frames go on to its end. */
  private hasReachedTable(): boolean {
    const { frameTableOffset } = this.header;
    if (frameTableOffset < NETMON_HEADER_BYTES) return this.window.ended && !this.window.has(1);
    return this.window.offset >= frameTableOffset;
  }

  private beginTable(): undefined {
    const isListed = this.header.frameTableOffset >= NETMON_HEADER_BYTES;
    this.state = isListed ? 'at the table' : 'finished';
    this.passOver = isListed ? this.header.frameTableLength : 0;
  }

  /** The frames before it are read by now: passes over the table, which should list as many. */
  private compareWithTable(): void {
    const { window, header } = this;
    this.passOver -= window.skip(this.passOver);
    if (this.passOver > 0) {
      if (window.ended) this.breakOff('the capture ends inside its frame table');
      return;
    }
    this.state = 'finished';
    const listed = Math.floor(header.frameTableLength / FRAME_TABLE_ENTRY_BYTES);
    if (listed === this.framesMet) return;
    recordDamage(this.facts, {
      atByte: header.frameTableOffset,
      skippedBytes: header.frameTableLength,
      reason: `the frame table lists ${listed} frames, but ${this.framesMet} lie before it`,
    });
  }

  private breakOff(reason: string): undefined {
    this.state = 'finished';
    recordDamage(this.facts, { atByte: this.window.offset, skippedBytes: null, reason });
  }

  /** Hands over the frame whose record, at `at`, is there as a whole. False: it is none that has a number. */
  private take(packet: Packet, source: PacketSource, at: number): boolean {
    const { layout, header } = this;
    const { view } = source;
    let captured = this.capturedBytes(view, at);
    let original = this.length(view, at + layout.originalOffset);
    let offset = at + layout.headerBytes;
    const trailer = offset + captured;
    const network = header.trailerBytes === 0 ? header.network : view.getUint16(trailer, true);
    const linkType = linkTypeOfNetwork(network);
    if (linkType === undefined) return false;
    if (network === NETWORK_WIRELESS) {
      const prefix = wirelessHeaderBytes(view, offset, captured);
      offset += prefix;
      captured -= prefix;
      original -= prefix;
    }
    const timeNs = this.timeNs(view, at, trailer);
    this.tally.fill(packet, source, offset, captured, original, timeNs, linkType, this.interfaceIndex(linkType));
    return true;
  }

  private timeNs(view: DataView, at: number, trailer: number): number {
    const { header, time, clock } = this;
    if (header.hasUtcTimes && readFileTime(time, view, trailer + TRAILER_TIME)) {
      return clock.timeNs(time.seconds, time.nanoseconds);
    }
    if (header.majorVersion === 1) setMilliseconds(time, view.getUint32(at, true));
    else setMicroseconds(time, view.getUint32(at + 4, true), view.getUint32(at, true));
    const startNanoseconds = header.startMilliseconds * NANOSECONDS_PER_MILLISECOND;
    return clock.timeNs(header.startSeconds + time.seconds, startNanoseconds + time.nanoseconds);
  }

  private interfaceIndex(linkType: number): number {
    const known = this.interfaceIndexes.get(linkType);
    if (known !== undefined) return known;
    const index = this.facts.interfaces.push({ linkType, snapLength: 0 }) - 1;
    this.interfaceIndexes.set(linkType, index);
    return index;
  }

  private capturedBytes(view: DataView, at: number): number {
    return this.length(view, at + this.layout.capturedOffset);
  }

  private length(view: DataView, at: number): number {
    return this.layout.lengthBytes === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
  }

  /** None of Network Monitor's media has longer packets than Ethernet's limit. */
  private isPossible(captured: number): boolean {
    return captured <= maximumCapturedBytes(0);
  }

  private recordBytes(captured: number): number {
    return this.layout.headerBytes + captured + this.header.trailerBytes;
  }
}

function readFileTime(time: SplitTime, view: DataView, at: number): boolean {
  return setFileTime(time, view.getUint32(at + 4, true), view.getUint32(at, true));
}

function wirelessHeaderBytes(view: DataView, at: number, captured: number): number {
  if (captured < WIRELESS_LEAST_BYTES) return captured;
  return Math.min(view.getUint16(at + WIRELESS_LENGTH, true), captured);
}
