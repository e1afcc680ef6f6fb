import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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

/**
 * Files in which tshark finds attempts where there is no capture of them. They count in the share of all attempts, but
 * in a class of 23 attempts they would stand for a sixth of it.
 */
const WITHOUT_ATTEMPTS: Readonly<Record<string, string>> = {
  'ascend.trace.gz': "a text: the log of a telnet session in which a router prints its users' compressed PPP",
  'tcp-reassembly.pcap': 'the TCP headers in an sFlow datagram are samples of packets, not packets',
};

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

/** How many attempts of each class agree.py misses in files that hold none, from the rows that it writes as JSON. */
function countExplained(rows: readonly (readonly [file: string, what: string, text: string])[]): Map<string, number> {
  const explained = new Map<string, number>();
  for (const [file, what, text] of rows) {
    if (what !== 'missing' || !(basename(file) in WITHOUT_ATTEMPTS)) continue;
    // '10.0.0.1:1025 > 10.0.0.5:80 no-syn syn []'
    const name = text.split(' ')[3] ?? '';
    explained.set(name, (explained.get(name) ?? 0) + 1);
  }
  return explained;
}

describe('real captures', () => {
  test('every one ends well, and the outcomes are those that an independent follower allows', {
    timeout: LIMIT_MS,
  }, async (context) => {
    needsTool(context, '$SYNWHY_CORPUS', 'python3');
    const tool = join(CORPUS, '..', 'tools', 'agree.py');
    if (!existsSync(tool)) context.skip('agree.py is not beside the corpus');
    const command = `${process.execPath} ${join(repositoryRoot(), 'bin', 'synwhy.js')} {file} --format json --all`;
    const rowsFile = join(mkdtempSync(join(tmpdir(), 'synwhy-agree-')), 'rows.json');
    const output = await outputOf('python3', [tool, '--corpus', CORPUS, '--command', command, '--json', rowsFile]);
    const explained = countExplained(JSON.parse(readFileSync(rowsFile, 'utf8')));
    console.log(output);

    const [, ended, files, share] = /ended well (\d+) of (\d+) files; agreement ([\d.]+) %/.exec(output) ?? [];
    expect(Number(files), output).toBeGreaterThan(0);
    expect(ended, 'files that ended without a crash or a hang').toBe(files);
    const classes = readClasses(output);
    expect(classes.length, output).toBeGreaterThan(0);
    const poor = classes
      .map(({ name, agree, all }) => ({ name, agree, all: all - (explained.get(name) ?? 0) }))
      .filter(({ all, agree }) => all >= LEAST_CLASS_SIZE && agree / all < LEAST_SHARE_OF_CLASS)
      .map(({ name, agree, all }) => `${name}: ${agree} of ${all}`);
    expect(poor).toEqual([]);
    expect(Number(share) / 100).toBeGreaterThanOrEqual(LEAST_SHARE);
  });
});
