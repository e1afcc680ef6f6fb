/**
 * A report as Markdown, to paste into an issue on GitHub or GitLab: for a reader who has neither the capture nor the
 * network, and perhaps never heard of synwhy. Always short enough to be accepted there.
 */
import { isFailure } from '../classify/outcome.js';
import { describeLive, describeUndecodable } from './capture-text.js';
import { escapeAllStrings } from './escape.js';
import { type FindingGroup, groupFindings } from './finding-groups.js';
import { findingsRows } from './findings-table.js';
import { fold, tellFinding } from './markdown/finding.js';
import { cellProse, code, codeBlock, prose } from './markdown/inline.js';
import { summarize } from './markdown/summary.js';
import { describeServer, describeTarget } from './markdown/targets.js';
import type { Quality, Report, ReportAttempt, ReportCapture } from './model.js';
import { formatCount, formatNumberOf, formatTimeOfDay } from './wording.js';

/** What is not in the report itself. */
export interface MarkdownOptions {
  /** The command that made it, as one would type it again. */
  command?: string;
}

/** GitHub takes 65,536 characters, and whoever pastes a report wants to say something too. Bytes, to be sure. */
const MOST_BYTES = 59_000;
/** What long lists may take of that. */
const TABLE_BYTES = 9_000;
const LIST_BYTES = 6_000;

const MOST_TOLD = 8;
/** Rows that are not folded, and with those that are. */
const OPEN_ROWS = 12;
const MOST_ROWS = 60;
const OPEN_OBSERVATIONS = 5;
const MOST_OBSERVATIONS = 25;
const MOST_CAPTURES = 5;

/**
 * A report as Markdown, always under 60,000 characters; what has to be left out for that is said in it. Diagrams are
 * Mermaid's, text from the capture stands in code spans.
 *
 * @example
 * writeFileSync('report.md', renderMarkdown(report, { command: 'synwhy web.pcapng -o report.md' }));
 */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const groups = groupFindings(report.findings);
  const head = [...summarize(report, groups), tabulate(groups)];
  const tail = [observations(report), others(report), limits(report), howMade(report, options)];
  const room = MOST_BYTES - byteLength([...head, ...tail]);
  const sections = [...head, ...tellFindings(groups, report.attempts, room), ...tail];
  return sections.filter((section) => section !== '').join('\n');
}

/** Those that fit, and how many did not. */
function tellFindings(groups: readonly FindingGroup[], attempts: readonly ReportAttempt[], room: number): string[] {
  const byId = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  const firstOfCause = new Map<string, number>();
  const told: string[] = [];
  let left = room;
  for (const group of groups.slice(0, MOST_TOLD)) {
    const { cause } = group.findings[0];
    const number = told.length + 1;
    const section = tellFinding(group, { number, sameAs: firstOfCause.get(cause), byId });
    left -= byteLength([section]);
    if (left < 0) break;
    if (!firstOfCause.has(cause)) firstOfCause.set(cause, number);
    told.push(section);
  }
  const untold = groups.length - told.length;
  if (untold === 0) return told;
  return [
    ...told,
    `${formatNumberOf(untold, 'more finding')} ${untold === 1 ? 'is' : 'are'} left out here, to keep this short.\n`,
  ];
}

const TABLE_HEAD =
  '| # | outcome | server | why | attempts | clients | first (UTC) |\n| --: | --- | --- | --- | --: | --: | --- |\n';

/** All findings in a table, the later ones folded. */
function tabulate(groups: readonly FindingGroup[]): string {
  if (groups.length === 0) return '';
  const rows = groups.slice(0, MOST_ROWS).map(groupRow);
  const { kept, left } = keep(rows, TABLE_BYTES);
  const open = TABLE_HEAD + kept.slice(0, OPEN_ROWS).join('');
  const folded = kept.slice(OPEN_ROWS);
  const more = left + groups.length - rows.length;
  const parts = [open];
  if (folded.length > 0) parts.push(fold(`${formatNumberOf(folded.length, 'more row')}`, TABLE_HEAD + folded.join('')));
  if (more > 0) parts.push(`${formatNumberOf(more, 'more finding')} ${more === 1 ? 'is' : 'are'} not in this table.\n`);
  return parts.join('\n');
}

function groupRow(group: FindingGroup, index: number): string {
  const [{ outcome, title, clients }] = group.findings;
  const attempts = formatCount(group.attempts);
  const most = group.findings.reduce((sum, finding) => Math.max(sum, finding.clients), clients);
  const cells = [
    index + 1,
    outcome,
    describeTarget(group),
    cellProse(title),
    attempts,
    formatCount(most),
    formatTimeOfDay(group.firstAt),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** Of texts, those that fit, and how many do not. */
function keep(texts: readonly string[], most: number): { kept: string[]; left: number } {
  const kept: string[] = [];
  let room = most;
  for (const text of texts) {
    room -= byteLength([text]);
    if (room < 0) break;
    kept.push(text);
  }
  return { kept, left: texts.length - kept.length };
}

function observations({ observations: all }: Report): string {
  if (all.length === 0) return '';
  const { kept } = keep(
    all.slice(0, MOST_OBSERVATIONS).map(({ text }) => `- ${prose(text)}\n`),
    LIST_BYTES,
  );
  const open = `### Also seen\n\n${kept.slice(0, OPEN_OBSERVATIONS).join('')}`;
  const folded = kept.slice(OPEN_OBSERVATIONS);
  const left = all.length - kept.length;
  return [
    open,
    ...(folded.length === 0 ? [] : [fold(`${folded.length} more`, folded.join(''))]),
    ...(left === 0 ? [] : [`${formatNumberOf(left, 'more observation')} ${left === 1 ? 'is' : 'are'} left out.\n`]),
  ].join('\n');
}

/** What --all adds: attempts that did not fail, and what is worth knowing about them. */
function others(report: Report): string {
  const rows = findingsRows({
    ...report,
    findings: [],
    attempts: report.attempts.filter(({ outcome }) => !isFailure(outcome)),
  });
  if (rows.length === 0) return '';
  const table = escapeAllStrings(rows.slice(0, MOST_ROWS)).map(
    ({ outcome, server, title, attempts }) =>
      `| ${outcome} | ${describeServer(server)} | ${cellProse(title)} | ${formatCount(attempts)} |\n`,
  );
  const notes = report.attempts
    .filter(({ outcome }) => !isFailure(outcome))
    .flatMap(({ server, notes }) => notes.map(({ text }) => `- ${describeServer(server)}: ${prose(text)}\n`));
  const kept = [keep(table, LIST_BYTES / 2), keep(notes.slice(0, MOST_ROWS), LIST_BYTES / 2)] as const;
  const left = [rows.length - kept[0].kept.length, notes.length - kept[1].kept.length];
  const content = [
    `| outcome | server | why | attempts |\n| --- | --- | --- | --: |\n${kept[0].kept.join('')}`,
    ...(left[0] === 0 ? [] : [`${formatNumberOf(left[0], 'more row')} left out.\n`]),
    ...(kept[1].kept.length === 0 ? [] : [kept[1].kept.join('')]),
    ...(left[1] === 0 ? [] : [`${formatNumberOf(left[1], 'more note')} left out.\n`]),
  ];
  return fold('Attempts that did not fail', content.join('\n'));
}

const VANTAGES: Readonly<Record<Quality['vantage'], string>> = {
  client: 'It was taken at the client or near it: what became of packets beyond that point is not in it.',
  server: 'It was taken at the server or near it: what became of its answers beyond that point is not in it.',
  between: 'It was taken between client and server: whether packets reached either of them is not in it.',
  mixed: 'It was not taken at the same end of all attempts.',
  unknown: 'Its packets do not tell whether it was taken at the client, at the server or in between.',
};

/** What the capture can't show. */
function limits(report: Report): string {
  const { quality, summary } = report;
  if (summary.attempts === 0 && quality.warnings.length === 0) return '';
  const drops =
    quality.droppedByKernel === null ? ['It does not say whether packets were dropped while capturing.'] : [];
  const sentences = [
    ...describeUndecodable(quality),
    ...quality.warnings.map(({ text }) => text),
    VANTAGES[quality.vantage],
    ...drops,
  ];
  const { kept, left } = keep(
    sentences.map((sentence) => `- ${prose(sentence)}\n`),
    LIST_BYTES,
  );
  const rest = left === 0 ? '' : `- ${formatNumberOf(left, 'more such sentence')} left out.\n`;
  return `### What this capture can't show\n\n${kept.join('')}${rest}`;
}

const GLOSSARY = [
  '**refused**: the SYN was answered with a reset. **filtered**: an ICMP error came, or something shows that a filter dropped packets. **timed-out**: no answer, or one that never became a connection. An attempt is one client that opens one connection, with all its retransmissions.',
  'Confidence is high only if the packets alone prove the cause.',
  "Frame numbers are Wireshark's `frame.number`, from 1; over several captures they are counted on. Times are UTC.",
  'Names are from the capture itself; nothing was sent or looked up.',
];

/** For readers who want to do the same, or to know what the words mean. */
function howMade(report: Report, { command }: MarkdownOptions): string {
  const { generator, captures } = report;
  const lines = captures.slice(0, MOST_CAPTURES).map((capture) => `- ${describeCapture(capture)}\n`);
  const { kept: read } = keep(lines, LIST_BYTES / 2);
  const more = captures.length - read.length;
  const content = [
    `${generator.name} ${generator.version} read:\n\n${read.join('')}${more > 0 ? `- and ${formatNumberOf(more, 'more capture')}\n` : ''}`,
    ...describeLive(report).map((sentence) => `${prose(sentence)}.\n`),
    ...(command === undefined ? [] : [codeBlock('sh', command)]),
    GLOSSARY.map((sentence) => `- ${sentence}\n`).join(''),
  ];
  return fold('How this was made, and what the words mean', content.join('\n'));
}

function describeCapture({ name, format, linkTypes, packets, bytes }: ReportCapture): string {
  const shown = `${code(name === '-' ? 'standard input' : name)}: ${prose(format)}`;
  const sizes = [formatNumberOf(packets, 'packet'), formatNumberOf(bytes, 'byte')];
  return [shown, ...linkTypes.map(code), ...sizes].join(', ');
}

/** Of UTF-8, which is never less than there are characters. */
function byteLength(texts: readonly string[]): number {
  const encoder = new TextEncoder();
  return texts.reduce((sum, text) => sum + encoder.encode(text).length + 1, 0);
}
