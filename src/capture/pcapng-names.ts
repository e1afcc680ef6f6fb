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
const IPV6_GROUPS = 8;

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
    if (type === RECORD_IPV4 && length > IPV4_BYTES) {
      recordName(facts, ipv4Text(bytes, value), readText(bytes, value + IPV4_BYTES, length - IPV4_BYTES));
    } else if (type === RECORD_IPV6 && length > IPV6_BYTES) {
      recordName(facts, ipv6Text(view, value), readText(bytes, value + IPV6_BYTES, length - IPV6_BYTES));
    }
    at = value + paddedLength(length);
  }
}

function ipv4Text(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + IPV4_BYTES).join('.');
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as '::'. */
function ipv6Text(view: DataView, at: number): string {
  const groups = Array.from({ length: IPV6_GROUPS }, (_, group) => view.getUint16(at + 2 * group));
  let runStart = 0;
  let runLength = 1;
  for (let start = 0; start < IPV6_GROUPS; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > runLength) {
      runStart = start;
      runLength = length;
    }
  }
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return runLength < 2 ? text(0, IPV6_GROUPS) : `${text(0, runStart)}::${text(runStart + runLength, IPV6_GROUPS)}`;
}
