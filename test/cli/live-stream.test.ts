import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { needsTool } from '../tools.js';
import { CLOSED, connect, INTERFACE, NEEDS, onClient, useNetwork } from './live-network.js';
import { bin, folder, manyRefused, refused, shell, start, write } from './run.js';

const LIMIT_MS = 60_000;

/** What a program printed when it has ended. */
async function ended(child: ReturnType<typeof start>) {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [status, signal] = await once(child, 'close');
  return { status, signal, stdout, stderr };
}

describe('synwhy live -r', () => {
  test('tells what is decided while the stream goes on', async () => {
    const child = start(['live', '-r', '-', '-F', 'ndjson']);
    child.stdin.write(refused);
    const [line] = await once(child.stdout, 'data');
    expect(JSON.parse(String(line))).toMatchObject({ type: 'attempt', id: 1, cause: 'port-closed' });
    const end = ended(child);
    child.stdin.end();
    const { status, stdout } = await end;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'summary', summary: { refused: 1 }, live: { endedBy: 'input' } });
  });

  test('counts time that passes without packets as silence', { timeout: LIMIT_MS }, async () => {
    const child = start(['live', '-r', '-', '-F', 'ndjson']);
    // A SYN, and then nothing.
    child.stdin.write(refused.subarray(0, 24 + 16 + 54));
    const [line] = await once(child.stdout, 'data');
    expect(JSON.parse(String(line))).toMatchObject({ outcome: 'timed-out', cause: 'host-silent' });
    const end = ended(child);
    child.stdin.end();
    expect(JSON.parse((await end).stdout)).toMatchObject({ summary: { 'timed-out': 1 } });
  });

  test('reads a file to its end', () => {
    write('refused.pcap', refused);
    const { status, stdout } = shell('$SYNWHY live -r refused.pcap -F json; $SYNWHY live -r - < refused.pcap');
    expect(status).toBe(0);
    expect(stdout).toContain('"refused": 1');
    expect(stdout).toContain('standard input: pcap, 2 packets');
  });

  test('reads no more packets than it is asked for', () => {
    write('many.pcap', manyRefused(100));
    const { status, stdout } = shell('cat many.pcap | $SYNWHY live -r - -c 10 -F json -q');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ captures: [{ packets: 10 }], summary: { attempts: 5 } });
  });

  test('ends when the time is over, also if the stream goes on or has not begun', async () => {
    const idle = start(['live', '-q', '-r', '-', '--for', '0.5s']);
    expect(await ended(idle)).toMatchObject({ status: 3, stderr: expect.stringContaining('nothing came within') });
    const child = start(['live', '-q', '-r', '-', '--for', '1s', '-F', 'json']);
    child.stdin.write(refused);
    const { status, stdout } = await ended(child);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { refused: 1 }, live: { endedBy: 'time' } });
  });

  test('says what is no capture', () => {
    const { stderr, stdout } = shell('echo "no capture, but text" | $SYNWHY live -q -r -; echo $?');
    expect(stdout).toBe('3\n');
    expect(stderr).toMatch(/^synwhy: .*text/);
    expect(shell('$SYNWHY live -q -r nosuch.pcap; echo $?')).toMatchObject({ stdout: '3\n' });
  });

  test('ends on the first Ctrl-C though the stream does not, and at once on the second', {
    timeout: LIMIT_MS,
  }, async () => {
    const child = start(['live', '-r', '-']);
    child.stdin.write(refused);
    await once(child.stdout, 'data');
    const first = ended(child);
    child.kill('SIGINT');
    expect(await first).toMatchObject({ status: 0, stdout: expect.stringContaining('1 refused') });

    const other = start(['live', '-r', '-']);
    other.stdin.write(refused);
    await once(other.stdout, 'data');
    const second = ended(other);
    other.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    other.kill('SIGINT');
    expect(await second).toMatchObject({ status: null, signal: 'SIGINT', stdout: '' });
  });

  test('waits for a reader who is slow, and holds nothing meanwhile', { timeout: LIMIT_MS }, (context) => {
    needsTool(context, 'time');
    // Some 20 MB of lines, for which nobody asks at first.
    write('flood.pcap', manyRefused(20_000));
    const measured = 'command time -q -f %M $SYNWHY live -r - -q -F ndjson';
    const slow = shell(`cat flood.pcap | ${measured} | (sleep 3; cat)`);
    const quick = shell(`cat flood.pcap | ${measured}`);
    const lines = slow.stdout.trimEnd().split('\n');
    const ids = new Set(lines.slice(0, -1).map((text) => JSON.parse(text).id));
    expect(ids.size).toBe(20_000);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ summary: { refused: 20_000 } });
    expect(Number(slow.stderr)).toBeLessThan(1.3 * Number(quick.stderr));
  });
});

describe('the output of tcpdump', { timeout: LIMIT_MS }, () => {
  // As 'ssh web1 sudo tcpdump …' and 'kubectl exec … tcpdump …' give it.
  test.for([["-U -w - 'tcp or icmp or icmp6 or arp'"], ['-U -w -'], ['-w -']])(
    'with %s is followed, and Ctrl-C for both gives the report',
    async ([options], context) => {
      needsTool(context, ...NEEDS);
      const line = `tcpdump -i ${INTERFACE} ${options} | ${process.execPath} ${bin} live -r -`;
      const [program = '', ...words] = onClient('bash', '--norc', '-c', line);
      // A process group of its own, as a terminal has one.
      const child = spawn(program, words, { cwd: folder, env: { PATH: process.env.PATH }, detached: true });
      const end = ended(child as ReturnType<typeof start>);
      await listening(child as ReturnType<typeof start>);
      const told = once(child.stdout, 'data');
      connect(CLOSED);
      if (options.includes('-U')) await told;
      // Nothing shows from outside that Node is far enough to take a signal.
      else await new Promise((resolve) => setTimeout(resolve, 2000));
      process.kill(-(child.pid ?? 0), 'SIGINT');
      const { stdout } = await end;
      expect(stdout).toMatch(/^\d\d:\d\d:\d\d refused .*:8083/);
      expect(stdout).toContain('standard input: pcap, ');
      expect(stdout).toContain('1 refused');
    },
  );
  useNetwork();
});

/** Resolves when tcpdump says that it listens. */
function listening(child: ReturnType<typeof start>): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    child.stderr.on('data', (more) => {
      text += more;
      if (text.includes('listening on')) resolve();
    });
  });
}
