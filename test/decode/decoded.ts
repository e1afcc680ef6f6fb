/** Decodes a built packet and tells the Frame in a form that tests can read. */
import { formatAddress, formatLinkAddress } from '../../src/decode/address.js';
import * as frames from '../../src/decode/frame.js';
import { decodePacket, UNDECODABLE_REASONS } from '../../src/decode/packet.js';
import type { Payload } from '../build/layer.js';
import { type Circumstances, packetOf } from '../build/packet.js';

const KINDS = new Map<number, string>([
  [frames.FRAME_OTHER, 'other'],
  [frames.FRAME_TCP, 'tcp'],
  [frames.FRAME_ICMP_ERROR, 'icmp-error'],
  [frames.FRAME_NEIGHBOR_REQUEST, 'neighbor-request'],
  [frames.FRAME_NEIGHBOR_REPLY, 'neighbor-reply'],
  [frames.FRAME_IP, 'ip'],
  [frames.FRAME_DNS, 'dns'],
]);

/** A Frame with its numbers made readable; `kind` is the reason if the packet was undecodable. */
export interface Decoded {
  kind: string;
  source: string;
  destination: string;
  tuple: string;
  errorSource: string;
  errorDestination: string;
  linkSource: string;
  linkDestination: string;
  neighbor: string;
  frame: frames.Frame;
}

/** Decodes into a Frame that is full of rubbish from the packets before. */
export function decode(payload: Payload, circumstances: Circumstances = {}): Decoded {
  const frame = usedFrame();
  const reason = decodePacket(packetOf(payload, circumstances), frame);
  return describeFrame(frame, reason);
}

/** A Frame as it is after other packets: nothing in it may be taken for granted. */
export function usedFrame(): frames.Frame {
  const frame = new frames.Frame();
  for (const field of Object.keys(frame)) Reflect.set(frame, field, field === 'isFragment' ? true : 77);
  return frame;
}

function describeFrame(frame: frames.Frame, reason: number): Decoded {
  const source = formatAddress(frame.source0, frame.source1, frame.source2, frame.source3);
  const destination = formatAddress(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
  return {
    kind: reason === 0 ? (KINDS.get(frame.kind) ?? `kind ${frame.kind}`) : UNDECODABLE_REASONS[reason],
    source,
    destination,
    tuple: `${source}:${frame.sourcePort} > ${destination}:${frame.destinationPort}`,
    errorSource: formatAddress(frame.errorSource0, frame.errorSource1, frame.errorSource2, frame.errorSource3),
    errorDestination: formatAddress(
      frame.errorDestination0,
      frame.errorDestination1,
      frame.errorDestination2,
      frame.errorDestination3,
    ),
    linkSource: formatLinkAddress(frame.linkSourceHigh, frame.linkSourceLow),
    linkDestination: formatLinkAddress(frame.linkDestinationHigh, frame.linkDestinationLow),
    neighbor: formatLinkAddress(frame.neighborHigh, frame.neighborLow),
    frame,
  };
}

/** What every default segment of the builder decodes to. */
export const TUPLE_4 = '192.0.2.1:50000 > 198.51.100.2:443';
export const TUPLE_6 = '2001:db8::1:50000 > 2001:db8::2:443';
