/** Name Resolution Blocks of pcapng ("Name Resolution Block"): what the capturing host called the addresses. */

import type { ByteWindow } from './byte-window.js';
import { recordName } from './facts.js';
import type { CaptureFacts } from './format.js';
import { paddedLength, readText } from './pcapng-options.js';

const RECORD_HEADER_BYTES = 4;
const RECORD_END = 0;
const RECORD_IPV4 = 1;
const RECORD_IPV6 = 2;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/** Keeps the names of the records between `position` and `end`. */
export function readNames(
  facts: CaptureFacts,
  window: ByteWindow,
  littleEndian: boolean,
  position: number,
  end: number,
): void {
  const { bytes, view } = window;
  let at = position;
  while (at + RECORD_HEADER_BYTES <= end) {
    const type = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    const value = at + RECORD_HEADER_BYTES;
    if (type === RECORD_END || value + length > end) return;
    const addressBytes = type === RECORD_IPV4 ? IPV4_BYTES : type === RECORD_IPV6 ? IPV6_BYTES : Infinity;
    if (length > addressBytes) {
      const address = bytes.slice(value, value + addressBytes);
      recordName(facts, address, readText(bytes, value + addressBytes, length - addressBytes));
    }
    at = value + paddedLength(length);
  }
}
