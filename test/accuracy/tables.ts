/** Accuracy as it is printed: every cause for who works on the rules, a few lines for the README. */
import { type Accuracy, type CauseScore, callJudgement, type Score } from './confusion.js';

/** In the order in which the README tells them. */
const OUTCOMES = ['refused', 'filtered', 'timed-out', 'established', 'aborted', 'inconclusive', 'nothing'];

/** The confusion table: a row for what was true, with what else was said of it. */
export function confusionTable({ causes }: Accuracy): string {
  const rows = [...causes].sort(byOutcome).map((cause) => {
    const wrong = [...cause.takenFor].map(([said, count]) => `${count} ${said}`).join('; ');
    return [callJudgement(cause), `${cause.right}/${cause.total}`, wrong];
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 'right'.length));
  const line = ([truth = '', right = '', wrong = '']: string[]): string =>
    `${truth.padEnd(widths[0] ?? 0)}  ${right.padStart(widths[1] ?? 0)}  ${wrong}`.trimEnd();
  return `${[['true', 'right', 'taken for'], ...rows].map(line).join('\n')}\n`;
}

/** The other figures, a line each. */
export function summaryLines(accuracy: Accuracy): string[] {
  const { outcome, cause, notes, observations, nearMisses } = accuracy;
  const told: [string, Score][] = [
    ['outcome', outcome],
    ['cause', cause],
    ['notes', notes],
    ['observations', observations],
    ['near misses held', nearMisses],
  ];
  return told.map(([name, score]) => `${name}: ${score.right} of ${score.total} (${percent(score)})`);
}

/** What it was measured on, as a sentence. */
export function describeMeasured({ measured, causes }: Accuracy): string {
  const { captures, packets, attempts, kernels } = measured;
  const failed = causes.filter(({ cause }) => cause !== null).length;
  const made = kernels.length === 0 ? '' : ` made by real kernels (${kernels.join(', ')})`;
  return `${captures} captures${made} with ${packets.toLocaleString('en')} packets and ${attempts.toLocaleString('en')} attempts of ${failed} causes`;
}

/** The README's table: a row for each outcome that is true of attempts. */
export function accuracyTable(accuracy: Accuracy): string {
  const rows = OUTCOMES.flatMap((outcome) => {
    const causes = accuracy.causes.filter((cause) => cause.outcome === outcome);
    return causes.length === 0 ? [] : [outcomeRow(outcome, causes)];
  });
  const { notes, observations, nearMisses } = accuracy;
  return [
    `${describeMeasured(accuracy)}:`,
    '',
    '| what was true | causes | attempts | outcome right | cause right |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    `| together | ${accuracy.causes.filter(({ cause }) => cause !== null).length} | ${accuracy.cause.total} | ${percent(accuracy.outcome)} | ${percent(accuracy.cause)} |`,
    '',
    `Notes are right in ${notes.right} of ${notes.total} cases, observations in ${observations.right} of ${observations.total}.`,
    `Of ${nearMisses.total} captures that look like another cause at first sight, ${nearMisses.right} are not called so.`,
    '',
  ].join('\n');
}

function outcomeRow(outcome: string, causes: readonly CauseScore[]): string {
  const sum = (of: (cause: CauseScore) => number) => causes.reduce((total, cause) => total + of(cause), 0);
  const total = sum((cause) => cause.total);
  const named = causes.filter(({ cause }) => cause !== null).length;
  const right = [sum((cause) => cause.rightOutcome), sum((cause) => cause.right)];
  return `| ${outcome} | ${named === 0 ? '–' : named} | ${total} | ${right.map((count) => percent({ right: count, total })).join(' | ')} |`;
}

/** Never rounded up to all. */
function percent({ right, total }: Score): string {
  if (right === total) return '100 %';
  return `${(Math.floor((right / total) * 1000) / 10).toFixed(1)} %`;
}

function byOutcome(one: CauseScore, other: CauseScore): number {
  return (
    OUTCOMES.indexOf(one.outcome) - OUTCOMES.indexOf(other.outcome) ||
    (one.cause ?? '').localeCompare(other.cause ?? '', 'en')
  );
}
