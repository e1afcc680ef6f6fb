import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, platform } from 'node:os';
import { afterAll, describe, expect, test } from 'vitest';
import { HostSockets, readListener } from '../../src/node/sockets.js';
import { needsTool } from '../tools.js';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** The port of a server that this process runs. */
async function listen(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

describe.runIf(platform() === 'linux')('what this machine knows of a port', () => {
  test('is which process listens on it', async () => {
    const port = await listen('127.0.0.1');
    const [fact] = await new HostSockets().describe('127.0.0.1', port);
    expect(fact).toMatch(new RegExp(`^\\S.* \\(pid ${process.pid}\\) listens on 127\\.0\\.0\\.1:${port}$`));
  });

  test('is that the one that listens does so on another address only', async () => {
    const port = await listen('127.0.0.1');
    const [fact] = await new HostSockets().describe('127.0.0.2', port);
    expect(fact).toMatch(/listens on 127\.0\.0\.1:\d+ only$/);
  });

  test('is that a socket on all addresses listens on each of them, in IPv4 and IPv6', async () => {
    const port = await listen('::');
    expect(await new HostSockets().describe('::1', port)).toEqual([expect.stringMatching(/listens on \[::\]:\d+$/)]);
    expect(await new HostSockets().describe('127.0.0.1', port)).toEqual([
      expect.stringMatching(/listens on \[::\]:\d+$/),
    ]);
  });

  test('is that nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    expect(await new HostSockets().describe('127.0.0.1', port)).toEqual([`nothing listens on port ${port}`]);
  });

  test('is that its accept queue is full', async (context) => {
    needsTool(context, 'python3', 'ss');
    // Never accepts: a queue of one takes two, and the third SYN is dropped.
    const script = `
import socket, sys
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(1)
clients = [socket.socket() for _ in range(3)]
for client in clients:
    client.settimeout(0.2)
    try: client.connect(server.getsockname())
    except OSError: pass
print(server.getsockname()[1], flush=True)
sys.stdin.read()
`;
    const child = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [printed] = await once(child.stdout, 'data');
    const port = Number(String(printed));
    const facts = await new HostSockets().describe('127.0.0.1', port);
    child.stdin.end();
    expect(facts).toEqual([
      expect.stringMatching(/^python3\S* \(pid \d+\) listens on 127\.0\.0\.1:\d+$/),
      'its accept queue is full: 2 of 1',
    ]);
  });
});

test('an address is local if one of the interfaces has it, or it is a loopback one', () => {
  const sockets = new HostSockets();
  expect(sockets.isLocal('127.0.0.9')).toBe(true);
  expect(sockets.isLocal('192.0.2.1')).toBe(false);
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((each) => each ?? [])) {
    if (family === 'IPv4') expect(sockets.isLocal(address), address).toBe(true);
  }
});

describe('a line of /proc/net/tcp', () => {
  const line = (local: string, state: string) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000003 00:00000000 00000000   113        0 892441 4 0 100 0 0 10 0`;

  test('of a listening socket tells its address, port, queue, user and inode', () => {
    const told = { port: 33_993, queued: 3, uid: 113, inode: '892441' };
    expect(readListener(line('0100007F:84C9', '0A'))).toEqual([{ ...told, address: '127.0.0.1' }]);
    expect(readListener(line('00000000000000000000000001000000:84C9', '0A'))).toEqual([{ ...told, address: '::1' }]);
    expect(readListener(line('00000000000000000000000000000000:84C9', '0A'))).toEqual([{ ...told, address: '::' }]);
  });

  test('of another socket tells nothing', () => {
    expect(readListener(line('0100007F:84C9', '01'))).toEqual([]);
    expect(readListener('  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt')).toEqual([]);
    expect(readListener('')).toEqual([]);
  });
});
