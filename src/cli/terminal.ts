/** What is known of the terminal, and the way to speak on standard error. */
import { escapeForTerminal } from '../report/escape.js';

/** How text on standard output may look. */
export interface Look {
  width: number;
  color: boolean;
}

/** Columns where there is no terminal to ask: what fits into most places where people paste things. */
const DEFAULT_COLUMNS = 100;

/** The width and colours of standard output; colours as --color or --no-color say, if they were given. */
export function standardOutputLook(color: boolean | undefined): Look {
  return { width: columns(), color: color ?? wantsColor() };
}

function columns(): number {
  const { COLUMNS = '' } = process.env;
  if (process.stdout.isTTY && process.stdout.columns > 0) return process.stdout.columns;
  return /^\d{1,4}$/.test(COLUMNS) && Number(COLUMNS) > 0 ? Number(COLUMNS) : DEFAULT_COLUMNS;
}

/** https://no-color.org: any value that is not empty turns colour off. */
function wantsColor(): boolean {
  const { NO_COLOR = '', TERM } = process.env;
  return process.stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb';
}

/** Says what went wrong, in a line on standard error. */
export function complain(message: string): void {
  process.stderr.write(`synwhy: ${escapeForTerminal(message)}\n`);
}

/** The same in several lines. */
export function complainAtLength(message: string): void {
  for (const line of message.split('\n')) complain(line);
}
