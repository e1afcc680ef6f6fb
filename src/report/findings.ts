/** Groups failed attempts that share server, port, outcome and cause: what one problem did to many. */
import { type CauseId, describeCause } from '../classify/catalogue.js';
import { serverFilter } from './display-filter.js';
import type { ReportAttempt, ReportFinding } from './model.js';

const OUTCOME_ORDER = ['refused', 'filtered', 'timed-out'];
const CONFIDENCE_ORDER = ['high', 'medium', 'low'] as const;

/** One finding a group, those with the most attempts first within each outcome. */
export function buildFindings(attempts: readonly ReportAttempt[]): ReportFinding[] {
  const groups = new Map<string, ReportAttempt[]>();
  for (const attempt of attempts) {
    const key = `${attempt.server.address} ${attempt.server.port} ${attempt.outcome} ${attempt.cause}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [attempt]);
    else group.push(attempt);
  }
  return [...groups.values()].map(describeGroup).sort(byWeight);
}

function byWeight(one: ReportFinding, other: ReportFinding): number {
  return (
    OUTCOME_ORDER.indexOf(one.outcome) - OUTCOME_ORDER.indexOf(other.outcome) ||
    other.attempts - one.attempts ||
    one.attemptIds[0] - other.attemptIds[0]
  );
}

function describeGroup(group: ReportAttempt[]): ReportFinding {
  const [first] = group;
  const last = group[group.length - 1];
  const cause = describeCause(first.cause as CauseId);
  const clients = new Set(group.map(({ client }) => client.address));
  return {
    outcome: first.outcome,
    cause: cause.id,
    // A finding is as sure as the least sure of its attempts.
    confidence: CONFIDENCE_ORDER[Math.max(...group.map(({ confidence }) => CONFIDENCE_ORDER.indexOf(confidence)))],
    title: cause.title,
    server: first.server,
    clients: clients.size,
    attempts: group.length,
    firstAt: first.startedAt,
    lastAt: last.startedAt,
    text: describeExtent(group, clients),
    nextSteps: first.nextSteps,
    attemptIds: group.map(({ id }) => id),
    displayFilter: serverFilter(first.server),
  };
}

function describeExtent(group: readonly ReportAttempt[], clients: ReadonlySet<string>): string {
  const [first] = group;
  const whose = clients.size === 1 ? `from ${first.client.address}` : `from ${clients.size} clients`;
  if (group.length === 1) return `One attempt ${whose}: ${first.evidence[0].text}.`;
  return `${group.length} attempts ${whose}; of the first one: ${first.evidence[0].text}.`;
}
