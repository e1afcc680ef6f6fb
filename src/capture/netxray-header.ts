/**
 * The file header of NetXRay and of Network Associates' Sniffer for Windows, which grew from it. Nobody published it:
 * what is known is in Wireshark's netxray.c. Numbers are little-endian.
 */

import { CaptureError } from './errors.js';
import { cutHeaderError, foreignMediumError, startsWith, viewOf } from './older-containers.js';

const MAGIC_OLD = 'VL\0\0';
const MAGIC = 'XCP\0';

const VERSION = 4;
const START_TIME = 12;
const START_OFFSET = 24;
const END_OFFSET = 28;
const NETWORK = 44;
const NETWORK_NUMBERING = 45;
const TIME_UNIT = 48;
const START_TICKS_LOW = 52;
const START_TICKS_HIGH = 56;
const REAL_TICKS = 76;
const CAPTURE_TYPE = 84;

/** Length of the file header. */
export const NETXRAY_HEADER_BYTES = 128;

/** The versions there are, as the header writes them, and how their record headers are laid out. */
const VERSIONS: ReadonlyMap<string, { major: 1 | 2; minor: number }> = new Map([
  ['001.000\0', { major: 1, minor: 0 }],
  ['001.100\0', { major: 1, minor: 1 }],
  ['002.000\0', { major: 2, minor: 0 }],
  ['002.001\0', { major: 2, minor: 1 }],
  ['002.002\0', { major: 2, minor: 2 }],
  ['002.003\0', { major: 2, minor: 3 }],
]);
const VERSION_BYTES = 8;

/** What the byte behind the network says of its numbering: from 0, or from 1 as NDIS numbers media. */
const NUMBERED_FROM_0 = 0;
const NUMBERED_FROM_1 = 2;

// Media, as NDIS numbers them
const NETWORK_ETHERNET = 1;
const NETWORK_TOKEN_RING = 2;
const NETWORK_FDDI = 3;
const NETWORK_WIDE_AREA = 4;
const NETWORK_WIRELESS = 10;

const LINKTYPE_ETHERNET = 1;
const LINKTYPE_TOKEN_RING = 6;
const LINKTYPE_PPP = 9;
const LINKTYPE_FDDI = 10;
const LINKTYPE_C_HDLC = 104;
const LINKTYPE_IEEE802_11 = 105;
const LINKTYPE_FRELAY = 107;

/** Link types of what pods captured from wide area networks, by capture type. Without a pod they look like Ethernet. */
const WIDE_AREA_LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [3, LINKTYPE_PPP],
  [4, LINKTYPE_FRELAY],
  [19, LINKTYPE_C_HDLC],
]);

/** Link types whose frames may have four bytes behind them that are not the frame's. */
const LINK_TYPES_WITH_REST: ReadonlySet<number> = new Set([LINKTYPE_ETHERNET, LINKTYPE_IEEE802_11, LINKTYPE_FRELAY]);

const MILLISECONDS = 1000;
const MICROSECONDS = 1_000_000;
/** Stands for the ticks that the header itself tells. */
const TOLD = 0;
const TICKS_WHERE_NONE_ARE_TOLD = 1_193_182;
/** Ticks per second in version 2, by time unit. */
const TICKS: readonly number[] = [MICROSECONDS, 1_193_000, TICKS_WHERE_NONE_ARE_TOLD];
/** The same for Ethernet, by capture type (0: without a pod); undefined: never seen. */
const ETHERNET_TICKS: ReadonlyMap<number, readonly (number | undefined)[]> = new Map([
  [0, [MICROSECONDS, 1_193_000, TOLD]],
  [2, [1_000_000_000, undefined, 31_250_000]],
  [3, [MICROSECONDS, undefined, 1_250_000]],
  [5, [MICROSECONDS]],
  [6, [1_000_000_000, undefined, 20_000_000]],
]);
const CAPTURE_TYPE_NO_POD = 0;
/** From this minor version on, pods count their ticks from the start of the capture, whatever the header says. */
const MINOR_VERSION_OF_COUNTING_FROM_0 = 2;

/** Bytes that the ticks told in the header have in the middle where frames end in their check sequence. */
const CHECK_SEQUENCE_MARK = [0x34, 0x12];

/** What the file header says of the records that follow. */
export interface NetxrayHeader {
  format: string;
  /** 0: NetXRay before 1.0. */
  majorVersion: 0 | 1 | 2;
  linkType: number;
  /** UTC. */
  startSeconds: number;
  startTicks: number;
  ticksPerSecond: number;
  /** Whether four bytes that a record announces behind its frame are to be cut off. */
  cutsRest: boolean;
  /** Where the first record lies, and where the last one ends. The former may lie behind: then the file is a ring. */
  startOffset: number;
  endOffset: number;
}

/** Whether bytes begin with one of NetXRay's magic numbers. */
export function startsNetxray(bytes: Uint8Array): boolean {
  return startsWith(bytes, MAGIC) || startsWith(bytes, MAGIC_OLD);
}

/** Reads the file header at the start of `bytes`. Throws a CaptureError where it cannot be read. */
export function parseNetxrayHeader(bytes: Uint8Array): NetxrayHeader {
  if (bytes.length < NETXRAY_HEADER_BYTES)
    throw cutHeaderError('Sniffer (NetXRay)', bytes.length, NETXRAY_HEADER_BYTES);
  const view = viewOf(bytes);
  const { major, minor } = readVersion(bytes);
  const format = major === 0 ? 'NetXRay' : 'Sniffer (NetXRay)';
  const network = readNetwork(view, format);
  const captureType = view.getUint8(CAPTURE_TYPE);
  const linkType = findLinkType(network, major, captureType, format);
  const usesPod = major === 2 && network === NETWORK_ETHERNET && captureType !== CAPTURE_TYPE_NO_POD;
  const countsFromZero = usesPod && minor >= MINOR_VERSION_OF_COUNTING_FROM_0;
  const hasCheckSequences = CHECK_SEQUENCE_MARK.every((byte, index) => bytes[REAL_TICKS + 1 + index] === byte);
  return {
    format,
    majorVersion: major,
    linkType,
    startSeconds: view.getUint32(START_TIME, true),
    startTicks: countsFromZero
      ? 0
      : view.getUint32(START_TICKS_LOW, true) + view.getUint32(START_TICKS_HIGH, true) * 2 ** 32,
    ticksPerSecond:
      major === 2 ? readTicks(view, network, captureType, format) : minor === 0 ? MILLISECONDS : MICROSECONDS,
    cutsRest: major === 2 && LINK_TYPES_WITH_REST.has(linkType) && (linkType === LINKTYPE_FRELAY || !hasCheckSequences),
    startOffset: Math.max(view.getUint32(START_OFFSET, true), NETXRAY_HEADER_BYTES),
    endOffset: view.getUint32(END_OFFSET, true),
  };
}

function readVersion(bytes: Uint8Array): { major: 0 | 1 | 2; minor: number } {
  if (startsWith(bytes, MAGIC_OLD)) return { major: 0, minor: 0 };
  const version = VERSIONS.get(String.fromCharCode(...bytes.subarray(VERSION, VERSION + VERSION_BYTES)));
  if (version !== undefined) return version;
  throw new CaptureError(
    'unsupported-version',
    'This is a Sniffer (NetXRay) capture of a version that is not known; 1.0, 1.1 and 2.0 to 2.3 are read.',
  );
}

function readNetwork(view: DataView, format: string): number {
  const network = view.getUint8(NETWORK);
  const numbering = view.getUint8(NETWORK_NUMBERING);
  if (numbering === NUMBERED_FROM_0) return network + 1;
  if (numbering === NUMBERED_FROM_1) return network;
  throw foreignMediumError(format, `network type ${network}, numbered in way ${numbering}`);
}

function findLinkType(network: number, major: number, captureType: number, format: string): number {
  switch (network) {
    case NETWORK_ETHERNET:
      return LINKTYPE_ETHERNET;
    case NETWORK_TOKEN_RING:
      return LINKTYPE_TOKEN_RING;
    case NETWORK_FDDI:
      return LINKTYPE_FDDI;
    case NETWORK_WIRELESS:
      return LINKTYPE_IEEE802_11;
    case NETWORK_WIDE_AREA: {
      const linkType = major === 2 ? WIDE_AREA_LINK_TYPES.get(captureType) : LINKTYPE_ETHERNET;
      if (linkType !== undefined) return linkType;
      throw foreignMediumError(format, `a wide area network, capture type ${captureType}`);
    }
    default:
      throw foreignMediumError(format, `network type ${network}`);
  }
}

function readTicks(view: DataView, network: number, captureType: number, format: string): number {
  const unit = view.getUint8(TIME_UNIT);
  const table = network === NETWORK_ETHERNET ? ETHERNET_TICKS.get(captureType) : TICKS;
  const ticks = table?.[unit];
  if (ticks === TOLD) return view.getUint32(REAL_TICKS, true) || TICKS_WHERE_NONE_ARE_TOLD;
  if (ticks !== undefined) return ticks;
  throw new CaptureError(
    'unsupported-format',
    `This is a ${format} capture whose time unit is not known (capture type ${captureType}, unit ${unit}).`,
  );
}
