/** The findings at a glance: one row for each server and cause, failures first. */
import { findCause } from '../classify/catalogue.js';
import type { Outcome } from '../classify/outcome.js';
import { type Column, displayWidth, GAP, rowLines } from './columns.js';
import type { Report, ReportFinding, ReportServer } from './model.js';
import type { Palette } from './palette.js';
import { formatCount, formatDay, formatServer, formatSocket, formatTarget, formatTimeOfDay } from './wording.js';

/** A finding, or attempts that did not fail and share server, outcome and cause. */
export interface FindingsRow {
  outcome: Outcome;
  title: string;
  server: ReportServer;
  targets?: ReportFinding['targets'] | undefined;
  clients: number;
  attempts: number;
  firstAt: string;
}

/** In the order in which people want to know of them: what failed at the target comes first. */
export const OUTCOMES_BY_CONCERN: readonly Outcome[] = [
  'refused',
  'filtered',
  'timed-out',
  'established',
  'aborted',
  'inconclusive',
];

/** Sorts what has an outcome by concern. */
export function byConcern(one: { outcome: Outcome }, other: { outcome: Outcome }): number {
  return OUTCOMES_BY_CONCERN.indexOf(one.outcome) - OUTCOMES_BY_CONCERN.indexOf(other.outcome);
}

/** The rows of a report: its findings, then what --all adds, attempts that are in none of them. */
export function findingsRows({ findings, attempts }: Report): FindingsRow[] {
  const inFindings = new Set<number>();
  for (const { attemptIds } of findings) for (const id of attemptIds) inFindings.add(id);
  const others = new Map<string, { row: FindingsRow; clients: Set<string> }>();
  // Without --all they are all in findings, and need not be put into words.
  const left = inFindings.size === attempts.length ? [] : attempts;
  for (const { id, outcome, cause, server, client, startedAt } of left) {
    if (inFindings.has(id)) continue;
    const key = `${outcome} ${cause} ${formatServer(server)}`;
    let group = others.get(key);
    if (group === undefined) {
      const title = findCause(cause ?? '')?.title ?? '';
      const row = { outcome, title, server, clients: 0, attempts: 0, firstAt: startedAt };
      group = { row, clients: new Set() };
      others.set(key, group);
    }
    group.row.attempts++;
    group.row.clients = group.clients.add(client.address).size;
  }
  return [...findings.map(rowOf), ...[...others.values()].map(({ row }) => row)].sort(byConcern);
}

function rowOf({ outcome, title, server, targets, clients, attempts, firstAt }: ReportFinding): FindingsRow {
  return { outcome, title, server, targets, clients, attempts, firstAt };
}

/** A column of this table. */
interface FindingsColumn extends Column {
  head: string;
  cell: (row: FindingsRow, index: number) => string;
  paint?: (row: FindingsRow, text: string) => string;
}

const NARROW = 80;
const NARROWEST_TITLE = 18;

/** Draws the rows into at most `width` columns; clients and times give way first where it is narrow. */
export function drawFindingsTable(rows: readonly FindingsRow[], width: number, palette: Palette): string[] {
  const columns = layOut(rows, width, palette);
  const lines = rowLines(
    columns.map(({ head }) => head),
    columns,
    palette.faint,
  );
  for (const [index, row] of rows.entries()) {
    const cells = columns.map(({ cell }) => cell(row, index));
    for (const line of rowLines(cells, columns, (text, column) => columns[column].paint?.(row, text) ?? text)) {
      lines.push(line);
    }
  }
  return lines;
}

function layOut(rows: readonly FindingsRow[], width: number, palette: Palette): FindingsColumn[] {
  const spansDays = new Set(rows.map(({ firstAt }) => formatDay(firstAt))).size > 1;
  const time = ({ firstAt }: FindingsRow) =>
    `${spansDays ? `${firstAt.slice(5, 10)} ` : ''}${formatTimeOfDay(firstAt)}`;
  const longest = (texts: string[]) => texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
  const column = (head: string, align: Column['align'], cell: FindingsColumn['cell']): FindingsColumn => {
    return { head, align, cell, columns: longest([head, ...rows.map(cell)]) };
  };

  const number = column('#', 'right', (_row, index) => String(index + 1));
  const outcome = column('outcome', 'left', (row) => row.outcome);
  let server = column('server', 'left', (row) => formatTarget(row));
  const title = column('why', 'left', (row) => row.title);
  const attempts = column('attempts', 'right', (row) => formatCount(row.attempts));
  const clients = column('clients', 'right', (row) => formatCount(row.clients));
  const first = column('first (UTC)', 'right', time);
  const further = width < NARROW ? [] : [clients, first];

  const fixed = [number, outcome, attempts, ...further];
  const room = width - fixed.reduce((sum, each) => sum + each.columns + GAP, 0) - 2 * GAP;
  // A title can be broken into lines, an address can't: names and services are told again below the table.
  if (server.columns + NARROWEST_TITLE > room)
    server = column('server', 'left', (row) =>
      row.targets === undefined ? formatSocket(row.server) : formatTarget(row),
    );
  server.columns = Math.min(server.columns, room - NARROWEST_TITLE);
  title.columns = Math.min(title.columns, room - server.columns);
  outcome.paint = (row, text) => palette.outcome(row.outcome, text);
  return [number, outcome, server, title, attempts, ...further];
}
