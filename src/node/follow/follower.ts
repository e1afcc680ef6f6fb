/** Reads captures while they are written, one after another: `tail -F` for captures. */
import { statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Compression, type Decompressed, decompress } from '../decompress.js';
import { explainOpenError, SourceError } from '../file.js';
import { continues, extendBeginning, type FileMark, readBeginningOf } from './file-mark.js';
import { FolderChanges } from './folder-changes.js';
import { FolderOfFiles, NamedFile, type Succession } from './succession.js';

/** One of the captures that are followed. */
export interface FollowedCapture {
  readonly name: string;
  readonly compression: Compression | undefined;
  /** After its end: what was wrong with the compressed data, in words without a full stop. */
  damage: string | undefined;
}

const CHUNK_BYTES = 256 << 10;

/**
 * Follows a file, a folder, or the files that a pattern such as `ring/web*.pcap` fits. `say` gets what is worth a word on
 * the way. Throws SourceError for what can't be followed.
 */
export function followCaptures(name: string, say: (message: string) => void): Follower {
  const stats = statSync(name, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return new Follower(name, new FolderOfFiles(name, () => true, say), say);
  if (stats !== undefined && !stats.isFile()) {
    throw new SourceError(`${name} is no file: synwhy live -r ${name} follows a stream`);
  }
  const folder = dirname(name);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new SourceError(`there is no folder ${folder}`);
  }
  const isPattern = stats === undefined && /[*?]/.test(basename(name));
  if (!isPattern) return new Follower(folder, new NamedFile(name, say), say);
  const fits = fitsPattern(basename(name));
  return new Follower(folder, new FolderOfFiles(folder, (path) => fits.test(basename(path)), say), say);
}

function fitsPattern(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

/** Captures that are being followed. */
export class Follower {
  readonly #succession: Succession;
  readonly #say: (message: string) => void;
  readonly #changes: FolderChanges;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #capture: FollowedCapture | undefined;
  #complaint = '';
  #isStopped = false;
  #isAbandoned = false;

  constructor(folder: string, succession: Succession, say: (message: string) => void) {
    this.#succession = succession;
    this.#say = say;
    this.#changes = new FolderChanges(folder);
    this.#chunks = this.#follow();
  }

  /** The capture that the latest chunk is of; undefined: there was none yet. */
  get capture(): FollowedCapture | undefined {
    return this.#capture;
  }

  /**
   * The next bytes, when they are there; undefined at the end, which only `stop` brings. They stay unchanged until the
   * next call. Throws SourceError where the first capture can't be read.
   */
  async next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#chunks.next();
    return done === true ? undefined : value;
  }

  /** Asks for the end: what is there by now is still read. */
  stop(): void {
    this.#isStopped = true;
    this.#changes.close();
  }

  /** Ends at once. */
  abandon(): void {
    this.#isAbandoned = true;
    this.stop();
  }

  async *#follow(): AsyncGenerator<Uint8Array> {
    try {
      while (!this.#isAbandoned) {
        const path = await this.#succession.next();
        if (path !== undefined) yield* this.#read(path);
        else if (this.#isStopped) return;
        else await this.#changes.wait();
      }
    } finally {
      this.#changes.close();
    }
  }

  async *#read(path: string): AsyncGenerator<Uint8Array> {
    const file = await this.#open(path);
    if (file === undefined) {
      await this.#changes.wait();
      return;
    }
    const { handle, mark } = file;
    try {
      const opened = await decompress(this.#readStored(handle, mark));
      const capture: FollowedCapture = { name: path, compression: opened.compression, damage: undefined };
      yield* this.#give(capture, opened);
    } finally {
      this.#succession.leave(path, mark);
      await handle.close();
    }
  }

  async *#give(capture: FollowedCapture, opened: Decompressed): AsyncGenerator<Uint8Array> {
    for await (const chunk of opened.chunks) {
      this.#capture = capture;
      yield chunk;
    }
    capture.damage = opened.damage;
  }

  /** Undefined: it can't be opened, which was said. It may be gone already, as the oldest file of a ring. */
  async #open(path: string): Promise<{ handle: FileHandle; mark: FileMark } | undefined> {
    try {
      const handle = await open(path, 'r');
      const { dev, ino, mtimeMs } = await handle.stat();
      const beginning = new Uint8Array(0);
      return { handle, mark: { device: dev, inode: ino, sizeBytes: 0, modifiedMs: mtimeMs, beginning } };
    } catch (error) {
      const message = explainOpenError(path, error);
      if (this.#capture === undefined) throw new SourceError(message);
      if (message !== this.#complaint) this.#say(message);
      this.#complaint = message;
      return undefined;
    }
  }

  /** The bytes as they are stored, until another capture has taken the place of this one. */
  async *#readStored(handle: FileHandle, mark: FileMark): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (let isOver = false; !this.#isAbandoned; ) {
      const { size, mtimeMs } = await handle.stat();
      if (size < mark.sizeBytes || !continues(mark.beginning, readBeginningOf(handle.fd))) return;
      mark.modifiedMs = mtimeMs;
      let bytesRead = CHUNK_BYTES;
      while (bytesRead > 0 && !this.#isAbandoned) {
        ({ bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, mark.sizeBytes));
        if (bytesRead === 0) break;
        const bytes = buffer.subarray(0, bytesRead);
        mark.beginning = extendBeginning(mark.beginning, bytes);
        mark.sizeBytes += bytesRead;
        yield bytes;
      }
      // What was written before the next one began is read after it was seen to have begun.
      if (isOver || this.#isStopped) return;
      isOver = await this.#succession.isOver(mark);
      if (!isOver) await this.#changes.wait();
    }
  }
}
