/** How many failed and why, in a heading and two lines. */
import { type Confidence, isFailure } from '../../classify/outcome.js';
import { describePeriod } from '../capture-text.js';
import type { FindingGroup } from '../finding-groups.js';
import { OUTCOMES_BY_CONCERN } from '../findings-table.js';
import type { Report, ReportCapture } from '../model.js';
import { formatCount, formatNumberOf } from '../wording.js';
import { code, prose } from './inline.js';
import { describeTarget } from './targets.js';

/** From the surest to the least sure. */
const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low'];

const TARGETS_NAMED = 3;

/** Heading, and two lines: how many of what, and what most of it is. */
export function summarize(report: Report, groups: readonly FindingGroup[]): string[] {
  const { summary, captures } = report;
  const failed = summary.refused + summary.filtered + summary['timed-out'];
  const handshakes = formatNumberOf(summary.attempts, 'TCP handshake');
  const counts = OUTCOMES_BY_CONCERN.filter((outcome) => summary[outcome] > 0).map(
    (outcome) =>
      `${isFailure(outcome) ? '**' : ''}${formatCount(summary[outcome])} ${outcome}${isFailure(outcome) ? '**' : ''}`,
  );
  const [first = '', ...more] = captures.map(({ name }) => code(fileName(name)));
  const where = `${first}${more.length === 0 ? '' : ` and ${formatNumberOf(more.length, 'more capture')}`}`;
  const period = periodOf(captures);
  if (summary.attempts === 0) return ['## No TCP handshake\n', `${where}${period}.\n`];
  if (failed === 0) {
    const verdict =
      summary.established === summary.attempts
        ? summary.attempts === 1
          ? 'established'
          : 'all established'
        : 'none failed';
    return [`## ${handshakes}, ${verdict}\n`, `${where}${period}: ${counts.join(', ')}.\n`];
  }
  const title = `${describeShare(failed, summary.attempts)} failed`;
  return [`## ${title}\n`, `${where}${period}: ${counts.join(', ')}.\\\n${mostOfAll(groups, failed)}\n`];
}

/** Where a capture lies says nothing to others. */
function fileName(path: string): string {
  return path === '-' ? 'standard input' : (/[^/\\]+$/.exec(path)?.[0] ?? path);
}

function describeShare(failed: number, all: number): string {
  if (failed < all) return `${formatCount(failed)} of ${formatNumberOf(all, 'TCP handshake')}`;
  if (all === 1) return 'The only TCP handshake';
  return all === 2 ? 'Both TCP handshakes' : `All ${formatCount(all)} TCP handshakes`;
}

/** What most attempts met, in a sentence; where it is one of two causes, both. */
function mostOfAll(groups: readonly FindingGroup[], failed: number): string {
  const causes = joinCauses(groups);
  if (causes.length === 0) return 'What failed is not listed.';
  if (causes.length <= 2) return `${causes.map(({ title }) => title).join('; ')}.`;
  return `${formatCount(causes[0].attempts)} of ${formatNumberOf(failed, 'failure')}: ${causes[0].title}.`;
}

/** The causes with what they struck, that of the most attempts first. */
function joinCauses(groups: readonly FindingGroup[]): { title: string; attempts: number }[] {
  const byCause = new Map<string, FindingGroup[]>();
  for (const group of groups) {
    const [{ outcome, cause }] = group.findings;
    const key = `${outcome} ${cause}`;
    byCause.set(key, [...(byCause.get(key) ?? []), group]);
  }
  return [...byCause.values()]
    .map((same) => ({ title: titleOf(same), attempts: same.reduce((sum, { attempts }) => sum + attempts, 0) }))
    .sort((one, other) => other.attempts - one.attempts);
}

function titleOf(groups: readonly FindingGroup[]): string {
  const [{ title, cause }] = groups[0].findings;
  const confidence = CONFIDENCES.findLast((level) => groups.some((group) => group.confidence === level));
  const targets = groups.slice(0, TARGETS_NAMED).map(describeTarget);
  const more = groups.length - targets.length;
  const where = `${targets.join('; ')}${more === 0 ? '' : ` and ${formatNumberOf(more, 'more target')}`}`;
  return `**${prose(title)}** (${code(cause)}, ${confidence} confidence) at ${where}`;
}

function periodOf(captures: readonly ReportCapture[]): string {
  // RFC 3339 times of one form and offset sort as text.
  const times = captures.flatMap(({ firstPacketAt, lastPacketAt }) => [firstPacketAt, lastPacketAt]);
  const sorted = times.filter((time) => time !== null).sort();
  return describePeriod(sorted[0] ?? null, sorted.at(-1) ?? null);
}
