import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { CaptureError } from '../../src/capture/errors.js';
import { openCapture } from '../../src/node/file.js';
import type { Report } from '../../src/report/model.js';
import { repositoryRoot } from '../tools.js';
import { emptyReport, failuresReport } from './sample-reports.js';
import { fulfilsPublishedSchema, schemaErrors } from './schema.js';

const fixtures = join(repositoryRoot(), 'fixtures');
const captures = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.pcap(ng)?/.test(name),
);

/** Undefined for a fixture that is made not to be a capture. */
async function analyze(path: string, all: boolean): Promise<Report | undefined> {
  const source = await openCapture(path);
  const analyzer = new Analyzer({ all });
  const input = analyzer.addCapture(relative(fixtures, path), source.compression);
  try {
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) input.push(chunk);
    input.end(source.damage);
    return analyzer.finish();
  } catch (error) {
    if (error instanceof CaptureError) return undefined;
    throw error;
  } finally {
    await source.close();
  }
}

describe('the report of every fixture fulfils the schema', () => {
  test.each(captures)('%s', async (name) => {
    for (const all of [false, true]) {
      const report = await analyze(join(fixtures, name), all);
      if (report !== undefined) expect(schemaErrors(report)).toEqual([]);
    }
  });

  test('and there are fixtures', () => expect(captures.length).toBeGreaterThan(0));
});

describe('the schema', () => {
  test('as published allows fields to be added', () => {
    expect(fulfilsPublishedSchema({ ...emptyReport, mood: 'calm' })).toBe(true);
    expect(schemaErrors({ ...emptyReport, mood: 'calm' })).not.toEqual([]);
  });

  test('wants a cause for every attempt that is not established, and none for one that is', () => {
    const [attempt] = failuresReport.attempts;
    const withAttempt = (changes: object) => ({ ...failuresReport, attempts: [{ ...attempt, ...changes }] });
    expect(fulfilsPublishedSchema(withAttempt({ cause: null }))).toBe(false);
    expect(fulfilsPublishedSchema(withAttempt({ outcome: 'established', cause: null }))).toBe(true);
    expect(fulfilsPublishedSchema(withAttempt({ outcome: 'established' }))).toBe(false);
  });

  test('refuses times that are not UTC with nine decimals', () => {
    const [attempt] = failuresReport.attempts;
    const late = { ...attempt, startedAt: '2026-11-20T09:10:12Z' };
    expect(fulfilsPublishedSchema({ ...failuresReport, attempts: [late] })).toBe(false);
  });
});
