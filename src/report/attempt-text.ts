/** One attempt told in full: its ladder, the evidence, what else it could be. */
import { describeError, describeHostFacts, list } from './finding-text.js';
import { drawLadder } from './ladder.js';
import type { ReportAttempt } from './model.js';
import type { Palette } from './palette.js';
import { formatDay, formatDuration, formatServer, formatSocket, formatTimeOfDay, wrap } from './wording.js';

const INDENT = '   ';

/** Tells one attempt, in lines. Its texts are escaped already. */
export function describeAttempt(attempt: ReportAttempt, width: number, palette: Palette): string[] {
  const { id, client, server, outcome, cause, confidence, startedAt, durationMs } = attempt;
  const verdict = cause === null ? '' : `: ${cause}, ${confidence} confidence`;
  const heading = `${palette.bold(`Attempt ${id}`)}  ${palette.outcome(outcome)}${verdict}`;
  const name = client.name === undefined ? '' : ` (${client.name})`;
  const when = `${formatDay(startedAt)} ${formatTimeOfDay(startedAt, 6)} UTC, ${formatDuration(durationMs)}`;
  return [
    heading,
    ...wrap(`${formatSocket(client)}${name} to ${formatServer(server)}, ${when}`, width, INDENT),
    ...drawLadder(attempt).map((line) => INDENT + line),
    ...attempt.evidence.flatMap(({ text }) => wrap(text, width, `${INDENT}- `, `${INDENT}  `)),
    ...describeHostFacts(attempt).flatMap((sentence) => wrap(sentence, width, INDENT, `${INDENT}  `)),
    ...describeError(attempt).flatMap((sentence) => wrap(sentence, width, INDENT)),
    ...list('The same packets also allow:', attempt.alternatives.map(asEntry), width, INDENT),
    ...attempt.notes.flatMap(({ text }) => wrap(`Note: ${text}`, width, INDENT, `${INDENT}  `)),
    `${INDENT}Wireshark filter: ${attempt.displayFilter}`,
  ];
}

function asEntry({ cause, text }: { cause: string; text: string }): string {
  return `${cause}: ${text}`;
}
