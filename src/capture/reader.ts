/** The way in: recognises a capture by its first bytes, then lets the reader of its format go on. */

import { createFacts } from './facts.js';
import type { CaptureFacts, CaptureReader, Packet, TimeOrigin } from './format.js';
import { OLDER_FORMATS } from './older-formats.js';
import { PcapReader } from './pcap.js';
import { isPcapMagic, PCAP_HEADER_BYTES, parsePcapHeader } from './pcap-header.js';
import { PcapngReader } from './pcapng.js';
import { checkSectionHeader, PCAPNG_HEADER_BYTES, startsPcapng } from './pcapng-header.js';
import { foreignContentError, RECOGNIZABLE_BYTES } from './recognize.js';
import type { SiftableReader } from './siftable.js';

const NO_BYTES = new Uint8Array(0);

/**
 * Reads a capture of any known format. `push` and `end` throw a CaptureError as soon as it is certain that the bytes
 * are no capture that can be read; once the format was recognised, nothing throws any more.
 *
 * @example
 * const reader = new AnyCaptureReader({ epochNs: undefined });
 * const packet = new Packet();
 * for (const chunk of chunks) {
 *   reader.push(chunk);
 *   while (reader.next(packet)) use(packet);
 * }
 * reader.end();
 * while (reader.next(packet)) use(packet);
 */
export class AnyCaptureReader implements CaptureReader {
  private readonly origin: TimeOrigin;
  private readonly noFacts = createFacts('');
  private reader: CaptureReader | undefined;
  /** The first bytes, as long as they are too few to recognise a format. */
  private first: Uint8Array = NO_BYTES;

  constructor(origin: TimeOrigin) {
    this.origin = origin;
  }

  get facts(): CaptureFacts {
    return this.reader?.facts ?? this.noFacts;
  }

  /** The reader of the capture's format, if its packets need not be read one by one; undefined before it is known. */
  get siftable(): SiftableReader | undefined {
    const { reader } = this;
    return reader instanceof PcapReader || reader instanceof PcapngReader ? reader : undefined;
  }

  push(bytes: Uint8Array): void {
    if (this.reader !== undefined) {
      this.reader.push(bytes);
      return;
    }
    this.first = this.first.length === 0 ? bytes : concatenate(this.first, bytes);
    this.reader = this.open(false);
    // What has to wait must be a copy: the chunk is the caller's again when `next` has returned false.
    this.first = this.reader === undefined ? this.first.slice() : NO_BYTES;
  }

  end(): void {
    this.reader ??= this.open(true);
    this.reader?.end();
  }

  next(packet: Packet): boolean {
    return this.reader?.next(packet) ?? false;
  }

  /** Undefined: more bytes are needed to tell, and may still come. */
  private open(ended: boolean): CaptureReader | undefined {
    const { first, origin } = this;
    if (isPcapMagic(first)) {
      if (first.length < PCAP_HEADER_BYTES && !ended) return undefined;
      const reader = new PcapReader(parsePcapHeader(first), origin);
      reader.push(first.subarray(PCAP_HEADER_BYTES));
      return reader;
    }
    if (startsPcapng(first)) {
      if (first.length < PCAPNG_HEADER_BYTES && !ended) return undefined;
      checkSectionHeader(first);
      const reader = new PcapngReader(origin);
      reader.push(first);
      return reader;
    }
    const older = OLDER_FORMATS.find(({ startsLike }) => startsLike(first));
    if (older !== undefined) {
      if (first.length < older.openingBytes && !ended) return undefined;
      const reader = older.open(first, origin);
      reader.push(first);
      return reader;
    }
    if (first.length < RECOGNIZABLE_BYTES && !ended) return undefined;
    throw foreignContentError(first);
  }
}

function concatenate(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}
