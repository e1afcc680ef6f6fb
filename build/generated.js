/** Modules that are written by a build, for what has to be part of the code as text. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes a module that exports these texts; `writer` is the file that calls this, from the root. */
export function writeGenerated(target, writer, texts) {
  const lines = Object.entries(texts).map(
    ([name, text]) => `export const ${name}: string = ${JSON.stringify(text)};\n`,
  );
  const text = `// Written by ${writer}; not kept.\n${lines.join('')}`;
  // What did not change stays as old as it is: then nothing has to be built again for it.
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
}
