/**
 * The npm package cap, an optional dependency: libpcap inside Node. It runs in a Node of its own, since cap 0.2.1 aborts
 * its process when the interface vanishes or goes down, or when an object of its own is collected that could not be
 * opened, and leaves freed memory in a list of libuv's when one that was closed is. It gives no time stamps, no losses and
 * no length of what it cuts.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CaptureStartError } from './capture-session.js';
import type { CaptureProgram } from './child-capture.js';

interface CapHandle {
  open: (device: string, filter: string, ringBytes: number, buffer: Buffer) => string;
  close: () => boolean;
  on: (event: 'packet', listener: (capturedBytes: number) => void) => void;
}

interface CapModule {
  Cap: new () => CapHandle;
}

interface CapOptions {
  interfaceName: string;
  filter: string;
  snapLength: number;
  packets: number;
  /** Only opens the interface and prints its link type. */
  isProbe: boolean;
}

/** cap opens every interface with this snap length. */
const LONGEST_PACKET_BYTES = 65_535;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** How cap is run, and how its process's answers are read. */
export const CAP: CaptureProgram = {
  name: 'cap',
  locate: () => {
    locateModule();
    return process.execPath;
  },
  captureArguments: ({ interfaceName, filter, snapLength, packets }) =>
    nodeArguments({
      interfaceName,
      filter: filter ?? '',
      snapLength: Math.min(snapLength ?? LONGEST_PACKET_BYTES, LONGEST_PACKET_BYTES),
      packets: packets ?? UNLIMITED,
      isProbe: false,
    }),
  probeArguments: (interfaceName) =>
    nodeArguments({ interfaceName, filter: '', snapLength: LONGEST_PACKET_BYTES, packets: 0, isProbe: true }),
  started: /^cap: capturing$/m,
  // It finds immediate mode only where libpcap's headers are installed; without that, the kernel keeps packets so long.
  heldBackMs: 1100,
  vanished: /Assertion `status == 0' failed/,
  readStatistics: (said) => {
    const received = /^cap: (\d+) received$/m.exec(said)?.[1];
    if (received === undefined) return undefined;
    const why = 'cap does not tell what the kernel lost';
    return { received: Number(received), dropped: null, droppedByInterface: null, why };
  },
};

/** The file that Node loads. Throws CaptureStartError when the package is not installed, or was not built. */
function locateModule(): string {
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve('cap');
  } catch {
    throw new CaptureStartError('no-backend', 'the npm package cap is not installed');
  }
  if (existsSync(join(dirname(path), '..', 'build', 'Release', 'cap.node'))) return path;
  const how = "allow its install script (npm install-scripts approve cap), then run 'npm rebuild cap'";
  throw new CaptureStartError('no-backend', `the npm package cap was not built: ${how}`);
}

function nodeArguments(options: CapOptions): string[] {
  const load = `() => require(${JSON.stringify(locateModule())})`;
  return ['-e', `(${captureWithCap})(${load}, require('node:fs'), ${JSON.stringify(options)})`];
}

/**
 * What runs in the other process: writes a pcap to standard output. It is passed on as text, so it must not use anything
 * from outside of it.
 */
function captureWithCap(load: () => CapModule, fs: typeof import('node:fs'), options: CapOptions): void {
  // In immediate mode each packet takes the room of the longest: 64 MB are 1000 packets, which is 10 ms at 100,000/s.
  const RING_BYTES = 256 * 1024 * 1024;
  const PCAP_HEADER_BYTES = 24;
  const RECORD_HEADER_BYTES = 16;
  const LARGEST_PACKET_BYTES = 65_535;
  // cap names five link types in its own words and gives libpcap's number of others; DLT_RAW is not what files have.
  const linkTypes: Record<string, number> = {
    NULL: 0,
    ETHERNET: 1,
    IEEE802_11_RADIO: 127,
    LINKTYPE_LINUX_SLL: 113,
    RAW: 101,
    'Unknown linktype 12': 101,
    'Unknown linktype 14': 101,
  };
  const say = (text: string): void => void fs.writeSync(2, `cap: ${text}\n`);
  const chunk = Buffer.alloc(1024 * 1024);
  // cap writes each packet here; it does not keep it from being collected, so that it has to be used below.
  const packet = Buffer.alloc(LARGEST_PACKET_BYTES);
  let filled = 0;
  let received = 0;
  let isFlushing = false;

  // While nobody reads, this waits, and the kernel keeps what fits into its ring.
  const flush = (): void => {
    for (let at = 0; at < filled; ) at += fs.writeSync(1, chunk, at, filled - at);
    filled = 0;
  };
  const end = (): never => {
    flush();
    say(`${received} received`);
    process.exit(0);
  };
  const giveUp = (why: unknown): never => {
    say(String(why instanceof Error ? why.message : why).split('\n')[0] ?? '');
    process.exit(1);
  };
  const loadCap = (): CapModule => {
    try {
      return load();
    } catch (error) {
      return giveUp(`the package does not load: ${(error as Error).message}`);
    }
  };
  const handle = new (loadCap().Cap)();
  const open = (): string => {
    try {
      return handle.open(options.interfaceName, options.filter, RING_BYTES, packet);
    } catch (error) {
      return giveUp(error);
    }
  };
  const linkType = open();
  if (options.isProbe) {
    fs.writeSync(1, `  ${linkType}\n`);
    process.exit(0);
  }

  // The interface is open: there is nothing left that root is needed for.
  const [uid, gid] = [Number(process.env.SUDO_UID ?? 0), Number(process.env.SUDO_GID ?? 0)];
  if (process.getuid?.() === 0 && uid > 0) {
    process.setgroups?.([gid]);
    process.setgid?.(gid);
    process.setuid?.(uid);
  }
  process.on('SIGTERM', end);

  // The system's clock once, and from there on one that never steps back.
  const clockNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  handle.on('packet', (capturedBytes) => {
    const kept = Math.min(capturedBytes, options.snapLength);
    if (filled + RECORD_HEADER_BYTES + kept > chunk.length) flush();
    const ns = clockNs + process.hrtime.bigint();
    chunk.writeUInt32LE(Number(ns / 1_000_000_000n), filled);
    chunk.writeUInt32LE(Number(ns % 1_000_000_000n), filled + 4);
    chunk.writeUInt32LE(kept, filled + 8);
    chunk.writeUInt32LE(capturedBytes, filled + 12);
    packet.copy(chunk, filled + RECORD_HEADER_BYTES, 0, kept);
    filled += RECORD_HEADER_BYTES + kept;
    received++;
    if (received >= options.packets) end();
    if (isFlushing) return;
    isFlushing = true;
    // cap hands over all packets that there are in one go; one write for all of them is enough.
    setImmediate(() => {
      isFlushing = false;
      flush();
    });
  });

  const MAGIC_NANOSECONDS = 0xa1b23c4d;
  chunk.writeUInt32LE(MAGIC_NANOSECONDS, 0);
  chunk.writeUInt16LE(2, 4);
  chunk.writeUInt16LE(4, 6);
  chunk.writeUInt32LE(options.snapLength, 16);
  chunk.writeUInt32LE(linkTypes[linkType] ?? Number(/\d+/.exec(linkType)?.[0] ?? 0), 20);
  filled = PCAP_HEADER_BYTES;
  flush();
  say('capturing');
}
