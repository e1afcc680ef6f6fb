/** `synwhy explain`: the catalogue of causes, one cause, or the causes behind an error that an application printed. */
import { CATALOGUE, findCause } from '../../classify/catalogue.js';
import { findNote, NOTES } from '../../classify/descriptions/notes.js';
import { SYSTEM_ERRORS } from '../../classify/descriptions/system-errors.js';
import { readErrorText } from '../../classify/error-messages.js';
import { createPalette } from '../../report/palette.js';
import { wrap } from '../../report/wording.js';
import { EXIT_ANALYZED, UsageError } from '../exit-codes.js';
import { suggest } from '../nearest.js';
import { writeToStandardOutput } from '../output.js';
import { standardOutputLook } from '../terminal.js';
import { causePage, notePage } from './explain-cause.js';
import { errorPage } from './explain-error.js';
import { type Look, listCauses, listWords } from './explain-page.js';

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

/** Explains what the words mean: a cause, a note, an outcome, an error; or lists the causes where there are none. */
export async function runExplain(words: readonly string[]): Promise<number> {
  const { width, color } = standardOutputLook(undefined);
  const look = { width: Math.min(width, WIDEST_TEXT), palette: createPalette(color) };
  const lines = explain(words.join(' ').trim(), look);
  await writeToStandardOutput([lines.map((line) => `${line.trimEnd()}\n`).join('')]);
  return EXIT_ANALYZED;
}

function explain(text: string, look: Look): string[] {
  if (text === '') return explainAll(look);
  const word = text.toLowerCase();
  const cause = findCause(word);
  if (cause !== undefined) return causePage(cause, look);
  const note = findNote(word);
  if (note !== undefined) return notePage(note, look);
  const outcome = OUTCOMES.find((each) => each === word.replace(' ', '-'));
  if (outcome !== undefined) return explainOutcome(outcome, look);
  if (word === 'notes') return explainNotes(look);
  return explainError(text, look);
}

function explainError(text: string, look: Look): string[] {
  const found = readErrorText(text);
  switch (found?.about) {
    case 'error':
      return errorPage(found, look);
    case 'note':
      return notePage(findNote(found.note)!, look);
    case 'something-else':
      throw new UsageError(`'${text}' is no error of connecting: it is about ${found.what}`);
    default:
      throw new UsageError(
        `'${text}' is neither a cause, a note nor an error of connect()${suggest(text, known()) || '; synwhy explain lists the causes'}`,
      );
  }
}

function known(): string[] {
  const ids = [...CATALOGUE.map(({ id }) => id), ...NOTES.map(({ code }) => code)];
  return [...ids, ...OUTCOMES, ...SYSTEM_ERRORS.map(({ name }) => name)];
}

function explainAll(look: Look): string[] {
  return [
    ...OUTCOMES.filter((outcome) => outcome !== 'established').flatMap((outcome) => [
      ...explainOutcome(outcome, look),
      '',
    ]),
    ...explainNotes(look),
    '',
    ...wrap(
      '`synwhy explain port-closed` tells one cause in full, `synwhy explain ECONNREFUSED` what may be behind an error; a whole error message will do as well.',
      look.width,
    ),
  ];
}

function explainOutcome(outcome: (typeof OUTCOMES)[number], look: Look): string[] {
  const { palette, width } = look;
  const causes = CATALOGUE.filter((cause) => cause.outcome === outcome);
  return [
    ...wrap(`${palette.outcome(outcome, palette.bold(outcome))}: ${OUTCOME_MEANINGS[outcome]}`, width),
    ...listCauses(causes, look),
  ];
}

function explainNotes(look: Look): string[] {
  const { palette, width } = look;
  return [
    ...wrap(`${palette.bold('notes')}: said beside the outcome of any attempt`, width),
    ...listWords(
      NOTES.map(({ code, title }) => [code, `${title}.`]),
      look,
    ),
  ];
}
