/** What `synwhy analyze` is asked for, checked: every value has a meaning and they don't contradict each other. */
import { CATALOGUE, findCause } from '../classify/catalogue.js';
import { FAILURES, type Outcome } from '../classify/outcome.js';
import { parseHostPattern } from '../report/address-pattern.js';
import type { PayloadLimit } from '../report/excerpt.js';
import { type AttemptSelection, type Moment, parseMoment } from '../report/select.js';
import { UsageError } from './exit-codes.js';
import { suggest } from './nearest.js';

/** The formats that a report can be printed in. */
export type Format = 'table' | 'json' | 'ndjson' | 'markdown' | 'html' | 'csv';

/** A file to write, in the format that its name ends in; pcapng is the excerpt. */
export interface OutputFile {
  path: string;
  format: Format | 'pcapng';
}

/** How addresses and names are to be replaced. */
export interface Anonymization {
  /** Undefined: a random one. */
  key: string | undefined;
  keepsVendor: boolean;
  /** What --host was given, to be replaced as well. */
  hosts: string[];
}

/** A request to analyse captures. */
export interface AnalyzeCommand {
  command: 'analyze';
  /** Paths of captures and folders; '-' is standard input, which is also meant without any name unless it is a terminal. */
  captures: string[];
  /** A file with further names; '-' is standard input. */
  filesFrom: string | undefined;
  /** What goes to standard output; undefined when --output takes its place. */
  format: Format | undefined;
  outputs: OutputFile[];
  selection: AttemptSelection | undefined;
  all: boolean;
  verbose: boolean;
  numeric: boolean;
  failOn: Outcome[];
  limitPayload: PayloadLimit;
  /** How many attempts may wait for an answer; undefined: as many as usual. */
  maxPending: number | undefined;
  anonymize: Anonymization | undefined;
  /** Undefined: as the terminal and the environment say. */
  color: boolean | undefined;
  quiet: boolean;
  /** Threads that read large captures. */
  workers: number | 'usual';
}

/** An option's value as yargs gives it; a list when it was given several times. */
type Value = string | string[] | undefined;
type Switch = boolean | boolean[] | undefined;

/** The options as yargs gives them. */
export interface AnalyzeArguments {
  _: (string | number)[];
  format?: Value;
  output?: Value;
  read?: Value;
  'files-from'?: Value;
  host?: Value;
  port?: Value;
  outcome?: Value;
  cause?: Value;
  since?: Value;
  until?: Value;
  'fail-on'?: Value;
  'limit-payload'?: Value;
  'max-pending'?: Value;
  anonymize?: Value;
  'anonymize-mac'?: Switch;
  all?: Switch;
  verbose?: Switch;
  n?: Switch;
  color?: Switch;
  quiet?: Switch;
  workers?: Value;
}

const FORMATS: readonly string[] = ['table', 'json', 'ndjson', 'markdown', 'html', 'csv'] satisfies Format[];
const FORMAT_OF_ENDING: Readonly<Record<string, OutputFile['format']>> = {
  json: 'json',
  ndjson: 'ndjson',
  md: 'markdown',
  html: 'html',
  csv: 'csv',
  txt: 'table',
  pcapng: 'pcapng',
};
const OUTCOMES: readonly string[] = [...FAILURES, ...(['established', 'aborted', 'inconclusive'] satisfies Outcome[])];

/** Checks the options. Throws UsageError with a sentence that says what would be right. */
export function readAnalyzeArguments(given: AnalyzeArguments): AnalyzeCommand {
  const outputs = values(given.output).map(readOutput);
  const format = readFormat(given.format);
  const selection = readSelection(given);
  return {
    command: 'analyze',
    captures: readCaptures([...values(given.read), ...given._.map(String)]),
    filesFrom: single('files-from', given['files-from']),
    format: format ?? (outputs.length === 0 ? 'table' : undefined),
    outputs,
    selection,
    // Whoever asks for such attempts by name wants to see them.
    all: isOn(given.all) === true || (selection !== undefined && asksForMoreThanFailures(selection)),
    verbose: isOn(given.verbose) === true,
    numeric: isOn(given.n) === true,
    failOn: readFailOn(given['fail-on'], selection),
    limitPayload: readLimitPayload(given['limit-payload'], outputs),
    maxPending: readMaxPending(given['max-pending']),
    anonymize: readAnonymize(given),
    color: isOn(given.color),
    quiet: isOn(given.quiet) === true,
    workers: readWorkers(given.workers),
  };
}

function readWorkers(value: Value): number | 'usual' {
  const workers = single('workers', value);
  if (workers === undefined) return 'usual';
  if (!/^\d$/.test(workers)) throw new UsageError(`--workers takes a number from 0 to 9, not '${workers}'`);
  return Number(workers);
}

function values(value: Value): string[] {
  return value === undefined ? [] : [value].flat();
}

/** Of a list within one option or over several of them: `--port 80,443 --port 22`. */
function entries(value: Value): string[] {
  return values(value)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim());
}

function isOn(value: Switch): boolean | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}

function single(option: string, value: Value): string | undefined {
  const all = values(value);
  if (all.length > 1) throw new UsageError(`--${option} can be given only once`);
  return all[0];
}

function readCaptures(captures: string[]): string[] {
  if (captures.includes('')) throw new UsageError('the name of a capture is empty');
  if (captures.filter((name) => name === '-').length > 1)
    throw new UsageError("standard input ('-') can be read only once");
  return captures;
}

function readFormat(value: Value): Format | undefined {
  const format = single('format', value);
  if (format === undefined || FORMATS.includes(format)) return format as Format | undefined;
  throw new UsageError(
    `there is no format ${format}, only table, json, ndjson, markdown, html and csv${suggest(format, FORMATS)}`,
  );
}

function readOutput(path: string): OutputFile {
  const format = FORMAT_OF_ENDING[/\.([^./\\]+)$/.exec(path)?.[1].toLowerCase() ?? ''];
  if (format !== undefined) return { path, format };
  throw new UsageError(
    `the name of the output says its format: ${path} should end in .json, .ndjson, .md, .html, .csv, .txt or .pcapng`,
  );
}

function readLimitPayload(value: Value, outputs: readonly OutputFile[]): PayloadLimit {
  const limit = single('limit-payload', value);
  if (limit === undefined) return 'headers';
  if (limit !== 'headers' && limit !== 'full') {
    throw new UsageError(`--limit-payload takes headers or full, not '${limit}'${suggest(limit, ['headers', 'full'])}`);
  }
  if (!outputs.some(({ format }) => format === 'pcapng')) {
    throw new UsageError('--limit-payload is about the excerpt: name one, as in -o evidence.pcapng');
  }
  return limit;
}

/** With --anonymize alone yargs gives an empty text. */
function readAnonymize(given: AnalyzeArguments): Anonymization | undefined {
  const key = single('anonymize', given.anonymize);
  const dropsVendor = isOn(given['anonymize-mac']) === true;
  if (key === undefined) {
    if (dropsVendor) throw new UsageError('--anonymize-mac goes further than --anonymize: give that as well');
    return undefined;
  }
  if (given['limit-payload'] !== undefined && single('limit-payload', given['limit-payload']) === 'full') {
    throw new UsageError('--anonymize cuts off all payload: --limit-payload full contradicts it');
  }
  return { key: key === '' ? undefined : key, keepsVendor: !dropsVendor, hosts: entries(given.host) };
}

function readSelection(given: AnalyzeArguments): AttemptSelection | undefined {
  const selection: AttemptSelection = {};
  if (given.host !== undefined) selection.hosts = entries(given.host).map(readHost);
  if (given.port !== undefined) selection.ports = entries(given.port).map(readPort);
  if (given.outcome !== undefined) selection.outcomes = entries(given.outcome).map(readOutcome);
  if (given.cause !== undefined) selection.causes = entries(given.cause).map(readCause);
  const since = readMoment('since', given.since);
  const until = readMoment('until', given.until);
  if (since !== undefined) selection.since = since;
  if (until !== undefined) selection.until = until;
  refuseContradictions(selection);
  return Object.keys(selection).length === 0 ? undefined : selection;
}

function readHost(text: string) {
  const pattern = parseHostPattern(text);
  if (pattern === undefined)
    throw new UsageError(`--host takes an address, a network such as 10.0.0.0/8 or a name, not '${text}'`);
  return pattern;
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new UsageError(`--port takes a number up to 65535, not '${text}'`);
}

function readOutcome(text: string): Outcome {
  if (OUTCOMES.includes(text)) return text as Outcome;
  throw new UsageError(`there is no outcome '${text}'${suggest(text, OUTCOMES) || `, only ${OUTCOMES.join(', ')}`}`);
}

function readCause(text: string): string {
  if (findCause(text) !== undefined) return text;
  const causes = CATALOGUE.map(({ id }) => id);
  throw new UsageError(`there is no cause '${text}'${suggest(text, causes) || '; synwhy explain lists them'}`);
}

/** Each takes some 200 bytes. */
const MOST_PENDING = 2 ** 24;

function readMaxPending(value: Value): number | undefined {
  const text = single('max-pending', value);
  if (text === undefined) return undefined;
  const count = /^\d{1,8}$/.test(text) ? Number(text) : 0;
  if (count > 0 && count <= MOST_PENDING) return count;
  throw new UsageError(`--max-pending takes a number of attempts from 1 to ${MOST_PENDING}, not '${text}'`);
}

function readMoment(option: 'since' | 'until', value: Value): Moment | undefined {
  const text = single(option, value);
  if (text === undefined) return undefined;
  const moment = parseMoment(text);
  if (moment !== undefined) return moment;
  throw new UsageError(`--${option} takes a time such as 2026-11-20T09:10:00Z or 09:10:00, not '${text}'`);
}

function refuseContradictions({ outcomes, causes, since, until }: AttemptSelection): void {
  const misfit = causes?.find((cause) => outcomes !== undefined && !outcomes.includes(outcomeOf(cause)));
  if (misfit !== undefined) {
    throw new UsageError(`--cause ${misfit} contradicts --outcome: its outcome is ${outcomeOf(misfit)}`);
  }
  if (
    since !== undefined &&
    until !== undefined &&
    'epochNs' in since &&
    'epochNs' in until &&
    since.epochNs > until.epochNs
  ) {
    throw new UsageError('--since is later than --until');
  }
}

function outcomeOf(cause: string): Outcome {
  return findCause(cause)!.outcome;
}

function asksForMoreThanFailures({ outcomes = [], causes = [] }: AttemptSelection): boolean {
  return [...outcomes, ...causes.map(outcomeOf)].some((outcome) => !FAILURES.includes(outcome));
}

function readFailOn(value: Value, selection: AttemptSelection | undefined): Outcome[] {
  const failOn = entries(value).flatMap((text) => {
    if (text === 'any') return FAILURES;
    if (OUTCOMES.includes(text)) return [text as Outcome];
    throw new UsageError(
      `--fail-on takes any, or outcomes such as refused,filtered, not '${text}'${suggest(text, ['any', ...OUTCOMES])}`,
    );
  });
  const looked = selection?.outcomes;
  if (looked !== undefined && failOn.length > 0 && !failOn.some((outcome) => looked.includes(outcome))) {
    throw new UsageError(`--fail-on ${failOn.join(',')} can find nothing with --outcome ${looked.join(',')}`);
  }
  return failOn;
}
