import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { bin, folder, manyRefused, refused, synwhy, write } from './run.js';

beforeAll(() => {
  write('refused.pcap', refused);
  write('empty.pcap', '');
  write('notes.txt', 'Nothing to see here, only some words.\n');
  mkdirSync(join(folder, 'captures'));
});

describe('what cannot be read is named, with what would be right, and the exit status is 3', () => {
  test.each([
    ['a missing file', 'missing.pcap', /^synwhy: there is no file missing\.pcap\n$/],
    ['a file under a file', 'refused.pcap/x', /^synwhy: there is no file refused\.pcap\/x\n$/],
    ['an empty folder', 'captures', /^synwhy: there is no capture in captures\n$/],
    ['an empty file', 'empty.pcap', /^synwhy: empty\.pcap: .*no bytes.*pcap and pcapng.*\n$/],
    ['a text file', 'notes.txt', /^synwhy: notes\.txt: .*text.*pcap and pcapng.*\n$/],
  ])('%s', (_what, name, message) => {
    const { status, stdout, stderr } = synwhy([name]);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(status).toBe(3);
  });

  test('empty standard input', () => {
    const { status, stderr } = synwhy(['-']);
    expect(stderr).toMatch(/^synwhy: standard input: /);
    expect(status).toBe(3);
  });

  test('a name with an escape sequence in it', () => {
    expect(synwhy(['\x1b[31mx']).stderr).toBe('synwhy: there is no file \\x1b[31mx\n');
  });
});

describe('several captures', () => {
  test('are analysed without those that cannot be read, which the exit status tells', () => {
    const { status, stdout, stderr } = synwhy(['missing.pcap', 'refused.pcap', 'notes.txt']);
    expect(stderr).toMatch(/missing\.pcap\nsynwhy: notes\.txt/);
    expect(stdout).toMatch(/^refused\.pcap: /);
    expect(stdout).toContain('1 handshake: 1 refused');
    expect(stdout).not.toContain('notes.txt');
    expect(status).toBe(3);
  });

  test('of which none can be read print nothing', () => {
    const { status, stdout } = synwhy(['missing.pcap', 'notes.txt']);
    expect([status, stdout]).toEqual([3, '']);
  });
});

test.runIf(process.platform === 'linux')(
  'more captures at once than may be open are named, the others are analysed',
  () => {
    // What is read at once need not stay open: these are larger than that, and all begin at the same time.
    write('ring-0.pcap', manyRefused(16_000));
    const names = Array.from({ length: 50 }, (_, index) => `ring-${index}.pcap`);
    for (const name of names.slice(1)) linkSync(join(folder, 'ring-0.pcap'), join(folder, name));
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 40 && exec "$0" "$@"', process.execPath, bin, ...names],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stderr).toMatch(/^synwhy: ring-49\.pcap can't be opened: too many files are open/m);
    expect(stderr).not.toContain('fault of synwhy');
    expect(stdout).toContain('16,000 refused');
    expect(status).toBe(3);
  },
);

test('a capture that breaks off is reported up to there, and that is no error', () => {
  write('cut.pcap', refused.subarray(0, refused.length - 10));
  const { status, stdout } = synwhy(['cut.pcap']);
  expect(stdout).toMatch(/Note: cut\.pcap breaks off at byte \d+/);
  expect(status).toBe(0);
});

test('compressed data that breaks off is reported up to there', () => {
  const compressed = gzipSync(refused);
  write('cut.pcap.gz', compressed.subarray(0, compressed.length - 6));
  const { status, stdout } = synwhy(['cut.pcap.gz']);
  expect(stdout).toContain('1 refused');
  expect(stdout).toContain('cut.pcap.gz could not be read to its end');
  expect(status).toBe(0);
});

test('an output that cannot be written is named, and the exit status is 3', () => {
  const { status, stderr } = synwhy(['refused.pcap', '-o', 'nowhere/out.json']);
  expect(stderr).toMatch(/^synwhy: nowhere\/out\.json can't be written: /);
  expect(status).toBe(3);
});

test.runIf(process.platform === 'linux')('an output that only its beginning has room for is an error', () => {
  const script = 'trap "" XFSZ; ulimit -f 1; exec "$0" "$@"';
  const words = [bin, 'refused.pcap', '-o', 'out.json', '-q'];
  const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  expect(stderr).toMatch(/^synwhy: out\.json can't be written: /);
  expect(status).toBe(3);
});

test.runIf(process.platform === 'linux')('standard error that takes nothing does not change the exit status', () => {
  const script = 'exec "$0" "$@" 2>/dev/full';
  const { status } = spawnSync('sh', ['-c', script, process.execPath, bin, 'missing.pcap'], { cwd: folder });
  expect(status).toBe(3);
});
