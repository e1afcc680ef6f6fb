/** Where live packets come from: an interface, a stream that somebody else captures, or captures that are written. */
import { openCapture as openFile } from '../node/file.js';
import type { CaptureSession, CaptureStatistics } from '../node/live/capture-session.js';
import type { LiveCommand } from './live-arguments.js';

/** A capture as the report tells of it. */
export interface LiveCapture {
  readonly name: string;
  readonly compression: string | undefined;
  /** After its end: what kept the rest of it from being read, in words without a full stop. */
  readonly damage: string | undefined;
}

/** A stream of packets that goes on until it is stopped, or ends by itself. */
export interface LiveSource {
  /** What it was asked for by. */
  readonly name: string;
  /** The capture that the latest bytes are of; undefined: captures are followed, and there was none yet. */
  readonly capture: LiveCapture | undefined;
  /** True if captures are followed, so that the next one may begin, and a last record need not be whole. */
  readonly isFollowing: boolean;
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
  const source = await openFile(name, { chunkBytes: CHUNK_BYTES });
  return {
    name,
    capture: source,
    isFollowing: false,
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

/** Follows captures while they are written. Throws SourceError where there is nothing to be followed. */
export async function followFiles(name: string, say: (message: string) => void): Promise<LiveSource> {
  const { followCaptures } = await import('../node/follow/follower.js');
  const follower = followCaptures(name, say);
  return {
    name,
    get capture() {
      return follower.capture;
    },
    isFollowing: true,
    session: undefined,
    next: () => follower.next(),
    stop: () => follower.stop(),
    abandon: () => follower.abandon(),
    get damage() {
      return follower.capture?.damage;
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
  const capture: LiveCapture = { name: session.interfaceName, compression: undefined, damage: undefined };
  return {
    name: session.interfaceName,
    capture,
    isFollowing: false,
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
