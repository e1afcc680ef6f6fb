/** What the pages of `synwhy explain` are made of: headings, paragraphs and lists that fit into the width. */
import { CATALOGUE, type CauseDescription } from '../../classify/catalogue.js';
import type { Palette } from '../../report/palette.js';
import { wrap } from '../../report/wording.js';

/** How a page looks. */
export interface Look {
  width: number;
  palette: Palette;
}

/** A heading with what stands under it and a blank line after it; nothing where there is nothing under it. */
export function section(heading: string, lines: readonly string[], { palette }: Look): string[] {
  return lines.length === 0 ? [] : [palette.bold(heading), ...lines, ''];
}

/** Running text, commands set off. */
export function paragraph(text: string, look: Look, first = '', rest = first): string[] {
  return wrap(text, look.width, first, rest).map((line) => line.replace(/`[^`]*`/g, look.palette.command));
}

/** A list, one entry a line or more. */
export function bullets(entries: readonly string[], look: Look): string[] {
  return entries.flatMap((entry) => paragraph(entry, look, '- ', '  '));
}

/** Causes by their ids, and what shows each. */
export function listCauses(causes: readonly CauseDescription[], look: Look): string[] {
  return listWords(
    causes.map(({ id, shownBy }) => [id, shownBy]),
    look,
  );
}

/** Wide enough for every id. */
const WORD_COLUMNS = Math.max(...CATALOGUE.map(({ id }) => id.length)) + 4;

/** Words in one column, what they mean in another. */
export function listWords(entries: readonly (readonly [word: string, meaning: string])[], look: Look): string[] {
  return entries.flatMap(([word, meaning]) => {
    const [first, ...rest] = wrap(meaning, look.width, ' '.repeat(WORD_COLUMNS));
    return [`  ${look.palette.bold(word)}${first.slice(2 + word.length)}`, ...rest];
  });
}
