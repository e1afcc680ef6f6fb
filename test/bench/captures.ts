/** The captures of the benchmark: which there are, and their files, which are made once. */
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../tools.js';
import { type Flood, generateFlood } from './floods.js';
import { generate, type Shape } from './generate.js';

/** A capture that is written once. */
export interface Written extends Shape {
  name: string;
  title: string;
  /** It is read as gzip makes it. */
  isGzip?: true;
}

/** A capture to be compared with. */
export interface Capture extends Written {
  /** At most so much of tcpdump's time should be needed for it; undefined: there is no goal. */
  goal: number | undefined;
}

/** A short one, whose time is that of the start. */
export const START_PACKETS = 100;

const LARGE_PACKETS = { name: 'large', title: '1.65 GB of 1,400-byte packets', packets: 1_180_000, dataBytes: 1400 };
const SMALL_PACKETS = { name: 'small', title: '6.6 million packets of 100 bytes', packets: 6_600_000, dataBytes: 100 };
const CONNECTIONS = {
  name: 'connections',
  title: '2 million packets of short connections',
  packets: 2e6,
  dataBytes: 700,
};
const HANDSHAKES = { name: 'handshakes', title: '17 million packets, all handshakes', packets: 17e6, dataBytes: 0 };
const GIGABYTE = 1e9;
const GROWING_PACKET_BYTES = 300;
const PCAP_RECORD_BYTES = 16;

/** What the programs are compared on, most of it as pcap and as pcapng. */
export const CAPTURES: readonly Capture[] = [
  ...inBothFormats({ ...LARGE_PACKETS, traffic: 'data', goal: 0.8 }),
  ...inBothFormats({ ...SMALL_PACKETS, traffic: 'data', goal: 0.8 }),
  {
    ...SMALL_PACKETS,
    name: 'small-gzip',
    title: `${SMALL_PACKETS.title}, gzip`,
    format: 'pcap',
    isGzip: true,
    traffic: 'data',
    goal: 1,
  },
  { ...CONNECTIONS, format: 'pcap', traffic: 'connections', goal: undefined },
  ...inBothFormats({ ...HANDSHAKES, traffic: 'handshakes', goal: 1 }),
];

function inBothFormats(capture: Omit<Capture, 'format'>): readonly Capture[] {
  const { name, title } = capture;
  return [
    { ...capture, format: 'pcap' },
    { ...capture, name: `${name}-pcapng`, title: `${title}, pcapng`, format: 'pcapng' },
  ];
}

/** A capture of so many gigabytes, to see how time and memory grow. */
export function growingCapture(gigabytes: number): Written {
  return {
    name: 'growth',
    title: `${gigabytes} GB of ${GROWING_PACKET_BYTES}-byte packets`,
    packets: Math.ceil((gigabytes * GIGABYTE) / (GROWING_PACKET_BYTES + PCAP_RECORD_BYTES)),
    dataBytes: GROWING_PACKET_BYTES,
    format: 'pcap',
    traffic: 'data',
  };
}

/** The capture's file, generated unless an earlier run did. */
export function prepare(folder: string, { name, isGzip, packets, dataBytes, format, traffic }: Written): string {
  const shape: Shape = { packets, dataBytes, format, traffic };
  // The compressed one is made of the same file as its programs are compared on without gzip.
  const plain = isGzip ? SMALL_PACKETS.name : name;
  const file = once(join(folder, `${plain}-${packets}.${format}`), (part) => generate(part, shape));
  return isGzip ? once(`${file}.gz`, (part) => compress(file, part)) : file;
}

/** A flood's file, generated unless an earlier run did. */
export function prepareFlood(folder: string, flood: Flood): string {
  return once(join(folder, `${flood.name}-${flood.attempts}.pcap`), (part) => generateFlood(part, flood));
}

/** A half-written file is never taken for a whole one. */
function once(file: string, write: (part: string) => void): string {
  if (!existsSync(file)) {
    console.error(`writing ${file}`);
    write(`${file}.part`);
    renameSync(`${file}.part`, file);
  }
  return file;
}

function compress(file: string, target: string): void {
  if (findProgram('gzip') === undefined) throw new Error('gzip is not installed');
  const { status, stderr } = spawnSync('sh', ['-c', 'gzip -c "$1" > "$2"', 'sh', file, target], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`gzip failed: ${stderr}`);
}
