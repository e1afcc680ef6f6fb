/** What all bundles in dist have in common, as rolldown wants to be told. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that the paths below are in. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** How the modules are read. */
export const COMMON = {
  cwd: ROOT,
  platform: 'node',
  logLevel: 'warn',
  preserveEntrySignatures: 'allow-extension',
  treeshake: {
    // Reading a command line takes yargs's parser only; what its help needs is loaded for the help.
    moduleSideEffects: [{ test: /\/node_modules\/yargs\//, sideEffects: false }],
  },
};

/** How they are written. */
export const OUTPUT = {
  comments: false,
  // Names and lines stay: then stack traces and profiles can be read, and it starts no slower.
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
};

/**
 * Chunks that are more than what happens to be shared. `chunks` has the modules of each, by its name: it gets all that they
 * import, but for `inputs` and what the chunks before it have; of libraries only those of `libraries`. A file more takes most
 * of a millisecond at each start, so what is always needed together is one.
 */
export function splitInto(chunks, inputs, libraries) {
  return {
    groups: [
      { name: createChunkNames(chunks, inputs, libraries), debugName: 'chunks', includeDependenciesRecursively: false },
    ],
  };
}

/** Names the chunk that a module goes to; undefined where rolldown decides, as for other libraries. */
function createChunkNames(chunks, inputs, libraries) {
  let chunkOf;
  return (id, graph) => {
    if (chunkOf === undefined) {
      chunkOf = new Map(inputs.map((path) => [join(ROOT, path), undefined]));
      for (const [chunk, paths] of Object.entries(chunks)) {
        const seen = new Set();
        const place = (module) => {
          if (seen.has(module)) return;
          seen.add(module);
          if (!chunkOf.has(module) && isOf(libraries, module)) chunkOf.set(module, chunk);
          for (const imported of graph.getModuleInfo(module)?.importedIds ?? []) place(imported);
        };
        for (const path of paths) place(join(ROOT, path));
      }
    }
    return chunkOf.get(id);
  };
}

/** Our own modules, and those of these libraries. */
function isOf(libraries, module) {
  const [, library] = /.*\/node_modules\/([^/]+)/.exec(module) ?? [];
  return library === undefined || libraries.includes(library);
}
