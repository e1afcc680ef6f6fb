/** The programs that the benchmark compares, and how they are measured. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram, repositoryRoot } from '../tools.js';

/** A program with a capture to go through. */
export interface Contestant {
  name: string;
  command: (file: string) => readonly string[];
  /** It is synwhy, with whatever options. */
  isOurs?: true;
  /** It writes more than what people read: no goal says how long that may take. */
  isListing?: true;
  /**
   * It takes so long that it gets a smaller capture of the same shape, and its time is scaled: what goes beyond the time
   * that it needs for a capture of a few packets, which is that of its start.
   */
  slow?: true;
}

/** What a program took; undefined is not known. */
export interface Measurement {
  /** Not a number: it failed. */
  seconds: number;
  /** The same of each round. */
  rounds: readonly number[];
  /** Of all its threads and children, in user and in kernel mode. */
  cpuSeconds: number | undefined;
  kilobytes: number | undefined;
}

/** What the others are compared with. */
export const REFERENCE = 'tcpdump';
const FILTER = 'tcp[tcpflags]&(tcp-syn|tcp-rst)!=0';
/** The slowest of them takes a minute for what it is given. */
const LIMIT_SECONDS = '900';
const COMMAND = join(repositoryRoot(), 'bin', 'synwhy.js');

const PEERS: readonly Contestant[] = [
  { name: REFERENCE, command: (file) => ['tcpdump', '-r', file, '-w', '/dev/null', FILTER] },
  { name: 'cat', command: (file) => ['cat', file] },
  { name: 'tshark', slow: true, command: (file) => ['tshark', '-n', '-r', file, '-Y', 'tcp.flags.reset == 1'] },
  { name: 'tcptrace', slow: true, command: (file) => ['tcptrace', '-n', file] },
];
/** tcpdump reads no gzip, so what most people type stands for it. */
const GZIP_PEER: Contestant = {
  name: `zcat \\| ${REFERENCE}`,
  command: (file) => ['sh', '-c', `zcat "$1" | ${REFERENCE} -r - -w /dev/null "$2"`, 'sh', file, FILTER],
};

function ourself(...options: readonly string[]): Contestant {
  return {
    name: ['synwhy', ...options].join(' '),
    isOurs: true,
    command: (file) => [process.execPath, COMMAND, file, ...options],
  };
}

/** synwhy as it is typed, once for each number of workers that is asked for. */
export function ourselves(workers: readonly number[]): readonly Contestant[] {
  if (workers.length === 0) return [ourself()];
  return workers.map((count) => ourself('--workers', String(count)));
}

/** synwhy with every failed attempt in full: a hundred thousand of them are 280 MB of text. */
export const LISTING: Contestant = { ...ourself('--format', 'json'), isListing: true };

/** What is installed here of what can read such a capture. */
export function peersFor(format: 'pcap' | 'pcapng' | 'gzip'): readonly Contestant[] {
  if (format === 'gzip') return findProgram('zcat') && findProgram(REFERENCE) ? [GZIP_PEER] : [];
  return PEERS.filter(({ name }) => findProgram(name) !== undefined);
}

/** True for tcpdump, also behind a pipe. */
export function isReference({ name }: Contestant): boolean {
  return name.endsWith(REFERENCE);
}

/**
 * Runs a program to its end, several times if it is a short one; what it prints goes nowhere. That it fails is told on
 * standard error and by the exit status.
 */
export function measure(command: readonly string[], times = 1): Measurement {
  const time = findProgram('time');
  // What takes so long has failed, and its children have to end with it.
  const bounded = findProgram('timeout') === undefined ? command : ['timeout', '-s', 'KILL', LIMIT_SECONDS, ...command];
  // GNU time counts in hundredths of a second.
  const repeat = ['sh', '-c', 'n=$1; shift; while [ $n -gt 0 ]; do "$@" || exit; n=$((n - 1)); done', 'sh'];
  const repeated = times === 1 ? bounded : [...repeat, String(times), ...command];
  const [program = '', ...args] = time === undefined ? repeated : [time, '-q', '-f', '%U %S %M', ...repeated];
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: quietEnvironment(),
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9 / times;
  if (status !== 0) {
    console.error(`${command.join(' ')} failed after ${Math.round(seconds)} s: ${error?.message ?? stderr}`);
    process.exitCode = 1;
    return { seconds: Number.NaN, rounds: [Number.NaN], cpuSeconds: undefined, kilobytes: undefined };
  }
  const rounds = [seconds];
  if (time === undefined) return { seconds, rounds, cpuSeconds: undefined, kilobytes: undefined };
  const [user = 0, system = 0, kilobytes] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { seconds, rounds, cpuSeconds: (user + system) / times, kilobytes };
}

/** Without what makes Node read 140 certificates at each start: that took longer than the start itself. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...environment } = process.env;
  return environment;
}

/** Not a number if one of them is none: what failed once has no time. */
function median(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The medians of several runs of a program, and the largest memory of any. */
export function summarize(measurements: readonly Measurement[]): Measurement {
  const known = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);
  const cpuSeconds = known(measurements.map((measurement) => measurement.cpuSeconds));
  const kilobytes = known(measurements.map((measurement) => measurement.kilobytes));
  const rounds = measurements.flatMap((measurement) => measurement.rounds);
  return {
    seconds: median(measurements.map(({ seconds }) => seconds)),
    rounds,
    cpuSeconds: cpuSeconds.length === 0 ? undefined : median(cpuSeconds),
    kilobytes: kilobytes.length === 0 ? undefined : Math.max(...kilobytes),
  };
}

/**
 * How many times the other one's time this took. The machine's speed may change by half within a minute: so it is the
 * median of what it was in each round, where both were measured in each. Not a number: one is not known, or failed.
 */
export function ratioOf(one: Measurement, other: Measurement | undefined): number {
  if (other === undefined) return Number.NaN;
  const { rounds } = one;
  if (rounds.length === 0 || rounds.length !== other.rounds.length) return one.seconds / other.seconds;
  return median(rounds.map((seconds, round) => seconds / (other.rounds[round] ?? Number.NaN)));
}
