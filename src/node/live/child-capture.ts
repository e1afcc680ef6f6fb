/** Capturing in a process of its own, whose pcap stream is read. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Packet, type TimeOrigin } from '../../capture/format.js';
import { AnyCaptureReader } from '../../capture/reader.js';
import {
  type Backend,
  type CaptureSession,
  CaptureStartError,
  type CaptureStatistics,
  type LiveOptions,
} from './capture-session.js';
import { explainStart } from './start-problems.js';

/** What there is to know of a program that captures. */
export interface CaptureProgram {
  name: Backend;
  /** What is to be run; undefined: the program of that name. Throws CaptureStartError. */
  locate?: () => string;
  /** The arguments for a capture to standard output, and those that only open the interface and list its link types. */
  captureArguments: (options: LiveOptions & { interfaceName: string }) => string[];
  probeArguments: (interfaceName: string) => string[];
  /** Why this program cannot take an interface of that name, as the end of a sentence; undefined when it can. */
  refuses?: (interfaceName: string) => string | undefined;
  /** What it says on standard error as soon as no packet passes it by any more. */
  started: RegExp;
  /** For how long the kernel may keep packets for itself until the program gets them. */
  heldBackMs: number;
  /** What it says when the interface has vanished or went down. */
  vanished: RegExp;
  /** What it says at its end. */
  readStatistics: (said: string) => CaptureStatistics | undefined;
}

/** Debian and macOS keep them where a user's PATH does not lead. */
const MORE_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/Applications/Wireshark.app/Contents/MacOS'];
/** A program that has not begun by then never will. */
const START_LIMIT_MS = 20_000;
/** How long it may take to read what the kernel has, and then to end in order. */
const DRAIN_LIMIT_MS = 10_000;
const END_LIMIT_MS = 5_000;
/** What is kept of standard error: its end. */
const KEPT_CHARACTERS = 8192;

/**
 * Becomes the program, and leaves a watcher behind that ends it: in order when told 'stop', at once when Node has gone.
 * The watcher has the privileges that Node drops, without which nobody may send signals to a program of root.
 */
const SUPERVISE = `(while read -r word; do case $word in stop) kill -TERM $$ ;; over) exit ;; esac; done; kill -KILL $$) \
<&3 >/dev/null 2>&1 & exec 3<&-; exec "$@"`;

/** Where a program lies, and whether this user may run it; undefined when it is not installed. */
export function findProgram(name: string): { path: string; mayRun: boolean } | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...MORE_FOLDERS];
  const paths = folders.map((folder) => join(folder, name)).filter((path) => existsSync(path));
  const path = paths.find(isExecutable);
  if (path !== undefined) return { path, mayRun: true };
  return paths[0] === undefined ? undefined : { path: paths[0], mayRun: false };
}

/** The path of a program for this interface. Throws CaptureStartError when there is none that can be used. */
function locate({ name, locate: find, refuses }: CaptureProgram, interfaceName: string): string {
  if (find !== undefined) return find();
  const found = findProgram(name);
  if (found === undefined) throw new CaptureStartError('no-backend', `${name} is not installed`);
  if (!found.mayRun) throw new CaptureStartError('permission', `this user may not run ${found.path}`);
  const refusal = refuses?.(interfaceName);
  if (refusal !== undefined) throw new CaptureStartError('no-backend', refusal);
  return found.path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Its messages are read, so they must be in English. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C' };
}

/** Opens an interface without capturing; gives its link type as the program prints it. Throws CaptureStartError. */
export async function probeProgram(program: CaptureProgram, interfaceName: string): Promise<string> {
  const child = spawn(locate(program, interfaceName), program.probeArguments(interfaceName), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(),
    timeout: START_LIMIT_MS,
  });
  let said = '';
  const listen = (text: unknown) => (said = (said + text).slice(-KEPT_CHARACTERS));
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  const linkType = /^ {2}(\S+)/m.exec(said)?.[1];
  if (status === 0 && linkType !== undefined) return linkType;
  throw explainStart({ said, program: program.name, interfaceName, filter: undefined });
}

/** Begins a capture with a program; resolves when no packet passes it by any more. Throws CaptureStartError. */
export async function startProgram(
  program: CaptureProgram,
  options: LiveOptions & { interfaceName: string },
): Promise<Omit<CaptureSession, 'choice'>> {
  const path = locate(program, options.interfaceName);
  const child = spawn('/bin/sh', ['-c', SUPERVISE, 'sh', path, ...program.captureArguments(options)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: environment(),
    // Ctrl-C is for this process, which then ends the capture in order.
    detached: true,
  });
  const capture = new ChildCapture(child, program, options);
  await capture.started();
  return capture;
}

class ChildCapture implements Omit<CaptureSession, 'choice'> {
  readonly backend: Backend;
  readonly interfaceName: string;

  readonly #program: CaptureProgram;
  readonly #options: LiveOptions & { interfaceName: string };
  readonly #output: Readable;
  readonly #watcher: Writable;
  readonly #ended: Promise<void>;
  #said = '';
  #startError: Error | undefined;
  #stopping: Promise<void> | undefined;
  #isDrained = true;
  #reads = 0;
  readonly #origin: TimeOrigin = { epochNs: undefined };
  readonly #reader = new AnyCaptureReader(this.#origin);
  readonly #packet = new Packet();
  #isOver = false;
  #status: number | null = null;
  #signal: string | null = null;

  constructor(child: ChildProcess, program: CaptureProgram, options: LiveOptions & { interfaceName: string }) {
    this.backend = program.name;
    this.interfaceName = options.interfaceName;
    this.#program = program;
    this.#options = options;
    const [, output, said, watcher] = child.stdio as unknown as [null, Readable, Readable, Writable];
    this.#output = output;
    this.#watcher = watcher;
    // It reads no more when the program has ended.
    watcher.on('error', () => undefined);
    said.on('data', (text) => {
      this.#said = (this.#said + text).slice(-KEPT_CHARACTERS);
    });
    child.once('exit', () => watcher.end('over\n'));
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#startError = error;
        this.#isOver = true;
        resolve();
      });
      // 'exit' would come while the last words are still on their way; 'close' waits for the packets to be read as well.
      let open = 2;
      const note = (): void => {
        if (--open > 0) return;
        this.#isOver = true;
        resolve();
      };
      child.once('exit', (status, signal) => {
        this.#status = status;
        this.#signal = signal;
        note();
      });
      said.once('close', note);
    });
    said.on('data', () => this.#onWords?.());
  }

  #onWords: (() => void) | undefined;

  /** Resolves when it captures; throws CaptureStartError when it does not. */
  async started(): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      this.#onWords = () => this.#program.started.test(this.#said) && resolve();
    });
    const limit = new AbortController();
    const tooLong = sleep(START_LIMIT_MS, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([begun, this.#ended, tooLong]);
    limit.abort();
    this.#onWords = undefined;
    if (this.#program.started.test(this.#said)) return;
    if (!this.#isOver) this.#watcher.end();
    const said = this.#startError?.message ?? this.#said;
    const { filter } = this.#options;
    throw explainStart({ said, program: this.#program.name, interfaceName: this.interfaceName, filter });
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of this.#output) {
        this.#follow(chunk);
        yield chunk as Uint8Array;
      }
      await this.#ended;
    } finally {
      if (!this.#isOver) this.#watcher.end();
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isDrained = await this.#drain(BigInt(Date.now()) * 1_000_000n);
    this.#watcher.write('stop\n');
    await this.#endsWithin(END_LIMIT_MS);
    if (!this.#isOver) this.#watcher.end();
    await this.#ended;
  }

  /**
   * A program that is ended reads no further: what the kernel has by then would be lost, and nobody would count it.
   * Resolves to true when a packet came that is younger than `untilNs`, or when none comes any more.
   */
  async #drain(untilNs: bigint): Promise<boolean> {
    const { heldBackMs } = this.#program;
    const limitMs = performance.now() + DRAIN_LIMIT_MS;
    let reads = -1;
    while (!this.#isOver && performance.now() < limitMs) {
      if (reads === this.#reads || this.#newestNs() >= untilNs) return true;
      reads = this.#reads;
      await this.#endsWithin(heldBackMs);
    }
    return this.#isOver;
  }

  async #endsWithin(milliseconds: number): Promise<void> {
    const patience = new AbortController();
    const wait = sleep(milliseconds, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([wait, this.#ended]);
    patience.abort();
  }

  /** Reads along, to know the time of the newest packet. */
  #follow(chunk: Uint8Array): void {
    this.#reads++;
    this.#reader.push(chunk);
    while (this.#reader.next(this.#packet));
  }

  #newestNs(): bigint {
    return (this.#origin.epochNs ?? 0n) + BigInt(Math.trunc(this.#packet.timeNs));
  }

  statistics(): CaptureStatistics {
    const { name } = this.#program;
    if (!this.#isOver) return unknown(`${name} tells what it lost when it ends`);
    const told = this.#program.readStatistics(this.#said) ?? unknown(`${name} did not tell what it lost`);
    if (this.#isDrained) return told;
    return { ...told, dropped: null, why: `${name} was so far behind that not all packets were read when it ended` };
  }

  get failure(): string | undefined {
    if (!this.#isOver) return undefined;
    const { name, vanished } = this.#program;
    if (vanished.test(this.#said)) return `the interface ${this.interfaceName} vanished or went down`;
    if (this.#signal !== null) {
      return this.#stopping === undefined
        ? `${name} was killed (${this.#signal})`
        : `${name} did not end and was killed`;
    }
    if (this.#stopping !== undefined || (this.#options.packets !== undefined && this.#status === 0)) return undefined;
    return `${name} ended by itself: ${lastWords(this.#said, name)}`;
  }
}

function unknown(why: string): CaptureStatistics {
  return { received: null, dropped: null, droppedByInterface: null, why };
}

/** What the program said last that is a complaint. */
function lastWords(said: string, name: string): string {
  const complaints = said.split(/[\r\n]+/).filter((line) => line.startsWith(`${name}: `));
  const last = complaints.findLast((line) => !line.startsWith(`${name}: listening on`));
  return last?.slice(name.length + 2).replace(/\.$/, '') ?? 'it did not say why';
}
