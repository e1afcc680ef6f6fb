import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/model.js';
import { captureOf, elsewhere, rst, syn } from '../build/scenario.js';
import { needsTool } from '../tools.js';
import { CLOSED, connect, INTERFACE, NEEDS, onClient, useNetwork } from './live-network.js';
import { folder, start, synwhy } from './run.js';

const LIMIT_MS = 60_000;
const HEADER_BYTES = 24;

interface Line {
  type: 'attempt' | 'summary';
  client: { port: number };
  cause: string;
  outcome: string;
  frames: { frame: number }[];
}

/** A run of `synwhy --follow` whose lines can be waited for. */
class Following {
  readonly child: ReturnType<typeof start>;
  stdout = '';
  stderr = '';

  constructor(...words: string[]) {
    this.child = start(['--follow', ...words, '-F', 'ndjson']);
    this.child.stdout.on('data', (text) => (this.stdout += text));
    this.child.stderr.on('data', (text) => (this.stderr += text));
  }

  get lines(): Line[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  /** The ports of the clients whose attempts were told so far. */
  get ports(): number[] {
    return this.lines.filter(({ type }) => type === 'attempt').map(({ client }) => client.port);
  }

  async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.stdout}${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Presses Ctrl-C, and gives the last line, which is the report without its attempts. */
  async end(): Promise<Report> {
    this.child.kill('SIGINT');
    const [status] = await once(this.child, 'close');
    expect(status, this.stderr).toBe(0);
    return this.lines.at(-1) as unknown as Report;
  }
}

/** Waits until a program says that it captures: dumpcap names the interface before it has opened it. */
async function saying(stderr: NodeJS.ReadableStream, words: RegExp): Promise<void> {
  let said = '';
  while (!words.test(said)) said += (await once(stderr, 'data')).join('');
}

function newFolder(name: string): string {
  mkdirSync(join(folder, name));
  return name;
}

/** A capture with refused attempts from these ports, a second each. */
function refusedFrom(...ports: readonly number[]): Uint8Array {
  const startMs = (ports[0] ?? 0) * 100;
  return captureOf(
    ports.flatMap((clientPort, index) => [
      syn({ at: startMs + index * 1000, clientPort }),
      rst({ at: startMs + index * 1000 + 1, clientPort }),
    ]),
  );
}

function put(name: string, bytes: Uint8Array): void {
  writeFileSync(join(folder, name), bytes);
}

function append(name: string, bytes: Uint8Array): void {
  appendFileSync(join(folder, name), bytes);
}

describe('synwhy --follow FILE', { timeout: LIMIT_MS }, () => {
  test('tells what is decided while the file grows, wherever it was written to', async () => {
    const bytes = refusedFrom(1000, 1001, 1002);
    put('grows.pcap', bytes.subarray(0, 10));
    const following = new Following('grows.pcap');
    const half = Math.floor(bytes.length / 2) + 5;
    append('grows.pcap', bytes.subarray(10, half));
    await following.until(() => following.ports.length === 1);
    append('grows.pcap', bytes.subarray(half));
    await following.until(() => following.ports.length === 3);
    expect(following.ports).toEqual([1000, 1001, 1002]);
    const report = await following.end();
    expect(report).toMatchObject({
      captures: [{ name: 'grows.pcap', packets: 6 }],
      summary: { refused: 3 },
      live: { endedBy: 'interrupt' },
    });
  });

  test('takes a record that is not whole yet for no damage', async () => {
    put('cut.pcap', refusedFrom(1000, 1001).subarray(0, -7));
    const following = new Following('cut.pcap');
    await following.until(() => following.ports.length === 1);
    const { quality, captures } = await following.end();
    expect(quality).toMatchObject({ warnings: [], truncatedAtByte: null });
    expect(captures[0]?.packets).toBe(3);
  });

  test('waits for a file that is not there yet', async () => {
    const following = new Following('late.pcap');
    await following.until(() => following.stderr.includes('there is no file late.pcap yet'));
    put('late.pcap', refusedFrom(1000));
    await following.until(() => following.ports.length === 1);
    expect((await following.end()).summary.refused).toBe(1);
  });

  test('reads the rest of a file that was renamed, and then the one that took its name; an attempt may go over both', async () => {
    const bytes = captureOf([
      syn({ at: 0, clientPort: 1000 }),
      rst({ at: 1, clientPort: 1000 }),
      elsewhere({ at: 10 }),
      syn({ at: 20, clientPort: 1001 }),
    ]);
    put('rotated.pcap', bytes.subarray(0, -100));
    const following = new Following('rotated.pcap');
    await following.until(() => following.ports.length === 1);
    renameSync(join(folder, 'rotated.pcap'), join(folder, 'rotated.pcap.1'));
    append('rotated.pcap.1', bytes.subarray(-100));
    put('rotated.pcap', captureOf([rst({ at: 21, clientPort: 1001 })]));
    await following.until(() => following.ports.length === 2);
    const last = following.lines.filter(({ type }) => type === 'attempt').at(-1);
    expect(last).toMatchObject({ client: { port: 1001 }, cause: 'port-closed', frames: [{ frame: 4 }, { frame: 5 }] });
    const { captures } = await following.end();
    expect(captures.map(({ name, packets }) => [name, packets])).toEqual([
      ['rotated.pcap', 4],
      ['rotated.pcap', 1],
    ]);
  });

  test('starts again when the file is begun anew in its place, be it shorter or longer', async () => {
    put('anew.pcap', refusedFrom(1000, 1001));
    const following = new Following('anew.pcap');
    await following.until(() => following.ports.length === 2);
    put('anew.pcap', refusedFrom(2000));
    await following.until(() => following.ports.length === 3);
    put('anew.pcap', refusedFrom(3000, 3001, 3002));
    await following.until(() => following.ports.length === 6);
    expect(following.ports).toEqual([1000, 1001, 2000, 3000, 3001, 3002]);
    expect((await following.end()).captures).toHaveLength(3);
  });

  test('ends after as many packets as are asked for, also over several files', async () => {
    put('counted.pcap', refusedFrom(1000));
    const following = new Following('counted.pcap', '-c', '3');
    await following.until(() => following.ports.length === 1);
    renameSync(join(folder, 'counted.pcap'), join(folder, 'counted.pcap.1'));
    put('counted.pcap', refusedFrom(1001, 1002));
    await once(following.child, 'close');
    expect(following.lines.at(-1)).toMatchObject({
      captures: [{ packets: 2 }, { packets: 1 }],
      live: { endedBy: 'packets' },
    });
  });

  test('ends after the time of --for', async () => {
    put('timed.pcap', refusedFrom(1000));
    const following = new Following('timed.pcap', '--for', '1s');
    await once(following.child, 'close');
    expect(following.lines.at(-1)).toMatchObject({ summary: { refused: 1 }, live: { endedBy: 'time' } });
  });
});

describe('synwhy --follow FOLDER', { timeout: LIMIT_MS }, () => {
  test('reads the captures that are there in order of time, and then those that appear', async () => {
    const ring = newFolder('ring');
    // By their names the other way round.
    put(`${ring}/b.pcap`, refusedFrom(1000, 1001));
    put(`${ring}/a.pcap`, refusedFrom(2000));
    put(`${ring}/notes.txt`, new TextEncoder().encode('Nothing to see here, only some words.\n'));
    const following = new Following(ring);
    await following.until(() => following.ports.length === 3);
    expect(following.ports).toEqual([1000, 1001, 2000]);
    expect(following.stderr).toContain('ring/notes.txt is no capture and was passed over');
    const bytes = refusedFrom(3000, 3001);
    put(`${ring}/c.pcap`, bytes.subarray(0, HEADER_BYTES));
    append(`${ring}/a.pcap`, refusedFrom(2001).subarray(HEADER_BYTES));
    append(`${ring}/c.pcap`, bytes.subarray(HEADER_BYTES, -50));
    await following.until(() => following.ports.length === 5);
    append(`${ring}/c.pcap`, bytes.subarray(-50));
    await following.until(() => following.ports.length === 6);
    expect(following.ports).toEqual([1000, 1001, 2000, 2001, 3000, 3001]);
    const { captures, quality } = await following.end();
    expect(captures.map(({ name }) => name)).toEqual(['ring/b.pcap', 'ring/a.pcap', 'ring/c.pcap']);
    expect(quality.warnings).toEqual([]);
  });

  test('takes a name that is used again for a new capture', async () => {
    const ring = newFolder('reused');
    put(`${ring}/0.pcap`, refusedFrom(1000));
    put(`${ring}/1.pcap`, refusedFrom(2000));
    const following = new Following(ring);
    await following.until(() => following.ports.length === 2);
    put(`${ring}/0.pcap`, refusedFrom(3000));
    await following.until(() => following.ports.length === 3);
    expect((await following.end()).captures.map(({ name }) => name)).toEqual([
      'reused/0.pcap',
      'reused/1.pcap',
      'reused/0.pcap',
    ]);
  });

  test('with a pattern in quotes follows what fits it', async () => {
    const ring = newFolder('two-rings');
    put(`${ring}/web-1.pcap`, refusedFrom(1000));
    put(`${ring}/db-1.pcap`, refusedFrom(5000));
    const following = new Following(`${ring}/web-*.pcap`);
    await following.until(() => following.ports.length === 1);
    put(`${ring}/db-2.pcap`, refusedFrom(6000));
    put(`${ring}/web-2.pcap`, refusedFrom(2000));
    await following.until(() => following.ports.length === 2);
    await following.end();
    expect(following.ports).toEqual([1000, 2000]);
  });

  test('says what can only be the fault of two writers', async () => {
    const ring = newFolder('two-writers');
    put(`${ring}/a.pcap`, refusedFrom(1000));
    put(`${ring}/b.pcap`, refusedFrom(2000));
    const following = new Following(ring);
    await following.until(() => following.ports.length === 2);
    append(`${ring}/a.pcap`, refusedFrom(1001).subarray(HEADER_BYTES));
    await following.until(() => following.stderr.includes('a.pcap is still written to, but a newer capture has begun'));
    await following.end();
  });

  test('in which no capture came ends with 3', async () => {
    const following = new Following(newFolder('nothing'), '--for', '0.3s');
    const [status] = await once(following.child, 'close');
    expect([status, following.stdout]).toEqual([3, '']);
    expect(following.stderr).toContain('no capture came in nothing');
  });
});

test.each([
  ['no name', ['--follow'], '--follow needs a value after it'],
  ['two names', ['--follow', 'a.pcap', 'b.pcap'], "--follow takes one name, and 'b.pcap' is another"],
  ['an interface too', ['--follow', 'a.pcap', '-i', 'eth0'], '--interface is for capturing, and --follow follows'],
  ['--read too', ['--follow', 'a.pcap', '-r', '-'], '--read and --follow name the same thing'],
  ['--write too', ['--follow', 'a.pcap', '-w', 'b.pcapng'], '--follow reads what is written already'],
  ['a command', ['--follow', 'a.pcap', '--', 'true'], 'a command is run while an interface is captured'],
])('--follow with %s is told what would be right', (_what, words, message) => {
  const { status, stderr } = synwhy(words);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test('--follow of a file in a folder that does not exist, or of what is no capture, ends with 3', () => {
  expect(synwhy(['--follow', 'nowhere/a.pcap'])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('there is no folder nowhere'),
  });
  put('notes.txt', new TextEncoder().encode('Nothing to see here, only some words.\n'.repeat(50)));
  expect(synwhy(['--follow', 'notes.txt', '-q'])).toMatchObject({ status: 3, stderr: expect.stringContaining('text') });
});

describe('the ring of', { timeout: LIMIT_MS }, () => {
  // The smallest rings that both know: names that are used again, and names that vanish.
  test.for([
    ['tcpdump', ['-U', '-C', '1', '-W', '3', '-w']],
    ['dumpcap', ['-q', '-b', 'packets:10', '-b', 'files:3', '-w']],
  ] as const)('%s is followed from file to file', async ([program, options], context) => {
    needsTool(context, ...NEEDS, program);
    const ring = newFolder(`ring-of-${program}`);
    const [first = '', ...words] = onClient(program, '-i', INTERFACE, ...options, join(folder, ring, 'web.pcap'));
    const writer = spawn(first, program === 'tcpdump' ? [...words, '-Z', 'root'] : words);
    await saying(writer.stderr, /listening on|File: /);
    const following = new Following(ring);
    for (let round = 1; round <= 12; round++) {
      connect(CLOSED);
      await following.until(() => new Set(following.ports).size >= round);
    }
    writer.kill('SIGINT');
    await once(writer, 'close');
    const { captures, summary, quality } = await following.end();
    expect(summary).toMatchObject({ refused: 12 });
    expect(quality.truncatedAtByte).toBeNull();
    if (program === 'dumpcap') expect(captures.length).toBeGreaterThan(2);
  });
  useNetwork();
});
