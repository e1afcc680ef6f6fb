/** A report as JSON, always in the same order of keys, so that two reports can be compared line by line. */
import { escapeJsonForTerminal } from './escape.js';
import type {
  Observation,
  Quality,
  Report,
  ReportAttempt,
  ReportCapture,
  ReportEndpoint,
  ReportFinding,
  ReportFrame,
  ReportServer,
  Summary,
  Warning,
} from './model.js';

/** The keys of an object in the order in which they are printed, each with the order of what it holds. */
type KeyOrder<Value> = { readonly [Key in keyof Required<Value>]: OrderWithin<NonNullable<Value[Key]>> };

/** Null: nothing to order, because it is no object or one whose keys are data. */
type OrderWithin<Value> = Value extends readonly (infer Entry)[]
  ? OrderWithin<Entry>
  : Value extends object
    ? string extends keyof Value
      ? null
      : KeyOrder<Value>
    : null;

const ENDPOINT: KeyOrder<ReportEndpoint> = { address: null, port: null, name: null };
const SERVER: KeyOrder<ReportServer> = { ...ENDPOINT, service: null };
const CODE_AND_TEXT: KeyOrder<Warning> = { code: null, text: null };

const CAPTURE: KeyOrder<ReportCapture> = {
  name: null,
  format: null,
  linkTypes: null,
  packets: null,
  bytes: null,
  firstPacketAt: null,
  lastPacketAt: null,
};

const QUALITY: KeyOrder<Quality> = {
  undecodable: null,
  copies: null,
  droppedByKernel: null,
  truncatedAtByte: null,
  vantage: null,
  warnings: CODE_AND_TEXT,
};

const SUMMARY: KeyOrder<Summary> = {
  attempts: null,
  established: null,
  refused: null,
  filtered: null,
  'timed-out': null,
  aborted: null,
  inconclusive: null,
};

const FINDING: KeyOrder<ReportFinding> = {
  outcome: null,
  cause: null,
  confidence: null,
  title: null,
  server: SERVER,
  clients: null,
  attempts: null,
  firstAt: null,
  lastAt: null,
  text: null,
  nextSteps: null,
  attemptIds: null,
  displayFilter: null,
  targets: { servers: null, ports: null },
};

const OBSERVATION: KeyOrder<Observation> = { ...CODE_AND_TEXT, frames: null };

const FRAME: KeyOrder<ReportFrame> = {
  frame: null,
  kind: null,
  atMs: null,
  icmp: { version: null, type: null, code: null, from: null },
};

const ATTEMPT: KeyOrder<ReportAttempt> = {
  id: null,
  client: ENDPOINT,
  server: SERVER,
  outcome: null,
  cause: null,
  confidence: null,
  applicationError: { linux: null, macos: null, windows: null },
  startedAt: null,
  durationMs: null,
  syns: null,
  synAcks: null,
  resets: null,
  icmpErrors: null,
  frames: FRAME,
  evidence: { text: null, frames: null },
  alternatives: { cause: null, text: null },
  notes: { ...CODE_AND_TEXT, frames: null },
  hostFacts: { text: null, at: null },
  nextSteps: null,
  displayFilter: null,
};

const REPORT: KeyOrder<Report> = {
  schema: null,
  generator: { name: null, version: null },
  captures: CAPTURE,
  quality: QUALITY,
  summary: SUMMARY,
  findings: FINDING,
  observations: OBSERVATION,
  attempts: ATTEMPT,
  live: {
    interface: null,
    backend: null,
    filter: null,
    endedBy: null,
    command: { words: null, status: null, signal: null },
  },
};

const AROUND_OPEN = '[\n  [';
const AROUND_CLOSE = '\n  ]\n]';

/**
 * A report as JSON text with a line break at its end. Fails with a RangeError where that is longer than a string can
 * be (about 500 million characters); `jsonPieces` has no such limit.
 *
 * @example
 * JSON.parse(renderJson(report)).summary.refused
 */
export function renderJson(report: Report): string {
  return [...jsonPieces(report)].join('');
}

/** The same text in pieces, for reports that are longer than a string can be. */
export function* jsonPieces(report: Report): Generator<string> {
  const { attempts, ...rest } = report;
  const empty = stringify(inOrder({ ...rest, attempts: [] }, REPORT));
  if (attempts.length === 0) {
    yield `${empty}\n`;
    return;
  }
  const opening = '"attempts": [';
  const listAt = empty.lastIndexOf(opening) + opening.length;
  yield empty.slice(0, listAt);
  for (const [index, attempt] of attempts.entries()) {
    // Two lists around it indent it as it is in the report; they are cut off again.
    const text = stringify([[inOrder(attempt, ATTEMPT)]]).slice(AROUND_OPEN.length, -AROUND_CLOSE.length);
    yield `${index === 0 ? '' : ','}${text}`;
  }
  yield `\n  ${empty.slice(listAt)}\n`;
}

/** An attempt with its keys in order. */
export function orderAttempt(attempt: ReportAttempt): object {
  return inOrder(attempt, ATTEMPT) as object;
}

/** A report without its attempts, with its keys in order. */
export function orderReport({ attempts: _, ...rest }: Report): object {
  return inOrder(rest, REPORT) as object;
}

function stringify(value: unknown): string {
  return escapeJsonForTerminal(JSON.stringify(value, undefined, 2));
}

/** Fields that the order does not know come last, as they stand: none is ever left out. */
function inOrder(value: unknown, order: Record<string, unknown> | null): unknown {
  if (order === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => inOrder(entry, order));
  const fields = value as Record<string, unknown>;
  if (isInOrder(fields, order)) return fields;
  const ordered: Record<string, unknown> = {};
  for (const key of [...Object.keys(order), ...Object.keys(fields)]) {
    if (Object.hasOwn(fields, key) && !Object.hasOwn(ordered, key)) {
      ordered[key] = inOrder(fields[key], (order[key] ?? null) as Record<string, unknown> | null);
    }
  }
  return ordered;
}

/** True if nothing has to be moved, as in all that the builder makes: copying that took a tenth of the time. */
function isInOrder(fields: Record<string, unknown>, order: Record<string, unknown>): boolean {
  let last = -1;
  const known = placesOf(order);
  for (const key in fields) {
    const place = known.get(key);
    if (place === undefined || place <= last || !Object.hasOwn(fields, key)) return false;
    last = place;
    const within = order[key] as Record<string, unknown> | null;
    const value = fields[key];
    if (within === null || typeof value !== 'object' || value === null) continue;
    for (const entry of Array.isArray(value) ? value : [value]) {
      if (typeof entry === 'object' && entry !== null && !isInOrder(entry, within)) return false;
    }
  }
  return true;
}

const places = new WeakMap<object, ReadonlyMap<string, number>>();

function placesOf(order: Record<string, unknown>): ReadonlyMap<string, number> {
  let known = places.get(order);
  if (known === undefined) {
    known = new Map(Object.keys(order).map((key, place) => [key, place]));
    places.set(order, known);
  }
  return known;
}
