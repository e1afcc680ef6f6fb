/**
 * Bundles the library and the command into dist, with the libraries that the command needs: at each start Node would
 * look for their files one by one, and compile more of them than is used. Their licences go along.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { COMMON, OUTPUT, ROOT, splitInto } from './bundle-options.js';
import { licenceOf, packageFoldersIn } from './licences.js';

const target = join(ROOT, 'dist');

/** What becomes a file of its own in dist, by its name there. */
const INPUTS = { index: 'src/index.ts', main: 'src/cli/main.ts' };

const CHUNKS = { command: ['src/cli/main.ts'], analysis: ['src/cli/commands/analyze.ts'] };

// What earlier builds left would be published as well.
for (const folder of ['chunks', 'precompiled']) rmSync(join(target, folder), { recursive: true, force: true });
const build = await rolldown({ ...COMMON, input: INPUTS });
const { output } = await build.write({
  ...OUTPUT,
  dir: target,
  format: 'esm',
  chunkFileNames: 'chunks/[name].js',
  // Of yargs only the parser is needed at each start.
  codeSplitting: splitInto(CHUNKS, Object.values(INPUTS), ['yargs-parser']),
  sourcemap: true,
});
await build.close();
const licences = new Set(packageFoldersIn(output).map(licenceOf));
writeFileSync(join(target, 'licences.txt'), [...licences].join('\n'));
