import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type LabelledCapture, readLabels } from '../lab/labels.js';
import { measureAccuracy } from './confusion.js';
import { kernelOf } from './kernel.js';
import { accuracyTable, confusionTable, summaryLines } from './tables.js';

const LABELS = readLabels();

/** A labelled capture with some of its label replaced: what was 'true' is then not what is told. */
function mislabelled(situation: string, label: Partial<LabelledCapture['label']>): LabelledCapture {
  const found = LABELS.find((labelled) => labelled.situation === situation);
  if (found === undefined) throw new Error(`there is no ${situation}`);
  return { ...found, label: { ...found.label, ...label } };
}

const PLAIN = 'established/plain';
const [ESTABLISHED] = mislabelled(PLAIN, {}).label.expect;

describe('the accuracy over the labelled captures', () => {
  const accuracy = measureAccuracy(LABELS);

  test('is complete: outcome, cause, notes and observations of all, and no near miss is missed', () => {
    expect(accuracy.causes.filter(({ right, total }) => right < total)).toEqual([]);
    for (const { right, total } of [accuracy.outcome, accuracy.cause, accuracy.notes, accuracy.observations]) {
      expect(right).toBe(total);
      expect(total).toBeGreaterThan(0);
    }
    expect(accuracy.nearMisses.right).toBe(accuracy.nearMisses.total);
  });

  test('counts each attempt of the labels once', () => {
    const expected = LABELS.flatMap(({ label }) => label.expect).reduce((sum, { count }) => sum + count, 0);
    expect(accuracy.measured.attempts).toBe(expected);
    expect(accuracy.measured.captures).toBe(LABELS.length);
    expect(accuracy.measured.kernels.join()).toMatch(/^Linux \d/);
  });
});

describe('a verdict that is wrong', () => {
  test('stands in the row of what was true, with what it was taken for', () => {
    const refused = { ...ESTABLISHED!, outcome: 'refused' as const, cause: 'port-closed', count: 1 };
    const accuracy = measureAccuracy([mislabelled(PLAIN, { expect: [refused] })]);
    expect(accuracy.causes).toMatchObject([
      { outcome: 'refused', cause: 'port-closed', right: 0, total: 1, rightOutcome: 0 },
    ]);
    expect(confusionTable(accuracy)).toContain('refused, port-closed    0/1  1 established\n');
    expect(summaryLines(accuracy)).toContain('cause: 0 of 1 (0.0 %)');
  });

  test('is right in its outcome if only the cause is another', () => {
    const situation = LABELS.find(({ label }) => label.expect.every(({ cause }) => cause === 'port-closed'))!;
    const wrong = situation.label.expect.map((one) => ({ ...one, cause: 'service-unstable' }));
    const { outcome, cause } = measureAccuracy([mislabelled(situation.situation, { expect: wrong })]);
    expect(outcome.right).toBe(outcome.total);
    expect(cause.right).toBe(0);
  });

  test('is one that is missing, and one that is told and never happened', () => {
    const more = { ...ESTABLISHED!, count: ESTABLISHED!.count + 1 };
    const missing = measureAccuracy([mislabelled(PLAIN, { expect: [more] })]);
    expect(confusionTable(missing)).toMatch(/^established +\d\/\d +1 nothing$/m);
    const invented = measureAccuracy([mislabelled(PLAIN, { expect: [] })]);
    expect(confusionTable(invented)).toMatch(/^nothing +0\/\d +\d established$/m);
    expect(invented.outcome.right).toBe(0);
  });

  test('is a note or an observation too few or too many, and a near miss that is missed', () => {
    const accuracy = measureAccuracy([
      mislabelled(PLAIN, { expect: [{ ...ESTABLISHED!, notes: ['hairpin'] }], observations: ['name-not-found'] }),
      mislabelled('port-closed/nothing-listens-on-the-port', { nearMiss: 'port-closed' }),
    ]);
    expect(accuracy).toMatchObject({
      notes: { right: 0, total: ESTABLISHED!.count },
      observations: { right: 0, total: 1 },
      nearMisses: { right: 0, total: 1 },
    });
  });
});

test('a share that is not all is never rounded up to all', () => {
  const accuracy = measureAccuracy([mislabelled(PLAIN, {})]);
  const nearly = { ...accuracy, outcome: { right: 9999, total: 10_000 } };
  expect(accuracyTable(nearly)).toContain('| 99.9 % | 100 % |');
});

test('the kernel is read where dumpcap writes it, and nowhere else', () => {
  const kernels = LABELS.map(({ path }) => [path, kernelOf(readFileSync(path))] as const);
  for (const [path, kernel] of kernels) {
    if (path.endsWith('.pcapng')) expect(kernel, path).toMatch(/^Linux \d+\.\d+/);
    else expect(kernel, path).toBeUndefined();
  }
  expect(kernelOf(Buffer.alloc(8))).toBeUndefined();
});
