/** The captures that were asked for: found, looked at, and opened when their time has come. */
import { CaptureError } from '../capture/errors.js';
import { type CaptureName, expandName, readNames } from '../node/capture-names.js';
import type { Compression } from '../node/decompress.js';
import { type CaptureSource, openCapture, openFile, type Reading, SourceError, STANDARD_INPUT } from '../node/file.js';
import { type Peek, peekCapture } from '../node/peek.js';
import { formatCount } from '../report/wording.js';
import type { AnalyzeCommand } from './analyze-arguments.js';
import { UsageError } from './exit-codes.js';
import { complain } from './terminal.js';

/** A capture that is to be read. */
export interface AskedCapture {
  /** As given; '-' is standard input. */
  name: string;
  compression: Compression | undefined;
  /** As it is stored; undefined for what can be read only once. */
  sizeBytes: number | undefined;
  /** When its first packet was captured, in nanoseconds since 1970, if that is known. */
  beginsAtNs: bigint | undefined;
  /** Opens it, once. Throws SourceError. */
  open(): Promise<CaptureSource>;
}

/** What became of the names of a command line. */
export interface FoundCaptures {
  captures: AskedCapture[];
  /** False where a capture that was named can't be read, which was said. */
  isComplete: boolean;
}

/** More files of one kind are told together. */
const MOST_TOLD = 3;
const MOST_NAMED = 2;

/** Finds the captures, in the order in which they were named, and says which of them can't be read. */
export async function findCaptures({
  captures,
  filesFrom,
  quiet,
  workers: threads,
}: AnalyzeCommand): Promise<FoundCaptures> {
  const found: FoundCaptures = { captures: [], isComplete: true };
  const names = await expandNames(captures, filesFrom, found);
  // Of one alone nobody has to know when it begins.
  const look = names.length === 1 && names[0].folder === undefined ? undefined : peekCapture;
  const strangers: CaptureName[] = [];
  const withoutPackets: string[] = [];
  for (const each of names) {
    const { name, isFile } = each;
    try {
      const peek = isFile ? await look?.(name) : undefined;
      if (peek?.problem === undefined)
        found.captures.push(peek === undefined ? await openNow(name, threads) : openLater(name, peek, threads));
      else if (each.folder === undefined) refuse(name, peek.problem, found);
      else strangers.push(each);
      if (peek?.isWithoutPackets === true) withoutPackets.push(name);
    } catch (error) {
      refuse(name, error, found);
    }
  }
  if (!quiet) {
    tellStrangers(strangers);
    tellTogether(withoutPackets, 'holds no packets', 'captures hold no packets');
  }
  if (found.captures.length === 0 && found.isComplete) complain('there is no capture among what was named');
  return found;
}

async function expandNames(
  named: readonly string[],
  list: string | undefined,
  found: FoundCaptures,
): Promise<CaptureName[]> {
  const names = [...named];
  if (list !== undefined) {
    try {
      const listed = await readNames(list);
      if (listed.length === 0)
        throw new SourceError(`there is no name in ${list === STANDARD_INPUT ? 'standard input' : list}`);
      names.push(...listed);
    } catch (error) {
      refuse(list, error, found);
    }
  }
  if ([...names, list].filter((name) => name === STANDARD_INPUT).length > 1) {
    throw new UsageError("standard input ('-') can be read only once");
  }
  const expanded: CaptureName[] = [];
  for (const name of names) {
    try {
      const files = await expandName(name);
      if (files.length === 0) throw new SourceError(`there is no capture in ${name}`);
      expanded.push(...files);
    } catch (error) {
      refuse(name, error, found);
    }
  }
  return expanded;
}

/** Says why a capture can't be read. Throws what is no reason for that. */
function refuse(name: string, error: unknown, found: FoundCaptures): void {
  complain(explainRefusal(name, error));
  found.isComplete = false;
}

/** Why a capture can't be read. Throws what is no reason for that. */
export function explainRefusal(name: string, error: unknown): string {
  if (error instanceof SourceError) return error.message;
  if (!(error instanceof CaptureError)) throw error;
  return `${name === STANDARD_INPUT ? 'standard input' : name}: ${error.message}`;
}

/** What can't be looked at beforehand is opened at once: whoever writes it may wait for that. */
async function openNow(name: string, threads: Reading['threads']): Promise<AskedCapture> {
  const source = await openCapture(name, { threads });
  const { compression, sizeBytes } = source;
  return { name, compression, sizeBytes, beginsAtNs: undefined, open: async () => source };
}

function openLater(
  name: string,
  { compression, sizeBytes, beginsAtNs }: Peek,
  threads: Reading['threads'],
): AskedCapture {
  return { name, compression, sizeBytes, beginsAtNs, open: () => openFile(name, { threads }) };
}

/** Other files in a folder are nobody's fault: they are told, so that a capture among them is missed. */
function tellStrangers(strangers: readonly CaptureName[]): void {
  const byFolder = new Map<string, string[]>();
  for (const { name, folder = '' } of strangers) byFolder.set(folder, [...(byFolder.get(folder) ?? []), name]);
  for (const names of byFolder.values()) {
    tellTogether(names, 'is no capture and was passed over', 'files are no captures and were passed over');
  }
}

function tellTogether(names: readonly string[], isAlone: string, areMany: string): void {
  if (names.length <= MOST_TOLD) {
    for (const name of names) complain(`${name} ${isAlone}`);
    return;
  }
  const named = names.slice(0, MOST_NAMED).join(', ');
  complain(`${formatCount(names.length)} ${areMany}: ${named} and ${formatCount(names.length - MOST_NAMED)} more`);
}
