import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { findCause } from '../../src/classify/catalogue.js';
import { CAUSES_FOLDER, describeExpected, describeReported, readLabels } from './labels.js';
import { labelOf } from './record.js';
import { SITUATIONS } from './situations/all.js';

const LABELS = readLabels();
const LARGEST_CAPTURE_BYTES = 20_000;

describe('the verdict is what was true when the capture was made', () => {
  for (const { situation, path, label } of LABELS) {
    test(`${situation}: ${label.title}`, () => {
      const bytes = readFileSync(path);
      const analyzer = new Analyzer({ all: true });
      const input = analyzer.addCapture(label.capture);
      input.push(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
      input.end();
      expect(describeReported(analyzer.finish().attempts)).toEqual(describeExpected(label.expect));
    });
  }
});

describe('the labelled captures', () => {
  test('every situation of the lab has its capture, and the label that the lab would give it today', () => {
    const labels = new Map(LABELS.map(({ situation, label }) => [situation, label]));
    for (const situation of SITUATIONS) {
      expect(labels.get(`${situation.cause}/${situation.name}`), situation.name).toEqual(labelOf(situation));
    }
  });

  test('every capture has a label', () => {
    for (const { path } of LABELS) expect(existsSync(path), path).toBe(true);
    const captures = readdirSync(CAUSES_FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.pcap(ng)?(\.gz)?$/.test(name),
    );
    expect(captures.map((name) => join(CAUSES_FOLDER, name)).sort()).toEqual(LABELS.map(({ path }) => path).sort());
  });

  test('labels speak of outcomes and causes as the catalogue does', () => {
    for (const { situation, label } of LABELS) {
      for (const { outcome, cause } of label.expect) {
        if (outcome === 'established') expect(cause, situation).toBeNull();
        else expect(findCause(cause ?? '')?.outcome, situation).toBe(outcome);
      }
    }
  });

  test('captures are small', () => {
    for (const { path } of LABELS) expect(statSync(path).size, path).toBeLessThan(LARGEST_CAPTURE_BYTES);
  });
});
