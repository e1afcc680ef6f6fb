/** A capture that is fed by whoever has its bytes: its reader, and the packet that comes next. */
import { type CaptureFacts, Packet, type TimeOrigin } from './format.js';
import { AnyCaptureReader } from './reader.js';

/** One capture that is being fed to an analyzer. */
export interface CaptureInput {
  readonly name: string;
  /** Packets that were read so far. */
  readonly packets: number;
  /**
   * Gives the next bytes, in chunks of any size. They must stay unchanged until this input is starving again.
   * Throws CaptureError when this is not a capture; the input has then ended.
   */
  push(bytes: Uint8Array): void;
  /**
   * Says that all bytes were given; `damage` says what kept the rest from being read, in words without a full stop.
   * Throws CaptureError when this is not a capture.
   */
  end(damage?: string): void;
  /** Says how many packets were lost while capturing, where whoever captured knows that better than the capture. */
  tellDropped(packets: number): void;
}

/** A capture's reader, and its packet that comes next. */
export class FedCapture implements CaptureInput {
  readonly head = new Packet();
  readonly reader: AnyCaptureReader;
  readonly name: string;
  readonly compression: string | undefined;
  readonly index: number;
  /** Further packets than so many are left alone. */
  readonly limit: number;
  ended = false;
  damage: string | undefined;
  readonly #fed: (input: FedCapture) => void;

  constructor(
    name: string,
    compression: string | undefined,
    index: number,
    limit: number,
    origin: TimeOrigin,
    fed: (input: FedCapture) => void,
  ) {
    this.name = name;
    this.compression = compression;
    this.index = index;
    this.limit = limit;
    this.reader = new AnyCaptureReader(origin);
    this.#fed = fed;
  }

  get facts(): CaptureFacts {
    const { facts } = this.reader;
    // The reader may know of more packets than were wanted.
    return this.isFull ? { ...facts, packets: this.limit, lastPacketNs: this.head.timeNs } : facts;
  }

  get packets(): number {
    return this.head.number;
  }

  /** True when as many packets as are wanted have been read. */
  get isFull(): boolean {
    return this.head.number >= this.limit;
  }

  tellDropped(packets: number): void {
    const [first] = this.reader.facts.interfaces;
    if (first !== undefined) first.dropped = packets;
  }

  push(bytes: Uint8Array): void {
    this.#feed(() => this.reader.push(bytes));
  }

  end(damage?: string): void {
    this.damage = damage;
    this.ended = true;
    this.#feed(() => this.reader.end());
  }

  #feed(feed: () => void): void {
    try {
      feed();
    } catch (error) {
      this.ended = true;
      this.#fed(this);
      throw error;
    }
    this.#fed(this);
  }
}
