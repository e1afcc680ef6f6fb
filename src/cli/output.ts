/** Writes results to standard output and to files, in pieces, so that none has to fit into one string. */
import { once } from 'node:events';
import { open } from 'node:fs/promises';

/** Characters that are written at once: single lines would cost a system call each. */
const WRITE_CHARACTERS = 1 << 16;

/** Writes to standard output, as fast as it takes it. A reader that goes away (`| head`) has had enough: no error. */
export async function writeToStandardOutput(pieces: Iterable<string>): Promise<void> {
  const { stdout } = process;
  let isClosed = false;
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isClosed = true;
  };
  stdout.on('error', onError);
  for (const text of inBatches(pieces)) {
    if (isClosed) break;
    if (!stdout.write(text)) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(onError);
  }
  // The listener stays: the error of the last write comes after it.
}

/** Writes a file from its beginning. Throws as the file system does. */
export async function writeToFile(path: string, pieces: Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const text of inBatches(pieces)) await file.write(text);
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
