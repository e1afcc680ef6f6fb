/** Reading large captures with several threads, where there is more than one processor. */
import { availableParallelism } from 'node:os';
import { type CaptureSource, continueAt } from '../node/file.js';
import type { ScanAhead } from '../node/scan-ahead.js';
import type { PartIntake } from '../track/part-intake.js';

/** Smaller ones are read before a thread has started. */
const LEAST_BYTES = 16 << 20;
/** Following what they have scanned takes one thread, however many there are. */
const MOST_WORKERS = 3;

/** So many threads beside the one that follows, unless told otherwise. */
export function defaultWorkers(): number {
  return Math.min(MOST_WORKERS, availableParallelism() - 1);
}

/** Threads that are started when there is something for them to do. */
export class Ahead {
  readonly #workers: number;
  #scanAhead: ScanAhead | undefined;

  /** `workers`: how many; 0: none. */
  constructor(workers: number) {
    this.#workers = workers;
  }

  /**
   * Feeds a capture of which nothing was fed as far as that can be done by parts; gives what is left of it. Fails as
   * `ScanAhead.feed` does.
   */
  async feed(
    intake: () => PartIntake,
    source: CaptureSource,
    onProgress: (bytes: number) => Promise<void>,
  ): Promise<CaptureSource> {
    const { seekable } = source;
    if (this.#workers === 0 || seekable === undefined || seekable.sizeBytes < LEAST_BYTES) return source;
    if (this.#scanAhead === undefined) {
      const { ScanAhead } = await import('../node/scan-ahead.js');
      this.#scanAhead = new ScanAhead(this.#workers);
    }
    return continueAt(source, seekable, await this.#scanAhead.feed(intake(), seekable, onProgress));
  }

  /** Ends the threads. */
  async end(): Promise<void> {
    await this.#scanAhead?.end();
  }
}
