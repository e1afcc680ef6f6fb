/** Tells compiled code how the records of a capture lie: assembly/records.ts, in this thread or another one. */
import type { RecordFormat } from '../capture/siftable.js';
import { LINKTYPE_ETHERNET } from '../decode/link-types.js';
import {
  BLOCK_HEADER_BYTES,
  CAPTURED_OFFSET,
  FORMAT_BYTES,
  FRACTIONS_PER_SECOND,
  INTERFACE_BYTES,
  INTERFACE_COUNT,
  INTERFACES,
  IS_ETHERNET,
  IS_PCAP,
  MAXIMUM_CAPTURED,
  OFFSET_NS,
  ORIGIN_FRACTION_NS,
  ORIGIN_SECONDS,
  ORIGINAL_OFFSET,
  PCAP_IS_ETHERNET,
  RECORD_HEADER_BYTES,
  UNIT_NS,
} from './layout/records.js';

const MOST_INTERFACES = Math.floor((FORMAT_BYTES - INTERFACES) / INTERFACE_BYTES);

/** Writes it to FORMAT_BYTES at `at`; gives how many bytes come before a packet in its record. */
export function writeFormat(view: DataView, at: number, format: RecordFormat): number {
  view.setUint32(at + IS_PCAP, Number(format.container === 'pcap'), true);
  if (format.container === 'pcap') {
    const { header, originSeconds, originFractionNs } = format;
    view.setFloat64(at + ORIGIN_SECONDS, originSeconds, true);
    view.setFloat64(at + ORIGIN_FRACTION_NS, originFractionNs, true);
    view.setUint32(at + RECORD_HEADER_BYTES, header.recordHeaderBytes, true);
    view.setUint32(at + CAPTURED_OFFSET, header.capturedOffset, true);
    view.setUint32(at + ORIGINAL_OFFSET, header.originalOffset, true);
    view.setUint32(at + MAXIMUM_CAPTURED, header.maximumCaptured, true);
    view.setUint32(at + FRACTIONS_PER_SECOND, header.fractionsPerSecond, true);
    view.setUint32(at + PCAP_IS_ETHERNET, Number(header.linkType === LINKTYPE_ETHERNET), true);
    return header.recordHeaderBytes;
  }
  const interfaces = format.interfaces.slice(0, MOST_INTERFACES);
  for (const [index, { linkType, unitNs, offsetNs }] of interfaces.entries()) {
    const row = at + INTERFACES + index * INTERFACE_BYTES;
    const isExact = BigInt.asIntN(62, offsetNs) === offsetNs;
    view.setBigInt64(row + UNIT_NS, isExact ? unitNs : 0n, true);
    view.setBigInt64(row + OFFSET_NS, offsetNs, true);
    view.setUint32(row + IS_ETHERNET, Number(linkType === LINKTYPE_ETHERNET), true);
  }
  view.setUint32(at + INTERFACE_COUNT, interfaces.length, true);
  return BLOCK_HEADER_BYTES;
}
