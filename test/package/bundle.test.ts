import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../tools.js';

const DIST = join(repositoryRoot(), 'dist');
const CHUNKS = join(DIST, 'chunks');

/** The files that a file of the bundle imports before it runs, and those that these import. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/^import\b[^'"]*["'](\.[^'"]+)["'];$/gm)) {
    importsOf(join(dirname(file), path), seen);
  }
  return seen;
}

describe('the bundle', () => {
  test('comes with the licence of every library in it', () => {
    const maps = [DIST, CHUNKS].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.js.map'))
        .map((name) => readFileSync(join(folder, name), 'utf8')),
    );
    const sources = maps.flatMap((map): string[] => JSON.parse(map).sources);
    const libraries = new Set(
      sources.flatMap((path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
    );
    expect([...libraries]).toEqual(expect.arrayContaining(['yargs', 'get-east-asian-width', 'preact']));
    const licences = readFileSync(join(DIST, 'licences.txt'), 'utf8');
    for (const library of libraries) {
      const [, text] = licences.split(new RegExp(`^${library} [\\d.]+ \\([^)]+\\)$`, 'm'));
      expect(text, library).toMatch(/^\n\n[\s\S]*copyright/i);
    }
  });

  test('reads a capture without the libraries that the table, the help and the bar are made with', () => {
    const loaded = [join(DIST, 'main.js'), join(CHUNKS, 'analysis.js'), join(CHUNKS, 'json.js')].flatMap((file) => [
      ...importsOf(file),
    ]);
    const names = [...new Set(loaded)].map((file) => file.slice(DIST.length + 1));
    expect(names.sort()).toEqual([
      'chunks/analysis.js',
      'chunks/command.js',
      'chunks/json.js',
      'chunks/rolldown-runtime.js',
      'main.js',
    ]);
    const libraries = names.flatMap((name): string[] =>
      name.endsWith('rolldown-runtime.js')
        ? []
        : JSON.parse(readFileSync(join(DIST, `${name}.map`), 'utf8')).sources.filter((path: string) =>
            path.includes('/node_modules/'),
          ),
    );
    expect(libraries.filter((path) => !path.includes('/yargs-parser/'))).toEqual([]);
  });
});
