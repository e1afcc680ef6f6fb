/** A capture that is fed by whoever has its bytes: its reader, and the packet that comes next. */
import { createFacts } from './facts.js';
import { type CaptureFacts, Packet, type TimeOrigin } from './format.js';
import { AnyCaptureReader } from './reader.js';
import type { TakenBack } from './siftable.js';

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
/** Of a capture of which nothing was read yet, nor anything written to. */
const NO_FACTS: CaptureFacts = createFacts('');

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
  /**
   * Says that no more bytes will be given though the capture goes on: what is not whole at its end is no damage then,
   * it was only not written yet.
   */
  leave(): void;
  /**
   * Lets go of what was given and is less than a whole record, at most so many bytes: they are to be given once more,
   * with what follows them. Undefined: they are more, or it is in the midst of something else.
   */
  takeBack(most: number): TakenBack | undefined;
  /** Says how many packets were lost while capturing, where whoever captured knows that better than the capture. */
  tellDropped(packets: number): void;
}

/** Whoever takes a capture's bytes, as far as giving some back is concerned. */
export type Taker = Pick<CaptureInput, 'packets' | 'takeBack'>;

/** What is told of a capture when it is added. */
export interface CaptureTelling {
  name: string;
  compression: string | undefined;
  /** Its place among all captures. */
  index: number;
  /** Further packets than so many are left alone. */
  limit: number;
}

/** A capture's reader, and its packet that comes next. */
export class FedCapture implements CaptureInput {
  readonly head = new Packet();
  readonly name: string;
  readonly compression: string | undefined;
  readonly index: number;
  readonly limit: number;
  ended = false;
  damage: string | undefined;
  readonly #origin: TimeOrigin;
  readonly #fed: (input: FedCapture) => void;
  /** Made when the first bytes come, and let go at the end: of thousands of captures few are read at once. */
  #reader: AnyCaptureReader | undefined;
  #facts = NO_FACTS;
  #isClosed = false;

  /** `fed` is called whenever the capture was fed or ended. */
  constructor(
    { name, compression, index, limit }: CaptureTelling,
    origin: TimeOrigin,
    fed: (input: FedCapture) => void,
  ) {
    this.name = name;
    this.compression = compression;
    this.index = index;
    this.limit = limit;
    this.#origin = origin;
    this.#fed = fed;
  }

  /** What reads it, while it is read. */
  get reader(): AnyCaptureReader {
    this.#reader ??= new AnyCaptureReader(this.#origin);
    return this.#reader;
  }

  /** Another object once the format was recognised; from then on the same one, which grows. */
  get facts(): CaptureFacts {
    const facts = this.#reader?.facts ?? this.#facts;
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

  /** Fills `head` with the next packet; false: there is none in the bytes at hand. */
  next(): boolean {
    return this.head.number < this.limit && this.#reader !== undefined && this.#reader.next(this.head);
  }

  tellDropped(packets: number): void {
    const [first] = this.facts.interfaces;
    if (first !== undefined) first.dropped = packets;
  }

  push(bytes: Uint8Array): void {
    // What nobody asks for would be held.
    if (this.#isClosed || this.isFull) return;
    this.#feed((reader) => reader.push(bytes));
  }

  takeBack(most: number): TakenBack | undefined {
    return this.#reader?.siftable?.takeBack(most);
  }

  end(damage?: string): void {
    if (this.#isClosed) return;
    this.damage = damage;
    this.ended = true;
    this.#feed((reader) => reader.end());
  }

  leave(): void {
    if (this.#isClosed) return;
    this.ended = true;
    this.#fed(this);
  }

  /** Lets go of the reader and the bytes, and keeps what is known by now. */
  close(): void {
    this.#facts = this.#reader?.facts ?? this.#facts;
    this.#reader = undefined;
    this.#isClosed = true;
    this.head.bytes = NO_BYTES;
    this.head.view = NO_VIEW;
  }

  #feed(feed: (reader: AnyCaptureReader) => void): void {
    try {
      feed(this.reader);
    } catch (error) {
      this.ended = true;
      this.#fed(this);
      throw error;
    }
    this.#fed(this);
  }
}
