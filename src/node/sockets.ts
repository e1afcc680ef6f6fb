/**
 * What this machine knows of its own listening sockets (Linux, /proc): whether anything listens where a SYN was sent to,
 * which process that is, and whether its accept queue is full. It speaks of the moment in which it is asked, and of this
 * network namespace.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { formatAddress, parseAddress } from '../decode/address.js';
import { IPV4_MAPPED_WORD } from '../decode/frame.js';

/** A socket that listens. */
interface Listener {
  /** As formatAddress writes it; 0.0.0.0 or :: for every address. */
  address: string;
  port: number;
  /** Connections that wait to be accepted. */
  queued: number;
  uid: number;
  inode: string;
}

/** An answer is good for so long: in a flood of refusals /proc is read once a second. */
const GOOD_FOR_MS = 1000;
const ANSWERS_KEPT = 256;
const SS_MS = 2000;
const LISTEN = '0A';
const ANY_IPV4 = '0.0.0.0';
const ANY_IPV6 = '::';

interface Answer {
  askedAt: number;
  facts: Promise<string[]>;
}

/** Asks this machine about its sockets. */
export class HostSockets {
  readonly #answers = new Map<string, Answer>();
  #local: { askedAt: number; addresses: Set<string> } | undefined;

  /** True for an address of one of this machine's interfaces, written as `formatAddress` does. */
  isLocal(address: string): boolean {
    if (address.startsWith('127.')) return true;
    if (this.#local === undefined || Date.now() - this.#local.askedAt > GOOD_FOR_MS) {
      this.#local = { askedAt: Date.now(), addresses: localAddresses() };
    }
    return this.#local.addresses.has(address);
  }

  /**
   * What is known of a TCP port of a local address, as sentences without full stops: 'nothing listens on port 5432'.
   * None where it can't be known.
   */
  async describe(address: string, port: number): Promise<string[]> {
    const key = `${address} ${port}`;
    const known = this.#answers.get(key);
    if (known !== undefined && Date.now() - known.askedAt <= GOOD_FOR_MS) return known.facts;
    if (this.#answers.size >= ANSWERS_KEPT) this.#answers.clear();
    const facts = describePort(address, port).catch(() => []);
    this.#answers.set(key, { askedAt: Date.now(), facts });
    return facts;
  }
}

function localAddresses(): Set<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  return new Set(
    addresses.flatMap((address) => {
      const words = parseAddress(address);
      return words === undefined ? [] : formatAddress(words[0], words[1], words[2], words[3]);
    }),
  );
}

async function describePort(address: string, port: number): Promise<string[]> {
  const listeners = (await readListeners()).filter((listener) => listener.port === port);
  if (listeners.length === 0) return [`nothing listens on port ${port}`];
  const matching = listeners.filter((listener) => takes(listener, address));
  const told = matching.length === 0 ? listeners : matching;
  const owners = await findOwners(new Set(told.map(({ inode }) => inode)));
  const facts: string[] = [];
  for (const listener of told) {
    const owner = owners.get(listener.inode) ?? (await describeUser(listener.uid));
    facts.push(`${owner} listens on ${formatSocket(listener)}${matching.length === 0 ? ' only' : ''}`);
    if (listener.queued > 0) facts.push(await describeQueue(listener));
  }
  return facts;
}

/** A socket on :: takes IPv4 as well, unless it was told not to, which /proc does not say. */
function takes({ address }: Listener, wanted: string): boolean {
  return address === wanted || address === ANY_IPV6 || (address === ANY_IPV4 && !wanted.includes(':'));
}

/** Throws where there is no /proc. */
async function readListeners(): Promise<Listener[]> {
  const tables = await Promise.all([
    readFile('/proc/net/tcp', 'latin1'),
    readFile('/proc/net/tcp6', 'latin1').catch(() => ''),
  ]);
  return tables.flatMap((table) => table.split('\n').flatMap(readListener));
}

/** A line of /proc/net/tcp or tcp6 (Documentation/networking/proc_net_tcp.rst). */
export function readListener(line: string): Listener[] {
  const [, local = '', , state, queues = '', , , uid, , inode = ''] = line.trim().split(/\s+/);
  if (state !== LISTEN) return [];
  const [hexAddress = '', hexPort = ''] = local.split(':');
  const words = (hexAddress.match(/.{8}/g) ?? []).map(networkWord);
  const [one = 0, two = 0, three = 0, four = 0] = words.length === 1 ? [0, 0, IPV4_MAPPED_WORD, words[0]] : words;
  return [
    {
      address: formatAddress(one, two, three, four),
      port: Number.parseInt(hexPort, 16),
      // Of a listening socket the receive queue is the accept queue.
      queued: Number.parseInt(queues.split(':')[1] ?? '0', 16),
      uid: Number(uid),
      inode,
    },
  ];
}

/** The kernel prints the words of an address as its own processor reads them. */
function networkWord(hex: string): number {
  const bytes = Buffer.from(hex, 'hex');
  return isLittleEndian ? bytes.readUInt32LE() : bytes.readUInt32BE();
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The processes that hold these sockets: 'postgres (pid 123)'. Those of other users may not be looked at. */
async function findOwners(inodes: ReadonlySet<string>): Promise<Map<string, string>> {
  const wanted = new Map([...inodes].map((inode) => [`socket:[${inode}]`, inode]));
  const owners = new Map<string, string>();
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of processes.sort((one, other) => one - other)) {
    if (owners.size === wanted.size) break;
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const inode = wanted.get(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''));
      if (inode !== undefined && !owners.has(inode)) owners.set(inode, `${await readName(pid)} (pid ${pid})`);
    }
  }
  return owners;
}

async function readName(pid: number): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  return name.trim() || 'a process';
}

async function describeUser(uid: number): Promise<string> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const user = users.split('\n').find((line) => line.split(':')[2] === String(uid));
  return `a process of user ${user === undefined ? uid : user.split(':')[0]}`;
}

/** How long the queue may be is not in /proc; ss asks the kernel for it. */
async function describeQueue(listener: Listener): Promise<string> {
  const { port, queued } = listener;
  const asked = promisify(execFile)('ss', ['-Hltn', `sport = :${port}`], { timeout: SS_MS });
  const { stdout } = await asked.catch(() => ({ stdout: '' }));
  for (const line of stdout.split('\n')) {
    const [, waiting, limit, local = ''] = line.split(/\s+/);
    // ss writes * for a socket on :: that takes IPv4 too.
    if (local !== formatSocket(listener) && !(listener.address === ANY_IPV6 && local === `*:${port}`)) continue;
    // The kernel takes one more than it was told (sk_acceptq_is_full).
    const state = Number(waiting) > Number(limit) ? 'is full: ' : 'holds ';
    return `its accept queue ${state}${waiting} of ${limit}`;
  }
  return `its accept queue holds ${queued}`;
}

function formatSocket({ address, port }: Listener): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
