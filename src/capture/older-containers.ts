/** What the readers of the older container formats (snoop, Network Monitor, Sniffer) have in common. */

import { CaptureError } from './errors.js';
import { type CaptureFacts, DIRECTION_UNKNOWN, type Packet } from './format.js';

/** Where a packet lies: a buffer, and a view over it with the same offsets. */
export interface PacketSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Fills packets, numbers them, and remembers how many there were and from when to when. */
export class PacketTally {
  private packets = 0;
  private earliestNs = Number.POSITIVE_INFINITY;
  private latestNs = Number.NEGATIVE_INFINITY;

  /** Fills `packet` with the next one; its direction is unknown until somebody says otherwise. */
  fill(
    packet: Packet,
    source: PacketSource,
    offset: number,
    captured: number,
    original: number,
    timeNs: number,
    linkType: number,
    interfaceIndex: number,
  ): void {
    packet.bytes = source.bytes;
    packet.view = source.view;
    packet.offset = offset;
    packet.capturedBytes = captured;
    packet.originalBytes = Math.max(captured, original);
    packet.timeNs = timeNs;
    packet.linkType = linkType;
    packet.interfaceIndex = interfaceIndex;
    packet.number = ++this.packets;
    packet.direction = DIRECTION_UNKNOWN;
    if (timeNs < this.earliestNs) this.earliestNs = timeNs;
    if (timeNs > this.latestNs) this.latestNs = timeNs;
  }

  /** Brings the counters and times of `facts` up to date. */
  writeTo(facts: CaptureFacts, receivedBytes: number): void {
    facts.bytes = receivedBytes;
    facts.packets = this.packets;
    if (this.packets > 0) {
      facts.firstPacketNs = this.earliestNs;
      facts.lastPacketNs = this.latestNs;
    }
  }
}

/** A view over exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether bytes begin with the characters of `magic`. */
export function startsWith(bytes: Uint8Array, magic: string): boolean {
  return (
    bytes.length >= magic.length &&
    Array.from(magic, (character) => character.charCodeAt(0)).every((code, index) => bytes[index] === code)
  );
}

/** The error for a file that ends inside its header. `format` completes 'This begins like a …'. */
export function cutHeaderError(format: string, presentBytes: number, headerBytes: number): CaptureError {
  return new CaptureError(
    'truncated-header',
    `This begins like a ${format} capture but ends inside its header: there are ${presentBytes} bytes of the ${headerBytes} it has.`,
  );
}

/** The error for a capture of a medium that is not read. `medium` completes 'of a medium that synwhy does not read (…)'. */
export function foreignMediumError(format: string, medium: string): CaptureError {
  return new CaptureError(
    'unsupported-format',
    `This is a ${format} capture of a medium that synwhy does not read (${medium}). Wireshark may read it: editcap FILE OUT.pcapng converts it.`,
  );
}
