/**
 * Finding the way in a pcap that is damaged. Its records carry no mark to look for; what tells them from any other
 * bytes is that each leads to the next, at times near each other.
 */

import type { ByteWindow } from './byte-window.js';
import type { PcapHeader } from './pcap-header.js';

/** Records that have to follow one another before their bytes are believed. */
const CHAIN_RECORDS = 3;
/** How far apart the times of a chain's records may be: a day. */
const CHAIN_STEP_SECONDS = 86_400;
/** How far a chain may be from what was read before the damage: ten years, for merged captures. */
const CAPTURE_SPAN_SECONDS = 10 * 366 * 86_400;
/** No medium has longer packets; segmentation offload and USB included. */
export const LARGEST_ORIGINAL_BYTES = 2 ** 28;
/** A step in time that is odd: a year. */
const ODD_STEP_SECONDS = 366 * 86_400;

/** A record header's fields, as they stand there. */
export interface RecordHeader {
  seconds: number;
  fraction: number;
  captured: number;
  original: number;
}

/** Reads the record header at `at` into `record`. */
export function readRecordHeader(view: DataView, at: number, header: PcapHeader, record: RecordHeader): void {
  record.seconds = view.getUint32(at, header.littleEndian);
  record.fraction = view.getUint32(at + 4, header.littleEndian);
  record.captured = view.getUint32(at + header.capturedOffset, header.littleEndian);
  record.original = view.getUint32(at + header.originalOffset, header.littleEndian);
  if (header.eitherOrder && record.captured > record.original) {
    const captured = record.original;
    record.original = record.captured;
    record.captured = captured;
  }
}

/** What of a record header makes it unreadable; undefined when nothing does. */
export function findDamage(record: RecordHeader, header: PcapHeader): string | undefined {
  const { seconds, fraction, captured, original } = record;
  if (captured > header.maximumCaptured) return `a record that claims ${captured} captured bytes`;
  if (seconds === 0 && fraction === 0 && captured === 0 && original === 0) return 'zeros in place of a record';
  return undefined;
}

/**
 * Whether a record header is so odd that it is to be believed only if it leads somewhere. Real files have single
 * oddities: fractions of more than a second, a captured length beyond the original one, merged parts years apart.
 */
export function isSuspicious(record: RecordHeader, header: PcapHeader, lastSeconds: number | undefined): boolean {
  const { seconds, fraction, captured, original } = record;
  const oddities =
    Number(fraction >= header.fractionsPerSecond) +
    Number(original < captured || original > LARGEST_ORIGINAL_BYTES) +
    Number(lastSeconds !== undefined && Math.abs(seconds - lastSeconds) > ODD_STEP_SECONDS);
  return oddities >= 2;
}

const candidate: RecordHeader = { seconds: 0, fraction: 0, captured: 0, original: 0 };

/**
 * Whether records begin at the window's position: three headers of which each leads to the next, or fewer that lead
 * exactly to the end of the capture, or two and a beginning where the capture ends. Undefined: more bytes are needed
 * to say. Looks at most three records ahead, so that a search byte by byte stays linear.
 */
export function recordsFollow(
  window: ByteWindow,
  header: PcapHeader,
  lastSeconds: number | undefined,
): boolean | undefined {
  let ahead = 0;
  let reference = lastSeconds;
  let allowedStep = CAPTURE_SPAN_SECONDS;
  for (let records = 0; records < CHAIN_RECORDS; records += 1) {
    if (!window.has(ahead + header.recordHeaderBytes)) {
      if (!window.ended) return undefined;
      const left = window.limit - window.position - ahead;
      return records > 1 || (records === 1 && left === 0);
    }
    readRecordHeader(window.view, window.position + ahead, header, candidate);
    if (!isPlausible(candidate, header)) return false;
    if (reference !== undefined && Math.abs(candidate.seconds - reference) > allowedStep) return false;
    reference = candidate.seconds;
    allowedStep = CHAIN_STEP_SECONDS;
    ahead += header.recordHeaderBytes + candidate.captured;
    if (!window.has(ahead)) {
      if (!window.ended) return undefined;
      return records > 1;
    }
  }
  return true;
}

/**
 * Whether the suspicious record at the window's position leads to the end of the capture or to a record that fits
 * it. Undefined: more bytes are needed to say.
 */
export function leadsToRecord(window: ByteWindow, header: PcapHeader, record: RecordHeader): boolean | undefined {
  const recordBytes = header.recordHeaderBytes + record.captured;
  if (!window.has(recordBytes + header.recordHeaderBytes)) {
    return window.ended ? window.limit - window.position === recordBytes : undefined;
  }
  readRecordHeader(window.view, window.position + recordBytes, header, candidate);
  return findDamage(candidate, header) === undefined && !isSuspicious(candidate, header, record.seconds);
}

function isPlausible(record: RecordHeader, header: PcapHeader): boolean {
  return (
    record.captured <= header.maximumCaptured &&
    record.original > 0 &&
    record.original >= record.captured &&
    record.original <= LARGEST_ORIGINAL_BYTES &&
    record.fraction < header.fractionsPerSecond
  );
}
