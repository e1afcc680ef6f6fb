import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { needsTool } from '../tools.js';
import { folder, manyRefused, refused, shell, start, write } from './run.js';

beforeAll(() => {
  write('refused.pcap', refused);
  write('many.pcap', manyRefused(5000));
});

describe('a closed pipe is no error', () => {
  test.each(['table -v', 'json'])('of format %s', (format) => {
    const { stdout, stderr } = shell(`$SYNWHY many.pcap -F ${format} | head -1; echo "\${PIPESTATUS[0]}"`);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0');
    expect(stderr).toBe('');
  });

  test('of explain', () => {
    const { stdout, stderr } = shell(`$SYNWHY explain | true; echo "\${PIPESTATUS[0]}"`);
    expect([stdout, stderr]).toEqual(['0\n', '']);
  });
});

test.runIf(existsSync('/dev/full'))('a full disk under standard output is told, and the exit status is 3', () => {
  const { stdout, stderr } = shell('$SYNWHY refused.pcap > /dev/full; echo $?');
  expect(stdout).toBe('3\n');
  expect(stderr).toMatch(/^synwhy: standard output can't be written: .*no space left.*\n$/);
});

describe('standard input', () => {
  test('may be a pipe, a file, or a process', () => {
    const expected = shell('$SYNWHY - < refused.pcap');
    expect(expected.stdout).toContain('1 refused');
    expect(shell('cat refused.pcap | $SYNWHY -').stdout).toBe(expected.stdout);
    expect(shell('$SYNWHY <(cat refused.pcap)').stdout).toContain('1 refused');
  });

  test('may be compressed', () => {
    writeFileSync(join(folder, 'refused.pcap.gz'), gzipSync(refused));
    const { stdout } = shell('cat refused.pcap.gz | $SYNWHY');
    expect(stdout).toContain('standard input: gzip, pcap');
    expect(stdout).toContain('1 refused');
  });

  test('may arrive byte by byte', async () => {
    const child = start(['-', '-F', 'json']);
    let stdout = '';
    child.stdout.on('data', (text) => (stdout += text));
    for (const byte of refused) child.stdin.write(Uint8Array.of(byte));
    child.stdin.end();
    await once(child, 'close');
    expect(JSON.parse(stdout).summary.refused).toBe(1);
  });
});

test('Ctrl-C while reading ends it at once, as a shell tells by 130', async () => {
  const child = start(['-']);
  child.stdin.write(refused.subarray(0, 60));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const sentAt = performance.now();
  child.kill('SIGINT');
  const [status, signal] = await once(child, 'close');
  expect([status, signal]).toEqual([null, 'SIGINT']);
  expect(performance.now() - sentAt).toBeLessThan(1000);
});

test('nothing but results goes to standard output, and nothing to standard error where there is no terminal', () => {
  const { stdout, stderr } = shell('$SYNWHY many.pcap -F json');
  expect(() => JSON.parse(stdout)).not.toThrow();
  expect(stderr).toBe('');
});

describe('at a terminal', () => {
  /** Runs the command in a pseudo-terminal of 72 columns. */
  const atTerminal = (line: string) => shell(`script -qec "stty cols 72; ${line}" /dev/null`).stdout;

  test('the table is coloured and as wide as it is', (context) => {
    needsTool(context, 'script');
    const text = atTerminal('$SYNWHY refused.pcap');
    expect(text).toContain('\x1b[31mrefused\x1b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences have no width
    const lines = text.replace(/\x1b\[\d+m|\r/g, '').split('\n');
    expect(Math.max(...lines.filter((line) => !/`|filter/.test(line)).map((line) => line.length))).toBeLessThanOrEqual(
      72,
    );
  });

  test('NO_COLOR and --no-color turn colours off', (context) => {
    needsTool(context, 'script');
    expect(atTerminal('NO_COLOR=1 $SYNWHY refused.pcap')).not.toContain('\x1b');
    expect(atTerminal('$SYNWHY --no-color refused.pcap')).not.toContain('\x1b');
  });

  test('without a capture it says how to use it', (context) => {
    needsTool(context, 'script');
    expect(atTerminal('$SYNWHY; echo \\$?')).toMatch(/^synwhy: name a capture, as in: synwhy web\.pcapng.*\r\n2\r\n$/);
  });
});
