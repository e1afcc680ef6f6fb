import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Analyzer } from '../../src/analyze.js';
import { CATALOGUE, findCause } from '../../src/classify/catalogue.js';
import { findNote, NOTES } from '../../src/classify/descriptions/notes.js';
import type { Report } from '../../src/report/model.js';
import {
  describeExpected,
  describeReported,
  FIXTURE_FOLDERS,
  type LabelledCapture,
  readLabels,
  tally,
} from './labels.js';
import { labelOf } from './record.js';
import { callSituation } from './situation.js';
import { SITUATIONS } from './situations/all.js';

const LABELS = readLabels();
const LARGEST_CAPTURE_BYTES = 20_000;

/** Situations of which one alone may be chance. */
const ENOUGH = 2;

/** No kernel does it: tests build it packet by packet. */
const NOT_DONE_BY_KERNELS = ['client-aborted'];

/** Notes of connections that a report does not list are told as observations as well; labels have them elsewhere. */
function codesBeforeAnySyn(observations: Report['observations']): string[] {
  return [...new Set(observations.map(({ code }) => code))].filter((code) => findNote(code) === undefined).sort();
}

function reportOn({ path, label }: LabelledCapture): Report {
  const bytes = readFileSync(path);
  const analyzer = new Analyzer({ all: true });
  const input = analyzer.addCapture(label.capture);
  input.push(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  input.end();
  return analyzer.finish();
}

describe('the verdict is what was true when the capture was made', () => {
  for (const labelled of LABELS) {
    const { situation, label } = labelled;
    test(`${situation}: ${label.title}`, () => {
      const { attempts, observations } = reportOn(labelled);
      expect(describeReported(attempts)).toEqual(describeExpected(label.expect));
      expect(codesBeforeAnySyn(observations)).toEqual([...(label.observations ?? [])].sort());
    });
  }
});

describe('what looks like a cause at first sight', () => {
  for (const labelled of LABELS.filter(({ label }) => label.nearMiss !== undefined)) {
    test(`is not called ${labelled.label.nearMiss}: ${labelled.situation}`, () => {
      expect(reportOn(labelled).attempts.map(({ cause }) => cause)).not.toContain(labelled.label.nearMiss);
    });
  }
});

describe('the labelled captures', () => {
  test('every situation of the lab has its capture, and the label that the lab would give it today', () => {
    const labels = new Map(LABELS.map(({ situation, label }) => [situation, label]));
    for (const situation of SITUATIONS) {
      expect(labels.get(callSituation(situation)), situation.name).toEqual(labelOf(situation));
    }
  });

  test('every capture has a label', () => {
    for (const { path } of LABELS) expect(existsSync(path), path).toBe(true);
    const captures = FIXTURE_FOLDERS.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    ).filter((path) => /\.pcap(ng)?(\.gz)?$/.test(path));
    expect(captures.sort()).toEqual(LABELS.map(({ path }) => path).sort());
  });

  test('labels speak of outcomes and causes as the catalogue does', () => {
    for (const { situation, label } of LABELS) {
      if (label.nearMiss !== undefined) expect(findCause(label.nearMiss), situation).toBeDefined();
      for (const { outcome, cause, notes = [] } of label.expect) {
        for (const note of notes) expect(findNote(note), `${note} in ${situation}`).toBeDefined();
        if (outcome === 'established') expect(cause, situation).toBeNull();
        else expect(findCause(cause ?? '')?.outcome, situation).toBe(outcome);
      }
    }
  });

  test('every cause has two situations or more, and one that is a near miss of it', () => {
    const causes = CATALOGUE.map(({ id }) => id);
    const plain = (id: string) => LABELS.filter(({ situation }) => situation.startsWith(`${id}/`)).length;
    const rare = causes.filter((id) => plain(id) < ENOUGH);
    expect(rare).toEqual(NOT_DONE_BY_KERNELS);
    const missed = new Set(LABELS.map(({ label }) => label.nearMiss));
    expect(causes.filter((id) => !missed.has(id))).toEqual([]);
  });

  test('every note and every observation has two situations or more', () => {
    const noted = (code: string) =>
      LABELS.filter(({ label }) => label.expect.some(({ notes }) => notes?.includes(code)));
    expect(NOTES.filter(({ code }) => noted(code).length < ENOUGH)).toEqual([]);
    const observed = tally(LABELS.flatMap(({ label }) => label.observations ?? []));
    expect(Object.entries(observed).filter(([, count]) => count < ENOUGH)).toEqual([]);
  });

  test('captures are small', () => {
    for (const { path } of LABELS) expect(statSync(path).size, path).toBeLessThan(LARGEST_CAPTURE_BYTES);
  });
});
