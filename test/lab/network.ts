/**
 * Hosts and routers as network namespaces of one situation, the links between them, and the processes that run on
 * them. Everything carries the situation's own prefix, so that many situations can stand side by side, and goes away
 * with `close`, or when the lab is interrupted.
 */
import { type ChildProcessWithoutNullStreams, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { repositoryRoot } from '../tools.js';

const execute = promisify(execFile);

/** All namespaces of a lab begin so, then comes the process that made them. */
const NAMESPACE_PREFIX = 'synwhy-lab-';
const NAMESPACE_FOLDER = '/run/netns';
/** How long a server, a wire or a capture may take to say that it is there. */
const START_LIMIT_MS = 10_000;

const LAB_FOLDER = join(repositoryRoot(), 'test', 'lab');
const PEER = join(LAB_FOLDER, 'peer.py');
const WIRE = join(LAB_FOLDER, 'wire.py');
const NAMES = join(LAB_FOLDER, 'names.py');

const networks = new Set<Network>();
let count = 0;

export interface Running {
  /** Writes a line to the process. */
  tell: (line: string) => void;
  /** Ends it as Ctrl-C would, and waits until it has ended. */
  stop: () => Promise<void>;
}

/** One end of a link: the interface and its addresses with prefix lengths. */
export interface LinkEnd {
  host: string;
  name: string;
  addresses?: readonly string[];
}

export class Network {
  /** Where captures of this situation are written; goes away with it. */
  readonly folder = mkdtempSync(join(tmpdir(), NAMESPACE_PREFIX));
  readonly #prefix = `${NAMESPACE_PREFIX}${process.pid}-${++count}-`;
  readonly #hosts: string[] = [];
  readonly #children = new Set<ChildProcessWithoutNullStreams>();
  #links = 0;

  constructor() {
    networks.add(this);
  }

  /** Makes hosts; a router is a host that forwards. */
  async addHosts(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.#hosts.push(name);
      await execute('ip', ['netns', 'add', this.#prefix + name]);
      // No duplicate address detection: addresses are usable at once. No router solicitations: they are only noise.
      await this.shell(
        name,
        'ip link set lo up',
        'sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0' +
          ' net.ipv6.conf.default.dad_transmits=0',
      );
    }
  }

  async addRouters(...names: readonly string[]): Promise<void> {
    await this.addHosts(...names);
    for (const name of names) {
      await this.shell(name, 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1');
    }
  }

  /** Joins two hosts by a cable. */
  async link(one: LinkEnd, other: LinkEnd): Promise<void> {
    const number = ++this.#links;
    const end = (side: number, { host, name }: LinkEnd): string[] => [
      ...['name', name, 'netns', this.#prefix + host],
      // Locally administered, and the same in every run.
      ...['address', `02:00:00:00:${number.toString(16).padStart(2, '0')}:0${side}`],
    ];
    await execute('ip', ['link', 'add', ...end(1, one), 'type', 'veth', 'peer', ...end(2, other)]);
    for (const { host, name, addresses = [] } of [one, other]) {
      await this.shell(
        host,
        ...addresses.map((address) => `ip address add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`),
        `ip link set ${name} up`,
      );
    }
  }

  /** Runs commands of a shell on a host, one after the other; the first that fails ends it. */
  async shell(host: string, ...commands: readonly string[]): Promise<void> {
    await execute('ip', ['netns', 'exec', this.#prefix + host, 'sh', '-ec', commands.join('\n')]);
  }

  /** Runs a program on a host until it ends, whatever its exit status, and gives what it printed. */
  async run(host: string, ...command: readonly string[]): Promise<string> {
    const child = this.#spawn(host, command);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    await new Promise((resolve) => child.on('close', resolve));
    return output;
  }

  /** Starts a program on a host, and comes back when it has printed what `ready` looks for. */
  async start(host: string, command: readonly string[], ready: RegExp): Promise<Running> {
    const child = this.#spawn(host, command);
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`${command.join(' ')} did not start: ${output}`));
      const limit = setTimeout(fail, START_LIMIT_MS);
      const look = (text: unknown): void => {
        output += text;
        if (!ready.test(output)) return;
        clearTimeout(limit);
        resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('close', () => {
        clearTimeout(limit);
        fail();
      });
    });
    return {
      tell: (line) => child.stdin.write(`${line}\n`),
      stop: async () => {
        child.kill('SIGINT');
        const force = setTimeout(() => child.kill('SIGKILL'), 2000);
        await ended;
        clearTimeout(force);
      },
    };
  }

  /** Opens a connection with peer.py and waits for its end; `options` as there. */
  async connect(host: string, address: string, port: number, ...options: readonly string[]): Promise<string> {
    return this.run(host, ...this.#connectCommand(address, port, options));
  }

  /** Opens a connection and keeps it until `tell` has it aborted. */
  async hold(host: string, address: string, port: number, ...options: readonly string[]): Promise<Running> {
    return this.start(host, this.#connectCommand(address, port, ['--hold', ...options]), /connected/);
  }

  /** Comes back as soon as a connection is being opened on a host. */
  async waitForSyn(host: string): Promise<void> {
    await this.shell(host, 'timeout 5 sh -c "until ss -tnH state syn-sent | grep -q .; do sleep 0.02; done"');
  }

  async listen(host: string, address: string, ...ports: readonly number[]): Promise<Running> {
    return this.start(host, ['python3', PEER, 'listen', address, ...ports.map(String)], /ready/);
  }

  /** A service that is too busy to accept until it is told anything. */
  async listenBusy(host: string, address: string, port: number): Promise<Running> {
    return this.listenWith(host, address, port, '--busy');
  }

  /** A service with options of `peer.py listen`. */
  async listenWith(host: string, address: string, port: number, ...options: readonly string[]): Promise<Running> {
    return this.start(host, ['python3', PEER, 'listen', address, String(port), ...options], /ready/);
  }

  /** A name server; `options` as in names.py. */
  async serveNames(host: string, address: string, ...options: readonly string[]): Promise<Running> {
    return this.start(host, ['python3', NAMES, 'serve', address, ...options], /ready/);
  }

  /** Asks a name server for the addresses of a name. */
  async resolve(host: string, server: string, name: string): Promise<string> {
    return this.run(host, 'python3', NAMES, 'resolve', server, name);
  }

  /** Asks for the addresses of a name and has them race for a connection. */
  async race(host: string, server: string, name: string, port: number): Promise<string> {
    return this.run(host, 'python3', NAMES, 'race', server, name, String(port));
  }

  async ping(host: string, address: string): Promise<void> {
    await this.run(host, 'python3', PEER, 'ping', address);
  }

  /** A wire between the interfaces left and right of a host; `options` as in wire.py. */
  async startWire(host: string, ...options: readonly string[]): Promise<void> {
    await this.start(host, ['python3', WIRE, 'left', 'right', ...options], /ready/);
  }

  /** Has a host fill in checksums itself, for a wire that forwards its frames. */
  async withoutOffload(host: string, name: string): Promise<void> {
    await this.run(host, 'python3', PEER, 'no-offload', name);
  }

  /** Ends all processes and removes all namespaces; used when interrupted as well, so it does not wait. */
  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const host of this.#hosts.splice(0)) {
      spawnSync('ip', ['netns', 'delete', this.#prefix + host], { stdio: 'ignore' });
    }
    rmSync(this.folder, { recursive: true, force: true });
    networks.delete(this);
  }

  #connectCommand(address: string, port: number, options: readonly string[]): string[] {
    return ['python3', PEER, 'connect', address, String(port), ...options];
  }

  #spawn(host: string, command: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn('ip', ['netns', 'exec', this.#prefix + host, ...command]);
    this.#children.add(child);
    child.on('close', () => this.#children.delete(child));
    // A client may have ended before it is told anything.
    child.stdin.on('error', () => undefined);
    return child;
  }
}

/** Removes what this process made, at its end, however it ends. */
export function closeNetworksAtExit(): void {
  process.on('exit', () => {
    for (const network of networks) network.close();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
}

/** Removes what a lab left behind that was killed before it could clean up. */
export function removeAbandonedNamespaces(): void {
  if (!existsSync(NAMESPACE_FOLDER)) return;
  for (const name of readdirSync(NAMESPACE_FOLDER).filter((name) => name.startsWith(NAMESPACE_PREFIX))) {
    const owner = name.slice(NAMESPACE_PREFIX.length).split('-')[0];
    if (!existsSync(`/proc/${owner}`)) spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
  }
}

export async function seconds(duration: number): Promise<void> {
  await sleep(duration * 1000);
}
