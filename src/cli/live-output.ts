/**
 * What `synwhy live` says while it captures: a line for each attempt that is decided, words for those that wait, and a
 * status line on a terminal. Lines are held until `flush` has written them, so that a reader who is slow makes the
 * capture wait, and not the memory grow.
 */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Pending } from '../analyze.js';
import { isFailure } from '../classify/outcome.js';
import { HostSockets } from '../node/sockets.js';
import { mapAttempts } from '../report/attempt-list.js';
import { describeDecided, describeWaiting } from '../report/live-line.js';
import type { HostFact, Report, ReportAttempt } from '../report/model.js';
import { ndjsonAttempt, ndjsonSummary } from '../report/ndjson.js';
import { createPalette, type Palette } from '../report/palette.js';
import { formatCount, formatDuration, formatNumberOf } from '../report/wording.js';
import type { LiveCommand } from './live-arguments.js';
import { writeToStandardOutput } from './output.js';
import { complain, standardOutputLook } from './terminal.js';

/** Attempts whose host facts are kept for the report; of more only the latest. */
const KEPT_FACTS = 10_000;
/** Attempts that wait are told once, so many of them. */
const TOLD_WAITING = 10_000;
const STATUS_EVERY_MS = 500;
const STATUS_AFTER_MS = 1000;
const ERASE_LINE = '\r\x1b[K';

/** A file of --output that is written line by line. */
interface LineFile {
  path: string;
  handle: FileHandle;
}

interface Told {
  attempt: ReportAttempt;
  isCorrection: boolean;
}

/** The lines of one live capture. */
export class LiveOutput {
  readonly #command: LiveCommand;
  readonly #palette: Palette;
  readonly #sockets: HostSockets | undefined;
  readonly #factsOf = new Map<number, HostFact[]>();
  readonly #files: LineFile[] = [];
  #queue: Told[] = [];
  readonly #counts = new Map<string, number>();
  readonly #waitingTold = new Set<string>();
  #status = '';
  #statusAt = Number.NEGATIVE_INFINITY;
  /** Where something was printed on standard output. */
  hasPrinted = false;
  /** Where standard output's reader has gone away. */
  isClosed = false;
  /** From now on only lines of JSON are written: for people the report follows. */
  isReporting = false;
  /** Where a result could not be written. */
  hasFailed = false;

  /** `mayAskHost`: it is this machine that captures. */
  constructor(command: LiveCommand, mayAskHost: boolean) {
    this.#command = command;
    const toStandardOutput = command.format === 'table';
    const { color } = standardOutputLook(command.color);
    this.#palette = createPalette(toStandardOutput ? color : command.color === true);
    this.#sockets = command.hostFacts && mayAskHost ? new HostSockets() : undefined;
  }

  /** Opens the files that are written line by line. Throws as the file system does. */
  async open(): Promise<void> {
    for (const { path, format } of this.#command.outputs) {
      if (format === 'ndjson') this.#files.push({ path, handle: await open(path, 'w') });
    }
  }

  /** Takes an attempt to tell; `flush` writes it. */
  tell(attempt: ReportAttempt, isCorrection: boolean): void {
    this.#queue.push({ attempt, isCorrection });
  }

  /** Writes what was told since the last time; resolves when it was taken. */
  async flush(): Promise<void> {
    if (this.#queue.length === 0) return;
    const told = this.#queue;
    this.#queue = [];
    const known: Told[] = [];
    for (const { attempt, isCorrection } of told) {
      const { outcome } = attempt;
      if (!isCorrection) this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
      known.push({ attempt: await this.#withHostFacts(attempt), isCorrection });
    }
    const lines = known.map(({ attempt, isCorrection }) => ndjsonAttempt(attempt, isCorrection));
    for (const file of this.#files) await this.#append(file, lines);
    if (this.#command.format === 'ndjson') await this.#print(lines);
    else if (this.#command.words.length === 0 && !this.isReporting) {
      const text = known.map(({ attempt, isCorrection }) => describeDecided(attempt, isCorrection, this.#palette));
      if (this.#command.format === 'table') await this.#print(text.map((line) => `${line}\n`));
      else if (!this.#command.quiet) for (const line of text) this.say(line);
    }
  }

  /** Words for those that wait: in the status line of a terminal, else once for each on standard error. */
  update(elapsedMs: number, packets: number, waiting: () => readonly Pending[]): void {
    if (this.#command.quiet || this.#command.words.length > 0) return;
    const now = performance.now();
    if (now - this.#statusAt < STATUS_EVERY_MS || elapsedMs < STATUS_AFTER_MS) return;
    this.#statusAt = now;
    if (process.stderr.isTTY) this.#draw(this.#describeStatus(elapsedMs, packets, waiting()));
    else for (const each of waiting()) this.#tellWaiting(each);
  }

  /** Takes the status line away. */
  clear(): void {
    if (this.#status !== '') process.stderr.write(ERASE_LINE);
    this.#status = '';
  }

  /** A line on standard error. */
  say(line: string): void {
    const status = this.#status;
    this.clear();
    process.stderr.write(`${line}\n`);
    if (status !== '') this.#draw(status);
  }

  /** The report with what the host knew of its attempts. */
  withHostFacts(report: Report): Report {
    const attempts = mapAttempts(report.attempts, (attempt) => {
      const hostFacts = this.#factsOf.get(attempt.id);
      return hostFacts === undefined ? attempt : { ...attempt, hostFacts };
    });
    return { ...report, attempts };
  }

  /** Writes what comes after the attempts to the files that are written line by line. */
  async finish(report: Report): Promise<void> {
    for (const file of this.#files) {
      await this.#append(file, [ndjsonSummary(report)]);
      await file.handle.close();
    }
  }

  async #append({ path, handle }: LineFile, lines: readonly string[]): Promise<void> {
    if (this.hasFailed) return;
    try {
      await handle.appendFile(lines.join(''));
    } catch (error) {
      this.hasFailed = true;
      complain(`${path} can't be written: ${(error as Error).message}`);
    }
  }

  async #print(lines: readonly string[]): Promise<void> {
    if (this.isClosed) return;
    const status = this.#status;
    if (process.stdout.isTTY) this.clear();
    this.hasPrinted = true;
    this.isClosed = !(await writeToStandardOutput(lines));
    if (process.stdout.isTTY && status !== '') this.#draw(status);
  }

  async #withHostFacts(attempt: ReportAttempt): Promise<ReportAttempt> {
    const { id, server, outcome } = attempt;
    if (this.#sockets === undefined || !isFailure(outcome) || !this.#sockets.isLocal(server.address)) return attempt;
    const at = `${new Date().toISOString().slice(0, -1)}000000Z`;
    const facts = (await this.#sockets.describe(server.address, server.port)).map((text) => ({ text, at }));
    if (facts.length === 0) return attempt;
    this.#factsOf.delete(id);
    this.#factsOf.set(id, facts);
    if (this.#factsOf.size > KEPT_FACTS) this.#factsOf.delete(this.#factsOf.keys().next().value!);
    return { ...attempt, hostFacts: facts };
  }

  #tellWaiting(waiting: Pending): void {
    const { client, server } = waiting;
    const key = `${client.address} ${client.port} ${server.address} ${server.port}`;
    if (this.#waitingTold.has(key)) return;
    this.#waitingTold.add(key);
    if (this.#waitingTold.size > TOLD_WAITING) this.#waitingTold.delete(this.#waitingTold.keys().next().value!);
    this.say(`waiting: ${describeWaiting(waiting)}`);
  }

  #describeStatus(elapsedMs: number, packets: number, waiting: readonly Pending[]): string {
    const decided = [...this.#counts].map(([outcome, count]) => `${formatCount(count)} ${outcome}`);
    const [first] = waiting;
    return [
      `${formatDuration(Math.round(elapsedMs / 1000) * 1000)}, ${formatNumberOf(packets, 'packet')}`,
      ...(decided.length === 0 ? [] : [decided.join(', ')]),
      ...(first === undefined ? [] : [describeWaiting(first)]),
      ...(waiting.length > 1 ? [`${waiting.length - 1} more wait`] : []),
    ].join('; ');
  }

  #draw(status: string): void {
    const columns = process.stderr.columns || 80;
    process.stderr.write(`${ERASE_LINE}${status.slice(0, columns - 1)}`);
    this.#status = status;
  }
}
