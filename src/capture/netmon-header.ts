/**
 * The file header of Microsoft Network Monitor, version 1 and 2, and its network types (the help of Network Monitor 3
 * documents version 2; for the rest, Wireshark's netmon.c). Numbers are little-endian.
 */

import { CaptureError } from './errors.js';
import { cutHeaderError, foreignMediumError, startsWith, viewOf } from './older-containers.js';

const MAGIC_1 = 'RTSS';
const MAGIC_2 = 'GMBU';

const MINOR_VERSION = 4;
const MAJOR_VERSION = 5;
const NETWORK = 6;
// A SYSTEMTIME: year, month from 1, day of the week, day, hour, minute, second, millisecond
const START_YEAR = 8;
const START_MONTH = 10;
const START_DAY = 14;
const START_HOUR = 16;
const START_MINUTE = 18;
const START_SECOND = 20;
const START_MILLISECOND = 22;
const FRAME_TABLE_OFFSET = 24;
const FRAME_TABLE_LENGTH = 28;

/** Length of the file header; normally the first frame follows. */
export const NETMON_HEADER_BYTES = 128;
/** An entry of the frame table: the offset of a frame's record in the file. */
export const FRAME_TABLE_ENTRY_BYTES = 4;

/** What is written behind every frame's bytes, by minor version from 2.1 on: at least the network type. */
const TRAILER_BYTES = [0, 2, 6, 15];

/** For what no LINKTYPE_ number stands: the last of the numbers that a capture file has room for. */
const LINKTYPE_NONE = 0xffff;

const LINKTYPE_IEEE802_11 = 105;
/** 802.11 with a header of Network Monitor's own before it. */
export const NETWORK_WIRELESS = 6;
/**
 * NDIS media to LINKTYPE_ numbers. 0 are virtual private networks, whose frames look like Ethernet; 7 to 9 are tunnels,
 * wireless wide area networks and raw IP.
 */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 6],
  [3, 10],
  [NETWORK_WIRELESS, LINKTYPE_IEEE802_11],
  [7, 101],
  [8, 101],
  [9, 101],
]);

/** From here on: a LINKTYPE_ number in a converted pcap … */
const NETWORK_PCAP = 0xe000;
const NETWORK_PCAP_MASK = 0xf000;
/** … but for the numbers that Message Analyzer took for what it exports, of which one is 802.11. */
const NETWORK_ANALYZER_FIRST = 0xe080;
const NETWORK_ANALYZER_LAST = 0xe08a;
/** Headers of reassembled frames, adapters, and cached names. */
const NETWORKS_NOT_COUNTED: ReadonlySet<number> = new Set([0xfffc, 0xfffd, 0xfffe]);

/** What the file header says of the frames that follow. */
export interface NetmonHeader {
  format: string;
  majorVersion: number;
  /** Bytes behind each frame, with its network type; 0 where all frames have the header's. */
  trailerBytes: number;
  /** Whether the trailer also holds the frame's time in UTC. */
  hasUtcTimes: boolean;
  network: number;
  /**
   * When the capture started, by the clock on the wall of the machine that captured: its time zone is not told, so that
   * it is read as if it were UTC, as Wireshark reads it as if it were its own.
   */
  startSeconds: number;
  startMilliseconds: number;
  frameTableOffset: number;
  frameTableLength: number;
}

/** Whether bytes begin with one of Network Monitor's magic numbers. */
export function startsNetmon(bytes: Uint8Array): boolean {
  return startsWith(bytes, MAGIC_1) || startsWith(bytes, MAGIC_2);
}

/** Reads the file header at the start of `bytes`. Throws a CaptureError where it cannot be read. */
export function parseNetmonHeader(bytes: Uint8Array): NetmonHeader {
  if (bytes.length < NETMON_HEADER_BYTES) {
    throw cutHeaderError('Network Monitor', bytes.length, NETMON_HEADER_BYTES);
  }
  const view = viewOf(bytes);
  const majorVersion = view.getUint8(MAJOR_VERSION);
  const minorVersion = view.getUint8(MINOR_VERSION);
  if (majorVersion !== 1 && majorVersion !== 2) {
    throw new CaptureError(
      'unsupported-version',
      `This is a Network Monitor capture of version ${majorVersion}.${minorVersion}; versions 1 and 2 are read, which are all that Network Monitor wrote.`,
    );
  }
  const format = `Network Monitor ${majorVersion}`;
  const network = view.getUint16(NETWORK, true);
  const trailerBytes = majorVersion === 1 ? 0 : TRAILER_BYTES[Math.min(minorVersion, TRAILER_BYTES.length - 1)];
  if (trailerBytes === 0 && !LINK_TYPES.has(network)) throw foreignMediumError(format, `network type ${network}`);
  return {
    format,
    majorVersion,
    trailerBytes,
    hasUtcTimes: majorVersion === 2 && minorVersion >= 3,
    network,
    startSeconds: startSeconds(view),
    startMilliseconds: view.getUint16(START_MILLISECOND, true),
    frameTableOffset: view.getUint32(FRAME_TABLE_OFFSET, true),
    frameTableLength: view.getUint32(FRAME_TABLE_LENGTH, true),
  };
}

function startSeconds(view: DataView): number {
  const [year, month, day, hour, minute, second] = [
    START_YEAR,
    START_MONTH,
    START_DAY,
    START_HOUR,
    START_MINUTE,
    START_SECOND,
  ].map((at) => view.getUint16(at, true));
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/** The LINKTYPE_ number of a network type; undefined for what is no frame and has no frame number. */
export function linkTypeOfNetwork(network: number): number | undefined {
  if (NETWORKS_NOT_COUNTED.has(network)) return undefined;
  if (network === NETWORK_ANALYZER_FIRST) return LINKTYPE_IEEE802_11;
  if (network > NETWORK_ANALYZER_FIRST && network <= NETWORK_ANALYZER_LAST) return LINKTYPE_NONE;
  if ((network & NETWORK_PCAP_MASK) === NETWORK_PCAP) return network & ~NETWORK_PCAP_MASK;
  return LINK_TYPES.get(network) ?? LINKTYPE_NONE;
}
