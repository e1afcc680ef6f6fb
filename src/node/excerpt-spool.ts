/** Keeps what came through a pipe until an excerpt was copied from it: a pipe can't be read twice. */
import { rmSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Temporary files, in a folder that nobody else may read and that goes away with the process. */
export class Spool {
  #folder: string | undefined;
  readonly #files = new Map<object, { path: string; handle: FileHandle }>();
  readonly #atExit = () => {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  };

  /** Appends to what is kept of a source. Throws as the file system does. */
  async add(source: object, chunk: Uint8Array): Promise<void> {
    const { handle } = this.#files.get(source) ?? (await this.#create(source));
    await handle.appendFile(chunk);
  }

  /** Where the source was kept; undefined if nothing of it was. */
  pathOf(source: object): string | undefined {
    return this.#files.get(source)?.path;
  }

  /** Removes everything. */
  async remove(): Promise<void> {
    for (const { handle } of this.#files.values()) await handle.close();
    this.#files.clear();
    process.off('exit', this.#atExit);
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  async #create(source: object): Promise<{ path: string; handle: FileHandle }> {
    if (this.#folder === undefined) {
      this.#folder = await mkdtemp(join(tmpdir(), 'synwhy-'));
      process.on('exit', this.#atExit);
    }
    const path = join(this.#folder, String(this.#files.size));
    const file = { path, handle: await open(path, 'wx', 0o600) };
    this.#files.set(source, file);
    return file;
  }
}
