import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { needsTool, repositoryRoot } from '../tools.js';
import { generate, type Shape } from './generate.js';

const LIMIT_MS = 60_000;

describe('the benchmark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-bench-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('runs, and prints a row for each program and capture', { timeout: LIMIT_MS }, (context) => {
    needsTool(context, 'npm', 'cat', 'tcpdump');
    const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'bench', '--', '--quick'], {
      cwd: repositoryRoot(),
      env: { ...process.env, SYNWHY_BENCH_DIR: folder },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    for (const program of ['synwhy', 'tcpdump', 'cat']) {
      expect(stdout.split('\n').filter((row) => row.includes(`| ${program} |`))).toHaveLength(2);
    }
  });

  test('of live capture tells of each backend what was sent, captured and lost', { timeout: LIMIT_MS }, (context) => {
    needsTool(context, 'npm', 'namespaces', 'ip', 'nft', 'python3', 'tcpdump');
    const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'bench', '--', '--live', '--quick'], {
      cwd: repositoryRoot(),
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    // How fast the machine is decides about packets lost, but not whether they are told.
    expect(stdout).toMatch(/tcpdump +\d+ lost \(.* %\) {2}it tells of \d+/);
    expect(stdout).toMatch(/tcpdump +\d+ of 198 established, \d+ of 2 refused/);
  });

  test('generates captures of the size that it says', () => {
    const shape: Shape = { packets: 10_000, dataBytes: 102, format: 'pcap', handshakesOnly: false };
    const data = join(folder, 'data.pcap');
    const blocks = join(folder, 'data.pcapng');
    generate(data, shape);
    generate(blocks, { ...shape, format: 'pcapng' });
    // Most packets are data; the few of handshakes are half as long. A pcapng block takes 16 bytes more, and padding.
    expect(statSync(data).size / (shape.packets * (shape.dataBytes + 16))).toBeCloseTo(1, 1);
    expect(statSync(blocks).size / (shape.packets * (shape.dataBytes + 34))).toBeCloseTo(1, 1);
  });
});
