/** Writes results to standard output and to files, in pieces, so that none has to fit into one string. */
import { open } from 'node:fs/promises';

/** Characters that are written at once: single lines would cost a system call each. */
const WRITE_CHARACTERS = 1 << 16;

/** Standard output takes no more, and not because its reader went away. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Each failed write is told to its callback too; without a listener it would end the process. */
function ignoreError(): void {}

/**
 * Writes to standard output, as fast as it takes it. A reader that goes away (`| head`) has had enough: that is no error,
 * and gives false.
 */
export async function writeToStandardOutput(pieces: Iterable<string>): Promise<boolean> {
  if (!process.stdout.listeners('error').includes(ignoreError)) process.stdout.on('error', ignoreError);
  for (const text of inBatches(pieces)) {
    try {
      await write(text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false;
      throw new OutputError(`standard output can't be written: ${(error as Error).message}`);
    }
  }
  return true;
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Writes a file from its beginning. Throws as the file system does. */
export async function writeToFile(path: string, pieces: Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    // Not `write`: a disk that fills up takes the beginning of a text, and that is no error yet.
    for (const text of inBatches(pieces)) await file.appendFile(text);
  } finally {
    await file.close();
  }
}

function* inBatches(pieces: Iterable<string>): Generator<string> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length >= WRITE_CHARACTERS) {
      yield batch;
      batch = '';
    }
  }
  if (batch !== '') yield batch;
}
