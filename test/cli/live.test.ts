import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/model.js';
import { schemaErrors } from '../report/schema.js';
import { needsTool, whatIsMissing } from '../tools.js';
import {
  ACCEPTED,
  CLIENT_ADDRESS,
  CLOSED,
  ClientRun,
  connect,
  connecting,
  DROPPED,
  INTERFACE,
  makeLink,
  NEEDS,
  onClient,
  REJECTED,
  refuseMany,
  removeLink,
  SERVER_ADDRESS,
  useNetwork,
} from './live-network.js';
import { bin, folder, synwhy } from './run.js';

const LIMIT_MS = 60_000;
/** What can be used on every machine that has the rest. */
const BACKEND = whatIsMissing('dumpcap') === undefined ? 'dumpcap' : 'tcpdump';
const LIVE = ['live', '-i', INTERFACE, '--backend', BACKEND] as const;

/** A file of this test's folder. */
const inFolder = (name: string) => join(folder, name);
const readReport = (name: string): Report => JSON.parse(readFileSync(inFolder(name), 'utf8'));
const verdicts = ({ attempts }: Report) =>
  attempts.map(({ server, cause, outcome }) => `${server.port} ${cause ?? outcome}`);

useNetwork();

describe('a command', { timeout: LIMIT_MS }, () => {
  beforeEach((context) => needsTool(context, ...NEEDS));

  test('that is refused is reported with its status, and its connection', async () => {
    const run = new ClientRun([...LIVE, '-o', 'refused.json', '--', 'bash', '--norc', '-c', `${connecting(CLOSED)}`]);
    expect(await run.ended).toEqual({ status: 0, signal: null });
    expect(run.stdout).toBe('');
    const report = readReport('refused.json');
    expect(schemaErrors(report)).toEqual([]);
    expect(verdicts(report)).toEqual([`${CLOSED} port-closed`]);
    expect(report.live).toMatchObject({ interface: INTERFACE, backend: BACKEND, endedBy: 'command' });
    expect(report.live?.command).toMatchObject({ status: 1, signal: null });
    expect(report.captures[0]?.name).toBe(INTERFACE);
  });

  test('that connects, is rejected and waits in vain is told all three', async () => {
    const lines = [ACCEPTED, REJECTED, DROPPED].map((port) => connecting(port)).join('; ');
    const run = new ClientRun([
      ...LIVE,
      '-F',
      'json',
      '--fail-on',
      'any',
      '--',
      'bash',
      '--norc',
      '-c',
      `${lines}; true`,
    ]);
    expect((await run.ended).status).toBe(1);
    const report: Report = JSON.parse(run.stdout);
    expect(verdicts(report)).toEqual([
      `${ACCEPTED} established`,
      `${REJECTED} admin-prohibited`,
      `${DROPPED} port-dropped`,
    ]);
  });

  test('has the terminal to itself: nothing of ours stands between its lines', async () => {
    const run = new ClientRun([
      ...LIVE,
      '-q',
      '--',
      'bash',
      '--norc',
      '-c',
      `echo one; ${connecting(CLOSED)}; echo two >&2; exit 5`,
    ]);
    expect((await run.ended).status).toBe(0);
    expect(run.stdout.startsWith(`one\n${INTERFACE}: pcap`)).toBe(true);
    expect(run.stdout).toContain('ended with status 5');
    expect(run.stderr).toBe('two\n');
  });

  test('gets the signals that we get, and its end is told', async () => {
    const run = await new ClientRun([...LIVE, '--', 'bash', '--norc', '-c', 'echo started; exec sleep 60']).until(
      /started/,
    );
    run.process.kill('SIGTERM');
    expect((await run.ended).status).toBe(0);
    expect(run.stdout).toContain("`bash --norc -c 'echo started; exec sleep 60'` was ended by SIGTERM");
  });

  test('may do with Ctrl-C what it likes', async () => {
    const script = 'trap "echo caught; exit 3" INT; echo started; while :; do sleep 0.2; done';
    const run = await new ClientRun([...LIVE, '--', 'bash', '--norc', '-c', script]).until(/started/);
    run.process.kill('SIGINT');
    expect((await run.ended).status).toBe(0);
    expect(run.stdout).toContain('caught');
    expect(run.stdout).toMatch(/ended\s+with\s+status 3/);
  });

  test('is ended when the time is over', async () => {
    const run = new ClientRun([...LIVE, '--for', '1s', '--', 'sleep', '60']);
    expect((await run.ended).status).toBe(0);
    expect(run.stdout).toContain('`sleep 60` was ended by SIGTERM');
  });

  test('that does not exist is wrong usage', async () => {
    const run = new ClientRun([...LIVE, '--', 'no-such-program']);
    expect((await run.ended).status).toBe(2);
    expect(run.stderr).toContain('synwhy: there is no program no-such-program\n');
    expect(run.stdout).toBe('');
  });

  test('runs as the user who ran sudo, and so belong the files to that user', async () => {
    chmodSync(folder, 0o777);
    const sudo = { SUDO_UID: '65534', SUDO_GID: '65534' };
    const run = new ClientRun([...LIVE, '-w', 'sudo.pcapng', '-o', 'sudo.txt', '--', 'id', '-u'], sudo);
    expect((await run.ended).status).toBe(0);
    expect(run.stdout).toBe('65534\n');
    for (const name of ['sudo.pcapng', 'sudo.txt']) expect(statSync(inFolder(name)).uid, name).toBe(65_534);
  });
});

describe('without a command', { timeout: LIMIT_MS }, () => {
  beforeEach((context) => needsTool(context, ...NEEDS));

  test('each decided attempt is a line at once, and Ctrl-C ends it with the rest of the report', async () => {
    const run = await new ClientRun([...LIVE, '-F', 'ndjson']).until(/Ctrl-C ends/);
    connect(CLOSED);
    await run.until(/port-closed/);
    connect(REJECTED);
    await run.until(/admin-prohibited/);
    run.process.kill('SIGINT');
    expect(await run.ended).toEqual({ status: 0, signal: null });
    expect(run.lines.map(({ type, cause }) => [type, cause])).toEqual([
      ['attempt', 'port-closed'],
      ['attempt', 'admin-prohibited'],
      ['summary', undefined],
    ]);
    expect(run.lines.at(-1)).toMatchObject({ live: { endedBy: 'interrupt' }, summary: { refused: 1, filtered: 1 } });
  });

  test('silence is told while it lasts, and decided when the next SYN is overdue', async () => {
    const run = await new ClientRun([...LIVE]).until(/Ctrl-C ends/);
    connect(DROPPED);
    await run.until(/filtered +\S+ > .*:8081|timed-out +\S+ > .*:8081/);
    run.process.kill('SIGINT');
    expect((await run.ended).status).toBe(0);
    expect(run.stderr).toMatch(/waiting: 10\.98\.7\.1:\d+ > 10\.98\.7\.2:8081: \d+ SYNs unanswered for \d+ s/);
    // The lines first, then the report.
    expect(run.stdout).toMatch(/^\d\d:\d\d:\d\d \S+ .*\n\nveth-c: pcap/);
  });

  test('SIGTERM ends it in order', async () => {
    const run = await new ClientRun([...LIVE, '-o', 'term.json']).until(/Ctrl-C ends/);
    connect(CLOSED);
    await run.until(/port-closed/);
    run.process.kill('SIGTERM');
    expect(await run.ended).toEqual({ status: 0, signal: null });
    expect(readReport('term.json').live?.endedBy).toBe('terminate');
  });

  test('it ends after a time', async () => {
    const run = new ClientRun([...LIVE, '--for', '1s']);
    expect((await run.ended).status).toBe(0);
    expect(run.stdout).toContain('for the time that was asked for');
  });

  test('it ends after so many packets, and tells no more', async () => {
    const run = await new ClientRun([...LIVE, '-c', '4', '-f', 'tcp', '-F', 'json']).until(/Ctrl-C ends/);
    connect(CLOSED, CLOSED, CLOSED);
    expect((await run.ended).status).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      captures: [{ packets: 4 }],
      summary: { refused: 2 },
      live: { endedBy: 'packets', filter: 'tcp' },
    });
  });

  test('a reader who goes away ends it without an error', async () => {
    const run = await new ClientRun([...LIVE]).until(/Ctrl-C ends/);
    connect(CLOSED);
    await run.until(/port-closed/);
    run.process.stdout.destroy();
    connect(CLOSED);
    expect(await run.ended).toEqual({ status: 0, signal: null });
  });

  test('a reader of lines who is slow loses none of them, or is told how many packets were lost', async () => {
    const run = await new ClientRun([...LIVE, '-F', 'ndjson', '-f', 'tcp']).until(/Ctrl-C ends/);
    run.process.stdout.pause();
    refuseMany(3000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run.process.stdout.resume();
    run.process.kill('SIGINT');
    expect((await run.ended).status).toBe(0);
    const told = new Set(run.lines.slice(0, -1).map(({ id }) => id));
    const { summary, quality } = run.lines.at(-1) as unknown as Report;
    expect(told.size).toBe(summary.attempts);
    if (quality.droppedByKernel === 0) expect(summary.refused).toBe(3000);
    else
      expect(quality.warnings.map(({ code }) => code)).toContain(quality.droppedByKernel ? 'dropped' : 'drops-unknown');
  });

  test('an interface that vanishes ends it with a report, and what was captured is written', async () => {
    const run = await new ClientRun([...LIVE, '-w', 'vanished.pcapng']).until(/Ctrl-C ends/);
    connect(CLOSED);
    await run.until(/port-closed/);
    removeLink();
    const { status } = await run.ended;
    makeLink();
    expect(status, run.stderr).toBe(3);
    expect(run.stdout).toContain('1 refused');
    expect(run.stderr).toMatch(/^synwhy: veth-c: .*/m);
    expect(synwhy(['vanished.pcapng']).stdout).toContain('1 refused');
  });

  test('what it recorded is judged as it was live, silence at the end included', async () => {
    const run = await new ClientRun([...LIVE, '-w', 'all.pcapng', '-o', 'all.json', '--all']).until(/Ctrl-C ends/);
    connect(ACCEPTED, CLOSED, REJECTED, DROPPED);
    await run.until(/:8081/);
    // Half a second after this one, nobody could say anything.
    connect(DROPPED);
    run.process.kill('SIGINT');
    expect((await run.ended).status).toBe(0);
    const again: Report = JSON.parse(synwhy(['all.pcapng', '-F', 'json', '--all']).stdout);
    const live = readReport('all.json');
    expect(live.attempts).toHaveLength(5);
    expect(verdicts(again)).toEqual(verdicts(live));
  });

  test('a filter that is none is wrong usage, an interface that is none can be captured on by nobody', async () => {
    const filter = new ClientRun([...LIVE, '-f', 'tcp and and']);
    expect((await filter.ended).status).toBe(2);
    const missing = new ClientRun(['live', '-i', 'nosuch0']);
    expect((await missing.ended).status).toBe(3);
    expect(missing.stderr).toContain('nosuch0');
    for (const { stdout } of [filter, missing]) expect(stdout).toBe('');
  });

  test('a user who may not capture is told what to do', async (context) => {
    needsTool(context, 'setpriv');
    const words = [process.execPath, bin, ...LIVE.slice(0, 3), '--backend', 'tcpdump', '--for', '1s'];
    const [program = '', ...rest] = onClient('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...words);
    const child = spawn(program, rest, { cwd: '/', env: { PATH: process.env.PATH } });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    const [status] = await once(child, 'close');
    expect(status, stderr).toBe(3);
    expect(stderr).toContain('sudo');
  });

  test('a file that cannot be written is told before anything is captured', async () => {
    const run = new ClientRun([...LIVE, '-o', 'no/such/folder.json']);
    expect((await run.ended).status).toBe(3);
    expect(run.stderr).toContain("no/such/folder.json can't be written");
    expect(existsSync(inFolder('no'))).toBe(false);
  });
});

describe('every backend', { timeout: LIMIT_MS }, () => {
  beforeEach((context) => needsTool(context, ...NEEDS));

  test.for(['dumpcap', 'tcpdump', 'cap'] as const)(
    '%s tells the same, and what was lost or that it cannot be known',
    async (backend, context) => {
      if (backend !== 'cap') needsTool(context, backend);
      const words = ['live', '-i', INTERFACE, '--backend', backend, '-F', 'json', '-w', `${backend}.pcapng`];
      const lines = [ACCEPTED, REJECTED, CLOSED].map((port) => connecting(port)).join('; ');
      const run = new ClientRun([...words, '--', 'bash', '--norc', '-c', `${lines}; true`]);
      const { status } = await run.ended;
      if (run.stderr.includes('the npm package cap')) context.skip('cap is not installed');
      expect(status, run.stderr).toBe(0);
      const report: Report = JSON.parse(run.stdout);
      expect(verdicts(report)).toEqual([
        `${ACCEPTED} established`,
        `${REJECTED} admin-prohibited`,
        `${CLOSED} port-closed`,
      ]);
      expect(report.live?.backend).toBe(backend);
      const { droppedByKernel, warnings } = report.quality;
      expect(droppedByKernel === 0 || warnings.some(({ code }) => code === 'drops-unknown')).toBe(true);
      expect(verdicts(JSON.parse(synwhy([`${backend}.pcapng`, '--all', '-F', 'json']).stdout))).toEqual(
        verdicts(report),
      );
    },
  );
});

describe('what this host knows of its own sockets', { timeout: LIMIT_MS }, () => {
  beforeEach((context) => needsTool(context, ...NEEDS));
  const refusedBy = (address: string) => ['--', 'bash', '--norc', '-c', `${connecting(CLOSED, address)}; true`];

  test('is told of its own addresses', async () => {
    const run = new ClientRun(['live', '-i', 'lo', '--backend', BACKEND, ...refusedBy('127.0.0.1')]);
    await run.ended;
    expect(run.stdout).toMatch(/On the capturing host at \d\d:\d\d:\d\d UTC: nothing listens on port 8083\./);
    const own = new ClientRun(['live', '-i', 'lo', '--backend', BACKEND, '-F', 'json', ...refusedBy(CLIENT_ADDRESS)]);
    await own.ended;
    const report: Report = JSON.parse(own.stdout);
    expect(schemaErrors(report)).toEqual([]);
    expect(report.attempts[0]?.hostFacts).toMatchObject([{ text: 'nothing listens on port 8083' }]);
  });

  test('is left out when that is asked for, and of addresses of others', async () => {
    const lo = ['live', '-i', 'lo', '--backend', BACKEND, '-F', 'json'];
    const silent = new ClientRun([...lo, '--no-host-facts', ...refusedBy('127.0.0.1')]);
    const other = new ClientRun([...LIVE, '-F', 'json', ...refusedBy(SERVER_ADDRESS)]);
    for (const run of [silent, other]) {
      await run.ended;
      expect(JSON.parse(run.stdout).attempts).toHaveLength(1);
      expect(run.stdout).not.toContain('hostFacts');
    }
  });
});
