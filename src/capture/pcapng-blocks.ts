/** The blocks of pcapng (draft-ietf-opsawg-pcapng): their numbers, shapes, and how to tell one from other bytes. */

import type { ByteWindow } from './byte-window.js';
import { MAXIMUM_GATHERED_BYTES } from './format.js';
import { paddedLength } from './pcapng-options.js';

/** Block types ("Block Types"). */
export const SECTION_HEADER_BLOCK = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION_BLOCK = 1;
export const OBSOLETE_PACKET_BLOCK = 2;
export const SIMPLE_PACKET_BLOCK = 3;
export const NAME_RESOLUTION_BLOCK = 4;
export const INTERFACE_STATISTICS_BLOCK = 5;
export const ENHANCED_PACKET_BLOCK = 6;
const SYSTEMD_JOURNAL_BLOCK = 9;
const DECRYPTION_SECRETS_BLOCK = 10;
const CUSTOM_BLOCK = 0x0bad;
const CUSTOM_BLOCK_NOT_TO_COPY = 0x40000bad;

/** Type and length in front, the length again behind ("General Block Structure"). */
export const SMALLEST_BLOCK_BYTES = 12;
export const TRAILER_BYTES = 4;

/** Where the fields of a block lie, from its first byte. */
export const BLOCK_LENGTH = 4;
export const BLOCK_BODY = 8;
const SECTION_BYTE_ORDER = 8;
export const SECTION_MAJOR_VERSION = 12;
export const SECTION_MINOR_VERSION = 14;
export const SECTION_OPTIONS = 24;
export const SMALLEST_SECTION_HEADER_BYTES = SECTION_OPTIONS + TRAILER_BYTES;
export const INTERFACE_LINK_TYPE = 8;
export const INTERFACE_SNAP_LENGTH = 12;
export const INTERFACE_OPTIONS = 16;
/** Enhanced and obsolete Packet Block alike but for the interface, which is 16 bits wide in the latter. */
export const PACKET_INTERFACE = 8;
export const PACKET_TIME_HIGH = 12;
export const PACKET_TIME_LOW = 16;
export const PACKET_CAPTURED = 20;
export const PACKET_ORIGINAL = 24;
export const PACKET_DATA = 28;
export const SMALLEST_PACKET_BLOCK_BYTES = PACKET_DATA + TRAILER_BYTES;
export const SIMPLE_PACKET_ORIGINAL = 8;
export const SIMPLE_PACKET_DATA = 12;
export const STATISTICS_INTERFACE = 8;
export const STATISTICS_OPTIONS = 20;

/** The byte-order magic of a Section Header Block. */
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** What follows a packet in its block is options; a block that says more of them lies about its length. */
export const LARGEST_PACKET_OPTIONS_BYTES = 1024 * 1024;
/** While looking for a way out of damage, blocks longer than this are not believed, to bound how far it looks ahead. */
const LARGEST_BLOCK_AFTER_DAMAGE = 1024 * 1024;

/** The shortest block of each type that one can find a way by. */
const SMALLEST_BYTES_BY_TYPE: ReadonlyMap<number, number> = new Map([
  [SECTION_HEADER_BLOCK, SMALLEST_SECTION_HEADER_BYTES],
  [INTERFACE_DESCRIPTION_BLOCK, INTERFACE_OPTIONS + TRAILER_BYTES],
  [OBSOLETE_PACKET_BLOCK, SMALLEST_PACKET_BLOCK_BYTES],
  [SIMPLE_PACKET_BLOCK, SIMPLE_PACKET_DATA + TRAILER_BYTES],
  [NAME_RESOLUTION_BLOCK, SMALLEST_BLOCK_BYTES],
  [INTERFACE_STATISTICS_BLOCK, STATISTICS_OPTIONS + TRAILER_BYTES],
  [ENHANCED_PACKET_BLOCK, SMALLEST_PACKET_BLOCK_BYTES],
  [SYSTEMD_JOURNAL_BLOCK, SMALLEST_BLOCK_BYTES],
  [DECRYPTION_SECRETS_BLOCK, SMALLEST_BLOCK_BYTES],
  [CUSTOM_BLOCK, SMALLEST_BLOCK_BYTES],
  [CUSTOM_BLOCK_NOT_TO_COPY, SMALLEST_BLOCK_BYTES],
]);

/** Blocks that hold nothing to read and may be of any length: secrets, log entries, whatever a vendor likes. */
const SKIPPED_WHATEVER_THEIR_LENGTH: ReadonlySet<number> = new Set([
  SYSTEMD_JOURNAL_BLOCK,
  DECRYPTION_SECRETS_BLOCK,
  CUSTOM_BLOCK,
  CUSTOM_BLOCK_NOT_TO_COPY,
]);

/**
 * Whether the block of `type` at `at` is little-endian: as its section is, unless it begins a new one. Undefined for
 * a section header whose byte-order magic is neither.
 */
export function isLittleEndian(view: DataView, at: number, type: number, section: boolean): boolean | undefined {
  if (type !== SECTION_HEADER_BLOCK) return section;
  if (view.getUint32(at + SECTION_BYTE_ORDER, true) === BYTE_ORDER_MAGIC) return true;
  return view.getUint32(at + SECTION_BYTE_ORDER, false) === BYTE_ORDER_MAGIC ? false : undefined;
}

/** Whether a block is to be passed over without putting it together in memory. */
export function isTooLongToGather(type: number, length: number): boolean {
  return length > MAXIMUM_GATHERED_BYTES && SKIPPED_WHATEVER_THEIR_LENGTH.has(type);
}

/** Whether Wireshark shows a block among the packets and gives it a frame number, though it holds no packet. */
export function countsAsFrame(type: number): boolean {
  return type === CUSTOM_BLOCK || type === CUSTOM_BLOCK_NOT_TO_COPY || type === SYSTEMD_JOURNAL_BLOCK;
}

/**
 * What is wrong with the block of `type` and (declared) `length` at the window's position, as far as the bytes at hand show;
 * undefined when nothing is. Early writers left the padding out of the length, which Wireshark accepts too.
 */
export function findDamage(
  window: ByteWindow,
  type: number,
  length: number,
  littleEndian: boolean,
): string | undefined {
  const smallest = SMALLEST_BYTES_BY_TYPE.get(type) ?? SMALLEST_BLOCK_BYTES;
  if (length < smallest) return `a block that claims a length of ${length} bytes`;
  if (length > MAXIMUM_GATHERED_BYTES) {
    return isTooLongToGather(type, length) ? undefined : `a block that claims a length of ${length} bytes`;
  }
  if ((type === ENHANCED_PACKET_BLOCK || type === OBSOLETE_PACKET_BLOCK) && window.has(PACKET_DATA)) {
    const captured = window.view.getUint32(window.position + PACKET_CAPTURED, littleEndian);
    const room = length - SMALLEST_PACKET_BLOCK_BYTES;
    if (captured > room) return `a packet of ${captured} bytes in a block of ${length}`;
    if (room - captured > LARGEST_PACKET_OPTIONS_BYTES) return `a block of ${length} bytes for a packet of ${captured}`;
  }
  const taken = paddedLength(length);
  if (!window.has(taken)) return undefined;
  const trailer = window.view.getUint32(window.position + taken - TRAILER_BYTES, littleEndian);
  return trailer === length ? undefined : `a block of ${length} bytes that ends with a length of ${trailer}`;
}

/**
 * Whether a block begins at the window's position: one of a known type whose two lengths agree. Undefined: more
 * bytes are needed to say.
 */
export function blockFollows(window: ByteWindow, section: boolean): boolean | undefined {
  if (!window.has(SMALLEST_BLOCK_BYTES)) return window.ended ? false : undefined;
  const { view, position } = window;
  const littleEndian = isLittleEndian(view, position, view.getUint32(position, section), section);
  if (littleEndian === undefined) return false;
  const type = view.getUint32(position, littleEndian);
  const length = view.getUint32(position + BLOCK_LENGTH, littleEndian);
  if (!SMALLEST_BYTES_BY_TYPE.has(type) || length > LARGEST_BLOCK_AFTER_DAMAGE) return false;
  if (findDamage(window, type, length, littleEndian) !== undefined) return false;
  return window.has(paddedLength(length)) || (window.ended ? false : undefined);
}
