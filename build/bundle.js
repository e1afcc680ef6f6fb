/**
 * Bundles the library and the command into dist, with the libraries that the command needs: at each start Node would
 * look for their files one by one, and compile more of them than is used. Their licences go along.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licenceOf, packageFoldersIn } from './licences.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'dist');

/** What becomes a file of its own in dist, by its name there. */
const INPUTS = { index: 'src/index.ts', main: 'src/cli/main.ts' };

/**
 * Chunks that are more than what happens to be shared: each with all that a module of ours imports, less what the chunks
 * before it have. A file more takes most of a millisecond at each start, so what is always needed together is one.
 */
const CHUNKS = { command: 'src/cli/main.ts', analysis: 'src/cli/commands/analyze.ts' };

/** Names the chunk that a module goes to; undefined where rolldown decides, as for libraries. */
function createChunkNames() {
  let chunkOf;
  return (id, graph) => {
    if (chunkOf === undefined) {
      chunkOf = new Map(Object.values(INPUTS).map((path) => [join(root, path), undefined]));
      for (const [chunk, path] of Object.entries(CHUNKS)) {
        const seen = new Set();
        const place = (module) => {
          if (seen.has(module)) return;
          seen.add(module);
          if (!chunkOf.has(module) && isPlaced(module)) chunkOf.set(module, chunk);
          for (const imported of graph.getModuleInfo(module)?.importedIds ?? []) place(imported);
        };
        place(join(root, path));
      }
    }
    return chunkOf.get(id);
  };
}

/** Ours, and the parser of command lines, which yargs is needed without. */
function isPlaced(module) {
  return module.includes('/node_modules/yargs-parser/') || !module.includes('/node_modules/');
}

// Chunks of earlier builds would be published as well.
rmSync(join(target, 'chunks'), { recursive: true, force: true });
const build = await rolldown({
  cwd: root,
  input: INPUTS,
  platform: 'node',
  logLevel: 'warn',
  preserveEntrySignatures: 'allow-extension',
  treeshake: {
    // Reading a command line takes yargs's parser only; what its help needs is loaded for the help.
    moduleSideEffects: [{ test: /\/node_modules\/yargs\//, sideEffects: false }],
  },
});
const { output } = await build.write({
  dir: target,
  format: 'esm',
  chunkFileNames: 'chunks/[name].js',
  codeSplitting: { groups: [{ name: createChunkNames(), debugName: 'chunks', includeDependenciesRecursively: false }] },
  sourcemap: true,
  comments: false,
  // Names and lines stay: then stack traces and profiles can be read, and it starts no slower.
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
});
await build.close();
const licences = new Set(packageFoldersIn(output).map(licenceOf));
writeFileSync(join(target, 'licences.txt'), [...licences].join('\n'));
