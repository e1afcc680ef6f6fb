import { describe, expect, test } from 'vitest';
import { ndjsonAttempt, ndjsonPieces } from '../../src/report/ndjson.js';
import { failuresReport, refusedAttempt } from './sample-reports.js';

describe('a report as lines of JSON', () => {
  const lines = [...ndjsonPieces(failuresReport)];
  const values = lines.map((line) => JSON.parse(line));

  test('has a line for each attempt, then one for the rest', () => {
    expect(values.map(({ type }) => type)).toEqual(['attempt', 'attempt', 'attempt', 'summary']);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  test('says together what the report says', () => {
    const summary = values.at(-1);
    const attempts = values.slice(0, -1).map(({ type: _, ...attempt }) => attempt);
    expect({ ...summary, attempts }).toEqual({ ...failuresReport, type: 'summary' });
  });

  test('marks what takes the place of an earlier line', () => {
    expect(JSON.parse(ndjsonAttempt(refusedAttempt, true))).toMatchObject({ id: 1, correction: true });
    expect(JSON.parse(ndjsonAttempt(refusedAttempt))).not.toHaveProperty('correction');
  });

  test('escapes what could steer a terminal or break the line', () => {
    const client = { ...refusedAttempt.client, name: 'evil\n\x1b[2J\u2028\u202e' };
    const line = ndjsonAttempt({ ...refusedAttempt, client });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(line).not.toMatch(/[\x00-\x09\x0b-\x1f\u2028\u202e]/);
    expect(JSON.parse(line).client.name).toBe(client.name);
  });
});
