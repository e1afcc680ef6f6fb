/** `synwhy explain`: the catalogue of causes, one cause, or the causes behind an error that an application printed. */
import { CATALOGUE, type CauseDescription, findCause } from '../../classify/catalogue.js';
import { fillNextSteps } from '../../classify/next-steps.js';
import { causesOf, findSystemError, SYSTEM_ERRORS, type SystemError } from '../../classify/system-errors.js';
import { createPalette, type Palette } from '../../report/palette.js';
import { wrap } from '../../report/wording.js';
import { EXIT_ANALYZED, UsageError } from '../exit-codes.js';
import { suggest } from '../nearest.js';
import { writeToStandardOutput } from '../output.js';
import { standardOutputLook } from '../terminal.js';

const WIDEST_TEXT = 110;
const OUTCOMES = ['established', 'refused', 'filtered', 'timed-out', 'aborted', 'inconclusive'] as const;

/** What the outcomes mean, in a breath. */
const OUTCOME_MEANINGS: Record<(typeof OUTCOMES)[number], string> = {
  established: 'the SYN was answered with a SYN-ACK, and the client acknowledged it; there is nothing to explain',
  refused: 'the SYN was answered with an RST',
  filtered: 'an ICMP error answered, or something shows that a filter dropped the SYN or its answer',
  'timed-out': 'silence, or an answer that never became a connection',
  aborted: 'the client itself ended it; no failure of the target',
  inconclusive: 'the capture does not cover enough to say',
};

/** Explains what the words mean: a cause, an outcome, an error; or lists the causes where there are none. */
export async function runExplain(words: readonly string[]): Promise<number> {
  const { width, color } = standardOutputLook(undefined);
  const lines = explain(words.join(' ').trim(), Math.min(width, WIDEST_TEXT), createPalette(color));
  await writeToStandardOutput([lines.map((line) => `${line.trimEnd()}\n`).join('')]);
  return EXIT_ANALYZED;
}

function explain(text: string, width: number, palette: Palette): string[] {
  if (text === '') return explainAll(width, palette);
  const cause = findCause(text.toLowerCase());
  if (cause !== undefined) return explainCause(cause, width, palette);
  const outcome = OUTCOMES.find((each) => each === text.toLowerCase().replace(' ', '-'));
  if (outcome !== undefined) return explainOutcome(outcome, width, palette);
  const error = findSystemError(text);
  if (error !== undefined) return explainError(error, width, palette);
  const known = [...CATALOGUE.map(({ id }) => id), ...OUTCOMES, ...SYSTEM_ERRORS.map(({ name }) => name)];
  throw new UsageError(
    `'${text}' is neither a cause nor an error of connect()${suggest(text, known) || '; synwhy explain lists the causes'}`,
  );
}

function explainAll(width: number, palette: Palette): string[] {
  return [
    ...OUTCOMES.filter((outcome) => outcome !== 'established').flatMap((outcome) => [
      ...explainOutcome(outcome, width, palette),
      '',
    ]),
    ...wrap(
      '`synwhy explain port-closed` tells one cause in full, `synwhy explain ECONNREFUSED` what may be behind an error.',
      width,
    ),
  ];
}

function explainOutcome(outcome: (typeof OUTCOMES)[number], width: number, palette: Palette): string[] {
  const causes = CATALOGUE.filter((cause) => cause.outcome === outcome);
  return [
    ...wrap(`${palette.outcome(outcome, palette.bold(outcome))}: ${OUTCOME_MEANINGS[outcome]}`, width),
    ...listCauses(causes, width, palette),
  ];
}

/** Ids in one column, what shows them in another. */
function listCauses(causes: readonly CauseDescription[], width: number, palette: Palette): string[] {
  const idColumns = Math.max(...CATALOGUE.map(({ id }) => id.length)) + 4;
  return causes.flatMap(({ id, shownBy }) => {
    const [first, ...rest] = wrap(shownBy, width, ' '.repeat(idColumns));
    return [`  ${palette.bold(id)}${first.slice(2 + id.length)}`, ...rest];
  });
}

function explainCause(
  cause: CauseDescription & { id: Parameters<typeof fillNextSteps>[0] },
  width: number,
  palette: Palette,
): string[] {
  const steps = fillNextSteps(cause.id, { server: 'SERVER', port: 'PORT', client: 'CLIENT' });
  return [
    ...wrap(`${palette.bold(cause.title)} (${cause.id}, ${palette.outcome(cause.outcome)})`, width),
    '',
    ...wrap(cause.shownBy, width),
    '',
    ...cause.ladder
      .split('\n')
      .slice(1)
      .map((line) => `  ${line}`),
    '',
    ...cause.explanation.flatMap((paragraph) => [...wrap(paragraph, width), '']),
    palette.bold('Looks alike'),
    ...cause.lookAlikes.flatMap(({ cause: id, difference }) => wrap(`${id}: ${difference}.`, width, '- ', '  ')),
    '',
    palette.bold('Check next'),
    ...steps.flatMap((step) => wrap(step, width, '- ', '  ')).map((line) => line.replace(/`[^`]*`/g, palette.command)),
  ];
}

function explainError(error: SystemError, width: number, palette: Palette): string[] {
  const { name, windowsName, windowsNumber, linuxNumber, macosNumber, meaning } = error;
  const causes = causesOf(error).map((id) => findCause(id)!);
  return [
    ...wrap(
      `${palette.bold(name)} (${linuxNumber} on Linux, ${macosNumber} on macOS; on Windows ${windowsName}, ${windowsNumber})`,
      width,
    ),
    '',
    ...wrap(meaning, width),
    '',
    ...wrap('Causes that an application may know under this name, and what shows each in a capture:', width),
    ...listCauses(causes, width, palette),
    '',
    ...wrap('The error alone cannot tell them apart. Capture while it happens, then: `synwhy CAPTURE`', width),
  ];
}
