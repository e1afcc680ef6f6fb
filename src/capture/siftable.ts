/**
 * Captures whose packets need not be read one by one: where records lie one behind the other and have nothing odd about
 * them, whoever knows their format can pass over those that do not matter, and has the reader read the others.
 */
import type { ByteWindow } from './byte-window.js';
import type { CaptureReader, Packet } from './format.js';
import type { PcapHeader } from './pcap-header.js';

/** An interface of a pcapng section, as far as its packets' times and headers need it. */
export interface SiftableInterface {
  linkType: number;
  /** What a unit of its time stamps is in nanoseconds; 0: that is no whole number. */
  unitNs: bigint;
  /** What has to be added for nanoseconds since the time origin. */
  offsetNs: bigint;
}

/** How records lie, all in little-endian order. The same object as long as it is the same format. */
export type RecordFormat =
  | { container: 'pcap'; header: PcapHeader; originSeconds: number; originFractionNs: number }
  | { container: 'pcapng'; interfaces: readonly SiftableInterface[] };

/** Records that lie one behind the other and were passed over, or will be read by `readAt`. */
export interface RecordTally {
  packets: number;
  /** Nanoseconds since the time origin. */
  earliestNs: number;
  latestNs: number;
  /** The position in the bytes at hand of the last of them. */
  lastPosition: number;
}

/** What a reader has no whole record of, and how records lie there. */
export interface TakenBack {
  /** They stay unchanged until more are pushed. */
  bytes: Uint8Array;
  format: RecordFormat;
}

/** What a reader's `takeBack` gives, by its window and how the next record lies there. */
export function takeBackFrom(
  window: ByteWindow,
  format: RecordFormat | undefined,
  most: number,
): TakenBack | undefined {
  const bytes = format && window.takeBack(most);
  return bytes && { bytes, format };
}

/** A reader that can be told where its records lie. */
export interface SiftableReader extends CaptureReader {
  /** The bytes at hand, and where in them the next unread one lies. The view is another one for other bytes. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly position: number;
  /** The number of the frame that was read or passed over last; 0 before the first. */
  readonly lastFrame: number;
  /** How the records at hand lie; undefined while the reader has to find that out itself. */
  recordFormat(): RecordFormat | undefined;
  /**
   * Fills `packet` with the one that begins at this position of the bytes at hand, before which so many frames were
   * passed over. Its record must be an ordinary one.
   */
  readAt(position: number, passedOver: number, packet: Packet): void;
  /** Goes to this position, before which so many frames were passed over, and takes over what is known of all records. */
  passTo(position: number, passedOver: number, tally: RecordTally): void;
  /**
   * Lets go of the bytes that it has no whole record of, at most so many: they are to be pushed once more, together with
   * what follows them. Undefined, and nothing has happened: they are more, or no records begin there.
   */
  takeBack(most: number): TakenBack | undefined;
}
