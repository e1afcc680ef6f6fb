/** How far the reading is, on standard error, where it is a terminal and takes long enough to be worth it. */
import type { SingleBar } from 'cli-progress';

/** Shorter work is done before anybody could read a bar. */
const QUIET_MS = 1000;
const BYTES_PER_MEBIBYTE = 1 << 20;

/** A bar that appears after a second, if at all. */
export interface Progress {
  /** Tells how many bytes were read; cheap, to be called often. */
  update(bytesRead: number): Promise<void>;
  /** Takes the bar away. */
  stop(): void;
}

/** Progress towards so many bytes; undefined: nobody knows how many there will be, so only what was read is shown. */
export function createProgress(totalBytes: number | undefined, isWanted: boolean): Progress {
  if (!isWanted || !process.stderr.isTTY) return { update: async () => undefined, stop: () => undefined };
  const startedAt = performance.now();
  let bar: SingleBar | undefined;
  return {
    async update(bytesRead) {
      const mebibytes = Math.round(bytesRead / BYTES_PER_MEBIBYTE);
      if (bar === undefined && performance.now() - startedAt > QUIET_MS) {
        bar = await createBar(totalBytes === undefined);
        bar.start(Math.max(1, Math.round((totalBytes ?? 0) / BYTES_PER_MEBIBYTE)), mebibytes);
      }
      bar?.update(mebibytes);
    },
    stop: () => bar?.stop(),
  };
}

async function createBar(isEndless: boolean): Promise<SingleBar> {
  const { default: progress } = await import('cli-progress');
  return new progress.SingleBar({
    format: isEndless
      ? 'reading: {value} MiB'
      : 'reading [{bar}] {percentage} %, {value} of {total} MiB, {eta_formatted} left',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    // What is changed about the terminal would stay so after Ctrl-C.
    hideCursor: false,
    linewrap: true,
    stopOnComplete: false,
    stream: process.stderr,
  });
}
