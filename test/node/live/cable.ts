/**
 * A cable from this machine into a network namespace, with a host at its other end that accepts, refuses, rejects and
 * drops connections. Interfaces and namespaces carry the process in their names, and go away with `close`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from '../../tools.js';

/** What the host at the other end does with a port. */
export const ACCEPTED_PORT = 7001;
export const REFUSED_PORT = 7002;
export const REJECTED_PORT = 7003;
export const DROPPED_PORT = 7004;

const RULES = `table inet f {
  chain c {
    type filter hook input priority 0;
    tcp dport ${REJECTED_PORT} reject with icmpx type admin-prohibited
    tcp dport ${DROPPED_PORT} drop
  }
}
`;

let count = 0;

export class Cable {
  /** The interface on this machine. */
  readonly name: string;
  /** The host at the other end, and this machine. */
  readonly address: string;
  readonly hostAddress: string;
  readonly namespace: string;
  #server: ChildProcess | undefined;

  constructor(name?: string) {
    const number = (process.pid * 4 + count++) % 16_000;
    this.name = name ?? `swl${number}`;
    this.namespace = `synwhy-live-${process.pid}-${number}`;
    const network = `10.213.${number >> 6}.${(number & 63) * 4}`;
    const [host, peer] = [1, 2].map((step) => network.replace(/\d+$/, (last) => String(Number(last) + step)));
    this.address = peer as string;
    this.hostAddress = host as string;
    try {
      this.#connect(`${host}/30`, `${peer}/30`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #connect(host: string, peer: string): void {
    this.#ip('netns', 'add', this.namespace);
    this.#ip('link', 'add', this.name, 'type', 'veth', 'peer', 'name', 'far', 'netns', this.namespace);
    // Nothing but what the tests send.
    execFileSync('sysctl', ['-qw', `net.ipv6.conf.${this.name}.disable_ipv6=1`], { stdio: 'ignore' });
    this.#ip('address', 'add', host, 'dev', this.name);
    this.#ip('link', 'set', this.name, 'up');
    for (const words of [`address add ${peer} dev far`, 'link set far up', 'link set lo up']) {
      this.#ip('-n', this.namespace, ...words.split(' '));
    }
    execFileSync('ip', ['netns', 'exec', this.namespace, 'nft', '-f', '-'], { input: RULES });
  }

  /** Resolves when the host accepts connections. */
  async serve(): Promise<void> {
    const peer = join(repositoryRoot(), 'test', 'lab', 'peer.py');
    const command = ['netns', 'exec', this.namespace, 'python3', peer, 'listen', this.address, String(ACCEPTED_PORT)];
    this.#server = spawn('ip', command, { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(this.#server.stdout as NodeJS.ReadableStream, 'data');
  }

  /** As connectTo, to the host at the other end. */
  connect(port: number, limitMs?: number): Promise<string> {
    return connectTo(this.address, port, limitMs);
  }

  /** Takes the interface away. */
  remove(): void {
    this.#ip('link', 'delete', this.name);
  }

  close(): void {
    this.#server?.kill('SIGKILL');
    try {
      this.#ip('netns', 'delete', this.namespace);
    } catch {
      // It was not made.
    }
  }

  #ip(...args: readonly string[]): void {
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

/** Opens a connection, and gives the error's code or 'connected'; one that is silent is given up after `limitMs`. */
export function connectTo(host: string, port: number, limitMs = 10_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const end = (how: string): void => {
      socket.destroy();
      resolve(how);
    };
    socket.setTimeout(limitMs, () => end('silent'));
    socket.once('connect', () => end('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'));
  });
}
