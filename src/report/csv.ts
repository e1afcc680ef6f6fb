/**
 * A report's attempts as CSV (RFC 4180), one a line below a line of names. A spreadsheet takes a cell that begins with
 * `=` and the like for a formula: text that could become one is preceded by an apostrophe, wherever it would begin a cell.
 */
import { escapeForTerminal } from './escape.js';
import type { Report, ReportAttempt } from './model.js';

/** A column: its name, and an attempt's cell in it. Numbers are no formulas. */
type Column = readonly [name: string, cell: (attempt: ReportAttempt) => string | number | undefined];

const COLUMNS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['startedAt', ({ startedAt }) => startedAt],
  ['durationMs', ({ durationMs }) => durationMs],
  ['client', ({ client }) => client.address],
  ['clientPort', ({ client }) => client.port],
  ['clientName', ({ client }) => client.name],
  ['server', ({ server }) => server.address],
  ['serverPort', ({ server }) => server.port],
  ['serverName', ({ server }) => server.name],
  ['service', ({ server }) => server.service],
  ['outcome', ({ outcome }) => outcome],
  ['cause', ({ cause }) => cause ?? undefined],
  ['confidence', ({ confidence }) => confidence],
  ['linuxError', ({ applicationError }) => applicationError?.linux],
  ['macosError', ({ applicationError }) => applicationError?.macos],
  ['windowsError', ({ applicationError }) => applicationError?.windows],
  ['syns', ({ syns }) => syns],
  ['synAcks', ({ synAcks }) => synAcks],
  ['resets', ({ resets }) => resets],
  ['icmpErrors', ({ icmpErrors }) => icmpErrors],
  [
    'frames',
    ({ frames }) =>
      joined(
        frames.map(({ frame }) => String(frame)),
        ' ',
      ),
  ],
  ['evidence', ({ evidence }) => joined(evidence.map(({ text }) => text))],
  [
    'alternatives',
    ({ alternatives }) =>
      joined(
        alternatives.map(({ cause }) => cause),
        ' ',
      ),
  ],
  [
    'notes',
    ({ notes }) =>
      joined(
        notes.map(({ code }) => code),
        ' ',
      ),
  ],
  ['displayFilter', ({ displayFilter }) => displayFilter],
];

/**
 * The listed attempts as CSV: UTF-8, a comma between cells, CR LF behind each line. Fails with a RangeError where that is
 * longer than a string can be (about 500 million characters); `csvPieces` has no such limit.
 *
 * @example
 * writeFileSync('attempts.csv', renderCsv(report));
 */
export function renderCsv(report: Report): string {
  return [...csvPieces(report)].join('');
}

/** The same text in pieces, for reports that are longer than a string can be. */
export function* csvPieces({ attempts }: Report): Generator<string> {
  yield line(COLUMNS.map(([name]) => name));
  for (const attempt of attempts) yield line(COLUMNS.map(([, cell]) => writeCell(cell(attempt))));
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

function joined(texts: readonly string[], separator = '; '): string {
  return texts.join(separator);
}

function writeCell(value: string | number | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = disarm(escapeForTerminal(value ?? ''));
  return /[",;\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What begins a formula in some spreadsheet; the wide ones are their Japanese forms. */
const FORMULA = /^([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/;

/** Programs that were told of another separator begin a cell behind each of these too. */
const INNER_FORMULA = /([;,|]["'\s]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function disarm(text: string): string {
  return text.replace(FORMULA, "'$1").replace(INNER_FORMULA, "$1'");
}
