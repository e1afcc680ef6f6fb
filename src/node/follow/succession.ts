/** Which capture is to be followed, and what comes after it. */
import { type Stats, statSync } from 'node:fs';
import { filesIn } from '../capture-names.js';
import { SourceError } from '../file.js';
import { peekCapture } from '../peek.js';
import { continues, type FileMark, readBeginning } from './file-mark.js';

/** The captures of a name or a folder, one after another. */
export interface Succession {
  /** The capture that comes next, if there is one by now. */
  next(): Promise<string | undefined>;
  /** True if the capture that is being read, and has no more bytes for now, will get none: another one comes next. */
  isOver(current: FileMark): Promise<boolean>;
  /** Told how far a capture was read. */
  leave(path: string, mark: FileMark): void;
}

/** One file, whatever is called by its name: like `tail -F`. */
export class NamedFile implements Succession {
  readonly #path: string;
  readonly #say: (message: string) => void;
  #last: FileMark | undefined;
  #isMissed = false;

  constructor(path: string, say: (message: string) => void) {
    this.#path = path;
    this.#say = say;
  }

  async next(): Promise<string | undefined> {
    const stats = lookUp(this.#path);
    if (stats === undefined && !this.#isMissed) this.#say(`there is no file ${this.#path} yet; it is waited for`);
    this.#isMissed = stats === undefined;
    return stats === undefined || (this.#last !== undefined && isSame(stats, this.#last)) ? undefined : this.#path;
  }

  async isOver(current: FileMark): Promise<boolean> {
    const stats = lookUp(this.#path);
    return stats !== undefined && !isSame(stats, current);
  }

  leave(_path: string, mark: FileMark): void {
    const stats = lookUp(this.#path);
    // What was begun anew in its place is the same file, and yet another capture.
    this.#last = stats !== undefined && isSame(stats, mark) && isContinued(this.#path, stats, mark) ? mark : undefined;
  }
}

/** A folder is gone through once a second, and less often where that takes long. */
const SCAN_MS = 1000;
const SCAN_SHARE = 20;

/**
 * The captures in a folder: those that are there in order of time, and then those that appear, as rings of tcpdump and
 * dumpcap do. A name that is used again is a new capture.
 */
export class FolderOfFiles implements Succession {
  readonly #folder: string;
  readonly #isMeant: (path: string) => boolean;
  readonly #say: (message: string) => void;
  readonly #read = new Map<string, FileMark>();
  /** What was looked at and is no capture, or not yet: its size. */
  readonly #strangers = new Map<string, number>();
  readonly #told = new Set<string>();
  #waiting: string[] = [];
  #scannedAt = Number.NEGATIVE_INFINITY;
  #scanMs = 0;
  #folderChangedMs = 0;

  constructor(folder: string, isMeant: (path: string) => boolean, say: (message: string) => void) {
    this.#folder = folder;
    this.#isMeant = isMeant;
    this.#say = say;
  }

  async next(): Promise<string | undefined> {
    if (this.#waiting.length === 0) await this.#scan(undefined);
    return this.#waiting.shift();
  }

  async isOver(current: FileMark): Promise<boolean> {
    if (this.#waiting.length === 0) await this.#scan(current);
    return this.#waiting.length > 0;
  }

  leave(path: string, mark: FileMark): void {
    this.#read.set(path, mark);
  }

  async #scan(current: FileMark | undefined): Promise<void> {
    const changedMs = lookUp(this.#folder)?.mtimeMs ?? 0;
    const sinceMs = performance.now() - this.#scannedAt;
    const isDue = sinceMs >= (changedMs === this.#folderChangedMs ? SCAN_MS : 0);
    if (!isDue || sinceMs < SCAN_SHARE * this.#scanMs) return;
    const startedAt = performance.now();
    this.#folderChangedMs = changedMs;
    const paths = (await filesIn(this.#folder)).filter(this.#isMeant);
    this.#forgetAllBut(new Set(paths));
    const found: { path: string; beginsAtNs: bigint | undefined; modifiedMs: number }[] = [];
    for (const path of paths) {
      const stats = lookUp(path);
      if (stats === undefined || (current !== undefined && isSame(stats, current)) || !this.#isNew(path, stats))
        continue;
      const beginsAtNs = await this.#look(path, stats);
      if (beginsAtNs !== null) found.push({ path, beginsAtNs, modifiedMs: stats.mtimeMs });
    }
    // What holds no packet yet was begun last.
    const time = ({ beginsAtNs }: (typeof found)[number]) => (beginsAtNs === undefined ? Infinity : Number(beginsAtNs));
    found.sort((one, other) => compare(time(one), time(other)) || compare(one.modifiedMs, other.modifiedMs));
    this.#waiting = found.map(({ path }) => path);
    this.#scannedAt = performance.now();
    this.#scanMs = this.#scannedAt - startedAt;
  }

  #forgetAllBut(paths: ReadonlySet<string>): void {
    for (const known of [this.#read, this.#strangers]) {
      for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
    }
  }

  /** False for what was read, and for what is no capture and has not changed. */
  #isNew(path: string, stats: Stats): boolean {
    if (this.#strangers.get(path) === stats.size) return false;
    const mark = this.#read.get(path);
    if (mark === undefined || !isSame(stats, mark)) return true;
    if (stats.mtimeMs === mark.modifiedMs && stats.size === mark.sizeBytes) return false;
    if (!isContinued(path, stats, mark)) return true;
    if (stats.size > mark.sizeBytes)
      this.#tell(path, 'is still written to, but a newer capture has begun: the rest of it is not read');
    return false;
  }

  /** When it begins; undefined: that does not show yet. Null: it is no capture, or none yet. */
  async #look(path: string, { size }: Stats): Promise<bigint | undefined | null> {
    try {
      const { problem, beginsAtNs } = await peekCapture(path);
      if (problem === undefined) {
        this.#strangers.delete(path);
        return beginsAtNs;
      }
      // Of a capture that begins to be written not even the header may be there.
      const isBeginning = problem.code === 'empty' || problem.code === 'truncated-header';
      if (!isBeginning) this.#tell(path, 'is no capture and was passed over');
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#tell(path, `was passed over: ${error.message}`);
    }
    this.#strangers.set(path, size);
    return null;
  }

  #tell(path: string, what: string): void {
    if (this.#told.has(path)) return;
    this.#told.add(path);
    this.#say(`${path} ${what}`);
  }
}

function lookUp(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isSame({ dev, ino }: Stats, { device, inode }: FileMark): boolean {
  return dev === device && ino === inode;
}

/** False for a file that was begun anew. */
function isContinued(path: string, { size }: Stats, { sizeBytes, beginning }: FileMark): boolean {
  return size >= sizeBytes && continues(beginning, readBeginning(path));
}

function compare(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
