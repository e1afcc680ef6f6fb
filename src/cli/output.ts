/** Writes results to standard output and to files, in pieces, so that none has to fit into one string. */
import { open } from 'node:fs/promises';

/** Characters that are written at once: single lines would cost a system call each. */
const WRITE_CHARACTERS = 1 << 16;
const MOST_BYTES_OF_CHARACTER = 3;

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
  for (const bytes of inBatches(pieces)) {
    try {
      await write(bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false;
      throw new OutputError(`standard output can't be written: ${(error as Error).message}`);
    }
  }
  return true;
}

function write(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Writes a file from its beginning. Throws as the file system does. */
export async function writeToFile(path: string, pieces: Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    // Not `write`: a disk that fills up takes the beginning of a text, and that is no error yet.
    for (const bytes of inBatches(pieces)) await file.appendFile(bytes);
  } finally {
    await file.close();
  }
}

/**
 * The bytes of texts, some at a time, which are valid until the next ones are asked for: so the writes of a report of
 * 280 MB share one buffer, and V8 has none to free, in which it is in no haste.
 */
function* inBatches(pieces: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(WRITE_CHARACTERS * MOST_BYTES_OF_CHARACTER);
  let batch = '';
  const take = function* (): Generator<Uint8Array> {
    while (batch !== '') {
      const { read, written } = encoder.encodeInto(batch, bytes);
      batch = batch.slice(read);
      yield bytes.subarray(0, written);
    }
  };
  for (const piece of pieces) {
    batch += piece;
    if (batch.length >= WRITE_CHARACTERS) yield* take();
  }
  yield* take();
}
