/** Drives one of zlib's streams by hand, so that nothing piles up and nothing is lost when it fails. */

import type { Transform } from 'node:stream';

/** A stream of node:zlib. */
export type Engine = Transform & { readonly bytesWritten: number };

/** Feeds an engine and hands out what comes of it, never more than one chunk of output at a time. */
export class EngineFeed {
  /** Whether the engine saw the end of its data: it took only a part of what it was given. */
  ended = false;
  /** Whether what it was given is not of its format. */
  failed = false;
  private readonly engine: Engine;
  private wake: () => void = () => {};

  constructor(engine: Engine) {
    this.engine = engine;
    engine.on('readable', () => this.wake());
    engine.on('error', () => this.fail());
  }

  /** Gives input, and yields all output that comes of it. Returns how many bytes of it the engine took. */
  async *feed(input: Uint8Array): AsyncGenerator<Uint8Array, number> {
    const before = this.engine.bytesWritten;
    let consumed = false;
    this.engine.write(input, (error) => {
      consumed = true;
      if (error) this.fail();
      this.wake();
    });
    for (;;) {
      const output: Uint8Array | null = this.engine.read();
      if (output !== null) yield output;
      else if (consumed || this.failed) break;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const taken = this.engine.bytesWritten - before;
    this.ended = taken < input.length;
    return taken;
  }

  private fail(): void {
    this.failed = true;
    this.wake();
  }

  /** Lets the engine go. */
  close(): void {
    this.engine.destroy();
  }
}
