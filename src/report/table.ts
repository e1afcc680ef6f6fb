/**
 * A report for people at a terminal, and for what they paste into a bug report: what was read, how many attempts
 * there are of each outcome, the findings as a table with failures first, then for each of them what shows it and what
 * to check next, and at the end what else was seen and what the capture can't show. Times are UTC.
 */

import { findAttempts } from './attempt-list.js';
import { describeAttempt } from './attempt-text.js';
import { describeCaptures, describeLimits } from './capture-text.js';
import { escapeAllStrings } from './escape.js';
import { describeFinding } from './finding-text.js';
import { byConcern, drawFindingsTable, findingsRows, OUTCOMES_BY_CONCERN } from './findings-table.js';
import type { Report, ReportAttempt, ReportFinding, Summary } from './model.js';
import { describeObservations } from './observations-text.js';
import { createPalette, type Palette } from './palette.js';
import { formatCount, formatNumberOf, wrap } from './wording.js';

/** How the table is to look; everything has a default. */
export interface TableOptions {
  /** Columns of the terminal; 100 unless told, and never less than 60. */
  width?: number;
  /** Colours, as escape sequences of a terminal; none unless told. */
  color?: boolean;
  /** Everything: every row, every finding, and every attempt with its evidence and its ladder. */
  verbose?: boolean;
}

const NARROWEST = 60;
const DEFAULT_WIDTH = 100;
/** Sentences get hard to read in longer lines. */
const WIDEST_TEXT = 110;

/** Findings that are listed, and those told in full, unless everything was asked for. */
const MOST_ROWS = 40;
const MOST_TOLD = 8;

/**
 * A report as text for the terminal, ending in a line break. Fails with a RangeError where that is longer than a string
 * can be (about 500 million characters); `tablePieces` has no such limit.
 *
 * @example
 * process.stdout.write(renderTable(report, { width: process.stdout.columns, verbose: true }));
 */
export function renderTable(report: Report, options: TableOptions = {}): string {
  return [...tablePieces(report, options)].join('');
}

/** The same text in pieces, for reports that are longer than a string can be. */
export function* tablePieces(report: Report, options: TableOptions = {}): Generator<string> {
  const { verbose = false, color = false, width = DEFAULT_WIDTH } = options;
  const tableWidth = Math.max(NARROWEST, width);
  const textWidth = Math.min(tableWidth, WIDEST_TEXT);
  const palette = createPalette(color);
  // Findings and attempts may be very many: each is escaped when its turn comes.
  const safe = escapeAllStrings({ ...report, findings: [], attempts: [] });

  yield paragraph([...describeCaptures(safe, textWidth), ...summarize(safe.summary, textWidth, palette)]);
  const rows = findingsRows(report);
  if (rows.length > 0) {
    const listed = verbose ? rows : rows.slice(0, MOST_ROWS);
    yield paragraph([
      ...drawFindingsTable(escapeAllStrings(listed), tableWidth, palette),
      ...theRest(rows.length - listed.length, 'row'),
    ]);
  }
  const failures = [...report.findings].sort(byConcern);
  const told = verbose ? failures : failures.slice(0, MOST_TOLD);
  yield* tellFindings(escapeAllStrings(told), report.attempts, textWidth, palette);
  if (told.length < failures.length) yield paragraph(theRest(failures.length - told.length, 'finding'));
  if (verbose) {
    for (const attempt of report.attempts) {
      yield paragraph(describeAttempt(escapeAllStrings(attempt), textWidth, palette));
    }
  }
  const observations = describeObservations(safe.observations, textWidth, palette, verbose);
  if (observations.length > 0) yield paragraph(observations);
  const limits = describeLimits(safe, textWidth);
  if (limits.length > 0) yield paragraph(limits);
}

function* tellFindings(
  findings: readonly ReportFinding[],
  attempts: readonly ReportAttempt[],
  width: number,
  palette: Palette,
): Generator<string> {
  const byId = findAttempts(attempts, new Set(findings.map(({ attemptIds }) => attemptIds[0])));
  const firstOfCause = new Map<string, number>();
  for (const [index, finding] of findings.entries()) {
    const number = index + 1;
    const typical = byId.get(finding.attemptIds[0]);
    const sameStepsAs = firstOfCause.get(finding.cause);
    if (sameStepsAs === undefined) firstOfCause.set(finding.cause, number);
    const context = { number, typical: typical && escapeAllStrings(typical), sameStepsAs, width, palette };
    yield paragraph(describeFinding(finding, context));
  }
}

/** Lines and an empty one after them. */
function paragraph(lines: readonly string[]): string {
  return `${lines.map((line) => `${line.trimEnd()}\n`).join('')}\n`;
}

function theRest(count: number, what: string): string[] {
  return count === 0
    ? []
    : [`and ${formatNumberOf(count, `more ${what}`)}; -v shows everything, --host and --port less`];
}

function summarize(summary: Summary, width: number, palette: Palette): string[] {
  const { attempts, established } = summary;
  if (attempts === 0) return ['no TCP handshake'];
  const handshakes = formatNumberOf(attempts, 'handshake');
  if (established === attempts) {
    return [`${palette.bold(handshakes)}, ${attempts === 1 ? 'established' : 'all established'}`];
  }
  const hasFailures = summary.refused + summary.filtered + summary['timed-out'] > 0;
  const counts = OUTCOMES_BY_CONCERN.filter((outcome) => summary[outcome] > 0).map((outcome) => ({
    outcome,
    text: `${formatCount(summary[outcome])} ${outcome}`,
  }));
  const sentence = `${handshakes}${hasFailures ? '' : ', none failed'}: ${counts.map(({ text }) => text).join(', ')}`;
  // Coloured only when it is broken into lines: an escape sequence has no width.
  return wrap(sentence, width, '', '  ').map((line) =>
    counts.reduce(
      (colored, { outcome, text }) => colored.replace(text, palette.outcome(outcome, text)),
      line.replace(handshakes, palette.bold(handshakes)),
    ),
  );
}
