/** Findings: failed attempts that share server, port, outcome and cause, which is what one problem did to many. */
import { type CauseId, describeCause } from '../classify/catalogue.js';
import { NOTES } from '../classify/descriptions/notes.js';
import { fillNextSteps } from '../classify/next-steps.js';
import { isFailure } from '../classify/outcome.js';
import type { Endpoint } from '../track/attempt.js';
import type { AttemptGroup, AttemptGroups, Counts } from './attempt-groups.js';
import { describeCrowd, findFloods } from './crowds.js';
import { serverFilter } from './display-filter.js';
import type { JudgedAttempts } from './judged-attempts.js';
import type { ReportAttempt, ReportFinding, ReportServer } from './model.js';
import type { Pattern } from './patterns.js';
import { formatCount, formatEstimate, formatNumberOf } from './wording.js';

const OUTCOME_ORDER = ['refused', 'filtered', 'timed-out', 'inconclusive'];
const CONFIDENCE_ORDER = ['high', 'medium', 'low'] as const;
/** What takes words. */
const LATER = ['text', 'nextSteps'] as const;

/** What findings are made of. */
export interface FindingsInput {
  /** All attempts that failed, listed or not. */
  groups: AttemptGroups;
  judged: JudgedAttempts;
  /** The `id` of a listed attempt. */
  idOf(place: number): number;
  word(place: number): ReportAttempt;
  server(end: Endpoint): ReportServer;
  /** That of a listed attempt, by the name that its client knew. */
  serverOf(place: number): ReportServer;
  /** RFC 3339. */
  timeOf(timeNs: number): string;
  /** What the listed attempts of one finding have in common. */
  findPattern(places: readonly number[]): Pattern;
}

/** One finding a group, those with the most attempts first within each outcome; floods and scans are one each. */
export function buildFindings(input: FindingsInput): ReportFinding[] {
  const { floods, others } = findFloods(input);
  const groups = others.filter(({ outcome }) => isFailure(outcome));
  const findings = [
    ...groups.map((group) => (group.listed.length > 0 ? describeGroup(group, input) : describeUnlisted(group, input))),
    ...[...floods, ...input.groups.crowds].map((crowd) => describeCrowd(crowd, input)),
  ];
  return findings.sort(byWeight);
}

function byWeight(one: ReportFinding, other: ReportFinding): number {
  return (
    OUTCOME_ORDER.indexOf(one.outcome) - OUTCOME_ORDER.indexOf(other.outcome) ||
    other.attempts - one.attempts ||
    (one.attemptIds[0] ?? Infinity) - (other.attemptIds[0] ?? Infinity) ||
    one.firstAt.localeCompare(other.firstAt)
  );
}

function describeGroup({ outcome, cause, listed, unlisted }: AttemptGroup, input: FindingsInput): ReportFinding {
  const { judged, word, idOf, timeOf, findPattern } = input;
  const first = listed[0];
  const last = listed[listed.length - 1];
  const clients = new Set(listed.map((place) => judged.clientAddress(place)));
  // Of the clients, and of those that are not listed, the texts need no more: so much is kept until they are made.
  const clientCount = clients.size;
  const others = describeOthers(unlisted);
  const server = input.serverOf(first);
  // A finding is as sure as the least sure of its attempts.
  const confidence = CONFIDENCE_ORDER.findLast((level) => listed.some((place) => judged.confidence(place) === level))!;
  const finding = {
    outcome,
    cause,
    confidence: unlisted.early > 0 ? 'low' : confidence,
    title: describeCause(cause).title,
    server,
    clients: unlisted.attempts === 0 ? clientCount : unlisted.clientsWith(clients),
    attempts: listed.length + unlisted.attempts,
    firstAt: timeOf(Math.min(judged.startNs(first), unlisted.firstNs)),
    lastAt: timeOf(Math.max(judged.startNs(last), unlisted.lastNs)),
    text: '',
    nextSteps: [],
    attemptIds: listed.map((place) => idOf(place)),
    displayFilter: serverFilter(server),
  } satisfies ReportFinding;
  return tellLater(finding, () => {
    const typical = word(first);
    const extent = describeExtent(typical, listed, clientCount, findPattern(listed), judged);
    return { text: [extent, ...others].join(' '), nextSteps: typical.nextSteps };
  });
}

/**
 * Has texts be made when one of them is first asked for: of hundreds of findings a table tells eight in full. What they are
 * made of is forgotten then, so that whoever tells them all needs no more memory than if they had been made at once.
 */
function tellLater(finding: ReportFinding, tell: () => Pick<ReportFinding, 'text' | 'nextSteps'>): ReportFinding {
  const tellNow = () => {
    const texts = tell();
    for (const key of LATER) Object.defineProperty(finding, key, { value: texts[key], enumerable: true });
  };
  for (const key of LATER) {
    const get = () => {
      tellNow();
      return finding[key];
    };
    Object.defineProperty(finding, key, { get, enumerable: true, configurable: true });
  }
  return finding;
}

/** Of a finding those that are not listed. */
function describeOthers(unlisted: Counts): string[] {
  const { attempts, clients } = unlisted;
  if (attempts === 0) return [];
  return [
    `${formatCount(attempts)} more from ${formatEstimate(clients, 'client')} ${attempts === 1 ? 'is' : 'are'} not listed.${describeEarly(unlisted)}`,
  ];
}

/** Nothing of it is listed: what can be said is said of the server alone. */
function describeUnlisted(
  { server: end, outcome, cause, unlisted }: AttemptGroup,
  { server, timeOf }: FindingsInput,
): ReportFinding {
  const { attempts, clients } = unlisted;
  const which = attempts === 1 ? 'which is not listed' : 'none of which is listed';
  return {
    outcome,
    cause,
    confidence: 'low',
    title: describeCause(cause).title,
    server: server(end),
    clients: clients.count,
    attempts,
    firstAt: timeOf(unlisted.firstNs),
    lastAt: timeOf(unlisted.lastNs),
    text: `${formatNumberOf(attempts, 'attempt')} from ${formatEstimate(clients, 'client')}, ${which}.${describeEarly(unlisted)}`,
    nextSteps: fillNextSteps(cause, { server: end.address, port: end.port }),
    attemptIds: [],
    displayFilter: serverFilter(end),
  };
}

/** How many of those that are counted nobody knows the end of. */
export function describeEarly({ early }: Pick<Counts, 'early'>): string {
  if (early === 0) return '';
  return ` ${formatCount(early)} ${early === 1 ? 'was' : 'were'} judged early, because too many were pending at once: an answer may have come later.`;
}

function describeExtent(
  first: ReportAttempt,
  group: readonly number[],
  clients: number,
  { whose, when }: Pattern,
  judged: JudgedAttempts,
): string {
  const from = whose ?? (clients === 1 ? first.client.address : `${formatCount(clients)} clients`);
  const shownBy = first.evidence[0].text;
  const extent =
    group.length === 1
      ? `One attempt from ${from}: ${shownBy}.`
      : `${formatCount(group.length)} attempts from ${from}; of the first one: ${shownBy}.`;
  return [extent, ...(when === undefined ? [] : [when]), ...(group.length === 1 ? [] : countNotes(group, judged))].join(
    ' ',
  );
}

/** Of how many attempts the same is worth knowing; what it is of one alone stands in its own notes. */
function countNotes(group: readonly number[], judged: JudgedAttempts): string[] {
  return NOTES.flatMap(({ code, title }) => {
    const count = judged.countNotes(group, code);
    return count === 0 ? [] : [`${formatCount(count)} of ${formatCount(group.length)}: ${title} (${code}).`];
  });
}

/** The causes, the most frequent first. */
export function byFrequency(causes: ReadonlyMap<CauseId, number>): [cause: CauseId, attempts: number][] {
  return [...causes].sort(([, one], [, other]) => other - one);
}
