import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LiveCommand } from '../../src/cli/live-arguments.js';
import { LIVE_OPTIONS } from '../../src/cli/live-options.js';
import { parseCommandLine } from '../../src/cli/options.js';
import { repositoryRoot } from '../tools.js';
import { synwhy } from './run.js';

const parse = async (...words: string[]) => (await parseCommandLine(['live', ...words], '1.0.0', 100)) as LiveCommand;

describe('synwhy live', () => {
  test.each<[words: string[], message: string]>([
    [
      ['curl', 'https://a'],
      "'curl' is no option: a command to run stands behind --, as in: synwhy live -i eth0 -- curl https://a",
    ],
    [['-i', 'eth0', '--'], 'behind -- stands the command to run, and there is none'],
    [['-i', 'eth0', '-i', 'eth1'], '--interface can be given only once'],
    [['--backend', 'dumpcat'], 'there is no backend dumpcat, only auto, cap, dumpcap, tcpdump; did you mean dumpcap?'],
    [['--for', 'soon'], "--for takes a time such as 30s, 5m or 2h, not 'soon'"],
    [['--for', '0'], "--for takes a time such as 30s, 5m or 2h, not '0'"],
    [['--for', '60d'], '--for takes at most 24 days; without it there is no limit'],
    [['-c', '0'], "--count takes a number of packets from 1 on, not '0'"],
    [['--ring', '10x100MB'], '--ring says how --write keeps files; give both'],
    [
      ['-w', 'a.pcapng', '--ring', '10'],
      "--ring takes a number of files, at least 2, and their size, as in 10x100MB, not '10'",
    ],
    [['-r', '-', '-i', 'eth0'], '--interface is for capturing, and --read follows what others capture'],
    [['-r', '-', '-w', 'a.pcapng'], '--read follows a capture that is there already: tee keeps a copy of it'],
    [['-r', '-', '-r', 'a.pcap'], 'live follows one capture; name it once with --read'],
    [['-r', '-', '--', 'true'], 'a command is run while an interface is captured, not with --read'],
    [['-c', '5', '--', 'true'], 'with a command the capture ends when that does; --count is for without one'],
    [['--settle', '5s'], '--settle is the time to wait after a command, and there is none (it stands behind --)'],
    [['--intreface', 'eth0'], 'there is no option --intreface; did you mean --interface?'],
    [['--since', '09:10'], 'there is no option --since'],
    [['-F', 'xml'], 'there is no format xml, only table, json, ndjson, markdown, html and csv'],
  ])('%j is told what would be right', (words, message) => {
    const { status, stderr, stdout } = synwhy(['live', ...words]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test('takes what stands behind -- as it is', async () => {
    const { words, interfaceName, filter } = await parse(
      '-i',
      'eth0',
      '-f',
      'host 10.0.0.5',
      '--',
      'curl',
      '-i',
      '--',
      'x',
    );
    expect([words, interfaceName, filter]).toEqual([['curl', '-i', '--', 'x'], 'eth0', 'host 10.0.0.5']);
  });

  test('lists connections that were made where a command is run', async () => {
    expect((await parse('--', 'true')).all).toBe(true);
    expect((await parse()).all).toBe(false);
  });

  test('reads times and sizes', async () => {
    expect(await parse('--for', '1.5m', '-w', 'a.pcapng', '--ring', '10x100MB')).toMatchObject({
      forMs: 90_000,
      recording: 'a.pcapng',
      ring: { files: 10, bytes: 100_000_000 },
    });
    expect(await parse('--for', '30', '-c', '7')).toMatchObject({ forMs: 30_000, packets: 7, settleMs: 5000 });
    expect(await parse('--settle', '0', '--', 'true')).toMatchObject({ settleMs: 0 });
  });

  test('asks the host unless it is told not to', async () => {
    expect((await parse()).hostFacts).toBe(true);
    expect((await parse('--no-host-facts')).hostFacts).toBe(false);
  });

  test('has its own options in the README, and no others there', () => {
    const readme = readFileSync(join(repositoryRoot(), 'README.md'), 'utf8');
    const [, section = ''] = /\n### Live options\n([\s\S]*?)\n#/.exec(readme) ?? [];
    const told = [...section.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/--[a-z][\w-]*/g) ?? []);
    const own = Object.keys(LIVE_OPTIONS).filter((name) => name !== 'host-facts');
    expect(told.sort()).toEqual(own.map((name) => `--${name}`).sort());
  });

  test('tells its options', () => {
    const { status, stdout } = synwhy(['live', '--help']);
    expect(status).toBe(0);
    for (const option of ['--interface', '--no-host-facts', '--ring', '--settle', '--format'])
      expect(stdout).toContain(option);
    expect(stdout).not.toMatch(/\[(string|boolean)\]/);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
  });
});
