/** How far the reading is, on standard error, where it is a terminal and takes long enough to be worth it. */
import type { SingleBar } from 'cli-progress';

/** Shorter work is done before anybody could read a bar. */
const QUIET_MS = 1000;
/** The rate is that of about so long: captures of many files are not read evenly. */
const RATE_MS = 3000;
const BYTES_PER_MEGABYTE = 1e6;
const BAR_CHARACTERS = 20;

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
  const rate = new Rate(performance.now());
  const startedAt = performance.now();
  let bar: SingleBar | undefined;
  return {
    async update(bytesRead) {
      const now = performance.now();
      if (now - startedAt <= QUIET_MS) return;
      rate.add(bytesRead, now);
      if (bar === undefined) {
        bar = await createBar((read) => describeProgress(read, totalBytes, rate.bytesPerSecond));
        bar.start(Math.max(1, totalBytes ?? 0), bytesRead);
      }
      bar.update(bytesRead);
    },
    stop: () => bar?.stop(),
  };
}

/** How fast bytes are read of late. */
export class Rate {
  bytesPerSecond = 0;
  #bytes = 0;
  #atMs: number;

  /** `startMs`: when the first byte was asked for. */
  constructor(startMs: number) {
    this.#atMs = startMs;
  }

  /** Notes how many bytes were read in all, and when. */
  add(bytesRead: number, nowMs: number): void {
    const elapsedMs = nowMs - this.#atMs;
    if (elapsedMs <= 0) return;
    const latest = ((bytesRead - this.#bytes) / elapsedMs) * 1000;
    const share = this.#bytes === 0 ? 1 : 1 - Math.exp(-elapsedMs / RATE_MS);
    this.bytesPerSecond += share * (latest - this.bytesPerSecond);
    this.#bytes = bytesRead;
    this.#atMs = nowMs;
  }
}

/** A line such as `reading [===   ] 50 %, 400 of 800 MB, 200 MB/s, 2 s left`. */
export function describeProgress(bytesRead: number, totalBytes: number | undefined, bytesPerSecond: number): string {
  const megabytes = (bytes: number) => Math.round(bytes / BYTES_PER_MEGABYTE);
  const rate = `${megabytes(bytesPerSecond)} MB/s`;
  if (totalBytes === undefined) return `reading: ${megabytes(bytesRead)} MB, ${rate}`;
  // Files may have grown meanwhile.
  const part = totalBytes === 0 ? 1 : Math.min(1, bytesRead / totalBytes);
  const done = Math.round(part * BAR_CHARACTERS);
  const bar = `[${'='.repeat(done)}${' '.repeat(BAR_CHARACTERS - done)}]`;
  const sizes = `${megabytes(bytesRead)} of ${megabytes(totalBytes)} MB`;
  const left = bytesPerSecond === 0 ? '' : `, ${describeSeconds(((1 - part) * totalBytes) / bytesPerSecond)} left`;
  return `reading ${bar} ${Math.floor(100 * part)} %, ${sizes}, ${rate}${left}`;
}

function describeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

async function createBar(describe: (bytesRead: number) => string): Promise<SingleBar> {
  const { default: progress } = await import('cli-progress');
  return new progress.SingleBar({
    format: (_options, { value }) => describe(value),
    clearOnComplete: true,
    // What is changed about the terminal would stay so after Ctrl-C.
    hideCursor: false,
    linewrap: true,
    stopOnComplete: false,
    stream: process.stderr,
  });
}
