/** `synwhy live`: says what fails while it happens, on an interface or in a stream that somebody else captures. */
import { open } from 'node:fs/promises';
import { Analyzer } from '../../analyze.js';
import { CaptureError } from '../../capture/errors.js';
import { SourceError, STANDARD_INPUT } from '../../node/file.js';
import { CaptureStartError } from '../../node/live/capture-session.js';
import type { Recording } from '../../node/live/recording.js';
import {
  type CommandEnd,
  CommandStartError,
  runInTerminal,
  type TerminalCommand,
} from '../../node/terminal-command.js';
import { escapeForTerminal } from '../../report/escape.js';
import type { LiveEnd, Report, ReportLive, Warning } from '../../report/model.js';
import { ndjsonSummary } from '../../report/ndjson.js';
import { serviceName } from '../../report/service-names.js';
import { EXIT_ANALYZED, EXIT_FOUND, EXIT_UNREADABLE, EXIT_USAGE } from '../exit-codes.js';
import type { LiveCommand } from '../live-arguments.js';
import { LiveInputs } from '../live-inputs.js';
import { LiveLoop } from '../live-loop.js';
import { LiveOutput } from '../live-output.js';
import { dieOf, LiveSignals } from '../live-signals.js';
import { captureInterface, followFiles, followStream, type LiveSource } from '../live-source.js';
import { writeToStandardOutput } from '../output.js';
import { complain, complainAtLength } from '../terminal.js';
import { print, typedCommand, writeOutputs } from './analyze.js';

/** A program that writes a stream may say nothing before Ctrl-C ends it: then it still has all that it captured. */
const STREAM_BEGINNING_MS = 2000;
/** The latest attempts are listed in the report, those before are counted: it may go on for days. */
const LISTED_ATTEMPTS = 25_000;
const LISTED_PACKETS = 500_000;
/** Packets of the command's last moments are still under way when it has ended. */
const LEAST_SETTLING_MS = 500;

/** Captures, tells what is decided as it is, and reports at the end. */
export async function runLive(command: LiveCommand): Promise<number> {
  try {
    if (command.follow !== undefined) return await runFollow(command, command.follow);
    if (command.read === undefined) return await runCapture(command);
    const signals = new LiveSignals(STREAM_BEGINNING_MS);
    return await new LiveRun(command, await beginStream(command.read, command.forMs)).run(signals);
  } catch (error) {
    return explain(error);
  }
}

/** What is worth a word on the way must not be written into the status line: the output knows where that is. */
async function runFollow(command: LiveCommand, name: string): Promise<number> {
  let say: (message: string) => void = complain;
  const source = await followFiles(name, (message) => say(message));
  try {
    const run = new LiveRun(command, source);
    say = (message) => run.say(message);
    return await run.run(new LiveSignals(0));
  } finally {
    // It would wait for what is written next, and the process for it.
    source.abandon();
  }
}

/** A stream may not begin before the time is over, as when its writer holds everything back. */
async function beginStream(name: string, forMs: number | undefined): Promise<LiveSource> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    if (forMs === undefined) return;
    timer = setTimeout(() => {
      if (name === STANDARD_INPUT) process.stdin.destroy();
      reject(new SourceError('nothing came within the time of --for; tcpdump needs -U to write packets at once'));
    }, forMs);
  });
  try {
    return await Promise.race([followStream(name), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function runCapture(command: LiveCommand): Promise<number> {
  const source = await captureInterface(command);
  try {
    const { dropPrivileges } = await import('../../node/privileges.js');
    // From here on everything belongs to the invoking user: the files, and the command.
    dropPrivileges();
    return await new LiveRun(command, source).run(new LiveSignals(0));
  } catch (error) {
    source.stop();
    throw error;
  }
}

/** A file that is asked for can't be written. */
class FileError extends Error {
  override readonly name = 'FileError';
}

/** The exit status of what could not begin. */
function explain(error: unknown): number {
  const isUsage =
    error instanceof CommandStartError || (error instanceof CaptureStartError && error.code === 'bad-filter');
  const isExpected = [CaptureStartError, SourceError, CaptureError, FileError].some((kind) => error instanceof kind);
  if (!isUsage && !isExpected) throw error;
  complainAtLength((error as Error).message);
  return isUsage ? EXIT_USAGE : EXIT_UNREADABLE;
}

/** One live capture, from its start to its report. */
class LiveRun {
  readonly #command: LiveCommand;
  readonly #source: LiveSource;
  readonly #output: LiveOutput;
  readonly #analyzer: Analyzer;
  readonly #inputs: LiveInputs;
  #recording: Recording | undefined;
  #running: TerminalCommand | undefined;
  #commandEnd: CommandEnd | undefined;
  #commandEndedAt = 0;
  #startError: unknown;
  /** Why the command was ended, if it was. */
  #commandEndedBy: LiveEnd = 'command';
  #hasFailed = false;

  constructor(command: LiveCommand, source: LiveSource) {
    const output = new LiveOutput(command, source.session !== undefined);
    const { all, maxPending, numeric, selection, packets } = command;
    this.#command = command;
    this.#source = source;
    this.#output = output;
    this.#analyzer = new Analyzer({
      all,
      numeric,
      serviceName,
      limits: {
        attempts: LISTED_ATTEMPTS,
        packets: LISTED_PACKETS,
        ...(maxPending !== undefined && { pending: maxPending }),
      },
      ...(selection === undefined ? {} : { selection }),
      onAttempt: (attempt, isCorrection) => output.tell(attempt, isCorrection),
    });
    this.#inputs = new LiveInputs(this.#analyzer, source, packets, (message) => this.say(message));
  }

  /** Says on standard error what happened on the way. */
  say(message: string): void {
    this.#output.say(`synwhy: ${escapeForTerminal(message)}`);
  }

  async run(signals: LiveSignals): Promise<number> {
    const { packets, forMs, words } = this.#command;
    await this.#openFiles();
    const loop = new LiveLoop({
      source: this.#source,
      analyzer: this.#analyzer,
      inputs: this.#inputs,
      output: this.#output,
      recorder: this.#recording,
      packets,
      isOver: () => this.#isOver(),
    });
    signals.deliver((signal) => this.#heed(signal, loop));
    const timer = forMs === undefined ? undefined : setTimeout(() => this.#endTime(loop), forMs);
    this.#announce();
    if (words.length > 0) this.#start();
    const endedBy = await loop.run();
    // If the capture broke off, the command goes on all the same.
    await this.#running?.ended.catch(() => undefined);
    clearTimeout(timer);
    await this.#recording?.close({ statistics: this.#statistics(), endedAt: BigInt(loop.endedAtMs) * 1_000_000n });
    if (this.#startError !== undefined) throw this.#startError;
    return this.#tell(await this.#report(endedBy), endedBy);
  }

  /** All files that will be written: to learn at the end of a day that one can't be would be late. */
  async #openFiles(): Promise<void> {
    const { outputs, recording: path, ring, filter } = this.#command;
    for (const { path: output } of outputs) await tryToOpen(output);
    await this.#output.open();
    if (path === undefined) return;
    const { openRecording } = await import('../../node/live/recording.js');
    this.#recording = await openRecording({
      path,
      ...(ring === undefined ? {} : { ring }),
      interfaceName: this.#source.name,
      ...(filter === undefined ? {} : { filter }),
      onProblem: (message) => {
        this.#hasFailed = true;
        this.#output.say(`synwhy: ${message}`);
      },
    }).catch((error: Error) => {
      throw new FileError(error.message);
    });
  }

  #announce(): void {
    const { session } = this.#source;
    const { quiet, words } = this.#command;
    if (quiet) return;
    for (const sentence of session?.choice ?? []) complain(sentence);
    if (words.length === 0) complain('Ctrl-C ends the capture and prints the report.');
  }

  #start(): void {
    const running = runInTerminal(this.#command.words);
    this.#running = running;
    running.ended.then(
      (end) => {
        this.#commandEnd = end;
        this.#commandEndedAt = performance.now();
      },
      (error: unknown) => {
        this.#startError = error;
      },
    );
  }

  get #isCommandRunning(): boolean {
    return this.#running !== undefined && this.#commandEnd === undefined && this.#startError === undefined;
  }

  /** While a command runs, signals are meant for it; else the first one asks for the end and the second one is it. */
  #heed(signal: NodeJS.Signals, loop: LiveLoop): void {
    if (this.#isCommandRunning && this.#commandEndedBy !== 'terminate') {
      if (signal !== 'SIGINT') this.#commandEndedBy = 'terminate';
      this.#running?.pass(signal);
      return;
    }
    if (!loop.isStopping && !this.#isCommandRunning) {
      loop.stop(signal === 'SIGINT' ? 'interrupt' : 'terminate');
      return;
    }
    this.#output.clear();
    dieOf(signal);
  }

  #endTime(loop: LiveLoop): void {
    if (!this.#isCommandRunning) {
      loop.stop('time');
      return;
    }
    this.#commandEndedBy = 'time';
    this.#running?.kill('SIGTERM');
  }

  /** Over when the command has ended, and what it started is decided. */
  #isOver(): LiveEnd | undefined {
    if (this.#startError !== undefined) return 'command';
    if (this.#commandEnd === undefined) return undefined;
    const settledMs = performance.now() - this.#commandEndedAt;
    if (this.#commandEndedBy === 'terminate') return 'terminate';
    if (settledMs < Math.min(LEAST_SETTLING_MS, this.#command.settleMs)) return undefined;
    return settledMs >= this.#command.settleMs || !this.#analyzer.isUndecided() ? this.#commandEndedBy : undefined;
  }

  async #report(endedBy: LiveEnd): Promise<Report> {
    const { dropped } = this.#statistics();
    this.#endInput();
    if (dropped !== null) this.#inputs.tellDropped(dropped + (this.#statistics().droppedByInterface ?? 0));
    this.#output.isReporting = true;
    const report = this.#analyzer.finishLazily();
    await this.#output.flush();
    const { session } = this.#source;
    const { filter, words } = this.#command;
    const live: ReportLive = {
      interface: session?.interfaceName ?? null,
      backend: session?.backend ?? null,
      filter: filter ?? null,
      endedBy,
      ...(this.#commandEnd === undefined ? {} : { command: { words, ...this.#commandEnd } }),
    };
    const warnings = [...report.quality.warnings, ...this.#warnings()];
    return { ...this.#output.withHostFacts(report), quality: { ...report.quality, warnings }, live };
  }

  /** Where a capture ended before it said what it is, there is nothing to report; a stream has to be one. */
  #endInput(): void {
    try {
      this.#inputs.end();
    } catch (error) {
      if (!(error instanceof CaptureError) || this.#source.session === undefined) throw error;
    }
  }

  #statistics() {
    return this.#source.statistics() ?? { received: null, dropped: null, droppedByInterface: null };
  }

  #warnings(): Warning[] {
    const { dropped, why } = this.#statistics();
    if (this.#source.session === undefined || dropped !== null) return [];
    const text = why ?? 'How many packets were lost while capturing is not known.';
    return [{ code: 'drops-unknown', text }];
  }

  /** Writes the report, and gives the exit status. */
  async #tell(report: Report, endedBy: LiveEnd): Promise<number> {
    const { color, outputs, verbose, format, failOn } = this.#command;
    const options = { verbose, commandLine: typedCommand() };
    const told = outputs.filter((output) => output.format !== 'ndjson');
    const areWritten = await writeOutputs(report, told, options);
    await this.#output.finish(report);
    if (format === 'ndjson') await writeToStandardOutput([ndjsonSummary(report)]);
    else if (format !== undefined) {
      if (this.#output.hasPrinted) await writeToStandardOutput(['\n']);
      await print(report, format, color, options);
    }
    if (endedBy === 'failure') complain(`${this.#source.name}: ${this.#source.damage ?? 'the capture broke off'}`);
    if (!areWritten || this.#hasFailed || this.#output.hasFailed || endedBy === 'failure') return EXIT_UNREADABLE;
    return failOn.some((outcome) => report.summary[outcome] > 0) ? EXIT_FOUND : EXIT_ANALYZED;
  }
}

async function tryToOpen(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    throw new FileError(`${path} can't be written: ${(error as Error).message}`);
  }
}
