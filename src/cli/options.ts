/** The command line: which options there are, and what a command line asks for. */
import { type AnalyzeArguments, type AnalyzeCommand, readAnalyzeArguments } from './analyze-arguments.js';
import { describeOptions, readWords, type Values } from './command-line.js';
import { UsageError } from './exit-codes.js';
import { type LiveArguments, type LiveCommand, readLiveArguments } from './live-arguments.js';
import { LIVE_EPILOGUE, LIVE_INTRODUCTION, LIVE_OPTIONS } from './live-options.js';

/** What a command line asks for. */
export type Command =
  | AnalyzeCommand
  | LiveCommand
  | { command: 'explain'; words: string[] }
  | { command: 'interfaces'; format: 'table' | 'json' }
  /** Text to print and be done: help or the version. */
  | { command: 'print'; text: string };

const OPTIONS = {
  format: {
    alias: 'F',
    type: 'string',
    requiresArg: true,
    describe: 'Print as table (default), json, ndjson (a line an attempt), markdown, html or csv',
  },
  output: {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    describe:
      'Write to FILE (.json, .ndjson, .md, .html, .csv, .txt or .pcapng, the packets that matter) instead of printing; repeatable. With --format too, print that as well',
  },
  read: {
    alias: 'r',
    type: 'string',
    requiresArg: true,
    describe: 'Read capture FILE, as in tcpdump: the same as naming it',
  },
  'files-from': {
    type: 'string',
    requiresArg: true,
    describe: 'Read the captures that are listed in FILE, one a line or with NUL between; - is standard input',
  },
  host: {
    type: 'string',
    requiresArg: true,
    describe: 'Only attempts with this address, network (10.0.0.0/8) or name at either end',
  },
  port: { type: 'string', requiresArg: true, describe: 'Only attempts with this port at either end' },
  outcome: {
    type: 'string',
    requiresArg: true,
    describe: 'Only these: refused, filtered, timed-out, aborted, inconclusive, established',
  },
  cause: { type: 'string', requiresArg: true, describe: 'Only this cause; synwhy explain lists them' },
  since: {
    type: 'string',
    requiresArg: true,
    describe: 'Only attempts from this time on: 2026-11-20T09:10:00Z, or 09:10 (UTC, on each day of the capture)',
  },
  until: { type: 'string', requiresArg: true, describe: 'Only attempts up to this time' },
  all: {
    type: 'boolean',
    describe: 'List established, aborted and inconclusive attempts too; naming one of these does as well',
  },
  verbose: { alias: 'v', type: 'boolean', describe: 'Every attempt with its evidence and its ladder diagram' },
  n: { type: 'boolean', describe: 'Numbers only: no names from the capture, no service names' },
  'fail-on': {
    type: 'string',
    requiresArg: true,
    describe: 'Exit 1 if there is an attempt of these outcomes; any stands for refused,filtered,timed-out',
  },
  'limit-payload': {
    type: 'string',
    requiresArg: true,
    describe: 'What the excerpt (.pcapng) keeps of each packet: headers (default; DNS whole) or full',
  },
  'max-pending': {
    type: 'string',
    requiresArg: true,
    describe:
      'Remember so many attempts that wait for an answer (default 1048576); beyond, the oldest are judged early',
  },
  anonymize: {
    type: 'string',
    describe: 'Replace addresses and names everywhere; --anonymize=KEY does so alike in each run with that key',
  },
  'anonymize-mac': { type: 'boolean', describe: 'With --anonymize: the vendors of network cards too' },
  color: { type: 'boolean', describe: 'Colours; --no-color or NO_COLOR=1 turns them off' },
  quiet: { alias: 'q', type: 'boolean', describe: 'No progress on standard error, only errors' },
  workers: {
    type: 'string',
    requiresArg: true,
    describe: 'Threads that read a large capture while it is analysed (default 1; 0: none)',
  },
} as const;

/** What analyze and live have in common: excerpts and anonymizing are for captures that are kept. */
const {
  since: _since,
  until: _until,
  read: _read,
  'files-from': _filesFrom,
  'limit-payload': _limitPayload,
  anonymize: _anonymize,
  'anonymize-mac': _anonymizeMac,
  workers: _workers,
  ...SHARED
} = OPTIONS;
const SHARED_OPTIONS = {
  ...SHARED,
  output: {
    ...SHARED.output,
    describe: SHARED.output.describe.replace(', .txt or .pcapng, the packets that matter', ' or .txt'),
  },
};

const EPILOGUE = `Lists are separated by commas: --outcome refused,filtered. Several captures are read as one, in order of time; a
folder stands for the captures in it. Without any name standard input is read, unless it is a terminal.

Exit status: 0 analysed, 1 --fail-on found something, 2 wrong usage, 3 a capture can't be read or a result can't be written.`;

const INTRODUCTION = `Reads packet captures and says of each TCP handshake that failed: refused,
filtered or timed out, why, and which frames show it.

  synwhy [analyze] CAPTURE...  pcap, pcapng, snoop, Network Monitor or Sniffer,
                               also in gzip or zstd; - is standard input
  synwhy live [-- COMMAND...]  captures on an interface and tells what fails
                               while it happens; synwhy live --help
  synwhy --follow FILE|FOLDER  the same for captures while they are written
  synwhy interfaces            what can be captured on here, and with what
  synwhy explain [CAUSE | NOTE | OUTCOME | ERROR]
                               what a cause, a note or an outcome means, or
                               what is behind an application's error
`;
const INTERFACES_INTRODUCTION = `  synwhy interfaces  lists what can be captured on: state, link type, addresses,
                     which of dumpcap, tcpdump and cap can open it, or why not
`;

const EXPLAIN_INTRODUCTION = `  synwhy explain          lists the causes and notes
  synwhy explain CAUSE    what it means, what it looks like and what to check;
                          also a NOTE, or an OUTCOME
  synwhy explain ERROR    what is behind an error: ECONNREFUSED, 10061,
                          "No route to host"
`;

/** Says what a command line asks for. Throws UsageError when it asks for nothing that there is. */
export async function parseCommandLine(words: readonly string[], version: string, columns: number): Promise<Command> {
  const [first, ...rest] = words;
  if (first === 'live') return parseLive(rest, version, columns);
  if (first === 'interfaces') return parseInterfaces(rest, version, columns);
  // What is followed is told of as live captures are, with their options.
  if (words.some((word) => /^--follow(=|$)/.test(word))) {
    return parseLive(first === 'analyze' ? rest : words, version, columns);
  }
  if (first === 'explain') return parseExplain(rest, version, columns);
  return parseAnalyze(first === 'analyze' ? rest : words, version, columns);
}

async function parseAnalyze(words: readonly string[], version: string, columns: number): Promise<Command> {
  // Its key is optional, and what follows it is a capture.
  const told = words.map((word) => (word === '--anonymize' ? '--anonymize=' : word));
  const parsed = readWords(told, OPTIONS);
  const describe = () => describeOptions(OPTIONS, columns, EPILOGUE);
  return (await printed(parsed, INTRODUCTION, describe, version)) ?? readAnalyzeArguments(parsed as AnalyzeArguments);
}

async function parseExplain(words: readonly string[], version: string, columns: number): Promise<Command> {
  const parsed = readWords(words, {});
  const describe = () => describeOptions({}, columns);
  return (await printed(parsed, EXPLAIN_INTRODUCTION, describe, version)) ?? { command: 'explain', words: parsed._ };
}

async function parseInterfaces(words: readonly string[], version: string, columns: number): Promise<Command> {
  const options = { format: { ...OPTIONS.format, describe: 'Print as table (default) or json' } };
  const parsed = readWords(words, options);
  const describe = () => describeOptions(options, columns);
  const print = await printed(parsed, INTERFACES_INTRODUCTION, describe, version);
  if (print !== undefined) return print;
  const [format = 'table'] = [parsed.format].flat();
  if (parsed._.length > 0) throw new UsageError(`interfaces takes no operand, but here is ${parsed._.join(' ')}`);
  if (format === 'table' || format === 'json') return { command: 'interfaces', format };
  throw new UsageError(`--format of interfaces is table or json, not ${format}`);
}

/** What stands behind -- is the command to run, whatever it looks like. */
async function parseLive(words: readonly string[], version: string, columns: number): Promise<Command> {
  const dashes = words.indexOf('--');
  const own = dashes === -1 ? words : words.slice(0, dashes);
  const toRun = dashes === -1 ? [] : words.slice(dashes + 1);
  if (dashes !== -1 && toRun.length === 0)
    throw new UsageError('behind -- stands the command to run, and there is none');
  const options = { ...LIVE_OPTIONS, ...SHARED_OPTIONS };
  const parsed = readWords(own, options);
  const describe = () => describeOptions(options, columns, LIVE_EPILOGUE);
  return (
    (await printed(parsed, LIVE_INTRODUCTION, describe, version)) ?? readLiveArguments(parsed as LiveArguments, toRun)
  );
}

/** The help or the version, where that is asked for. */
async function printed(
  { help, version: isVersionWanted }: Values,
  introduction: string,
  describe: () => Promise<string>,
  version: string,
): Promise<Command | undefined> {
  if (help === true) return { command: 'print', text: `${introduction}\n${await describe()}` };
  return isVersionWanted === true ? { command: 'print', text: version } : undefined;
}
