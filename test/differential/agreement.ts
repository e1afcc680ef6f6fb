/**
 * Compares our decoding of a capture with tshark's.
 */
import { readFileSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { CaptureError } from '../../src/capture/errors.js';
import { Packet } from '../../src/capture/format.js';
import { AnyCaptureReader } from '../../src/capture/reader.js';
import { formatAddress } from '../../src/decode/address.js';
import { FRAME_ICMP_ERROR, FRAME_TCP, Frame } from '../../src/decode/frame.js';
import { decodePacket, UNDECODABLE_REASONS } from '../../src/decode/packet.js';
import type { SeenSegment } from './tshark.js';

/** A frame of which the two say different things. */
export interface Difference {
  frame: number;
  ours: string;
  theirs: string;
}

/** What the comparison of one capture gave. */
export interface Agreement {
  /** Frames that both have and of which at least one found TCP. */
  compared: number;
  differences: Difference[];
}

/** The comparison, or undefined where the file is no capture of a kind that we read. */
export function compareDecoding(path: string, seen: Map<number, SeenSegment | undefined>): Agreement | undefined {
  const agreement: Agreement = { compared: 0, differences: [] };
  const frame = new Frame();
  const unread = new Map([...seen].filter(([, segment]) => segment !== undefined));
  try {
    for (const packet of packetsOf(path)) {
      // Behind damage tshark stops, and we find our way again.
      if (!seen.has(packet.number)) continue;
      unread.delete(packet.number);
      const reason = decodePacket(packet, frame);
      const theirs = seen.get(packet.number);
      const ours = describeFrame(frame, reason);
      if (theirs === undefined && !isTcp(frame, reason)) continue;
      agreement.compared += 1;
      const expected = describeSegment(theirs);
      if (ours !== expected) agreement.differences.push({ frame: packet.number, ours, theirs: expected });
    }
  } catch (error) {
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
  for (const [number, segment] of unread) {
    agreement.differences.push({ frame: number, ours: 'not read', theirs: describeSegment(segment) });
  }
  return agreement;
}

function* packetsOf(path: string): Generator<Packet> {
  const bytes = readFileSync(path);
  const reader = new AnyCaptureReader({ epochNs: undefined });
  const packet = new Packet();
  // tshark, too, reads what there is of a compressed capture that breaks off.
  const isCompressed = bytes.length > 2 && bytes.readUInt16BE(0) === 0x1f8b;
  reader.push(isCompressed ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes);
  while (reader.next(packet)) yield packet;
  reader.end();
  while (reader.next(packet)) yield packet;
}

function isTcp(frame: Frame, reason: number): boolean {
  return reason === 0 && (frame.kind === FRAME_TCP || frame.kind === FRAME_ICMP_ERROR);
}

function describeFrame(frame: Frame, reason: number): string {
  if (reason !== 0) return UNDECODABLE_REASONS[reason];
  if (!isTcp(frame, reason)) return 'no TCP';
  const source = formatAddress(frame.source0, frame.source1, frame.source2, frame.source3);
  const destination = formatAddress(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
  return describeSegment({
    tuple: `${source}:${frame.sourcePort} > ${destination}:${frame.destinationPort}`,
    sequence: frame.sequence,
    flags: frame.flags < 0 ? undefined : frame.flags,
    isQuoted: frame.kind === FRAME_ICMP_ERROR,
  });
}

function describeSegment(segment: SeenSegment | undefined): string {
  if (segment === undefined) return 'no TCP';
  const { tuple, sequence, flags, isQuoted } = segment;
  // tshark shows the ports of a segment that was cut before its flags; we count it as undecodable.
  if (!isQuoted && flags === undefined) return 'tcp-header-cut';
  return `${isQuoted ? 'quoted ' : ''}${tuple} sequence ${sequence ?? '?'} flags ${flags?.toString(16) ?? '?'}`;
}
