/** Runs the command as a user does, on captures that are written for the test. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ACK, RST, SYN } from '../../src/decode/frame.js';
import { pcap } from '../build/container.js';
import { build } from '../build/layer.js';
import { CLIENT, ethernet, ipv4, SERVER, type TcpFields, tcp } from '../build/packet.js';
import { repositoryRoot } from '../tools.js';

const root = repositoryRoot();
/** The command itself. */
export const bin = join(root, 'bin', 'synwhy.js');

/** A folder of this test file, which goes away with it. */
export const folder = mkdtempSync(join(tmpdir(), 'synwhy-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** How a run of the command ended. */
export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const LARGEST_OUTPUT = 1 << 28;
const QUIET_ENVIRONMENT = { PATH: process.env.PATH };

/** Runs `synwhy` with these arguments in the test's folder. */
export function synwhy(
  words: readonly string[],
  { input = '', environment = {} }: { input?: string | Uint8Array; environment?: Record<string, string> } = {},
): Ended {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...QUIET_ENVIRONMENT, ...environment },
    maxBuffer: LARGEST_OUTPUT,
  });
  return { status, signal, stdout, stderr };
}

/** Runs a line of shell in which $SYNWHY is the command. */
export function shell(line: string): Ended {
  const { status, signal, stdout, stderr } = spawnSync('bash', ['--norc', '-c', line], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: LARGEST_OUTPUT,
    encoding: 'utf8',
    env: { ...QUIET_ENVIRONMENT, SYNWHY: `${process.execPath} ${bin}` },
  });
  return { status, signal, stdout, stderr };
}

/** Starts `synwhy` and leaves it running. */
export function start(words: readonly string[]) {
  return spawn(process.execPath, [bin, ...words], { cwd: folder, env: QUIET_ENVIRONMENT });
}

interface Segment {
  atMs: number;
  fromServer?: boolean;
  fields: TcpFields;
}

const STARTED_NS = BigInt(Date.parse('2026-11-20T09:10:12Z')) * 1_000_000n;

function segment({ atMs, fromServer = false, fields }: Segment) {
  const ends = { source: CLIENT.ipv4, destination: SERVER.ipv4 };
  const packet = fromServer
    ? ipv4(
        { source: ends.destination, destination: ends.source },
        tcp({ sourcePort: SERVER.port, destinationPort: fields.destinationPort ?? CLIENT.port, ...fields }),
      )
    : ipv4(ends, tcp(fields));
  return { bytes: build(ethernet(packet)), timeNs: STARTED_NS + BigInt(Math.round(atMs * 1e6)) };
}

/** A refused attempt of port 50000, and nothing for a minute after it. */
const REFUSED: readonly Segment[] = [
  { atMs: 0, fields: { flags: SYN, sequence: 1000 } },
  { atMs: 0.42, fromServer: true, fields: { flags: RST | ACK, sequence: 0, acknowledgement: 1001 } },
];

/** An established connection from port 50001. */
const ESTABLISHED: readonly Segment[] = [
  { atMs: 1000, fields: { sourcePort: 50_001, flags: SYN, sequence: 2000 } },
  {
    atMs: 1001,
    fromServer: true,
    fields: { destinationPort: 50_001, flags: SYN | ACK, sequence: 9000, acknowledgement: 2001 },
  },
  { atMs: 1002, fields: { sourcePort: 50_001, flags: ACK, sequence: 2001, acknowledgement: 9001 } },
];

/** The bytes of a capture with these segments. */
function captureOf(segments: readonly Segment[]): Uint8Array {
  return pcap({ linkType: 1 }, segments.map(segment));
}

/** The bytes of a capture with one attempt refused. */
export const refused = captureOf(REFUSED);
/** The bytes of a capture with one connection made. */
export const established = captureOf(ESTABLISHED);
/** The bytes of a capture with one of each. */
export const both = captureOf([...REFUSED, ...ESTABLISHED]);
/** The bytes of a capture with so many attempts, all refused. */
export function manyRefused(count: number): Uint8Array {
  return captureOf(
    Array.from({ length: count }, (_, index): Segment[] => {
      const port = 1024 + index;
      const answer = { destinationPort: port, flags: RST | ACK, sequence: 0, acknowledgement: 1001 };
      return [
        { atMs: index, fields: { sourcePort: port, flags: SYN, sequence: 1000 } },
        { atMs: index + 0.4, fromServer: true, fields: answer },
      ];
    }).flat(),
  );
}

/** Writes a file into the test's folder and gives its name. */
export function write(name: string, bytes: string | Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return name;
}
