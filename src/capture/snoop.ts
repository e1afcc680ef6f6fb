/**
 * Reads snoop captures (RFC 1761), as Solaris and illumos write them, and Shomiti's Surveyor with a trailer behind
 * every packet. Numbers are in network byte order, times in UTC.
 */

import { ByteWindow } from './byte-window.js';
import { SecondsClock } from './clock.js';
import { CaptureError } from './errors.js';
import { createFacts, recordDamage } from './facts.js';
import { type CaptureFacts, type CaptureReader, maximumCapturedBytes, type Packet, type TimeOrigin } from './format.js';
import { cutHeaderError, foreignMediumError, PacketTally, startsWith, viewOf } from './older-containers.js';

// RFC 1761, "File Header"
const MAGIC = 'snoop\0\0\0';
const VERSION = 8;
const DATALINK_TYPE = 12;
const HEADER_BYTES = 16;
/** RFC 1761 is version 2; 3 to 5 are Surveyor's, which name the hardware that captured (Wireshark, snoop.c). */
const OLDEST_VERSION = 2;
const NEWEST_VERSION = 5;

// RFC 1761, "Packet Record"
const ORIGINAL_LENGTH = 0;
const INCLUDED_LENGTH = 4;
const RECORD_LENGTH = 8;
const CUMULATIVE_DROPS = 12;
const SECONDS = 16;
const MICROSECONDS = 20;
const RECORD_HEADER_BYTES = 24;
const MICROSECONDS_PER_SECOND = 1_000_000;

/**
 * What has to be there to open a capture: the first record's header too, because only the room behind the first packet
 * tells Surveyor's captures, whose link types are numbered otherwise (Wireshark, snoop.c).
 */
export const SNOOP_OPENING_BYTES = HEADER_BYTES + RECORD_HEADER_BYTES;
const SURVEYOR_TRAILER_BYTES = 16;

/**
 * Data link types (https://www.iana.org/assignments/snoop-datalink-types; Solaris's <sys/dlpi.h>) to LINKTYPE_ numbers.
 * IPv4, IPv6 and 6to4 tunnels hold bare IP packets.
 */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1], // IEEE 802.3
  [2, 6], // IEEE 802.5 Token Ring
  [4, 1], // Ethernet
  [8, 10], // FDDI
  [9, 0], // other
  [14, 0], // software loopback
  [16, 122], // Fibre Channel
  [18, 123], // classical IP over ATM, with SunATM's header
  [0x8000_0001, 101], // IPv4 tunnel
  [0x8000_0002, 101], // IPv6 tunnel
  [0x8000_0005, 226], // ipnet
  [0x8000_0007, 101], // 6to4 tunnel
]);

const SURVEYOR_WIRELESS = 18;
/** Surveyor's link types to LINKTYPE_ numbers (Wireshark, snoop.c): the speeds of Ethernet and Token Ring differ. */
const SURVEYOR_LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 6],
  [4, 1],
  [8, 10],
  [10, 1],
  [11, 6],
  [12, 1],
  [13, 6],
  [14, 6],
  [SURVEYOR_WIRELESS, 105],
  [19, 1],
]);

// Surveyor's wireless header: three bytes, the length of what follows (at least 8), the rest of the header
const WIRELESS_LENGTH = 3;
const WIRELESS_LENGTH_BYTES = 4;
const WIRELESS_LEAST_LENGTH = 8;

/** What the file header and the room behind the first packet say of the records. */
interface SnoopHeader {
  format: string;
  linkType: number;
  /** Whether a header of Surveyor's stands before every packet. */
  isWireless: boolean;
}

/** Whether bytes begin with snoop's magic number. */
export function startsSnoop(bytes: Uint8Array): boolean {
  return startsWith(bytes, MAGIC);
}

/** Reads the headers that `first`, the beginning of the capture, holds. Throws a CaptureError. */
function parseHeader(first: Uint8Array): SnoopHeader {
  if (first.length < HEADER_BYTES) throw cutHeaderError('snoop', first.length, HEADER_BYTES);
  const view = viewOf(first);
  const version = view.getUint32(VERSION);
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
    throw new CaptureError(
      'unsupported-version',
      `This is a snoop capture of version ${version}; version 2 is read, which is what snoop writes, and Surveyor's versions 3 to 5.`,
    );
  }
  const datalinkType = view.getUint32(DATALINK_TYPE);
  const isSurveyor = hasTrailer(first, view);
  const linkType = (isSurveyor ? SURVEYOR_LINK_TYPES : LINK_TYPES).get(datalinkType);
  const format = isSurveyor ? 'snoop (Surveyor)' : 'snoop';
  if (linkType === undefined) throw foreignMediumError(format, `data link type ${datalinkType}`);
  return { format, linkType, isWireless: isSurveyor && datalinkType === SURVEYOR_WIRELESS };
}

function hasTrailer(first: Uint8Array, view: DataView): boolean {
  if (first.length < SNOOP_OPENING_BYTES) return false;
  const room = view.getUint32(HEADER_BYTES + RECORD_LENGTH) - RECORD_HEADER_BYTES;
  return room - view.getUint32(HEADER_BYTES + INCLUDED_LENGTH) >= SURVEYOR_TRAILER_BYTES;
}

/** Reads a snoop capture from its first byte on. */
export class SnoopReader implements CaptureReader {
  readonly facts: CaptureFacts;

  private readonly window = new ByteWindow();
  private readonly tally = new PacketTally();
  private readonly clock: SecondsClock;
  private readonly header: SnoopHeader;
  /** Bytes to pass over before the next record: the file header, then the padding behind each packet. */
  private passOver = HEADER_BYTES;
  private drops = 0;
  private broken = false;

  /** `first`: the capture's first SNOOP_OPENING_BYTES or all there are; they are pushed again. Throws a CaptureError. */
  constructor(first: Uint8Array, origin: TimeOrigin) {
    this.header = parseHeader(first);
    this.clock = new SecondsClock(origin, MICROSECONDS_PER_SECOND);
    this.facts = createFacts(this.header.format);
    this.facts.interfaces.push({ linkType: this.header.linkType, snapLength: 0 });
  }

  push(bytes: Uint8Array): void {
    this.window.push(bytes);
  }

  end(): void {
    this.window.end();
  }

  next(packet: Packet): boolean {
    if (!this.broken && this.readRecord(packet)) return true;
    // Behind damage nothing is read, and nothing shall wait to be.
    if (this.broken) this.window.skip(Number.MAX_SAFE_INTEGER);
    this.tally.writeTo(this.facts, this.window.received);
    if (this.drops > 0) this.facts.interfaces[0].dropped = this.drops;
    return false;
  }

  private readRecord(packet: Packet): boolean {
    const window = this.window;
    this.passOver -= window.skip(this.passOver);
    if (this.passOver > 0) {
      if (window.ended) this.breakOff('the capture ends in the padding behind a packet');
      return false;
    }
    if (!window.has(RECORD_HEADER_BYTES)) {
      if (window.ended && window.has(1)) this.breakOff('the capture ends inside a record header');
      return false;
    }
    const captured = window.view.getUint32(window.position + INCLUDED_LENGTH);
    const padding = window.view.getUint32(window.position + RECORD_LENGTH) - RECORD_HEADER_BYTES - captured;
    if (captured > maximumCapturedBytes(this.header.linkType) || padding < 0) {
      this.breakOff('bytes that are no record header');
      return false;
    }
    if (!window.has(RECORD_HEADER_BYTES + captured)) {
      if (window.ended) this.breakOff(`a record of ${captured} bytes reaches beyond the end of the capture`);
      return false;
    }
    this.take(packet, captured);
    this.passOver = padding;
    return true;
  }

  /** Hands over the packet of the record at the window's position, which is there as a whole. */
  private take(packet: Packet, captured: number): void {
    const { window, header } = this;
    const { view, position } = window;
    const offset = position + RECORD_HEADER_BYTES;
    const prefix = header.isWireless ? wirelessHeaderBytes(view, offset, captured) : 0;
    this.drops = Math.max(this.drops, view.getUint32(position + CUMULATIVE_DROPS));
    const timeNs = this.clock.timeNs(view.getUint32(position + SECONDS), view.getUint32(position + MICROSECONDS));
    const original = view.getUint32(position + ORIGINAL_LENGTH) - prefix;
    this.tally.fill(packet, window, offset + prefix, captured - prefix, original, timeNs, header.linkType, 0);
    window.position = offset + captured;
  }

  private breakOff(reason: string): void {
    this.broken = true;
    recordDamage(this.facts, { atByte: this.window.offset, skippedBytes: null, reason });
  }
}

function wirelessHeaderBytes(view: DataView, at: number, captured: number): number {
  if (captured < WIRELESS_LENGTH_BYTES) return captured;
  const length = Math.max(view.getUint8(at + WIRELESS_LENGTH), WIRELESS_LEAST_LENGTH);
  return Math.min(WIRELESS_LENGTH_BYTES + length, captured);
}
