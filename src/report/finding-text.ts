/** A finding told in full: what it is, what shows it in a typical attempt, and what to check next. */
import type { NoteCode } from '../classify/descriptions/notes.js';
import type { ReportAttempt, ReportFinding } from './model.js';
import type { Palette } from './palette.js';
import { formatSocket, formatTarget, formatTimeOfDay, wrap } from './wording.js';

/** What a finding is told with. All texts are escaped already. */
export interface FindingContext {
  /** Its number in the table. */
  number: number;
  /** One of its attempts, whose packets stand for all of them. */
  typical: ReportAttempt | undefined;
  /** The number of a finding told before with the same cause: what to check is the same. */
  sameStepsAs: number | undefined;
  width: number;
  palette: Palette;
}

/** Tells one finding, in lines. */
export function describeFinding(finding: ReportFinding, context: FindingContext): string[] {
  const { number, typical, sameStepsAs, width, palette } = context;
  const { outcome, title, cause, confidence } = finding;
  const label = `${number}  `;
  const indent = ' '.repeat(label.length);
  const [first, ...rest] = wrap(`${outcome}: ${title} (${cause}, ${confidence} confidence).`, width, indent);
  const verdict = first.replace(outcome, palette.outcome(outcome));
  const lines = [palette.bold(`${label}${formatTarget(finding)}`), verdict, ...rest];
  lines.push(...wrap(describeExtent(finding), width, indent));
  if (typical !== undefined) lines.push(...describeTypical(finding, typical, width, indent));
  if (sameStepsAs === undefined) {
    lines.push(...list('Check next:', finding.nextSteps, width, indent).map((line) => colorCommands(line, palette)));
  } else {
    lines.push(`${indent}Check next: as for ${sameStepsAs}.`);
  }
  lines.push(`${indent}Wireshark filter: ${finding.displayFilter}`);
  return lines;
}

/** What the builder says of its attempts, and over what time they spread. */
export function describeExtent({ text, firstAt, lastAt }: ReportFinding): string {
  const first = formatTimeOfDay(firstAt);
  const last = formatTimeOfDay(lastAt);
  const isTold = first === last || (text.includes(first) && text.includes(last));
  return isTold ? asSentence(text) : `${asSentence(text)} The first is at ${first}, the last at ${last}.`;
}

function describeTypical(finding: ReportFinding, typical: ReportAttempt, width: number, indent: string): string[] {
  const untold = untoldEvidence(finding, typical);
  const lines: string[] = [];
  if (untold.length > 0) {
    lines.push(...list(`More evidence (client ${formatSocket(typical.client)}):`, untold, width, indent));
  }
  lines.push(...describeHostFacts(typical).flatMap((sentence) => wrap(sentence, width, indent, `${indent}  `)));
  lines.push(...describeError(typical).flatMap((sentence) => wrap(sentence, width, indent)));
  for (const { text } of typical.notes) lines.push(...wrap(`Note: ${text}.`, width, indent, `${indent}  `));
  for (const { cause, text } of typical.alternatives) {
    lines.push(...wrap(`Less likely: ${cause}, ${asClause(text)}.`, width, indent, `${indent}  `));
  }
  return lines;
}

/** What this machine knew of the server's sockets: not of the packets, so it is told apart from them. */
export function describeHostFacts({ hostFacts = [] }: ReportAttempt): string[] {
  return hostFacts.map(({ text, at }) => `On the capturing host at ${formatTimeOfDay(at)} UTC: ${text}.`);
}

/** The evidence of an attempt that its finding's own text does not hold already. */
export function untoldEvidence(finding: ReportFinding, typical: ReportAttempt): string[] {
  return typical.evidence.map(({ text }) => text).filter((text) => !finding.text.includes(text));
}

/** What the application saw, in a sentence, if it saw an error; a program's own time limit comes before silence ends. */
export function describeError({ applicationError, notes }: ReportAttempt): string[] {
  if (applicationError === null) return [];
  const error = nameError(applicationError);
  const has = (code: NoteCode) => notes.some((note) => note.code === code);
  if (has('answer-after-give-up'))
    return [`The application reported a timeout; had it waited, it would have seen ${error}.`];
  if (has('superseded')) return [`Without the other address the application would have seen ${error}.`];
  const limit = applicationError.linux === 'ETIMEDOUT' ? ', unless its own time limit came first' : '';
  return [`The application saw ${error}${limit}.`];
}

/** The names of the three systems, without saying the same twice. */
function nameError({ linux, macos, windows }: NonNullable<ReportAttempt['applicationError']>): string {
  const unix = linux === macos ? linux : `${linux} on Linux, ${macos} on macOS`;
  return `${unix}, ${windows} on Windows`;
}

/** A heading and what it lists, one entry a line. */
export function list(heading: string, entries: readonly string[], width: number, indent: string): string[] {
  if (entries.length === 0) return [];
  const items = entries.flatMap((entry) => wrap(entry, width, `${indent}- `, `${indent}  `));
  return [...wrap(heading, width, indent), ...items];
}

/** Sets commands off: whole ones in backquotes, which never break over lines. */
function colorCommands(line: string, palette: Palette): string {
  return line.replace(/`[^`]*`/g, (command) => palette.command(command));
}

/** With a full stop, if it has no other end. */
export function asSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Without a full stop, to go on behind it. */
export function asClause(text: string): string {
  return text.replace(/\.$/, '');
}
