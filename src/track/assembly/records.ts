/**
 * Lays out the records of a piece of a capture for the sieve: what it has to know of each, in rows one behind the other.
 * AssemblyScript: it looks like TypeScript and becomes WebAssembly (build/kernel.js), which needs no warming up and knows
 * 64-bit integers.
 *
 * Whether a record is ordinary has to be what the readers would find. It depends on nothing but the bytes and the format:
 * so other threads can do it while this one sifts what came before (node/scan/), and then most packets are never in the
 * cache of this one.
 */
import {
  DESTINATION,
  ETHERTYPE,
  FLAGS,
  FRAGMENT,
  PORTS,
  PROTOCOL,
  SOURCE,
  TOTAL_LENGTH,
  VERSION_AND_LENGTH,
} from '../../decode/plain-header';
import {
  BLOCK_HEADER_BYTES,
  CAPTURED_OFFSET,
  FRACTIONS_PER_SECOND,
  INTERFACES,
  INTERFACE_BYTES,
  INTERFACE_COUNT,
  IS_BARE_RECORD,
  IS_ETHERNET,
  IS_PCAP,
  IS_SEGMENT,
  IS_TURNED,
  IS_WHOLE_HEADER,
  LAID_TO,
  LAID_UNTIL,
  MAXIMUM_CAPTURED,
  OFFSET_NS,
  ORIGINAL_OFFSET,
  ORIGIN_FRACTION_NS,
  ORIGIN_SECONDS,
  PCAP_IS_ETHERNET,
  RECORD_BYTES,
  RECORD_FIRST,
  RECORD_HEADER_BYTES,
  RECORD_PACKET,
  RECORD_PORTS,
  RECORD_SECOND,
  RECORD_TRAITS,
  UNIT_NS,
  UNTIL_END,
  UNTIL_FULL,
  UNTIL_ODD,
} from '../layout/records';
import { HEADER_BYTES, IP_HEADER, IP_HEADER_BYTES, TCP_HEADER_BYTES, networkHalf, tcpHeaderBytes } from './packet';

const NANOSECONDS_PER_SECOND: f64 = 1e9;
const LARGEST_ORIGINAL_BYTES: u32 = 1 << 28;

// An Enhanced Packet Block (draft-ietf-opsawg-pcapng), as pcapng-blocks.ts has it
const ENHANCED_PACKET_BLOCK: u32 = 6;
const SMALLEST_BLOCK: u32 = 32;
const LARGEST_BLOCK: u32 = 1024 * 1024;
const TRAILER_BYTES: usize = 4;
const OPT_COMMENT: u32 = 1;
/** What is beyond that a double can't hold to the nanosecond. */
const LARGEST_EXACT_NS: i64 = 1 << 53;

const ETHERTYPE_IPV4: u32 = 0x0008;
const VERSION_4_NO_OPTIONS: u32 = 0x45;
const FRAGMENT_MASK: u32 = 0xff3f;
const PROTOCOL_TCP: u32 = 6;

/**
 * Lays out the records from one address to before another, at most `room` of them, in rows at `rows`; gives how many.
 * `format` is where it was said how they lie, `told` where it is said how far that led.
 *
 * One loop, with what it reads again and again in local variables: the engine does not know that nobody else writes to
 * the memory, which took twice the time.
 */
export function layOut(from: usize, end: usize, format: usize, rows: usize, room: i32, told: usize): i32 {
  const inPcap = load<u32>(format, IS_PCAP) !== 0;
  const headerBytes: usize = inPcap ? load<u32>(format, RECORD_HEADER_BYTES) : BLOCK_HEADER_BYTES;
  const leastBytes: usize = inPcap ? headerBytes : <usize>SMALLEST_BLOCK;
  const fractions = load<u32>(format, FRACTIONS_PER_SECOND);
  const nanosecondsPerFraction = NANOSECONDS_PER_SECOND / <f64>fractions;
  const secondsAtOrigin = load<f64>(format, ORIGIN_SECONDS);
  const nsAtOrigin = load<f64>(format, ORIGIN_FRACTION_NS);
  const atCaptured: usize = load<u32>(format, CAPTURED_OFFSET);
  const atOriginal: usize = load<u32>(format, ORIGINAL_OFFSET);
  const mostCaptured = load<u32>(format, MAXIMUM_CAPTURED);
  const ethernet = load<u32>(format, PCAP_IS_ETHERNET) !== 0;
  const interfaces = format + INTERFACES;
  const interfaceCount = load<u32>(format, INTERFACE_COUNT);
  const rowsEnd = rows + <usize>room * RECORD_BYTES;
  let until = UNTIL_FULL;
  let at = from;
  let row = rows;
  while (row < rowsEnd) {
    if (end - at < leastBytes) {
      until = UNTIL_END;
      break;
    }
    until = UNTIL_ODD;
    const packet = at + headerBytes;
    let captured: u32, next: usize, timeNs: f64;
    let isPlainEthernet = ethernet;
    let traits: u32 = IS_BARE_RECORD;
    if (inPcap) {
      captured = load<u32>(at + atCaptured);
      const original = load<u32>(at + atOriginal);
      const fraction = load<u32>(at, 4);
      if (captured > mostCaptured || captured > original) break;
      if (original === 0 || original > LARGEST_ORIGINAL_BYTES || fraction >= fractions) break;
      if (<usize>captured > end - packet) {
        until = UNTIL_END;
        break;
      }
      const seconds = load<u32>(at);
      timeNs =
        (<f64>seconds - secondsAtOrigin) * NANOSECONDS_PER_SECOND +
        (<f64>fraction * nanosecondsPerFraction - nsAtOrigin);
      next = packet + captured;
    } else {
      const length = load<u32>(at, 4);
      if (load<u32>(at) !== ENHANCED_PACKET_BLOCK || length < SMALLEST_BLOCK) break;
      if ((length & 3) !== 0 || length > LARGEST_BLOCK) break;
      if (<usize>length > end - at) {
        until = UNTIL_END;
        break;
      }
      const interfaceId = load<u32>(at, 8);
      const trailer = at + length - TRAILER_BYTES;
      captured = load<u32>(at, 20);
      if (load<u32>(trailer) !== length || captured > length - SMALLEST_BLOCK || interfaceId >= interfaceCount) break;
      const options = packet + ((captured + 3) & ~3);
      if (options < trailer) {
        if (hasComment(options, trailer)) break;
        traits = 0;
      }
      const taken = interfaces + <usize>interfaceId * INTERFACE_BYTES;
      const unitNs = load<i64>(taken, UNIT_NS);
      // The upper half comes first.
      const units = rotl<u64>(load<u64>(at, 12), 32);
      if (unitNs === 0 || units > <u64>(i64.MAX_VALUE / 2 / unitNs)) break;
      const exactNs = <i64>units * unitNs + load<i64>(taken, OFFSET_NS);
      if (exactNs >= LARGEST_EXACT_NS || exactNs <= -LARGEST_EXACT_NS) break;
      timeNs = <f64>exactNs;
      isPlainEthernet = load<u32>(taken, IS_ETHERNET) !== 0;
      next = at + length;
    }
    store<f64>(row, timeNs);
    store<u32>(row, <u32>packet, RECORD_PACKET);
    if (
      isPlainEthernet &&
      captured >= HEADER_BYTES &&
      load<u16>(packet, ETHERTYPE) === ETHERTYPE_IPV4 &&
      load<u8>(packet, VERSION_AND_LENGTH) === VERSION_4_NO_OPTIONS &&
      load<u8>(packet, PROTOCOL) === PROTOCOL_TCP &&
      (load<u16>(packet, FRAGMENT) & FRAGMENT_MASK) === 0
    ) {
      const total: u32 = networkHalf(packet + TOTAL_LENGTH);
      const tcpBytes = tcpHeaderBytes(packet);
      if (total >= IP_HEADER_BYTES + TCP_HEADER_BYTES && tcpBytes >= TCP_HEADER_BYTES) {
        const source = load<i32>(packet, SOURCE);
        const destination = load<i32>(packet, DESTINATION);
        const ends = load<i32>(packet, PORTS);
        const back = rotl<i32>(ends, 16);
        // In the same order for both directions, without a branch: which end comes first nobody can predict.
        const isTurned = i32(source > destination) | (i32(source === destination) & i32(ends > back));
        const other = (source ^ destination) & -isTurned;
        store<i32>(row, source ^ other, RECORD_FIRST);
        store<i32>(row, destination ^ other, RECORD_SECOND);
        store<i32>(row, rotl<i32>(ends, isTurned << 4), RECORD_PORTS);
        const isWhole = i32(total === IP_HEADER_BYTES + tcpBytes) & i32(captured >= IP_HEADER + total);
        traits |= load<u8>(packet, FLAGS) | IS_SEGMENT | (isTurned * IS_TURNED) | (isWhole * IS_WHOLE_HEADER);
      }
    }
    store<u32>(row, traits, RECORD_TRAITS);
    row += RECORD_BYTES;
    at = next;
    until = UNTIL_FULL;
  }
  store<u32>(told, <u32>at, LAID_TO);
  store<i32>(told, until, LAID_UNTIL);
  return <i32>((row - rows) / RECORD_BYTES);
}

/** True if a packet's options have a comment, which is to be kept; OptionCursor reads them. */
function hasComment(from: usize, end: usize): bool {
  let at = from;
  while (at + 4 <= end) {
    const code = load<u16>(at);
    const length = load<u16>(at, 2);
    if (code === 0 || at + 4 + length > end) return false;
    if (code === OPT_COMMENT) return true;
    at += 4 + ((length + 3) & ~3);
  }
  return false;
}
