/**
 * A report as lines of JSON: each attempt is one, the last line is all of the report but its attempts. In live use an
 * attempt's line comes when it is decided; one that turns out otherwise has another line with the same `id`.
 */
import { ATTEMPT, REPORT } from './json.js';
import { JsonLayout, writeJson } from './json-writer.js';
import type { Report, ReportAttempt } from './model.js';

const ATTEMPT_LINE = { type: null, correction: null, ...ATTEMPT };
const SUMMARY_LINE = { type: null, ...REPORT };

/**
 * The line of an attempt: `{"type":"attempt","id":1, …}`; with `"correction":true` it takes the place of the last line
 * with this id.
 */
export function ndjsonAttempt(attempt: ReportAttempt, isCorrection = false): string {
  return line({ type: 'attempt', ...(isCorrection ? { correction: true } : {}), ...attempt }, ATTEMPT_LINE);
}

/** The last line: `{"type":"summary","schema":"synwhy-report/1", …}`. */
export function ndjsonSummary({ attempts: _, ...rest }: Report): string {
  return line({ type: 'summary', ...rest }, SUMMARY_LINE);
}

/** All lines of a report. */
export function* ndjsonPieces(report: Report): Generator<string> {
  for (const attempt of report.attempts) yield ndjsonAttempt(attempt);
  yield ndjsonSummary(report);
}

function line(value: object, order: Readonly<Record<string, unknown>>): string {
  return `${writeJson(value, order, JsonLayout.inOneLine)}\n`;
}
