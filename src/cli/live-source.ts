/** Where live packets come from: an interface, or a stream that somebody else captures. */
import { openCapture as openFile } from '../node/file.js';
import type { CaptureSession, CaptureStatistics } from '../node/live/capture-session.js';
import type { LiveCommand } from './live-arguments.js';

/** A stream of packets that goes on until it is stopped, or ends by itself. */
export interface LiveSource {
  /** What the report calls the capture. */
  readonly name: string;
  readonly compression: string | undefined;
  /** The interface's capture; undefined where a stream is followed. */
  readonly session: CaptureSession | undefined;
  /** The next bytes; undefined at the end. They stay unchanged until the next are asked for. */
  next(): Promise<Uint8Array | undefined>;
  /** Asks for the end; `next` then soon gives undefined, unless whoever writes the stream does not end it. */
  stop(): void;
  /** Lets go of a stream that does not end. */
  abandon(): void;
  /** After the end: what kept the rest from being read, in words without a full stop. */
  readonly damage: string | undefined;
  /** After the end. */
  statistics(): CaptureStatistics | undefined;
}

const CHUNK_BYTES = 64 << 10;

/** Follows a file, a pipe, or standard input. Throws SourceError where there is nothing to be read. */
export async function followStream(name: string): Promise<LiveSource> {
  const source = await openFile(name, CHUNK_BYTES);
  return {
    name,
    compression: source.compression,
    session: undefined,
    next: () => source.next(),
    // Ctrl-C reaches the program at the other end of the pipe as well: what it still has to say is waited for.
    stop: () => undefined,
    abandon: () => source.abandon(),
    get damage() {
      return source.damage;
    },
    statistics: () => undefined,
  };
}

/** Captures on an interface. Throws CaptureStartError where that can't begin. */
export async function captureInterface(command: LiveCommand): Promise<LiveSource> {
  const { openCapture } = await import('../node/live/open-capture.js');
  const { interfaceName, filter, packets, backend } = command;
  const session = await openCapture({
    backend,
    ...(interfaceName === undefined ? {} : { interfaceName }),
    ...(filter === undefined ? {} : { filter }),
    ...(packets === undefined ? {} : { packets }),
  });
  const chunks = session.chunks()[Symbol.asyncIterator]();
  return {
    name: session.interfaceName,
    compression: undefined,
    session,
    async next() {
      const { done, value } = await chunks.next();
      return done === true ? undefined : value;
    },
    stop() {
      // What goes wrong is told by `failure`, or by the chunks that end.
      session.stop().catch(() => undefined);
    },
    abandon: () => undefined,
    get damage() {
      return session.failure;
    },
    statistics: () => session.statistics(),
  };
}
