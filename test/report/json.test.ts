import { describe, expect, test } from 'vitest';
import { jsonPieces, renderJson } from '../../src/report/json.js';
import type { Report } from '../../src/report/model.js';
import { emptyReport, failuresReport } from './sample-reports.js';
import { schema, schemaErrors } from './schema.js';

/** The same report with all its keys the other way round. */
function reversed<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(reversed) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, reversed(entry)]),
  ) as Value;
}

describe('a report as JSON', () => {
  test('says what the report says', () => {
    expect(JSON.parse(renderJson(failuresReport))).toEqual(failuresReport);
    expect(JSON.parse(renderJson(emptyReport))).toEqual(emptyReport);
  });

  test('is laid out as JSON.stringify does with two spaces, and ends in a line break', () => {
    for (const report of [emptyReport, failuresReport]) {
      expect(renderJson(report)).toBe(`${JSON.stringify(JSON.parse(renderJson(report)), undefined, 2)}\n`);
    }
  });

  test('has the same order of keys whatever order the report has', () => {
    expect(renderJson(reversed(failuresReport))).toBe(renderJson(failuresReport));
  });

  test('keeps fields that it does not know, at the end', () => {
    const newer = { ...emptyReport, mood: 'calm' } as Report;
    expect(Object.keys(JSON.parse(renderJson(newer))).at(-1)).toBe('mood');
  });

  test('comes in pieces that are no longer than a finding or an attempt', () => {
    const pieces = [...jsonPieces(failuresReport)];
    const { findings, attempts } = failuresReport;
    expect(findings.length > 1 && attempts.length > 1).toBe(true);
    expect(pieces).toHaveLength(findings.length + attempts.length + 3);
    expect(pieces.join('')).toBe(renderJson(failuresReport));
  });

  test('has its keys in the order in which the schema tells of them', () => {
    const report = JSON.parse(renderJson(failuresReport));
    expect(Object.keys(report)).toEqual(Object.keys(schema.properties));
    expect(Object.keys(report.attempts[0])).toEqual(Object.keys(schema.$defs.attempt.properties));
    // Only a scan or a flood has targets, which come last.
    expect([...Object.keys(report.findings[0]), 'targets']).toEqual(Object.keys(schema.$defs.finding.properties));
  });

  test('fulfils the published schema', () => {
    for (const report of [emptyReport, failuresReport]) expect(schemaErrors(report)).toEqual([]);
  });
});
