/** What a live capture feeds to its analysis: one capture, or those that are followed, one after another. */
import type { Analyzer } from '../analyze.js';
import { CaptureError } from '../capture/errors.js';
import type { CaptureInput } from '../capture/input.js';
import { SourceError } from '../node/file.js';
import type { LiveCapture, LiveSource } from './live-source.js';

/** The captures of one live capture. */
export class LiveInputs {
  readonly #analyzer: Analyzer;
  readonly #source: LiveSource;
  readonly #limit: number;
  readonly #say: (message: string) => void;
  #capture: LiveCapture | undefined;
  /** Undefined where the current one turned out to be no capture. */
  #input: CaptureInput | undefined;
  /** Packets of the captures before. */
  #packetsBefore = 0;
  #hasRead = false;

  /** No more than `packets` are read; `say` is told which of several is no capture. */
  constructor(analyzer: Analyzer, source: LiveSource, packets: number | undefined, say: (message: string) => void) {
    this.#analyzer = analyzer;
    this.#source = source;
    this.#limit = packets ?? Number.POSITIVE_INFINITY;
    this.#say = say;
    if (source.capture !== undefined) this.#begin(source.capture);
  }

  /** Packets that were read so far. */
  get packets(): number {
    return this.#packetsBefore + (this.#input?.packets ?? 0);
  }

  /** Takes the bytes that the source has just given. Throws CaptureError where the only capture is none. */
  push(bytes: Uint8Array): void {
    const { capture } = this.#source;
    if (capture !== undefined && capture !== this.#capture) {
      this.#attempt(() => this.#input?.end(this.#capture?.damage));
      this.#begin(capture);
    }
    this.#attempt(() => this.#input?.push(bytes));
    this.#hasRead ||= this.#input !== undefined;
  }

  /** Says that there will be no more bytes. Throws CaptureError or SourceError where there was nothing to be read. */
  end(): void {
    if (!this.#source.isFollowing) this.#input?.end(this.#source.damage);
    else if (this.#hasRead) this.#input?.leave();
    else throw new SourceError(`no capture came in ${this.#source.name}`);
  }

  /** Says how many packets were lost while capturing. */
  tellDropped(packets: number): void {
    this.#input?.tellDropped(packets);
  }

  #begin(capture: LiveCapture): void {
    this.#packetsBefore = this.packets;
    this.#capture = capture;
    const { name, compression } = capture;
    this.#input = this.#analyzer.addCapture(name, compression, this.#limit - this.#packetsBefore);
  }

  /** Of several captures one may turn out to be none. */
  #attempt(feed: () => void): void {
    try {
      feed();
    } catch (error) {
      if (!(error instanceof CaptureError) || !this.#hasRead) throw error;
      this.#say(`${this.#capture?.name}: ${error.message}`);
      this.#input = undefined;
    }
  }
}
