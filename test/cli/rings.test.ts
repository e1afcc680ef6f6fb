import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/model.js';
import { captureOf, elsewhere, rst, syn } from '../build/scenario.js';
import { needsTool } from '../tools.js';
import { folder, refused, shell, synwhy, write } from './run.js';

/** So many refused attempts, one each second: the SYN ends a file, and its answer begins the next one. */
const ATTEMPTS = 12;

function ringFile(index: number): Uint8Array {
  const answer = rst({ at: 1000 * index, clientPort: 50_000 + index - 1 });
  const question = syn({ at: 1000 * index + 999, clientPort: 50_000 + index });
  return captureOf([
    ...(index > 0 ? [answer] : []),
    elsewhere({ at: 1000 * index + 500 }),
    ...(index < ATTEMPTS ? [question] : []),
  ]);
}

/** The names do not tell the order. */
function ringName(index: number): string {
  return `web-${(index * 5) % (ATTEMPTS + 1)}.pcap`;
}

function report(...words: string[]): { report: Report; status: number | null; stderr: string } {
  const { stdout, stderr, status } = synwhy(['-F', 'json', ...words]);
  return { report: JSON.parse(stdout || '{}') as Report, status, stderr };
}

beforeAll(() => {
  for (const name of ['ring', 'mixed', 'strangers', 'only-strangers', 'locked']) mkdirSync(join(folder, name));
  for (let index = 0; index <= ATTEMPTS; index++) write(join('ring', ringName(index)), ringFile(index));
  write('mixed/a.pcap', refused);
  write('mixed/notes.txt', 'Nothing to see here, only some words.\n');
  write('mixed/empty.pcap', '');
  write('mixed/.hidden', 'Not looked at.');
  mkdirSync(join(folder, 'mixed', 'below'));
  symlinkSync(join(folder, 'mixed', 'below'), join(folder, 'mixed', 'link-to-folder'));
  write('strangers/a.pcap', refused);
  for (let index = 0; index < 30; index++) write(`strangers/log-${index}.txt`, 'Only some words, again.\n');
  write('only-strangers/notes.txt', 'Nothing to see here, only some words.\n');
  write('refused.pcap', refused);
});

describe('a ring', () => {
  test('is one capture in order of time, whatever its files are called and in whatever order they are given', () => {
    const names = Array.from({ length: ATTEMPTS + 1 }, (_, index) => join('ring', `web-${index}.pcap`));
    for (const given of [['ring'], names, [...names].reverse()]) {
      const { report: found, status, stderr } = report(...given);
      expect([status, stderr]).toEqual([0, '']);
      expect(found.summary).toMatchObject({ attempts: ATTEMPTS, refused: ATTEMPTS });
      expect(found.attempts.map(({ client }) => client.port)).toEqual(
        Array.from({ length: ATTEMPTS }, (_, index) => 50_000 + index),
      );
      expect(found.captures.map(({ name }) => name)).toEqual(given.length === 1 ? names : given);
    }
  });

  test('has its frames counted over the files in the order given', () => {
    const ordered = Array.from({ length: ATTEMPTS + 1 }, (_, index) => join('ring', ringName(index)));
    const { attempts } = report(...ordered).report;
    // The first file has two packets, those behind it three.
    expect(attempts[0]?.frames.map(({ frame }) => frame)).toEqual([2, 3]);
    expect(attempts[1]?.frames.map(({ frame }) => frame)).toEqual([5, 6]);
    const behind = report(...ordered.slice(1), ordered[0]!).report.attempts;
    expect(behind[0]?.frames.map(({ frame }) => frame)).toEqual([3 * ATTEMPTS + 1, 1]);
  });

  test('may be compressed in part', () => {
    mkdirSync(join(folder, 'packed'));
    for (let index = 0; index <= ATTEMPTS; index++) {
      const bytes = ringFile(index);
      write(join('packed', ringName(index)), index % 2 === 0 ? gzipSync(bytes) : bytes);
    }
    const { report: found, status } = report('packed');
    expect([status, found.summary.refused]).toEqual([0, ATTEMPTS]);
    expect(found.captures.filter(({ format }) => format.startsWith('gzip, '))).toHaveLength(ATTEMPTS / 2 + 1);
  });

  test('is told in one line', () => {
    expect(synwhy(['ring']).stdout).toMatch(
      /^13 captures, ring\/web-0\.pcap to ring\/web-12\.pcap: 37 packets, [\d-]+ [\d:]+ to [\d:]+ UTC\n/,
    );
  });

  test('gives an excerpt that shows the same', () => {
    expect(report('ring', '-o', 'evidence.pcapng').status).toBe(0);
    expect(report('evidence.pcapng').report.summary.refused).toBe(ATTEMPTS);
  });

  test('of thousands of files takes no more open files than a few', { timeout: 60_000 }, () => {
    mkdirSync(join(folder, 'large'));
    for (let index = 0; index < 2000; index++) {
      const steps = [
        syn({ at: 10 * index, clientPort: 10_000 + index }),
        rst({ at: 10 * index + 1, clientPort: 10_000 + index }),
      ];
      write(`large/${(index * 777) % 2000}.pcap`, captureOf(steps));
    }
    const { stdout, stderr } = shell('ulimit -n 40; $SYNWHY large');
    expect(stderr).toBe('');
    expect(stdout).toContain('2,000 handshakes: 2,000 refused');
    rmSync(join(folder, 'large'), { recursive: true });
  });
});

describe('a folder', () => {
  test('stands for the captures directly in it; other files are told and are no failure', () => {
    const { report: found, status, stderr } = report('mixed');
    expect(stderr).toBe(
      'synwhy: mixed/empty.pcap is no capture and was passed over\nsynwhy: mixed/notes.txt is no capture and was passed over\n',
    );
    expect(found.captures.map(({ name }) => name)).toEqual(['mixed/a.pcap']);
    expect(status).toBe(0);
  });

  test('with many other files tells them together, and with --quiet not at all', () => {
    const { status, stderr } = report('strangers');
    expect(stderr).toBe(
      'synwhy: 30 files are no captures and were passed over: strangers/log-0.txt, strangers/log-1.txt and 28 more\n',
    );
    expect(status).toBe(0);
    expect(report('strangers', '-q').stderr).toBe('');
  });

  test('without a capture is a failure', () => {
    const { status, stdout, stderr } = synwhy(['only-strangers']);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('only-strangers/notes.txt is no capture');
    expect(stderr).toContain('there is no capture among what was named');
  });

  test('with a file that may not be read is a failure, as that may be a capture', (context) => {
    needsTool(context, 'setpriv', 'root');
    write('locked/a.pcap', refused);
    write('locked/b.pcap', refused);
    chmodSync(join(folder, 'locked', 'b.pcap'), 0o000);
    chmodSync(folder, 0o755);
    const { stdout, stderr } = shell(
      'setpriv --reuid=65534 --regid=65534 --clear-groups $SYNWHY locked -F csv; echo $?',
    );
    expect(stderr).toBe('synwhy: locked/b.pcap may not be read by this user\n');
    expect(stdout).toContain('refused');
    expect(stdout).toMatch(/\n3\n$/);
  });
});

describe('--files-from', () => {
  test('names captures one a line, from a file or from standard input', () => {
    write('list.txt', 'ring/web-0.pcap\r\n\nring/web-5.pcap\nring/web-10.pcap');
    const expected = ['ring/web-0.pcap', 'ring/web-5.pcap', 'ring/web-10.pcap'];
    const found = report('--files-from', 'list.txt');
    expect([found.status, found.report.captures.map(({ name }) => name)]).toEqual([0, expected]);
    const piped = shell('cat list.txt | $SYNWHY --files-from - -F json');
    expect((JSON.parse(piped.stdout) as Report).captures.map(({ name }) => name)).toEqual(expected);
  });

  test('takes names with NUL in between, as find -print0 gives them', (context) => {
    needsTool(context, 'find');
    write('a name\nin two lines.pcap', refused);
    const { stdout } = shell("find . -maxdepth 1 -name 'a name*' -print0 | $SYNWHY --files-from - ring -F json");
    const { captures } = JSON.parse(stdout) as Report;
    expect(captures.map(({ name }) => name)).toContain('./a name\nin two lines.pcap');
    expect(captures).toHaveLength(ATTEMPTS + 2);
  });

  test.each([
    ['a list that is missing', ['--files-from', 'missing.txt'], 3, 'there is no file missing.txt'],
    ['an empty list', ['--files-from', 'mixed/empty.pcap'], 3, 'there is no name in mixed/empty.pcap'],
    ['standard input twice', ['--files-from', '-', '-'], 2, "standard input ('-') can be read only once"],
  ])('of %s is told', (_what, words, status, message) => {
    const ended = synwhy(words);
    expect(ended.stderr).toContain(message);
    expect(ended.status).toBe(status);
  });

  test('with a name that is no capture ends with 3, as that was named', () => {
    write('with-notes.txt', 'refused.pcap\nmixed/notes.txt\n');
    const { status, stderr, report: found } = report('--files-from', 'with-notes.txt');
    expect(stderr).toMatch(/^synwhy: mixed\/notes\.txt: .*text/);
    expect([status, found.summary.refused]).toEqual([3, 1]);
  });
});

test('a capture without packets among others is told, and listed', () => {
  write('header.pcap', captureOf([]));
  const { status, stderr, report: found } = report('header.pcap', 'refused.pcap');
  expect(stderr).toBe('synwhy: header.pcap holds no packets\n');
  expect(found.captures.map(({ packets }) => packets)).toEqual([0, 2]);
  expect(status).toBe(0);
});

test('a file that is no capture may be named before others', () => {
  const { status, report: found } = report('mixed/notes.txt', 'refused.pcap');
  expect([status, found.captures.map(({ name }) => name)]).toEqual([3, ['refused.pcap']]);
});

afterAll(() => chmodSync(join(folder, 'locked'), 0o755));
