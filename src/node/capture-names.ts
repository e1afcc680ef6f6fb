/** The names of captures: of those in a folder, and of those in a list. */
import { type Stats, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { explainOpenError, SourceError, STANDARD_INPUT } from './file.js';

/** A capture by its name. */
export interface CaptureName {
  name: string;
  /** The folder that was named instead of it; undefined where it was named itself. */
  folder: string | undefined;
  /** False for a pipe, a device, and what does not exist. */
  isFile: boolean;
}

const NUL = 0;
/** web.pcap10 comes behind web.pcap9, as tcpdump -C counts. */
const NATURAL_ORDER = { numeric: true } as const;

/** The files directly in a folder, in the order of their names; hidden ones are left out. Throws SourceError. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new SourceError(explainOpenError(folder, error));
  });
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (!entry.name.startsWith('.') && (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))))
      files.push(path);
  }
  return files.sort(new Intl.Collator('en', NATURAL_ORDER).compare);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** A name itself or, if it is a folder's, those of the files in it. Throws SourceError. */
export async function expandName(name: string): Promise<CaptureName[]> {
  // Of thousands of names one after another; handing each to another thread takes ten times as long.
  const stats = name === STANDARD_INPUT ? undefined : lookUp(name);
  if (stats?.isDirectory() !== true) return [{ name, folder: undefined, isFile: stats?.isFile() === true }];
  return (await filesIn(name)).map((file) => ({ name: file, folder: name, isFile: true }));
}

/** Undefined: there is none, or none that may be looked at; opening it will tell. */
function lookUp(name: string): Stats | undefined {
  try {
    return statSync(name);
  } catch {
    return undefined;
  }
}

/**
 * The names in a list, '-' for standard input: one a line, or each behind the other with a NUL in between, as `find
 * -print0` writes them. Throws SourceError.
 */
export async function readNames(list: string): Promise<string[]> {
  const bytes = await readList(list);
  const names = bytes.includes(NUL) ? bytes.toString().split('\0') : bytes.toString().split(/\r?\n/);
  return names.filter((name) => name !== '');
}

async function readList(list: string): Promise<Buffer> {
  try {
    if (list !== STANDARD_INPUT) return await readFile(list);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (error) {
    throw new SourceError(explainOpenError(list === STANDARD_INPUT ? 'standard input' : list, error));
  }
}
