import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { generate } from '../bench/generate.js';
import { synwhy } from './run.js';

const LIMIT_MS = 120_000;

/** The two halves of a pcap, each with its header. */
function splitInHalf(path: string): string[] {
  const bytes = readFileSync(path);
  let middle = 24;
  while (middle < bytes.length / 2) middle += 16 + bytes.readUInt32LE(middle + 8);
  const halves = [bytes.subarray(0, middle), Buffer.concat([bytes.subarray(0, 24), bytes.subarray(middle)])];
  return halves.map((half, index) => {
    const name = `${path}${index}`;
    writeFileSync(name, half);
    return name;
  });
}

describe('--workers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-workers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('changes nothing about what is said of a large capture', { timeout: LIMIT_MS }, () => {
    const path = join(folder, 'large.pcap');
    // Large enough for threads, which test/node/scan.test.ts tries with less.
    generate(path, { packets: 200_000, dataBytes: 1400, format: 'pcap', traffic: 'data' });
    const [alone, one, two] = ['0', '1', '2'].map((workers) => synwhy([path, '-F', 'json', '--workers', workers]));
    expect(alone?.status).toBe(0);
    expect(JSON.parse(alone?.stdout ?? '').summary.refused).toBeGreaterThan(0);
    expect(one).toEqual(alone);
    expect(two).toEqual(alone);
    rmSync(path);
  });

  test('changes nothing about captures that overlap', { timeout: LIMIT_MS }, () => {
    const paths = [1, 2].map((turn) => join(folder, `overlapping${turn}.pcap`));
    for (const [turn, path] of paths.entries()) {
      generate(path, { packets: 60_000 + turn, dataBytes: 320, format: 'pcap', traffic: 'data' });
    }
    const [alone, one] = ['0', '1'].map((workers) => synwhy([...paths, '-F', 'json', '--workers', workers]));
    expect(alone?.status).toBe(0);
    expect(one).toEqual(alone);
  });

  test('changes nothing about a ring, whose captures are read one after the other', { timeout: LIMIT_MS }, () => {
    const whole = join(folder, 'whole.pcap');
    generate(whole, { packets: 120_000, dataBytes: 320, format: 'pcap', traffic: 'data' });
    const paths = splitInHalf(whole);
    const [alone, one] = ['0', '1'].map((workers) => synwhy([...paths, '-F', 'json', '--workers', workers]));
    expect(alone?.status).toBe(0);
    expect(one).toEqual(alone);
    const { summary } = JSON.parse(synwhy([whole, '-F', 'json']).stdout);
    expect(JSON.parse(alone?.stdout ?? '').summary).toEqual(summary);
  });

  test('changes nothing about a large file that is no capture: it is told in one line', () => {
    const path = join(folder, 'notes.pcap');
    writeFileSync(path, 'Nothing to see here, only some words.\n'.repeat(500_000));
    const [alone, one] = ['0', '1'].map((workers) => synwhy([path, '--workers', workers]));
    expect(alone?.status).toBe(3);
    expect(alone?.stderr.trim().split('\n')).toHaveLength(1);
    expect(one).toEqual(alone);
  });

  test.each(['x', '-1', '10', '1.5'])('takes no %s', (workers) => {
    const { status, stderr } = synwhy(['some.pcap', `--workers=${workers}`]);
    expect(status).toBe(2);
    expect(stderr).toContain('--workers takes a number from 0 to 9');
  });
});
