/** Text in columns: cells that are broken into lines between words, and filled up with spaces to the column's width. */
import { eastAsianWidth } from 'get-east-asian-width';
import { wrap } from './wording.js';

/** A column of a table. */
export interface Column {
  /** How many places of a terminal it is wide, without the gap behind it. */
  columns: number;
  align: 'left' | 'right';
}

/** Between columns. */
export const GAP = 2;

const ASCII = /^[\x20-\x7e]*$/;
/** What stands on the character before it. */
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}]/u;

/** How many places of a terminal a text without escape sequences takes (Unicode Standard Annex 11). */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/**
 * The lines of a row. A word that is wider than its column ends in '…'. `paint` sets off the text of a cell, by its
 * column's index, without changing its width.
 */
export function rowLines(
  cells: readonly string[],
  columns: readonly Column[],
  paint: (text: string, column: number) => string,
): string[] {
  const broken = cells.map((cell, index) => wrap(cell, columns[index].columns));
  const height = Math.max(...broken.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => fill(broken[index][line] ?? '', column, (text) => paint(text, index)))
      .join(' '.repeat(GAP)),
  );
}

function fill(text: string, { columns, align }: Column, paint: (text: string) => string): string {
  const shown = displayWidth(text) > columns ? cut(text, columns) : text;
  const padding = ' '.repeat(columns - displayWidth(shown));
  if (shown === '') return padding;
  return align === 'left' ? paint(shown) + padding : padding + paint(shown);
}

function cut(text: string, columns: number): string {
  let width = 1;
  let kept = '';
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

function characterWidth(character: string): number {
  return WITHOUT_WIDTH.test(character) ? 0 : eastAsianWidth(character.codePointAt(0)!);
}
