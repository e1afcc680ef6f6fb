/** What `synwhy live` is asked for, checked. */
import type { Backend } from '../node/live/capture-session.js';
import type { Ring } from '../node/live/recording.js';
import { type AnalyzeArguments, type AnalyzeCommand, readAnalyzeArguments } from './analyze-arguments.js';
import { UsageError } from './exit-codes.js';
import { suggest } from './nearest.js';

/** A request to capture, or to follow what somebody else captures. */
export interface LiveCommand extends Omit<AnalyzeCommand, 'command' | 'captures' | 'filesFrom'> {
  command: 'live';
  /** A capture to follow instead of an interface; '-' is standard input. */
  read: string | undefined;
  /** A capture that is being written, or a folder or a pattern of such, to follow instead of an interface. */
  follow: string | undefined;
  interfaceName: string | undefined;
  filter: string | undefined;
  backend: Backend | 'auto';
  /** Where what was captured is written. */
  recording: string | undefined;
  ring: Ring | undefined;
  /** When to end; undefined: when somebody ends it. */
  forMs: number | undefined;
  packets: number | undefined;
  /** How long to wait, after the command ended, for what it started. */
  settleMs: number;
  hostFacts: boolean;
  /** The command to run meanwhile; empty: none. */
  words: string[];
}

type Value = string | string[] | undefined;

/** The options as yargs gives them. */
export interface LiveArguments extends AnalyzeArguments {
  follow?: Value;
  interface?: Value;
  filter?: Value;
  backend?: Value;
  write?: Value;
  ring?: Value;
  for?: Value;
  count?: Value;
  settle?: Value;
  'host-facts'?: boolean | boolean[];
}

const BACKENDS: readonly string[] = ['auto', 'cap', 'dumpcap', 'tcpdump'] satisfies (Backend | 'auto')[];
/** Silence is judged after a little more than three seconds. */
const DEFAULT_SETTLE_MS = 5000;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const UNIT_BYTES: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, KI: 2 ** 10, MI: 2 ** 20, GI: 2 ** 30 };
const SMALLEST_RING_BYTES = 10_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Checks the options and the command's words. Throws UsageError with a sentence that says what would be right. */
export function readLiveArguments(given: LiveArguments, words: readonly string[]): LiveCommand {
  refuseOperands(given._, given.follow !== undefined);
  const { captures, filesFrom: _, ...shared } = readAnalyzeArguments({ ...given, _: [] });
  if (captures.length > 1) throw new UsageError('live follows one capture; name it once with --read');
  if (shared.outputs.some(({ format }) => format === 'pcapng')) {
    throw new UsageError(
      '-w FILE keeps the packets of a live capture; synwhy FILE -o evidence.pcapng makes an excerpt of them',
    );
  }
  const command: LiveCommand = {
    ...shared,
    command: 'live',
    // Whoever runs a command wants to see what it connected to, too.
    all: shared.all || words.length > 0,
    read: captures[0],
    follow: single('follow', given.follow),
    interfaceName: single('interface', given.interface),
    filter: single('filter', given.filter),
    backend: readBackend(single('backend', given.backend)),
    recording: single('write', given.write),
    ring: readRing(single('ring', given.ring)),
    forMs: readDuration('for', single('for', given.for)),
    packets: readCount(single('count', given.count)),
    settleMs: readDuration('settle', single('settle', given.settle), true) ?? DEFAULT_SETTLE_MS,
    hostFacts: [given['host-facts']].flat().at(-1) !== false,
    words: [...words],
  };
  refuseContradictions(command, given);
  return command;
}

function refuseOperands(operands: readonly (string | number)[], isFollowing: boolean): void {
  if (operands.length === 0) return;
  if (isFollowing) {
    throw new UsageError(
      `--follow takes one name, and '${operands[0]}' is another: name a folder, or put a pattern in quotes, as in: --follow 'ring/*.pcap'`,
    );
  }
  throw new UsageError(
    `'${operands[0]}' is no option: a command to run stands behind --, as in: synwhy live -i eth0 -- ${operands.join(' ')}`,
  );
}

function refuseContradictions(command: LiveCommand, given: LiveArguments): void {
  const { read, follow, words, ring, recording, packets } = command;
  if (read !== undefined && follow !== undefined)
    throw new UsageError('--read and --follow name the same thing: give one');
  if (follow !== undefined) refuseCapturing('--follow', command, given);
  if (read !== undefined) refuseCapturing('--read', command, given);
  if (ring !== undefined && recording === undefined)
    throw new UsageError('--ring says how --write keeps files; give both');
  if (packets !== undefined && words.length > 0) {
    throw new UsageError('with a command the capture ends when that does; --count is for without one');
  }
  if (given.settle !== undefined && words.length === 0) {
    throw new UsageError('--settle is the time to wait after a command, and there is none (it stands behind --)');
  }
}

function refuseCapturing(option: '--read' | '--follow', { words }: LiveCommand, given: LiveArguments): void {
  const misfit = (['interface', 'filter', 'backend', 'write'] as const).find((name) => given[name] !== undefined);
  if (misfit === 'write' && option === '--follow') throw new UsageError('--follow reads what is written already');
  if (misfit === 'write')
    throw new UsageError('--read follows a capture that is there already: tee keeps a copy of it');
  if (misfit !== undefined) {
    throw new UsageError(`--${misfit} is for capturing, and ${option} follows what others capture`);
  }
  if (words.length > 0) throw new UsageError(`a command is run while an interface is captured, not with ${option}`);
}

function single(option: string, value: Value): string | undefined {
  if (Array.isArray(value)) throw new UsageError(`--${option} can be given only once`);
  if (value === '') throw new UsageError(`--${option} needs a value after it`);
  return value;
}

function readBackend(value: string | undefined): Backend | 'auto' {
  if (value === undefined) return 'auto';
  if (BACKENDS.includes(value)) return value as Backend | 'auto';
  throw new UsageError(`there is no backend ${value}, only ${BACKENDS.join(', ')}${suggest(value, BACKENDS)}`);
}

/** '60s', '5m', '1.5h'; seconds without a unit. */
function readDuration(option: string, value: string | undefined, mayBeZero = false): number | undefined {
  if (value === undefined) return undefined;
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?) ?([a-z]+)?$/.exec(value) ?? [];
  const ms = Number(number) * (UNIT_MS[unit] ?? Number.NaN);
  if (number === '' || Number.isNaN(ms) || (ms === 0 && !mayBeZero)) {
    throw new UsageError(`--${option} takes a time such as 30s, 5m or 2h, not '${value}'`);
  }
  if (ms > LONGEST_TIMER_MS) throw new UsageError(`--${option} takes at most 24 days; without it there is no limit`);
  return ms;
}

function readCount(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const count = /^\d{1,15}$/.test(value) ? Number(value) : 0;
  if (count > 0) return count;
  throw new UsageError(`--count takes a number of packets from 1 on, not '${value}'`);
}

/** '10x100MB': so many files of so many bytes. */
function readRing(value: string | undefined): Ring | undefined {
  if (value === undefined) return undefined;
  const [, files = '', size = '', unit = ''] = /^(\d{1,5})x(\d+(?:\.\d+)?)(K|M|G|KI|MI|GI)B?$/i.exec(value) ?? [];
  const ring = { files: Number(files), bytes: Math.round(Number(size) * (UNIT_BYTES[unit.toUpperCase()] ?? 0)) };
  if (ring.files < 2 || ring.bytes < SMALLEST_RING_BYTES) {
    throw new UsageError(`--ring takes a number of files, at least 2, and their size, as in 10x100MB, not '${value}'`);
  }
  return ring;
}
