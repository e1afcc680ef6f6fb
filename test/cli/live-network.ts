/**
 * Two hosts in network namespaces for the tests of `synwhy live`: a client on which it runs, and a server that accepts,
 * refuses, rejects and drops.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';
import { whatIsMissing } from '../tools.js';
import { bin, folder } from './run.js';

const CLIENT_NAMESPACE = `synwhy-livecmd-c${process.pid}`;
const SERVER_NAMESPACE = `synwhy-livecmd-s${process.pid}`;
/** The client's interface, and both addresses. */
export const INTERFACE = 'veth-c';
export const CLIENT_ADDRESS = '10.98.7.1';
export const SERVER_ADDRESS = '10.98.7.2';

/** What the server does on these ports. */
export const ACCEPTED = 8080;
export const DROPPED = 8081;
export const REJECTED = 8082;
export const CLOSED = 8083;

export const NEEDS = ['namespaces', 'ip', 'nft', 'python3', 'tcpdump', 'bash'] as const;

const SERVER_SCRIPT = `
import socket
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('0.0.0.0', ${ACCEPTED}))
server.listen(50)
print('ready', flush=True)
while True:
    connection, _ = server.accept()
    connection.close()
`;

const RULES = `table inet live { chain input { type filter hook input priority 0;
  tcp dport ${DROPPED} drop; tcp dport ${REJECTED} reject with icmpx type admin-prohibited; }; }`;

let server: ChildProcessWithoutNullStreams | undefined;

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Words of a program that runs on the client. */
export function onClient(...words: string[]): string[] {
  return ['ip', 'netns', 'exec', CLIENT_NAMESPACE, ...words];
}

/** Makes the network for the tests of a file, and removes it after them; nothing where it can't be made. */
export function useNetwork(): void {
  beforeAll(async () => {
    if (NEEDS.some((need) => whatIsMissing(need) !== undefined)) return;
    for (const name of [CLIENT_NAMESPACE, SERVER_NAMESPACE]) {
      run('ip', 'netns', 'add', name);
      run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    }
    makeLink();
    run('ip', 'netns', 'exec', SERVER_NAMESPACE, 'nft', RULES);
    server = spawn('ip', ['netns', 'exec', SERVER_NAMESPACE, 'python3', '-c', SERVER_SCRIPT]);
    await once(server.stdout, 'data');
  });
  afterAll(() => {
    server?.kill();
    for (const name of [CLIENT_NAMESPACE, SERVER_NAMESPACE]) {
      try {
        run('ip', 'netns', 'del', name);
      } catch {
        // It was never made.
      }
    }
  });
}

/** The link between both hosts; made anew after a test that removed it. */
export function makeLink(): void {
  run(
    'ip',
    '-n',
    CLIENT_NAMESPACE,
    'link',
    'add',
    INTERFACE,
    'type',
    'veth',
    'peer',
    'name',
    'veth-s',
    'netns',
    SERVER_NAMESPACE,
  );
  run('ip', '-n', CLIENT_NAMESPACE, 'address', 'add', `${CLIENT_ADDRESS}/24`, 'dev', INTERFACE);
  run('ip', '-n', SERVER_NAMESPACE, 'address', 'add', `${SERVER_ADDRESS}/24`, 'dev', 'veth-s');
  run('ip', '-n', CLIENT_NAMESPACE, 'link', 'set', INTERFACE, 'up');
  run('ip', '-n', SERVER_NAMESPACE, 'link', 'set', 'veth-s', 'up');
}

/** Removes the link while something captures on it. */
export function removeLink(): void {
  run('ip', '-n', CLIENT_NAMESPACE, 'link', 'del', INTERFACE);
}

/** A line of shell that connects to a port of the server, and gives up after a time. */
export function connecting(port: number, address = SERVER_ADDRESS, seconds = 2): string {
  return `timeout ${seconds} bash --norc -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null`;
}

/** Connects from the client to ports of the server, one after the other. */
export function connect(...ports: number[]): void {
  const lines = ports.map((port) => `${connecting(port)}; true`).join('; ');
  const [program = '', ...words] = onClient('bash', '--norc', '-c', lines);
  run(program, ...words);
}

/** Connects so many times to the port where nothing listens, as fast as that goes. */
export function refuseMany(count: number): void {
  const script = `
import socket
for _ in range(${count}):
    client = socket.socket()
    client.connect_ex(('${SERVER_ADDRESS}', ${CLOSED}))
    client.close()
`;
  const [program = '', ...words] = onClient('python3', '-c', script);
  run(program, ...words);
}

/** A run of `synwhy` on the client, with what it has printed so far. */
export class ClientRun {
  readonly process: ChildProcessWithoutNullStreams;
  stdout = '';
  stderr = '';
  readonly ended: Promise<{ status: number | null; signal: NodeJS.Signals | null }>;

  constructor(words: readonly string[], environment: Record<string, string> = {}) {
    this.process = startOnClient([process.execPath, bin, ...words], environment);
    this.process.stdout.on('data', (text) => (this.stdout += text));
    this.process.stderr.on('data', (text) => (this.stderr += text));
    this.ended = once(this.process, 'close').then(([status, signal]) => ({ status, signal }));
  }

  /** Resolves when standard output or error matches, or fails when the run has ended without that. */
  async until(pattern: RegExp): Promise<this> {
    const isOver = this.ended.then(() => true);
    while (!pattern.test(this.stdout + this.stderr)) {
      const more = Promise.race([once(this.process.stdout, 'data'), once(this.process.stderr, 'data')]);
      const hasEnded = await Promise.race([isOver, more.then(() => false)]);
      if (hasEnded && !pattern.test(this.stdout + this.stderr)) {
        throw new Error(`it ended without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      }
    }
    return this;
  }

  /** Its lines of JSON. */
  get lines(): Record<string, unknown>[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}

/** Starts a program on the client; killing it is killing the program itself, as `ip netns exec` becomes it. */
function startOnClient(words: readonly string[], environment: Record<string, string> = {}) {
  const [program = '', ...rest] = onClient(...words);
  return spawn(program, rest, { cwd: folder, env: { PATH: process.env.PATH, ...environment } });
}
