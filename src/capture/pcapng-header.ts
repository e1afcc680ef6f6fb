/** The first Section Header Block of a pcapng: what makes a file one. */

import { CaptureError } from './errors.js';
import {
  isLittleEndian,
  SECTION_HEADER_BLOCK,
  SECTION_MAJOR_VERSION,
  SECTION_MINOR_VERSION,
  SMALLEST_BLOCK_BYTES,
  SMALLEST_SECTION_HEADER_BYTES,
} from './pcapng-blocks.js';

/** What has to be there to judge the section header by. */
export const PCAPNG_HEADER_BYTES = SMALLEST_SECTION_HEADER_BYTES;

const MAJOR_VERSION = 1;

/** Whether bytes begin with a Section Header Block, as far as they go; at least its type has to be there. */
export function startsPcapng(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const view = viewOf(bytes);
  if (view.getUint32(0) !== SECTION_HEADER_BLOCK) return false;
  // The type alone could be the line ends of a text.
  return bytes.length < SMALLEST_BLOCK_BYTES || isLittleEndian(view, 0, SECTION_HEADER_BLOCK, true) !== undefined;
}

/** Throws a CaptureError if the section header is cut short or of a version that nobody writes. */
export function checkSectionHeader(bytes: Uint8Array): void {
  if (bytes.length < PCAPNG_HEADER_BYTES) {
    throw new CaptureError(
      'truncated-header',
      `This begins like a pcapng file but ends inside its section header, after ${bytes.length} bytes.`,
    );
  }
  const view = viewOf(bytes);
  const littleEndian = isLittleEndian(view, 0, SECTION_HEADER_BLOCK, true) === true;
  const major = view.getUint16(SECTION_MAJOR_VERSION, littleEndian);
  const minor = view.getUint16(SECTION_MINOR_VERSION, littleEndian);
  if (major !== MAJOR_VERSION) {
    throw new CaptureError(
      'unsupported-version',
      `This is a pcapng file of version ${major}.${minor}; version 1 is read, which is what Wireshark and dumpcap write.`,
    );
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
