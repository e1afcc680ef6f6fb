/**
 * What the readers of all container formats have in common: the packet they fill, the facts they gather, and the
 * shape of a reader. A reader is fed bytes in chunks of any size and asked for packets until it has none left.
 */

/** The moment that all times of one analysis count from: the first packet that any of its readers met. */
export interface TimeOrigin {
  /** Nanoseconds since 1970-01-01T00:00:00Z; undefined until the first packet was read. */
  epochNs: bigint | undefined;
}

/** Which way a packet crossed the capturing interface (pcapng epb_flags, bits 0 and 1). */
export const DIRECTION_UNKNOWN = 0;
export const DIRECTION_INBOUND = 1;
export const DIRECTION_OUTBOUND = 2;

/** What tcpdump and Wireshark allow as the longest packet (libpcap's MAXIMUM_SNAPLEN). */
const MAXIMUM_CAPTURED_BYTES = 262_144;
/**
 * Link types whose packets libpcap and Wireshark allow to be much longer: USB_LINUX, USB_LINUX_MMAPPED, DBUS,
 * USBPCAP, USB_DARWIN, EBHSCR. They carry no TCP, but they shall not look like damage.
 */
const LONG_PACKET_LINK_TYPES: ReadonlySet<number> = new Set([189, 220, 231, 249, 266, 279]);

/** Longest record or block that is put together in memory; nothing longer is a packet. */
export const MAXIMUM_GATHERED_BYTES = 16 * 1024 * 1024;

/** The longest packet that can be meant: a record that says more is damaged. */
export function maximumCapturedBytes(linkType: number): number {
  return LONG_PACKET_LINK_TYPES.has(linkType) ? MAXIMUM_GATHERED_BYTES : MAXIMUM_CAPTURED_BYTES;
}

const NO_BYTES = new Uint8Array(0);

/**
 * One packet as an offset into the buffer that it lies in. Readers fill one instance again and again: whoever wants
 * to keep something of it copies it before the next call.
 */
export class Packet {
  bytes: Uint8Array = NO_BYTES;
  /** Over the same memory as `bytes`, with the same offsets. */
  view: DataView = new DataView(NO_BYTES.buffer);
  /** Where the packet's first captured byte lies in `bytes`. */
  offset = 0;
  capturedBytes = 0;
  /** What the packet had on the wire; never less than capturedBytes. */
  originalBytes = 0;
  /**
   * Nanoseconds since the time origin; negative for a packet older than the first one read. Not 0 at first: V8 would take
   * all times for small integers, and compile whatever handles them anew once they are large.
   */
  timeNs = -0;
  /** The LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). */
  linkType = 0;
  /** Index into CaptureFacts.interfaces. */
  interfaceIndex = 0;
  /**
   * Wireshark's frame.number: from 1, every packet of this capture, and in pcapng the custom and journal blocks, which
   * Wireshark lists among the packets.
   */
  number = 0;
  /** One of the DIRECTION_ constants. */
  direction = DIRECTION_UNKNOWN;
}

/** An interface that a capture was taken on. Texts come from the capture and are hostile. */
export interface CaptureInterface {
  linkType: number;
  /** 0: no limit known. */
  snapLength: number;
  name?: string;
  description?: string;
  /** The capture filter as text (if_filter). */
  filter?: string;
  operatingSystem?: string;
  /** What the kernel or the capturing program dropped on this interface (ISB); undefined when not told. */
  dropped?: number;
  /** Until when the capture went on, whether packets came or not (ISB); nanoseconds since the time origin. */
  endNs?: number;
}

/** A place where a capture could not be read as what it should be. */
export interface Damage {
  /** Offset in the (uncompressed) capture of the first byte that could not be used. */
  atByte: number;
  /** Bytes passed over until reading went on; null when it did not go on. */
  skippedBytes: number | null;
  /** What was wrong, in words, without a full stop: 'a record of 70000 bytes reaches beyond the end'. */
  reason: string;
}

/** A comment that was attached to a packet (pcapng opt_comment), or to its section when packet is 0. */
export interface CaptureComment {
  packet: number;
  text: string;
}

/** A name that the capturing host knew an address by. */
export interface CaptureName {
  /** Four or sixteen bytes in network order. */
  address: Uint8Array;
  name: string;
}

/**
 * What a reader knows of its capture, growing while it reads. The counters and the times are brought up to date
 * whenever `next` returns false, which keeps them out of the hot path.
 */
export interface CaptureFacts {
  /** 'pcap', 'pcap (nanoseconds)', 'pcap (modified)', 'pcapng' …; empty until the format was recognised. */
  format: string;
  interfaces: CaptureInterface[];
  packets: number;
  /** Bytes of the container received so far (after decompression). */
  bytes: number;
  /** Nanoseconds since the time origin of the earliest and the latest packet; undefined while there is none. */
  firstPacketNs: number | undefined;
  lastPacketNs: number | undefined;
  /** In the order of the capture; at most MAXIMUM_DAMAGES of them. */
  damages: Damage[];
  /** How many more damages there were than `damages` holds. */
  furtherDamages: number;
  /** At most MAXIMUM_COMMENTS, each cut to MAXIMUM_TEXT_BYTES. */
  comments: CaptureComment[];
  /** From Name Resolution Blocks, in the order of the capture; at most MAXIMUM_NAMES. */
  names: CaptureName[];
}

/** Reads one container format. */
export interface CaptureReader {
  readonly facts: CaptureFacts;
  /**
   * Gives the reader its next bytes. They must stay as they are until `next` has returned false: packets point into
   * them.
   */
  push(bytes: Uint8Array): void;
  /** Says that no more bytes will come. */
  end(): void;
  /**
   * Fills `packet` with the next one. False: it needs more bytes or, after `end`, there are no more packets. It does
   * not throw once the capture was recognised; what is damaged goes into facts.damages.
   */
  next(packet: Packet): boolean;
}
