/**
 * npm run bench: how long synwhy takes for a capture, against programs that do less or more with the same bytes.
 *
 *   npm run bench -- [--quick] [--rounds N] [--only TEXT] [--all]
 *   npm run bench -- --soak [--quick]       memory over an hour of live capture (soak.ts)
 *   npm run bench -- --live [--quick]       what the backends of live capture lose (live.ts)
 *
 * Captures are generated once into .bench (or $SYNWHY_BENCH_DIR). Programs take turns, so that whatever else the
 * machine does falls on all of them; each file is read once before, so that it comes from the page cache. --quick is
 * a hundredth of the size: it shows that the benchmark runs, and no more. --all adds pcapng and handshakes only.
 *
 * Where the time goes: node --cpu-prof --cpu-prof-dir=.bench bin/synwhy.js .bench/small.pcap, then load the profile
 * into a browser's developer tools.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findProgram, repositoryRoot } from '../tools.js';
import { generate, type Shape } from './generate.js';
import { benchLive } from './live.js';
import { soak } from './soak.js';

interface Capture extends Shape {
  name: string;
  title: string;
}

interface Contestant {
  name: string;
  command: (file: string) => readonly string[];
  /**
   * It takes so long that it gets a smaller capture of the same shape, and its time is scaled: what goes beyond the time
   * that it needs for a capture of a few packets, which is that of its start.
   */
  slow?: true;
}

interface Measurement {
  seconds: number;
  kilobytes: number | undefined;
}

/** A little more, since some packets are small ones of handshakes. */
const GIGABYTE = 1.01e9;
const LARGE_PACKET_BYTES = 1400;
const SMALL_PACKET_BYTES = 100;
const PCAP_RECORD_BYTES = 16;

const CAPTURES: readonly Capture[] = [
  {
    name: 'large',
    title: '1 GB of 1,400-byte packets',
    packets: Math.ceil(GIGABYTE / (LARGE_PACKET_BYTES + PCAP_RECORD_BYTES)),
    dataBytes: LARGE_PACKET_BYTES,
    format: 'pcap',
    handshakesOnly: false,
  },
  {
    name: 'small',
    title: '6 million packets of 100 bytes',
    packets: 6e6,
    dataBytes: SMALL_PACKET_BYTES,
    format: 'pcap',
    handshakesOnly: false,
  },
];

const MORE_CAPTURES: readonly Capture[] = [
  ...CAPTURES.map(
    (capture): Capture => ({
      ...capture,
      name: `${capture.name}-pcapng`,
      title: `${capture.title}, pcapng`,
      format: 'pcapng',
    }),
  ),
  {
    name: 'handshakes',
    title: '6 million packets, all of them handshakes',
    packets: 6e6,
    dataBytes: 0,
    format: 'pcap',
    handshakesOnly: true,
  },
];

const REFERENCE = 'tcpdump';
const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'synwhy',
    command: (file) => [process.execPath, join(repositoryRoot(), 'bin', 'synwhy.js'), file, '--format', 'json'],
  },
  {
    name: REFERENCE,
    command: (file) => ['tcpdump', '-r', file, '-w', '/dev/null', 'tcp[tcpflags]&(tcp-syn|tcp-rst)!=0'],
  },
  { name: 'cat', command: (file) => ['cat', file] },
  { name: 'tshark', slow: true, command: (file) => ['tshark', '-n', '-r', file, '-Y', 'tcp.flags.reset == 1'] },
  { name: 'tcptrace', slow: true, command: (file) => ['tcptrace', '-n', file] },
];

const QUICK_SHARE = 100;
const SLOW_SHARE = 20;
const QUICK_SLOW_SHARE = 1;
const START_PACKETS = 100;

/** The capture's file, generated unless an earlier run did; a half-written one is never taken for a whole one. */
function prepare(folder: string, { name, title, ...shape }: Capture): string {
  const file = join(folder, `${name}-${shape.packets}.${shape.format}`);
  if (!existsSync(file)) {
    console.error(`generating ${shape.packets} packets for '${title}'`);
    generate(`${file}.part`, shape);
    renameSync(`${file}.part`, file);
  }
  return file;
}

/** Runs a program to its end; what it prints goes nowhere. */
function measure(command: readonly string[]): Measurement {
  const time = findProgram('time');
  const [program, ...args] = time === undefined ? command : [time, '-q', '-f', '%M', ...command];
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program ?? '', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${error?.message ?? stderr}`);
  const kilobytes = time === undefined ? undefined : Number(stderr.trim().split('\n').at(-1));
  return { seconds, kilobytes };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function describeMachine(): string {
  const release = /^PRETTY_NAME="(.*)"$/m.exec(
    existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
  );
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${memory} GiB, ${release?.[1] ?? process.platform}, Node ${process.versions.node}`;
}

function compare(capture: Capture, folder: string, rounds: number, slowShare: number): string[] {
  const file = prepare(folder, capture);
  const smaller =
    slowShare === 1 ? file : prepare(folder, { ...capture, packets: Math.ceil(capture.packets / slowShare) });
  const here = CONTESTANTS.filter(({ name }) => name === 'synwhy' || findProgram(name) !== undefined);
  const results = new Map<string, Measurement[]>(here.map(({ name }) => [name, []]));
  measure(['cat', file]);
  for (let round = 0; round < rounds; round++) {
    for (const { name, command, slow } of here) {
      // Once is enough for what takes a minute.
      if (slow && round > 0) continue;
      results.get(name)?.push(measure(command(slow ? smaller : file)));
    }
  }
  const start = prepare(folder, { ...capture, packets: START_PACKETS });
  const secondsOf = ({ name, command, slow }: Contestant): number => {
    const measured = median((results.get(name) ?? []).map(({ seconds }) => seconds));
    if (!slow || slowShare === 1) return measured;
    const toStart = measure(command(start)).seconds;
    return toStart + (measured - toStart) * slowShare;
  };
  const reference = here.find(({ name }) => name === REFERENCE);
  const referenceSeconds = reference && secondsOf(reference);
  const megabytes = Math.round(statSync(file).size / 1e6);
  return here.map((contestant) => {
    const seconds = secondsOf(contestant);
    const ratio = referenceSeconds === undefined ? '–' : (seconds / referenceSeconds).toFixed(2);
    const peaks = (results.get(contestant.name) ?? []).map(({ kilobytes }) => kilobytes ?? Number.NaN);
    const peak = peaks.some(Number.isNaN) ? '–' : `${Math.round(Math.max(...peaks) / 1024)} MiB`;
    const scaled = contestant.slow && slowShare > 1 ? ` (from 1/${slowShare} of it)` : '';
    return `| ${capture.title} (${megabytes} MB) | ${contestant.name}${scaled} | ${seconds.toFixed(2)} | ${ratio} | ${peak} |`;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      rounds: { type: 'string' },
      soak: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
    },
  });
  if (values.soak) return soak(values.quick);
  if (values.live) return benchLive(values.quick);
  const folder = process.env.SYNWHY_BENCH_DIR ?? join(repositoryRoot(), '.bench');
  mkdirSync(folder, { recursive: true });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  const captures = [...CAPTURES, ...(values.all ? MORE_CAPTURES : [])]
    .filter(({ name }) => name.includes(values.only))
    .map((capture): Capture => {
      if (!values.quick) return capture;
      return {
        ...capture,
        title: `1/${QUICK_SHARE} of ${capture.title}`,
        packets: Math.ceil(capture.packets / QUICK_SHARE),
      };
    });
  const rows = captures.flatMap((capture) =>
    compare(capture, folder, rounds, values.quick ? QUICK_SLOW_SHARE : SLOW_SHARE),
  );
  console.log(`${describeMachine()}; medians of ${rounds === 1 ? 'one round' : `${rounds} rounds`}, warm page cache\n`);
  console.log(`| capture | program | seconds | × ${REFERENCE} | peak memory |`);
  console.log('| --- | --- | ---: | ---: | ---: |');
  for (const row of rows) console.log(row);
}

await main();
