/** Waits until something may have changed in a folder. */
import { type FSWatcher, watch } from 'node:fs';

/** Network file systems tell nothing of what others write: so it is looked anyway. */
const POLL_MS = 500;
/** A capture that is written packet by packet changes thousands of times a second. */
const LEAST_MS = 50;

/** Changes in one folder, and in the files directly in it. */
export class FolderChanges {
  readonly #watcher: FSWatcher | undefined;
  #hasChanged = false;
  #isClosed = false;
  #wokenAt = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;

  constructor(folder: string) {
    this.#watcher = watchFolder(folder, () => {
      this.#hasChanged = true;
      this.#wake();
    });
  }

  /** Resolves when the system tells of a change, after half a second without one, or at once when it was closed. */
  async wait(): Promise<void> {
    const sinceMs = performance.now() - this.#wokenAt;
    if (sinceMs < LEAST_MS) await this.#sleep(LEAST_MS - sinceMs, false);
    if (!this.#hasChanged) await this.#sleep(POLL_MS, true);
    this.#hasChanged = false;
    this.#wokenAt = performance.now();
  }

  /** Ends all waiting. */
  close(): void {
    this.#isClosed = true;
    this.#watcher?.close();
    this.#wake();
  }

  #sleep(milliseconds: number, wakesOnChange: boolean): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#wake = () => {
        if (wakesOnChange || this.#isClosed) end();
      };
    });
  }
}

/** Undefined where the system can't watch: then there is only the looking. */
function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
