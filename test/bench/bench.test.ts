import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/index.js';
import { needsTool, repositoryRoot } from '../tools.js';
import { CAPTURES, prepare } from './captures.js';
import { ourselves, ratioOf, summarize } from './contestants.js';
import { FLOODS, generateFlood } from './floods.js';
import { generate, type Shape } from './generate.js';
import { goalCells, memoryGoal, renderTable } from './table.js';

const LIMIT_MS = 180_000;

describe('the benchmark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-bench-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What it prints, line by line. */
  const bench = (...options: readonly string[]): string[] => {
    const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'bench', '--', '--quick', ...options], {
      cwd: repositoryRoot(),
      env: { ...process.env, SYNWHY_BENCH_DIR: folder },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return stdout.split('\n');
  };
  const cellsOf = (row: string | undefined) => (row ?? '').split('|').map((cell) => cell.trim());

  test('prints a row for each program and capture, with the goals beside the figures', {
    timeout: LIMIT_MS,
  }, (context) => {
    needsTool(context, 'npm', 'cat', 'tcpdump', 'time', 'gzip', 'zcat');
    const rows = [...bench('--only', 'small'), ...bench('--only', 'start-up')];
    // As the README quotes it: a line about the machine and the table, nothing else.
    expect(rows.slice(0, 5)).toEqual([
      '',
      expect.stringMatching(/, Node [\d.]+; medians of one round, warm page cache:$/),
      '',
      expect.stringMatching(
        /^\| capture \| program \| seconds \| CPU seconds \| × tcpdump \| × synwhy \| peak memory \| goal \| holds \|$/,
      ),
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |',
    ]);
    const programs = (title: RegExp) => rows.filter((row) => title.test(row)).map((row) => cellsOf(row)[2]);
    expect(programs(/100 bytes \(/)).toEqual(
      expect.arrayContaining(['synwhy', 'synwhy --format json', 'tcpdump', 'cat']),
    );
    expect(programs(/100 bytes, pcapng/)).toEqual(
      expect.arrayContaining(['synwhy', 'synwhy --format json', 'tcpdump', 'cat']),
    );
    expect(rows.filter((row) => row.includes('gzip'))).toEqual([
      expect.stringMatching(/\| synwhy \|.*\| ≤ 1.00 × tcpdump, ≤ 300 MB \|/),
      expect.stringMatching(/\| synwhy --format json \|.*\| ≤ 300 MB \|/),
      expect.stringMatching(/\| zcat \\\| tcpdump \| [\d.]+ \| [\d.]+ \| 1.00 \|/),
    ]);
    expect(rows.filter((row) => row.includes('start-up'))).toEqual([
      expect.stringMatching(/\| synwhy \| [\d.]+ \| [\d.]+ \|.*\| ≤ 0.15 s of CPU \| (yes|no) \|$/),
      expect.stringMatching(/\| node -e 0 \| [\d.]+ \| [\d.]+ \|/),
    ]);
  });

  test('prints time and memory of floods and of captures that grow, which it deletes', {
    timeout: LIMIT_MS,
  }, (context) => {
    needsTool(context, 'npm', 'cat', 'tcpdump', 'time');
    const rows = bench('--floods', '--growth');
    const ours = rows.filter((row) => row.includes('| synwhy |'));
    expect(ours).toHaveLength(3 + 4);
    for (const row of ours.slice(0, 3)) expect(row).toMatch(/\| \d+ MB \| ≤ 1000 MB \| yes \|$/);
    expect(ours.slice(3).map((row) => cellsOf(row)[1])).toEqual(
      [1, 2, 5, 10].map((gigabytes) => `1/100 of ${gigabytes} GB of 300-byte packets`),
    );
    expect(rows.filter((row) => row.includes('| tcpdump |'))).toHaveLength(3 + 4);
    expect(readdirSync(folder).filter((name) => name.startsWith('growth'))).toEqual([]);
  });

  test('of live capture tells of each backend what was sent, captured and lost', { timeout: LIMIT_MS }, (context) => {
    needsTool(context, 'npm', 'namespaces', 'ip', 'nft', 'python3', 'tcpdump');
    const stdout = bench('--live').join('\n');
    // How fast the machine is decides about packets lost, but not whether they are told.
    expect(stdout).toMatch(/tcpdump +\d+ lost \(.* %\) {2}it tells of \d+/);
    expect(stdout).toMatch(/tcpdump +\d+ of 198 established, \d+ of 2 refused/);
  });

  test('generates captures of the size that it says', () => {
    const shape: Shape = { packets: 10_000, dataBytes: 102, format: 'pcap', traffic: 'data' };
    const data = join(folder, 'data.pcap');
    const blocks = join(folder, 'data.pcapng');
    generate(data, shape);
    generate(blocks, { ...shape, format: 'pcapng' });
    // Most packets are data; the few of handshakes are half as long. A pcapng block takes 16 bytes more, and padding.
    expect(statSync(data).size / (shape.packets * (shape.dataBytes + 16))).toBeCloseTo(1, 1);
    expect(statSync(blocks).size / (shape.packets * (shape.dataBytes + 34))).toBeCloseTo(1, 1);
  });

  test('generates the same traffic as pcap, as pcapng and in gzip, of which one in fifty attempts fails', (context) => {
    needsTool(context, 'gzip');
    const [handshakes] = CAPTURES.filter(({ name }) => name === 'handshakes');
    const capture = { ...handshakes!, packets: 15_000 };
    const pcap = summaryOf(prepare(folder, capture));
    expect(pcap.attempts).toBeGreaterThan(5000);
    expect(pcap.refused / pcap.attempts).toBeCloseTo(0.018, 2);
    expect(pcap.established + pcap.refused + pcap['timed-out'] + pcap.filtered + pcap.inconclusive).toBe(pcap.attempts);
    expect(summaryOf(prepare(folder, { ...capture, name: 'handshakes-pcapng', format: 'pcapng' }))).toEqual(pcap);
    const [gzip] = CAPTURES.filter(({ isGzip }) => isGzip);
    const file = prepare(folder, { ...gzip!, packets: 1000 });
    expect(file).toBe(join(folder, 'small-1000.pcap.gz'));
    expect(readFileSync(file).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(existsSync(join(folder, 'small-1000.pcap'))).toBe(true);
  });

  test.each([
    ['syn-flood', { refused: 0, aborted: 0, established: 0 }],
    // A host in 32 is there: it refuses, and the scanner aborts what it does not.
    ['scan', { refused: expect.any(Number), aborted: expect.any(Number), established: 0 }],
    ['half-open', { refused: 0, aborted: 0 }],
  ])('generates a flood where every SYN is an attempt of its own: %s', (name, expected) => {
    const [flood] = FLOODS.filter((each) => each.name === name);
    const file = join(folder, `${name}.pcap`);
    generateFlood(file, { ...flood!, attempts: 2000 });
    const first = readFileSync(file);
    generateFlood(file, { ...flood!, attempts: 2000 });
    expect(readFileSync(file).equals(first)).toBe(true);
    const summary = summaryOf(file);
    expect(summary).toMatchObject({ attempts: 2000, ...expected });
    expect(summary.refused > 20 && summary.aborted > 0).toBe(name === 'scan');
  });

  test('passes on how many workers to try', () => {
    expect(ourselves([]).map(({ name }) => name)).toEqual(['synwhy']);
    const [one, two] = ourselves([1, 2]);
    expect([one?.name, two?.name]).toEqual(['synwhy --workers 1', 'synwhy --workers 2']);
    expect(two?.command('x.pcap').slice(2)).toEqual(['x.pcap', '--workers', '2']);
  });

  test('compares what was measured in the same round, as the next one may find the machine half as fast', () => {
    const took = (...rounds: number[]) =>
      summarize(rounds.map((seconds) => ({ seconds, rounds: [seconds], cpuSeconds: undefined, kilobytes: undefined })));
    expect(took(1, 2, 6).seconds).toBe(2);
    expect(ratioOf(took(1, 2, 6), took(2, 4, 3))).toBe(0.5);
    // What takes long is measured once.
    expect(ratioOf(took(9), took(2, 4, 3))).toBe(3);
    // What fails is measured no more.
    expect(took(1, 2, Number.NaN).seconds).toBe(Number.NaN);
    expect(ratioOf(took(1, Number.NaN), took(2, Number.NaN))).toBe(Number.NaN);
    expect(ratioOf(took(1), undefined)).toBe(Number.NaN);
  });

  test('says of a goal whether it holds, also where a program failed', () => {
    const took = { seconds: 1, rounds: [1], cpuSeconds: 1, kilobytes: 200_000 };
    expect(goalCells(memoryGoal(took, 300))).toEqual(['≤ 300 MB', 'yes']);
    expect(goalCells(memoryGoal({ ...took, kilobytes: 400_000 }, 300))).toEqual(['≤ 300 MB', 'no']);
    expect(goalCells(memoryGoal({ ...took, seconds: Number.NaN, kilobytes: undefined }, 300))).toEqual([
      '≤ 300 MB',
      'no',
    ]);
    expect(goalCells(memoryGoal({ ...took, kilobytes: undefined }, 300))).toEqual(['', '']);
    expect(renderTable(['text ', 'figure'], [['a', '1']])).toBe('| text | figure |\n| --- | ---: |\n| a | 1 |');
  });
});

function summaryOf(path: string) {
  const analyzer = new Analyzer();
  const input = analyzer.addCapture(path);
  input.push(readFileSync(path));
  input.end();
  return analyzer.finish().summary;
}
