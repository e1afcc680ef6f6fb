/** Signals that ask a live capture to end. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends this process as the signal does by itself. */
export function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Takes signals from its making on, and passes them to whoever wants to have them. */
export class LiveSignals {
  #heed: ((signal: NodeJS.Signals) => void) | undefined;
  #early: NodeJS.Signals | undefined;

  /** `beginningMs`: so long after a signal the capture may still begin, for what there is until then. */
  constructor(beginningMs: number) {
    for (const signal of SIGNALS) process.on(signal, () => this.#take(signal, beginningMs));
  }

  /** From now on these are passed on, and the one that has come already. */
  deliver(heed: (signal: NodeJS.Signals) => void): void {
    this.#heed = heed;
    if (this.#early !== undefined) heed(this.#early);
  }

  #take(signal: NodeJS.Signals, beginningMs: number): void {
    if (this.#heed !== undefined) this.#heed(signal);
    else if (this.#early !== undefined) dieOf(signal);
    else {
      this.#early = signal;
      setTimeout(() => {
        if (this.#heed === undefined) dieOf(signal);
      }, beginningMs).unref();
    }
  }
}
