/** The file header of classic pcap (draft-ietf-opsawg-pcap, "General File Structure") and its variants. */

import { CaptureError } from './errors.js';
import { maximumCapturedBytes } from './format.js';

/** Length of the file header. */
export const PCAP_HEADER_BYTES = 24;

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetzov's patch to libpcap 0.3: records also carry interface, protocol and packet type. */
const MAGIC_MODIFIED = 0xa1b2cd34;

const RECORD_HEADER_BYTES = 16;
const MODIFIED_RECORD_HEADER_BYTES = 24;
const FIRST_LENGTH_OFFSET = 8;
const SECOND_LENGTH_OFFSET = 12;

const MICROSECONDS_PER_SECOND = 1_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** The upper bits say how long the frame check sequence of each packet is ("LinkType"). */
const LINK_TYPE_MASK = 0xffff;

const MAJOR_VERSION = 2;
/** Minor version 3 was written with the lengths in either order, older ones in the other order (libpcap, sf-pcap.c). */
const MINOR_VERSION_OF_EITHER_ORDER = 3;
/** DG/UX's tcpdump, which writes the lengths in the other order too. */
const MAJOR_VERSION_DG_UX = 543;

/** What the file header says of the records that follow. */
export interface PcapHeader {
  format: string;
  littleEndian: boolean;
  fractionsPerSecond: number;
  recordHeaderBytes: number;
  /** Where in a record header the captured and the original length lie. */
  capturedOffset: number;
  originalOffset: number;
  /** Whether the smaller length is the captured one, wherever it lies. */
  eitherOrder: boolean;
  snapLength: number;
  linkType: number;
  /** Longest captured length that is not damage. */
  maximumCaptured: number;
}

/** Whether bytes begin with the magic number of a pcap, in either byte order. */
export function isPcapMagic(bytes: Uint8Array): boolean {
  return findMagic(bytes) !== undefined;
}

/**
 * Reads the file header at the start of `bytes`, which begins with the magic number.
 * Throws a CaptureError if it is cut short or of a version that nobody writes.
 */
export function parsePcapHeader(bytes: Uint8Array): PcapHeader {
  const found = findMagic(bytes);
  if (found === undefined || bytes.length < PCAP_HEADER_BYTES) {
    throw new CaptureError(
      'truncated-header',
      `This begins like a pcap file but ends inside its header: there are ${bytes.length} bytes of the ${PCAP_HEADER_BYTES} it has.`,
    );
  }
  const { littleEndian, magic } = found;
  const view = viewOf(bytes);
  const major = view.getUint16(4, littleEndian);
  const minor = view.getUint16(6, littleEndian);
  if (major !== MAJOR_VERSION && major !== MAJOR_VERSION_DG_UX) {
    throw new CaptureError(
      'unsupported-version',
      `This is a pcap file of version ${major}.${minor}; version 2 is read, which is what tcpdump and Wireshark write.`,
    );
  }
  const originalFirst = major === MAJOR_VERSION_DG_UX || minor < MINOR_VERSION_OF_EITHER_ORDER;
  const linkType = view.getUint32(20, littleEndian) & LINK_TYPE_MASK;
  return {
    format: formatName(magic),
    littleEndian,
    fractionsPerSecond: magic === MAGIC_NANOSECONDS ? NANOSECONDS_PER_SECOND : MICROSECONDS_PER_SECOND,
    recordHeaderBytes: magic === MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER_BYTES : RECORD_HEADER_BYTES,
    capturedOffset: originalFirst ? SECOND_LENGTH_OFFSET : FIRST_LENGTH_OFFSET,
    originalOffset: originalFirst ? FIRST_LENGTH_OFFSET : SECOND_LENGTH_OFFSET,
    eitherOrder: major === MAJOR_VERSION && minor === MINOR_VERSION_OF_EITHER_ORDER,
    snapLength: view.getUint32(16, littleEndian),
    linkType,
    maximumCaptured: maximumCapturedBytes(linkType),
  };
}

function findMagic(bytes: Uint8Array): { littleEndian: boolean; magic: number } | undefined {
  if (bytes.length < 4) return undefined;
  for (const littleEndian of [true, false]) {
    const magic = viewOf(bytes).getUint32(0, littleEndian);
    if (magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_MODIFIED) {
      return { littleEndian, magic };
    }
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function formatName(magic: number): string {
  if (magic === MAGIC_NANOSECONDS) return 'pcap (nanoseconds)';
  return magic === MAGIC_MODIFIED ? 'pcap (modified)' : 'pcap';
}
