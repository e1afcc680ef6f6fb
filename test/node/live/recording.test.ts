import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { CaptureStatistics } from '../../../src/node/live/capture-session.js';
import { openRecording, type RecordingOptions } from '../../../src/node/live/recording.js';
import { NANOSECONDS_MAGIC, pcap, pcapHeader, pcapRecord } from '../../build/container.js';
import { readAll } from '../../capture/read-all.js';
import { needsTool, repositoryRoot } from '../../tools.js';
import { Cable, REFUSED_PORT } from './cable.js';

const LIMIT_MS = 60_000;
const STARTED_NS = 1_795_165_812_181_938_473n;
const NOTHING_LOST: CaptureStatistics = { received: 3, dropped: 0, droppedByInterface: 0 };
const NANOSECONDS = { magic: NANOSECONDS_MAGIC };
const bin = join(repositoryRoot(), 'bin', 'synwhy.js');

const folder = mkdtempSync(join(tmpdir(), 'synwhy-recording-'));
const cables: Cable[] = [];
afterEach(() => {
  for (const cable of cables.splice(0)) cable.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function record(number: number, size = 60): Uint8Array {
  return pcapRecord(NANOSECONDS, { bytes: new Uint8Array(size).fill(number), timeNs: STARTED_NS + BigInt(number) });
}

function begin(path: string, options: Partial<RecordingOptions> = {}) {
  const problems: string[] = [];
  const onProblem = (problem: string) => void problems.push(problem);
  return { problems, opening: openRecording({ path, interfaceName: 'eth0', onProblem, ...options }) };
}

describe('a recording', () => {
  test('has the packets of the stream at their times, where they come from, and how it ended', async () => {
    const path = join(folder, 'one.pcapng');
    const recording = await begin(path, { filter: 'tcp' }).opening;
    const stream = pcap(NANOSECONDS, [
      { bytes: Uint8Array.of(1, 2, 3), timeNs: STARTED_NS, originalBytes: 1500 },
      { bytes: Uint8Array.of(4), timeNs: STARTED_NS + 1n },
    ]);
    for (let at = 0; at < stream.length; at += 7) await recording.write(stream.slice(at, at + 7));
    await recording.close({ statistics: { ...NOTHING_LOST, dropped: 2 }, endedAt: STARTED_NS + 5_000_000_000n });
    const { packets, facts } = readAll(readFileSync(path));
    expect(packets).toMatchObject([
      { bytes: '010203', epochNs: STARTED_NS, originalBytes: 1500 },
      { bytes: '04', epochNs: STARTED_NS + 1n, originalBytes: 1 },
    ]);
    expect(facts.interfaces).toMatchObject([
      { linkType: 1, name: 'eth0', filter: 'tcp', dropped: 2, endNs: 5_000_000_000 },
    ]);
    expect(facts.damages).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('holds every packet as soon as its chunk was written, with no end in sight', async () => {
    const path = join(folder, 'growing.pcapng');
    const recording = await begin(path).opening;
    await recording.write(pcapHeader(NANOSECONDS));
    for (const number of [1, 2, 3]) {
      await recording.write(record(number));
      const { packets, facts } = readAll(readFileSync(path));
      expect([packets.length, facts.damages]).toEqual([number, []]);
    }
    await recording.close({ statistics: NOTHING_LOST, endedAt: STARTED_NS });
  });

  test('of nothing at all is a capture without packets', async () => {
    const path = join(folder, 'empty.pcapng');
    const recording = await begin(path).opening;
    await recording.close({ statistics: NOTHING_LOST, endedAt: STARTED_NS });
    const { packets, facts } = readAll(readFileSync(path));
    expect([packets, facts.format, facts.damages]).toEqual([[], 'pcapng', []]);
  });

  test('that cannot be written is told at once', async () => {
    await expect(begin(join(folder, 'nowhere', 'a.pcapng')).opening).rejects.toThrow(
      /a\.pcapng can't be written: ENOENT/,
    );
  });

  test('that breaks off is told once, and later packets are no error', async () => {
    const place = join(folder, 'gone');
    mkdirSync(place);
    const { problems, opening } = begin(join(place, 'a.pcapng'), { ring: { files: 2, bytes: 200 } });
    const recording = await opening;
    await recording.write(pcapHeader(NANOSECONDS));
    rmSync(place, { recursive: true });
    for (let number = 0; number < 5; number += 1) await recording.write(record(number, 200));
    await recording.close({ statistics: NOTHING_LOST, endedAt: STARTED_NS });
    expect(problems).toEqual([expect.stringMatching(/^nothing more is written to .*a_00002_.*: .*ENOENT.*/)]);
  });
});

describe('a ring', () => {
  test('keeps the newest files, each a whole capture, named as dumpcap names them', async () => {
    const place = join(folder, 'ring');
    mkdirSync(place);
    const path = join(place, 'web.cap.pcapng');
    const recording = await begin(path, { ring: { files: 3, bytes: 2000 } }).opening;
    await recording.write(pcapHeader(NANOSECONDS));
    for (let number = 0; number < 100; number += 1) await recording.write(record(number));
    await recording.close({ statistics: NOTHING_LOST, endedAt: STARTED_NS });
    const names = readdirSync(place).sort();
    expect(names).toHaveLength(3);
    for (const name of names) expect(name).toMatch(/^web\.cap_\d{5}_20\d{12}\.pcapng$/);
    const numbers = names.map((name) => Number(/_(\d{5})_/.exec(name)?.[1]));
    expect(numbers).toEqual([numbers[0], (numbers[0] ?? 0) + 1, (numbers[0] ?? 0) + 2]);
    expect(numbers[2]).toBeGreaterThan(3);
    const files = names.map((name) => readAll(readFileSync(join(place, name))));
    for (const { facts } of files) expect([facts.damages, facts.interfaces[0]?.name]).toEqual([[], 'eth0']);
    const kept = files.flatMap(({ packets }) => packets.map(({ epochNs }) => Number(epochNs - STARTED_NS)));
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 100 - kept.length + index));
    for (const name of names) expect(statSync(join(place, name)).size).toBeLessThan(2300);
  });
});

/** A live capture of the command on a cable; resolves when it captures. */
async function startLive(words: readonly string[], command: readonly string[] = []) {
  const child = spawn(command[0] ?? process.execPath, [
    ...command.slice(1),
    ...(command[0] ? [process.execPath] : []),
    bin,
    'live',
    ...words,
  ]);
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  let stdout = '';
  child.stdout.on('data', (text) => (stdout += text));
  const ended = once(child, 'close');
  while (!stderr.includes('Ctrl-C') && child.exitCode === null) await sleep(20);
  return { child, ended, said: () => stderr, printed: () => stdout };
}

describe('while it is captured', () => {
  test(
    'SIGKILL leaves a file that Wireshark reads, and no process that goes on capturing',
    async (context) => {
      needsTool(context, 'namespaces', 'ip', 'nft', 'dumpcap', 'tshark', 'capinfos', 'ps');
      const cable = new Cable();
      cables.push(cable);
      const path = join(folder, 'killed.pcapng');
      const live = await startLive(['-i', cable.name, '-f', 'tcp', '-w', path]);
      for (let turn = 0; turn < 50; turn += 1) await cable.connect(REFUSED_PORT);
      const size = (): number => statSync(path).size;
      while (size() < 50 * 2 * 80) await sleep(20);
      // In the middle: packets go on coming.
      const more = Promise.all(Array.from({ length: 200 }, () => cable.connect(REFUSED_PORT)));
      live.child.kill('SIGKILL');
      await live.ended;
      await more;
      const { stdout, stderr, status } = spawnSync('capinfos', ['-Mc', path], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      const counted = Number(/Number of packets: +(\d+)/.exec(stdout)?.[1]);
      expect(counted).toBeGreaterThanOrEqual(100);
      const shown = spawnSync('tshark', ['-n', '-r', path, '-Y', 'tcp.flags.reset == 1'], { encoding: 'utf8' });
      expect(shown.status, shown.stderr).toBe(0);
      const processes = () => execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' }).split('\n');
      while (processes().some((line) => line.includes('dumpcap') && line.includes(`-i ${cable.name} `)))
        await sleep(20);
    },
    LIMIT_MS,
  );

  test('a file that is cut inside a packet is read up to there by us and by Wireshark', async (context) => {
    needsTool(context, 'capinfos');
    const path = join(folder, 'cut.pcapng');
    const recording = await begin(path).opening;
    await recording.write(pcap(NANOSECONDS, [{ bytes: new Uint8Array(60), timeNs: STARTED_NS }]));
    const wholeBytes = statSync(path).size;
    await recording.write(record(1));
    const bytes = readFileSync(path);
    for (let end = wholeBytes + 1; end < bytes.length; end += 1) {
      const { packets, facts } = readAll(bytes.subarray(0, end));
      expect([packets.length, facts.damages.length]).toEqual([1, 1]);
    }
    writeFileSync(path, bytes.subarray(0, bytes.length - 20));
    expect(spawnSync('capinfos', ['-Mc', path], { encoding: 'utf8' }).stdout).toMatch(/Number of packets: +1\b/);
    await recording.close({ statistics: NOTHING_LOST, endedAt: STARTED_NS });
  });

  test(
    'a full disk is told once, and capture and diagnosis go on',
    async (context) => {
      needsTool(context, 'namespaces', 'ip', 'nft', 'dumpcap', 'capinfos', 'unshare');
      const cable = new Cable();
      cables.push(cable);
      const place = join(folder, 'full');
      const copy = join(folder, 'full.pcapng');
      mkdirSync(place);
      const script = `mount -t tmpfs -o size=32k none ${place} && "$@"; status=$?; cp ${place}/a.pcapng ${copy}; exit $status`;
      const live = await startLive(
        ['-i', cable.name, '-f', 'tcp', '-w', join(place, 'a.pcapng'), '-F', 'json'],
        ['unshare', '-m', 'sh', '-c', script, 'sh'],
      );
      for (let turn = 0; turn < 400; turn += 1) await cable.connect(REFUSED_PORT);
      while (!live.said().includes('nothing more is written')) await sleep(50);
      for (let turn = 0; turn < 10; turn += 1) await cable.connect(REFUSED_PORT + 1000);
      execFileSync('pkill', ['-INT', '-P', String(live.child.pid)]);
      const [status] = await live.ended;
      expect(live.said().match(/nothing more is written to .*ENOSPC/g)).toHaveLength(1);
      expect(status).toBe(3);
      const report = JSON.parse(live.printed());
      expect(report.summary.refused).toBe(410);
      expect(existsSync(copy)).toBe(true);
      const { facts, packets } = readAll(readFileSync(copy));
      expect(facts.damages).toEqual([]);
      // What the disk had room for, but for less than a page of its memory and a packet.
      expect(packets.length).toBeGreaterThan((32_768 - 4096 - 500) / 112);
      expect(spawnSync('capinfos', ['-M', copy]).status).toBe(0);
    },
    LIMIT_MS,
  );
});
