/** Groups failed attempts that share server, port, outcome and cause: what one problem did to many. */
import { type CauseId, describeCause } from '../classify/catalogue.js';
import { NOTES } from '../classify/descriptions/notes.js';
import { fillNextSteps } from '../classify/next-steps.js';
import type { Outcome } from '../classify/outcome.js';
import { serverFilter } from './display-filter.js';
import type { ReportAttempt, ReportFinding, ReportServer } from './model.js';
import type { Pattern } from './patterns.js';
import { groupKey } from './unlisted.js';
import { formatCount } from './wording.js';

const OUTCOME_ORDER = ['refused', 'filtered', 'timed-out'];
const CONFIDENCE_ORDER = ['high', 'medium', 'low'] as const;

/** Attempts that are counted but not listed, in the report's own terms. */
export interface UnlistedFinding {
  server: ReportServer;
  outcome: Outcome;
  cause: CauseId;
  attempts: number;
  firstAt: string;
  lastAt: string;
}

/** What the listed attempts of one finding have in common. */
type FindPattern = (group: readonly ReportAttempt[]) => Pattern;

/**
 * One finding a group, those with the most attempts first within each outcome. What is not listed one by one is added
 * to the finding of its group.
 */
export function buildFindings(
  attempts: readonly ReportAttempt[],
  unlisted: readonly UnlistedFinding[],
  findPattern: FindPattern,
): ReportFinding[] {
  const groups = new Map<string, ReportAttempt[]>();
  for (const attempt of attempts) {
    const key = groupKey(attempt.server, attempt.outcome, attempt.cause);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [attempt]);
    else group.push(attempt);
  }
  const findings = new Map([...groups].map(([key, group]) => [key, describeGroup(group, findPattern(group))]));
  for (const more of unlisted) {
    const key = groupKey(more.server, more.outcome, more.cause);
    const finding = findings.get(key);
    findings.set(key, finding === undefined ? describeUnlisted(more) : withUnlisted(finding, more));
  }
  return [...findings.values()].sort(byWeight);
}

function withUnlisted(finding: ReportFinding, { attempts, firstAt, lastAt }: UnlistedFinding): ReportFinding {
  return {
    ...finding,
    attempts: finding.attempts + attempts,
    firstAt: firstAt < finding.firstAt ? firstAt : finding.firstAt,
    lastAt: lastAt > finding.lastAt ? lastAt : finding.lastAt,
    text: `${finding.text} ${formatCount(attempts)} more ${attempts === 1 ? 'is not listed; its client is' : 'are not listed; the clients among them are'} not counted.`,
  };
}

/** Nothing of it is listed: what can be said is said of the server alone. */
function describeUnlisted({ server, outcome, cause, attempts, firstAt, lastAt }: UnlistedFinding): ReportFinding {
  const { title } = describeCause(cause);
  return {
    outcome,
    cause,
    confidence: 'low',
    title,
    server,
    clients: 0,
    attempts,
    firstAt,
    lastAt,
    text:
      attempts === 1
        ? 'One attempt, which is not listed; its client is not counted.'
        : `${formatCount(attempts)} attempts, none of which is listed; their clients are not counted.`,
    nextSteps: fillNextSteps(cause, { server: server.address, port: server.port }),
    attemptIds: [],
    displayFilter: serverFilter(server),
  };
}

function byWeight(one: ReportFinding, other: ReportFinding): number {
  return (
    OUTCOME_ORDER.indexOf(one.outcome) - OUTCOME_ORDER.indexOf(other.outcome) ||
    other.attempts - one.attempts ||
    (one.attemptIds[0] ?? Infinity) - (other.attemptIds[0] ?? Infinity) ||
    one.firstAt.localeCompare(other.firstAt)
  );
}

function describeGroup(group: ReportAttempt[], pattern: Pattern): ReportFinding {
  const [first] = group;
  const last = group[group.length - 1];
  const cause = describeCause(first.cause as CauseId);
  const clients = new Set(group.map(({ client }) => client.address));
  return {
    outcome: first.outcome,
    cause: cause.id,
    // A finding is as sure as the least sure of its attempts.
    confidence: CONFIDENCE_ORDER.findLast((level) => group.some(({ confidence }) => confidence === level))!,
    title: cause.title,
    server: first.server,
    clients: clients.size,
    attempts: group.length,
    firstAt: first.startedAt,
    lastAt: last.startedAt,
    text: describeExtent(group, clients, pattern),
    nextSteps: first.nextSteps,
    attemptIds: group.map(({ id }) => id),
    displayFilter: serverFilter(first.server),
  };
}

function describeExtent(
  group: readonly ReportAttempt[],
  clients: ReadonlySet<string>,
  { whose, when }: Pattern,
): string {
  const [first] = group;
  const from = whose ?? (clients.size === 1 ? first.client.address : `${formatCount(clients.size)} clients`);
  const shownBy = first.evidence[0].text;
  const extent =
    group.length === 1
      ? `One attempt from ${from}: ${shownBy}.`
      : `${formatCount(group.length)} attempts from ${from}; of the first one: ${shownBy}.`;
  return [extent, ...(when === undefined ? [] : [when]), ...(group.length === 1 ? [] : countNotes(group))].join(' ');
}

/** Of how many attempts the same is worth knowing; what it is of one alone stands in its own notes. */
function countNotes(group: readonly ReportAttempt[]): string[] {
  return NOTES.flatMap(({ code, title }) => {
    const count = group.filter(({ notes }) => notes.some((note) => note.code === code)).length;
    return count === 0 ? [] : [`${formatCount(count)} of ${formatCount(group.length)}: ${title} (${code}).`];
  });
}
