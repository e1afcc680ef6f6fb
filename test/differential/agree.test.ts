import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needsTool, repositoryRoot } from '../tools.js';

/** What agree.py found of one class of answers. */
interface ClassTally {
  name: string;
  agree: number;
  all: number;
}

const CORPUS = process.env.SYNWHY_CORPUS ?? '';
const LIMIT_MS = 10 * 60_000;
const LEAST_SHARE = 0.99;
const LEAST_SHARE_OF_CLASS = 0.97;
/** Of fewer attempts, a share says nothing. */
const LEAST_CLASS_SIZE = 10;

/** Runs a program to its end without holding up the other tests of this worker. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status, errors).toBe(0);
  return output;
}

/** The lines that say, for each class, how many agree, differ and are missing, as Python prints a dictionary. */
function readClasses(output: string): ClassTally[] {
  return [...output.matchAll(/^([a-z-]+) +\{('[a-z]+': \d+(?:, '[a-z]+': \d+)*)\}$/gm)].map(
    ([, name = '', counts = '']) => {
      const tally = new Map([...counts.matchAll(/'([a-z]+)': (\d+)/g)].map(([, word, count]) => [word, Number(count)]));
      return { name, agree: tally.get('agree') ?? 0, all: [...tally.values()].reduce((sum, count) => sum + count, 0) };
    },
  );
}

describe('real captures', () => {
  test('every one ends well, and the outcomes are those that an independent follower allows', {
    timeout: LIMIT_MS,
  }, async (context) => {
    needsTool(context, '$SYNWHY_CORPUS', 'python3');
    const tool = join(CORPUS, '..', 'tools', 'agree.py');
    if (!existsSync(tool)) context.skip('agree.py is not beside the corpus');
    const command = `${process.execPath} ${join(repositoryRoot(), 'bin', 'synwhy.js')} {file} --format json --all`;
    const output = await outputOf('python3', [tool, '--corpus', CORPUS, '--command', command]);
    console.log(output);

    const [, ended, files, share] = /ended well (\d+) of (\d+) files; agreement ([\d.]+) %/.exec(output) ?? [];
    expect(Number(files), output).toBeGreaterThan(0);
    expect(ended, 'files that ended without a crash or a hang').toBe(files);
    const classes = readClasses(output);
    expect(classes.length, output).toBeGreaterThan(0);
    const poor = classes
      .filter(({ all, agree }) => all >= LEAST_CLASS_SIZE && agree / all < LEAST_SHARE_OF_CLASS)
      .map(({ name, agree, all }) => `${name}: ${agree} of ${all}`);
    expect(poor).toEqual([]);
    expect(Number(share) / 100).toBeGreaterThanOrEqual(LEAST_SHARE);
  });
});
