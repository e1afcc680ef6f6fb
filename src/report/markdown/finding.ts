/** A finding, or findings of one problem, told in full as Markdown: in words, as a diagram, with what shows it. */
import { findCause } from '../../classify/catalogue.js';
import type { FindingGroup } from '../finding-groups.js';
import {
  asClause,
  asSentence,
  describeError,
  describeExtent,
  describeHostFacts,
  untoldEvidence,
} from '../finding-text.js';
import type { ReportAttempt, ReportFinding } from '../model.js';
import { formatCount, formatDay, formatDuration, formatNumberOf, formatSocket, formatTimeOfDay } from '../wording.js';
import { cellCode, code, codeBlock, prose } from './inline.js';
import { drawSequence } from './sequence-diagram.js';
import { describeTarget, listMembers } from './targets.js';

/** What a finding is told with. */
export interface FindingContext {
  /** Its number in the table. */
  number: number;
  /** The number of a finding told before with the same cause: what that is and what to check is the same. */
  sameAs: number | undefined;
  byId: ReadonlyMap<number, ReportAttempt>;
}

/** Steps that are not folded: those that tell most. */
const OPEN_STEPS = 3;
/** Attempts that are listed in the table of a finding. */
const MOST_ATTEMPTS = 20;
/** Frames that are named of each of them. */
const MOST_FRAMES = 8;

/** Tells one group of findings, in paragraphs. */
export function tellFinding(group: FindingGroup, { number, sameAs, byId }: FindingContext): string {
  const [finding] = group.findings;
  const typical = byId.get(finding.attemptIds[0]);
  const { outcome, title, cause } = finding;
  const opening = [
    `### ${number}. ${describeTarget(group)}\n`,
    `**${outcome}: ${prose(title)}** (${code(cause)}, ${group.confidence} confidence)\n`,
    sameAs === undefined ? explain(finding) : `What that means and what to check next: as for ${sameAs}.\n`,
    members(group),
  ];
  const packets = [
    ...(typical === undefined ? [] : [diagram(typical)]),
    showing(group, typical),
    ...(typical === undefined ? [] : describeError(typical).map((sentence) => `${prose(sentence)}\n`)),
    sameAs === undefined ? nextSteps(finding) : '',
    `**Wireshark display filter:**\n\n${codeBlock('text', group.displayFilter)}`,
  ];
  // Once more of the same is read by few.
  const shown = sameAs === undefined ? packets : [fold('Diagram, evidence and filter', joinParts(packets))];
  return joinParts([...opening, ...shown, attemptsTable(group, byId)]);
}

function joinParts(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

/** What the cause is, for readers who have not met it. */
function explain({ cause }: ReportFinding): string {
  const [paragraph] = findCause(cause)?.explanation ?? [];
  return paragraph === undefined ? '' : `${prose(paragraph)}\n`;
}

function members(group: FindingGroup): string {
  if (group.shared === 'server') return '';
  return `${listMembers(group)} ${formatNumberOf(group.attempts, 'attempt')} in all; one of them stands for the others here.\n`;
}

function diagram(attempt: ReportAttempt): string {
  return `\`\`\`mermaid\n${drawSequence(attempt).join('\n')}\n\`\`\`\n`;
}

function showing({ findings: [finding] }: FindingGroup, typical: ReportAttempt | undefined): string {
  const lines = [describeExtent(finding)];
  if (typical !== undefined) {
    lines.push(...untoldEvidence(finding, typical), ...describeHostFacts(typical));
    lines.push(...typical.notes.map(({ text }) => `Note: ${text}`));
    lines.push(...typical.alternatives.map(({ cause, text }) => `Less likely: \`${cause}\`, ${asClause(text)}`));
  }
  const which = typical === undefined ? '' : ` (client ${code(formatSocket(typical.client))}, ${began(typical)})`;
  return `**What shows it**${which}:\n\n${asList(lines.map(asSentence))}`;
}

function began({ startedAt }: ReportAttempt): string {
  return `${formatDay(startedAt)} ${formatTimeOfDay(startedAt, 6)} UTC`;
}

function nextSteps({ nextSteps }: ReportFinding): string {
  if (nextSteps.length === 0) return '';
  const [open, folded] = [nextSteps.slice(0, OPEN_STEPS), nextSteps.slice(OPEN_STEPS)];
  const further = folded.length === 0 ? '' : `\n${fold('What else to check', asList(folded))}`;
  return `**Check next:**\n\n${asList(open)}${further}`;
}

function asList(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${prose(sentence)}\n`).join('');
}

/** The attempts of a group that are listed, folded; nothing where there is but the one told above. */
function attemptsTable({ findings, attempts }: FindingGroup, byId: ReadonlyMap<number, ReportAttempt>): string {
  const shown: ReportAttempt[] = [];
  for (const { attemptIds } of findings) {
    for (const id of attemptIds) {
      const attempt = byId.get(id);
      if (attempt !== undefined && shown.length < MOST_ATTEMPTS) shown.push(attempt);
    }
    if (shown.length === MOST_ATTEMPTS) break;
  }
  if (shown.length < 2) return '';
  const all = attempts === 2 ? 'Both' : `All ${attempts}`;
  const extent = shown.length < attempts ? `The first ${shown.length} of ${formatCount(attempts)}` : all;
  const head = '| began (UTC) | client | server | took | frames |\n| --- | --- | --- | --: | --- |\n';
  return fold(`${extent} attempts`, head + shown.map(attemptRow).join(''));
}

function attemptRow({ startedAt, client, server, durationMs, frames }: ReportAttempt): string {
  const named = frames.slice(0, MOST_FRAMES).map(({ frame }) => frame);
  const more = frames.length - named.length;
  const numbers = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const ends = [client, server].map((end) => cellCode(formatSocket(end))).join(' | ');
  return `| ${formatTimeOfDay(startedAt, 6)} | ${ends} | ${formatDuration(durationMs)} | ${numbers} |\n`;
}

/** Something long that opens on a click. The title is our own words. */
export function fold(title: string, content: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${content}\n</details>\n`;
}
