/** The loop of a live capture: packets, time that passes without any, and the end. */
import type { Analyzer } from '../analyze.js';
import type { LiveEnd } from '../report/model.js';
import type { LiveInputs } from './live-inputs.js';
import type { LiveOutput } from './live-output.js';
import type { LiveSource } from './live-source.js';

/** How often it is looked at what silence has decided. */
const TICK_MS = 250;
/** Packets take some time until they are here; silence is counted only as far as none can be under way. */
const UNDER_WAY_MS = 300;
/** So long the source may take to end when it is asked to. */
const ENDING_MS = 5000;
/** A stream whose writer does not end it, though Ctrl-C reached it as well. */
const STREAM_ENDING_MS = 2000;
/** A silence as long as this is worth a word, and so many of them at once. */
const WAITING_MS = 3000;
const MOST_WAITING = 100;

/** Takes what is captured, as it was given. */
export interface Recorder {
  write(chunk: Uint8Array): void | Promise<void>;
}

/** What a loop works with. */
export interface LiveParts {
  source: LiveSource;
  analyzer: Analyzer;
  inputs: LiveInputs;
  output: LiveOutput;
  recorder: Recorder | undefined;
  /** The capture ends after so many packets. */
  packets: number | undefined;
  /** Asked about four times a second; a reason ends the capture. */
  isOver: () => LiveEnd | undefined;
}

type Arrival = { chunk: Uint8Array | undefined } | { error: unknown };

/** Runs one live capture. */
export class LiveLoop {
  readonly #parts: LiveParts;
  readonly #startedAt = performance.now();
  /** When the last bytes came. */
  #fedAt = performance.now();
  #arrival: Arrival | undefined;
  #wake: () => void = () => undefined;
  #endedBy: LiveEnd | undefined;
  #stoppedAt = 0;

  /** When it ended: milliseconds since 1970. */
  endedAtMs = 0;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** True once somebody asked for the end. */
  get isStopping(): boolean {
    return this.#endedBy !== undefined;
  }

  /** Asks for the end; the first reason counts. */
  stop(reason: LiveEnd): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = reason;
    this.#stoppedAt = performance.now();
    this.endedAtMs = Date.now();
    this.#parts.source.stop();
    this.#wake();
  }

  /** Runs until the end, and says what it was. Throws CaptureError where the source is no capture. */
  async run(): Promise<LiveEnd> {
    const timer = setInterval(() => this.#wake(), TICK_MS);
    try {
      this.#ask();
      while (await this.#step());
    } finally {
      clearInterval(timer);
      this.#parts.output.clear();
    }
    return this.#settleEnd();
  }

  /** False at the end. */
  async #step(): Promise<boolean> {
    const { analyzer, inputs, output, packets, isOver } = this.#parts;
    await this.#sleep();
    const arrival = this.#arrival;
    this.#arrival = undefined;
    if (arrival !== undefined) {
      if ('error' in arrival) throw arrival.error;
      if (arrival.chunk === undefined) return false;
      await this.#take(arrival.chunk);
    } else if (!this.isStopping) analyzer.pass(Math.max(0, performance.now() - this.#fedAt - UNDER_WAY_MS));
    await output.flush();
    output.update(performance.now() - this.#startedAt, inputs.packets, () =>
      analyzer.pending(WAITING_MS, MOST_WAITING),
    );
    if (packets !== undefined && inputs.packets >= packets) this.stop('packets');
    if (output.isClosed) this.stop('interrupt');
    const reason = this.isStopping ? undefined : isOver();
    if (reason !== undefined) this.stop(reason);
    if (this.#hasWaitedEnough()) {
      this.#parts.source.abandon();
      return false;
    }
    // Only now, so that a reader who is slow makes the source wait.
    if (arrival !== undefined) this.#ask();
    return true;
  }

  async #take(chunk: Uint8Array): Promise<void> {
    const { inputs, recorder } = this.#parts;
    this.#fedAt = performance.now();
    inputs.push(chunk);
    await recorder?.write(chunk);
  }

  #hasWaitedEnough(): boolean {
    if (this.#endedBy === undefined) return false;
    const isStream = this.#parts.source.session === undefined;
    const isWaitedFor = this.#endedBy === 'interrupt' || this.#endedBy === 'terminate';
    const patienceMs = isStream ? (isWaitedFor ? STREAM_ENDING_MS : 0) : ENDING_MS;
    return performance.now() - this.#stoppedAt >= patienceMs;
  }

  /** One at a time, each with a callback of its own: a promise that is raced again and again would hold all of them. */
  #ask(): void {
    const arrive = (arrival: Arrival) => {
      this.#arrival = arrival;
      this.#wake();
    };
    this.#parts.source.next().then(
      (chunk) => arrive({ chunk }),
      (error: unknown) => arrive({ error }),
    );
  }

  #sleep(): Promise<void> {
    if (this.#arrival !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Silence counts up to the end, as far as it is known to have been one. */
  #settleEnd(): LiveEnd {
    const { source, analyzer } = this.#parts;
    const { session } = source;
    if (this.#endedBy === undefined) this.endedAtMs = Date.now();
    const endedAt = this.#endedBy === undefined ? performance.now() : this.#stoppedAt;
    // The kernel's time stamps are of this machine's clock; those of a stream may be of another one.
    if (session !== undefined) analyzer.reach(BigInt(this.endedAtMs) * 1_000_000n);
    else analyzer.pass(Math.max(0, endedAt - this.#fedAt - UNDER_WAY_MS));
    if (this.#endedBy !== undefined) return this.#endedBy;
    return session === undefined ? 'input' : session.failure === undefined ? 'packets' : 'failure';
  }
}
