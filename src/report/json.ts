/** A report as JSON, always in the same order of keys, so that two reports can be compared line by line. */
import { JsonLayout, type KeyOrder, writeJson } from './json-writer.js';
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

export const ATTEMPT: KeyOrder<ReportAttempt> = {
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

export const REPORT: KeyOrder<Report> = {
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

const LAYOUT = JsonLayout.indented;
const ENTRY_LAYOUT = LAYOUT.inner.inner;

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

/** The same text in pieces, for reports that are longer than a string can be: each finding and each attempt is one. */
export function* jsonPieces(report: Report): Generator<string> {
  let rest = writeJson({ ...report, findings: [], attempts: [] }, REPORT, LAYOUT);
  for (const [key, entries, order] of [
    ['findings', report.findings, FINDING],
    ['attempts', report.attempts, ATTEMPT],
  ] as const) {
    if (entries.length === 0) continue;
    const opening = `"${key}": [`;
    const listAt = rest.lastIndexOf(opening) + opening.length;
    yield rest.slice(0, listAt);
    for (const [index, entry] of entries.entries()) {
      yield `${index === 0 ? '' : ','}${ENTRY_LAYOUT.lineBreak}${writeJson(entry, order, ENTRY_LAYOUT)}`;
    }
    rest = `\n  ${rest.slice(listAt)}`;
  }
  yield `${rest}\n`;
}
