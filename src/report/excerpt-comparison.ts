/** Whether an excerpt shows what the captures show that it was taken from. */
import { isFailure } from '../classify/outcome.js';
import type { Report, ReportAttempt } from './model.js';

/** How many verdicts on the `meant` attempts, failures and observations differ between a report and one on its excerpt. */
export function countDifferences(
  report: Report,
  ofExcerpt: Report,
  meant: readonly ReportAttempt[],
  isWhole: boolean,
): number {
  const found = new Map(ofExcerpt.attempts.map((attempt) => [keyOf(attempt), verdictOf(attempt)]));
  const missing = meant.filter((attempt) => found.get(keyOf(attempt)) !== verdictOf(attempt)).length;
  return missing + (isWhole ? countNew(report, ofExcerpt) : 0);
}

/** Failures and observations that only the excerpt shows, and observations that it does not show. */
function countNew(report: Report, ofExcerpt: Report): number {
  const { refused, filtered, 'timed-out': timedOut } = report.summary;
  // Failures that are not listed can't be told from new ones.
  if (report.attempts.filter(({ outcome }) => isFailure(outcome)).length < refused + filtered + timedOut) return 0;
  const known = new Set(report.attempts.map(keyOf));
  const failures = ofExcerpt.attempts.filter(
    (attempt) => isFailure(attempt.outcome) && !known.has(keyOf(attempt)),
  ).length;
  const before = codesOf(report);
  const after = codesOf(ofExcerpt);
  const differs = [...before].filter((code) => !after.has(code)).length;
  return failures + differs + [...after].filter((code) => !before.has(code)).length;
}

/** Without the nanoseconds: over years, as in captures that were put together, times are not that exact. */
function keyOf({ client, server, startedAt }: ReportAttempt): string {
  const ends = `${client.address} ${client.port} ${server.address} ${server.port}`;
  return `${ends} ${startedAt.slice(0, -'000Z'.length)}`;
}

function verdictOf({ outcome, cause, confidence }: ReportAttempt): string {
  return `${outcome} ${cause} ${confidence}`;
}

function codesOf({ observations }: Report): Set<string> {
  return new Set(observations.map(({ code }) => code));
}
