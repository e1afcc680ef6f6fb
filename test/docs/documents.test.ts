/** What the documents name is there: links, files, scripts, variables. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../tools.js';

const root = repositoryRoot();
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Files below a folder whose names end so, as paths from the root. */
function filesBelow(folder: string, ending: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('fixtures', '.md')];

/** The text without its blocks of code, whose brackets are no links. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`]*`/g, '');
}

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Paths of this repository that stand in backquotes; not those with a part that varies. */
function pathsIn(text: string): string[] {
  const inBackquotes = [...text.matchAll(/`([^`\s]+)`/g)].map(([, path = '']) => path);
  return inBackquotes.filter((path) => /^(?:src|test|fixtures|bin|\.ci)\/[\w./-]+$/.test(path));
}

/** The variables of the environment that a text reads or tells of. */
function variablesIn(texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => text.match(/\bSYNWHY_[A-Z]+(?:_[A-Z]+)*/g) ?? []);
  return [...new Set(names)].sort();
}

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  test('has links only to what is there', () => {
    for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:\/\//.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? document : relative(root, join(root, dirname(document), file));
      expect(existsSync(join(root, path)), target).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(read(path)), target).toContain(anchor);
    }
  });

  test('names only files that are there', () => {
    for (const path of pathsIn(text)) expect(existsSync(join(root, path)), path).toBe(true);
  });

  test('names only scripts that package.json has', () => {
    for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g)) {
      expect(Object.keys(manifest.scripts)).toContain(script);
    }
  });
});

describe('the documents together', () => {
  test('tell every variable that tests read, and no other', () => {
    // `SYNWHY` itself is the command in the tests' lines of shell.
    const sources = filesBelow('test', '.ts').filter((path) => path !== join('test', 'docs', 'documents.test.ts'));
    expect(variablesIn([read('CONTRIBUTING.md')])).toEqual(variablesIn(sources.map(read)));
  });

  test('tell every script of package.json that people run', () => {
    const scripts = Object.keys(manifest.scripts).filter((script) => !['test', 'prepare'].includes(script));
    for (const script of scripts) expect(read('CONTRIBUTING.md'), script).toContain(`npm run ${script}`);
  });

  test('have an entry for the version of the package in the change log', () => {
    expect(read('CHANGELOG.md')).toContain(`\n## ${manifest.version} `);
  });
});
