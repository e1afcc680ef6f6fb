/** A line for each attempt as it is decided, and words for those that wait: what one watches while the capture goes on. */
import { findCause } from '../classify/catalogue.js';
import { escapeAllStrings } from './escape.js';
import type { ReportAttempt, ReportEndpoint, ReportServer } from './model.js';
import type { Palette } from './palette.js';
import { formatDuration, formatNumberOf, formatServer, formatSocket, formatTimeOfDay } from './wording.js';

/** The longest outcome, so that what follows stands in one column. */
const OUTCOME_COLUMNS = 'inconclusive'.length;

/** An attempt in one line, without a line break. */
export function describeDecided(told: ReportAttempt, isCorrection: boolean, palette: Palette): string {
  const { startedAt, outcome, cause, confidence, client, server, hostFacts = [] } = escapeAllStrings(told);
  const label = palette.outcome(outcome) + ' '.repeat(OUTCOME_COLUMNS - outcome.length);
  const title = cause === null ? '' : `: ${findCause(cause)?.title ?? cause} (${cause}, ${confidence} confidence)`;
  const again = isCorrection ? ' [takes back what was told before]' : '';
  const host = hostFacts.length === 0 ? '' : `; on this host ${hostFacts.map(({ text }) => text).join(', ')}`;
  return `${formatTimeOfDay(startedAt)} ${label} ${formatSocket(client)} > ${formatServer(server)}${title}${host}${again}`;
}

/** An attempt that waits for an answer. */
export interface WaitingAttempt {
  client: ReportEndpoint;
  server: ReportServer;
  syns: number;
  waitedMs: number;
}

/** '10.0.0.1:50000 > 10.0.0.5:443: 3 SYNs unanswered for 7 s', without a line break. */
export function describeWaiting(waiting: WaitingAttempt): string {
  const { client, server, syns, waitedMs } = escapeAllStrings(waiting);
  const wait = formatDuration(Math.round(waitedMs / 1000) * 1000);
  return `${formatSocket(client)} > ${formatServer(server)}: ${formatNumberOf(syns, 'SYN')} unanswered for ${wait}`;
}
