/** The page of one cause, or of one note: what `synwhy explain CAUSE` prints. */
import type { CauseDescription, CauseId } from '../../classify/catalogue.js';
import { PLATFORMS, type Platform } from '../../classify/cause-description.js';
import type { NoteDescription } from '../../classify/descriptions/notes.js';
import { SYSTEMS, type System } from '../../classify/descriptions/system-errors.js';
import { fillNextSteps } from '../../classify/next-steps.js';
import { type ErrorOfCause, errorsOfCause } from '../../classify/system-errors.js';
import { wrap } from '../../report/wording.js';
import { bullets, type Look, paragraph, section } from './explain-page.js';

const PLATFORM_HEADINGS: Record<Platform, string> = {
  linux: 'On Linux',
  macos: 'On macOS',
  windows: 'On Windows',
  containers: 'In containers',
  clouds: 'In clouds',
};

/** As people write them. */
export const SYSTEM_NAMES: Record<System, string> = { linux: 'Linux', macos: 'macOS', windows: 'Windows' };

/** How long each system tries by itself. */
const PATIENCE: Record<System, string> = { linux: 'about 130 s', macos: '75 s', windows: '21 s' };

/** A page that teaches a cause: the wire, what brings it about and where, its look-alikes, and what to check. */
export function causePage(cause: CauseDescription & { id: CauseId }, look: Look): string[] {
  const { palette, width } = look;
  const steps = fillNextSteps(cause.id, { server: 'SERVER', port: 'PORT', client: 'CLIENT' });
  const lookAlikes = cause.lookAlikes.map(({ cause: id, difference }) => `${id}: ${difference}.`);
  const lines = [
    ...wrap(`${palette.bold(cause.title)} (${cause.id}, ${palette.outcome(cause.outcome)})`, width),
    '',
    ...section('On the wire', [...paragraph(cause.shownBy, look), '', ...ladder(cause)], look),
    ...section('What happens', separated(cause.explanation, look), look),
    ...section('What the application sees', describeErrors(cause, look), look),
    ...PLATFORMS.flatMap((platform) =>
      section(PLATFORM_HEADINGS[platform], separated(cause.platforms[platform] ?? [], look), look),
    ),
    ...section('What looks alike', bullets(lookAlikes, look), look),
    ...section('What to check', bullets(steps, look), look),
  ];
  return lines.slice(0, -1);
}

/** The page of a note. */
export function notePage({ code, title, explanation }: NoteDescription, look: Look): string[] {
  const heading = `${look.palette.bold(title)} (${code}, a note on any attempt)`;
  return [...wrap(heading, look.width), '', ...separated(explanation, look)];
}

function ladder({ ladder: drawing }: CauseDescription): string[] {
  return drawing
    .split('\n')
    .slice(1)
    .map((line) => `  ${line}`);
}

function separated(paragraphs: readonly string[], look: Look): string[] {
  return paragraphs.flatMap((text, index) => [...(index === 0 ? [] : ['']), ...paragraph(text, look)]);
}

/** In which words programs report a time limit of their own. */
const OWN_WORDS = '("i/o timeout", "connect timed out", "deadline exceeded")';

function describeErrors(cause: CauseDescription & { id: CauseId }, look: Look): string[] {
  switch (cause.applicationError) {
    case 'none':
      return paragraph('No error that these packets show.', look);
    case 'own-limit':
      return paragraph(`No error of its system: it reports its own time limit, in its own words ${OWN_WORDS}.`, look);
  }
  const bySystem = SYSTEMS.map((system) => ({ system, errors: errorsOfCause(cause.id, system) }));
  const lines = bySystem.map(
    ({ system, errors }) => `${SYSTEM_NAMES[system]}: ${errors.map((each) => nameError(each, system)).join('; ')}.`,
  );
  const takesTime = bySystem.some(({ errors }) => errors.some(({ error }) => error.name === 'ETIMEDOUT'));
  const limit = `A program with a shorter time limit of its own reports that first, in its own words ${OWN_WORDS}.`;
  return [...bullets(lines, look), ...(takesTime ? paragraph(limit, look) : [])];
}

function nameError({ error, after }: ErrorOfCause, system: System): string {
  const name = system === 'windows' ? `${error.windowsName} (${error.windowsNumber})` : error.name;
  const text = `"${error.texts[system]}"`;
  const patience = error.name === 'ETIMEDOUT' ? ` (it takes ${PATIENCE[system]})` : '';
  return `${name}, ${text}${patience}${after.length === 0 ? '' : `, on ${describeIcmp(after)}`}`;
}

/** `4 3/9` and `6 1/1` as people write them: ICMP 3/9, ICMPv6 1/1. */
function describeIcmp(kinds: readonly string[]): string {
  const named = kinds.map((kind) => kind.replace(/^4 /, 'ICMP ').replace(/^6 /, 'ICMPv6 '));
  return named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
}
