/**
 * Holds the README to the program: its tables of causes and of accuracy, the runs that it shows, its options and its example. With
 * SYNWHY_WRITE_README=1 the tables and the runs are written anew, with the same places left out if they are found again.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/classify/catalogue.js';
import { NOTES } from '../../src/classify/descriptions/notes.js';
import { DEFAULT_LIMITS } from '../../src/track/tracker.js';
import { measureAccuracy } from '../accuracy/confusion.js';
import { accuracyTable } from '../accuracy/tables.js';
import { readLabels } from '../lab/labels.js';
import { repositoryRoot } from '../tools.js';

const root = repositoryRoot();
const README = join(root, 'README.md');
const mustWrite = process.env.SYNWHY_WRITE_README === '1';

const CAUSES = /(<!-- causes: begin[^>]*-->\n)([\s\S]*?)(<!-- causes: end -->)/;
const NOTES_TABLE = /(<!-- notes: begin[^>]*-->\n)([\s\S]*?)(<!-- notes: end -->)/;
const ACCURACY = /(<!-- confusion: begin[^>]*-->\n)([\s\S]*?)(<!-- confusion: end -->)/;
/** A run of the command and what it printed. */
const RUN = /(```console\n\$ npx synwhy (.*)\n)([\s\S]*?)(```)/g;
/** The Markdown of a run, which has fences itself. */
const MARKDOWN_RUN = /(`npx synwhy (.*)` prints:\n\n````markdown\n)([\s\S]*?)(````\n)/g;
const LEFT_OUT = '…';

/** Runs a program in the root of the repository, with nothing of a terminal around it. */
function run(args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

function runSynwhy(words: string): string {
  return `${run([join('bin', 'synwhy.js'), ...words.split(' ')]).trimEnd()}\n`;
}

/** The table of causes as the catalogue has them. */
function causesTable(): string {
  const rows = CATALOGUE.map(({ outcome, id, shownBy }) => `| ${outcome} | \`${id}\` | ${shownBy} |\n`);
  return `\n| outcome | cause | what shows it |\n| --- | --- | --- |\n${rows.join('')}\n`;
}

/** The table of notes as they are described. */
function notesTable(): string {
  const rows = NOTES.map(({ code, title }) => `| \`${code}\` | ${title} |\n`);
  return `\n| note | what it says |\n| --- | --- |\n${rows.join('')}\n`;
}

/** What the verdicts on the labelled captures are worth. */
function accuracyPart(): string {
  return `\n${accuracyTable(measureAccuracy(readLabels()))}\n`;
}

/** A text's lines between its marks for what was left out. */
function shownParts(text: string): string[] {
  const parts = [''];
  for (const line of text.split('\n')) {
    if (line.trim() === LEFT_OUT) parts.push('');
    else parts[parts.length - 1] += `${line}\n`;
  }
  return parts;
}

/** True if the parts stand in the text in their order, the first at its beginning and the last at its end. */
function isShortened(parts: readonly string[], text: string): boolean {
  if (!text.startsWith(parts[0] ?? '') || !text.endsWith(parts.at(-1) ?? '')) return false;
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}

/** What a README shows of a run is right if it is the output, or the output with lines left out at marked places. */
function isRight(shown: string, printed: string): boolean {
  return isShortened(shownParts(shown.trimEnd()), printed);
}

/** Leaves out of an output what was left out before: from two lines that stood above the mark to the one below it. */
function leaveOutAsBefore(shown: string, printed: string): string {
  const before = shown.split('\n');
  const lines = printed.split('\n');
  const kept: string[] = [];
  let at = 0;
  for (const [index, mark] of before.entries()) {
    if (mark.trim() !== LEFT_OUT) continue;
    const isAbove = (line: string, place: number) =>
      line === before[index - 1] && lines[place - 1] === before[index - 2];
    const from = lines.findIndex((line, place) => place >= at && isAbove(line, place));
    const to = lines.indexOf(before[index + 1] ?? '', from + 1);
    if (from === -1 || to === -1) return printed;
    kept.push(...lines.slice(at, from + 1), mark);
    at = to;
  }
  return [...kept, ...lines.slice(at)].join('\n');
}

beforeAll(() => {
  if (!mustWrite) return;
  const renewed = readFileSync(README, 'utf8')
    .replace(CAUSES, (_, begin: string, _table, end: string) => `${begin}${causesTable()}${end}`)
    .replace(NOTES_TABLE, (_, begin: string, _table, end: string) => `${begin}${notesTable()}${end}`)
    .replace(ACCURACY, (_, begin: string, _table, end: string) => `${begin}${accuracyPart()}${end}`)
    .replace(MARKDOWN_RUN, (_, command: string, words: string, shown: string, end: string) => {
      return `${command}${leaveOutAsBefore(shown, runSynwhy(words))}${end}`;
    })
    .replace(RUN, (_, command: string, words: string, shown: string, end: string) => {
      return `${command}${leaveOutAsBefore(shown, runSynwhy(words))}${end}`;
    });
  writeFileSync(README, renewed);
});

describe('the README', () => {
  const readme = () => readFileSync(README, 'utf8');

  test('tells every cause as the catalogue does', () => {
    expect(CAUSES.exec(readme())?.[2]).toBe(causesTable());
  });

  test('tells every note as it is described', () => {
    expect(NOTES_TABLE.exec(readme())?.[2]).toBe(notesTable());
  });

  test('tells of the labelled captures what npm run accuracy prints', () => {
    expect(ACCURACY.exec(readme())?.[2]).toBe(accuracyPart());
  });

  test('shows what the program prints today', () => {
    const runs = [...readme().matchAll(RUN)];
    const markdownRuns = [...readme().matchAll(MARKDOWN_RUN)];
    expect(runs.length).toBeGreaterThan(0);
    expect(markdownRuns.length).toBeGreaterThan(0);
    for (const [, , words = '', shown = ''] of [...runs, ...markdownRuns]) {
      expect(shown, words).not.toBe('');
      const printed = runSynwhy(words);
      // Compared as a whole where it differs, so that the difference can be read.
      if (!isRight(shown, printed)) expect(shown, words).toBe(printed);
    }
  });

  test('tells every option that --help tells, and no other', () => {
    const [, section = ''] = /\n### Options\n([\s\S]*?)\n#/.exec(readme()) ?? [];
    const help = run([join('bin', 'synwhy.js'), '--help']);
    const ofHelp = [...help.matchAll(/^ +(-\w)?(?:, | +)?(--[\w-]+)? /gm)].flatMap(([, short, long]) => [short, long]);
    const options = ofHelp.filter((option) => option !== undefined);
    expect(options).toContain('--fail-on');
    expect(options).toContain('-n');
    for (const option of options) expect(section).toContain(`\`${option}\``);
    const told = section.match(/--[a-z][\w-]*/g) ?? [];
    expect(told.filter((option) => option !== '--no-color' && !options.includes(option))).toEqual([]);
  });

  test('has an example of the library that runs and prints what it says', () => {
    const [, program = '', printed] =
      /```js\n([\s\S]*?)```\n\nIt prints:\n\n```text\n([\s\S]*?)```/.exec(readme()) ?? [];
    expect(run(['--input-type=module', '--eval', program])).toBe(printed);
  });

  test('tells every warning about a capture, and the limits that the program has', () => {
    const codes = [...readFileSync(join(root, 'src/report/quality.ts'), 'utf8').matchAll(/code: '([\w-]+)'/g)];
    expect(codes.length).toBeGreaterThan(0);
    for (const [, code] of codes) expect(readme()).toContain(`\`${code}\``);
    const listed = /LISTED_ATTEMPTS = ([\d_]+);/.exec(readFileSync(join(root, 'src/analyze.ts'), 'utf8'))?.[1] ?? '';
    const limits = [Number(listed.replaceAll('_', '')), DEFAULT_LIMITS.pending];
    const [, section = ''] = /\n### Limits\n([\s\S]*?)\n#/.exec(readme()) ?? [];
    for (const limit of limits) expect(section).toContain(`At most ${limit.toLocaleString('en')} attempts`);
  });

  test('names an outcome for every cause, and the exit statuses of the command', () => {
    for (const outcome of new Set(CATALOGUE.map((cause) => cause.outcome))) {
      expect(readme()).toContain(`| \`${outcome}\` |`);
    }
    const [, section = ''] = /\n### Exit status\n([\s\S]*?)\n#/.exec(readme()) ?? [];
    const statuses = [...section.matchAll(/^\| (\d) \|/gm)].map(([, status]) => Number(status));
    const ofCode = [...readFileSync(join(root, 'src/cli/exit-codes.ts'), 'utf8').matchAll(/EXIT_\w+ = (\d);/g)];
    expect(statuses).toEqual(ofCode.map(([, status]) => Number(status)));
  });
});
