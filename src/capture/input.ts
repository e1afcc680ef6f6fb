/** A capture that is fed by whoever has its bytes: its reader, and the packet that comes next. */
import { Packet, type TimeOrigin } from './format.js';
import { AnyCaptureReader } from './reader.js';

/** One capture that is being fed to an analyzer. */
export interface CaptureInput {
  readonly name: string;
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
}

/** A capture's reader, and its packet that comes next. */
export class FedCapture implements CaptureInput {
  readonly head = new Packet();
  readonly reader: AnyCaptureReader;
  readonly name: string;
  readonly compression: string | undefined;
  readonly index: number;
  ended = false;
  damage: string | undefined;
  readonly #fed: (input: FedCapture) => void;

  constructor(
    name: string,
    compression: string | undefined,
    index: number,
    origin: TimeOrigin,
    fed: (input: FedCapture) => void,
  ) {
    this.name = name;
    this.compression = compression;
    this.index = index;
    this.reader = new AnyCaptureReader(origin);
    this.#fed = fed;
  }

  get facts() {
    return this.reader.facts;
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
