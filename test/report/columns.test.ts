import { describe, expect, test } from 'vitest';
import { type Column, displayWidth, rowLines } from '../../src/report/columns.js';

const COLUMNS: Column[] = [
  { columns: 6, align: 'left' },
  { columns: 4, align: 'right' },
];

function draw(...cells: string[]): string[] {
  return rowLines(cells, COLUMNS, (text) => text);
}

describe('the width of a text at a terminal', () => {
  test.each([
    ['10.0.0.5:80', 11],
    ['', 0],
    ['日本', 4],
    ['e\u0301t\u00e9', 3],
    ['…', 1],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('a row', () => {
  test('is filled up to the width of its columns, with two spaces between them', () => {
    expect(draw('ab', '12')).toEqual(['ab        12']);
  });

  test('is as high as its highest cell, which is broken between words', () => {
    expect(draw('one two three', '1')).toEqual(['one        1', 'two'.padEnd(12), 'three'.padEnd(12)]);
  });

  test('shows of a word that is too wide what fits', () => {
    expect(draw('abcdefg', '12345')).toEqual(['abcde…  123…']);
    expect(draw('日本語文', '1')).toEqual(['日本…      1']);
  });

  test('paints texts, not the spaces around them', () => {
    const painted = rowLines(['ab', ''], COLUMNS, (text, column) => `<${column}:${text}>`);
    expect(painted).toEqual(['<0:ab>          ']);
  });
});
