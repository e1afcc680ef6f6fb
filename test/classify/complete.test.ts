/** Every cause and every note has all that belongs to it: a rule, tests, captures, words, and its place in the README. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, type CauseDescription } from '../../src/classify/catalogue.js';
import { NOTES } from '../../src/classify/descriptions/notes.js';
import { type LabelledCapture, readLabels } from '../lab/labels.js';
import { repositoryRoot } from '../tools.js';

const causes: readonly CauseDescription[] = CATALOGUE;

const read = (...path: string[]) => readFileSync(join(repositoryRoot(), ...path), 'utf8');

const exists = (...path: string[]) => existsSync(join(repositoryRoot(), ...path));

/** The tests of words speak of every cause and prove no rule. */
const TESTS_OF_WORDS = ['catalogue.test.ts', 'complete.test.ts', 'error-messages.test.ts', 'system-errors.test.ts'];

function isUnderTest(id: string): boolean {
  return readdirSync(join(repositoryRoot(), 'test/classify'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !TESTS_OF_WORDS.includes(file))
    .some((file) => {
      const text = read('test/classify', file);
      return text.includes(`'${id}'`) || new RegExp(`describe\\(.*\\b${id}\\b`).test(text);
    });
}

const labels = readLabels();

const isExpectedBy =
  (expects: (expectation: LabelledCapture['label']['expect'][number]) => boolean) =>
  ({ label }: LabelledCapture) =>
    label.expect.some(expects);

/** The section of the fixtures' README that says what has no capture. */
const withoutCapture = read('fixtures/README.md')
  .split(/^#+ /m)
  .filter((section) => section.startsWith('What no kernel does'))
  .join('');

describe.each(causes)('$id is complete:', (cause) => {
  const { id } = cause;

  test('a rule', () => {
    const isIcmp = read('src/classify/causes/icmp-unreachable.ts').includes(`'${id}'`);
    expect(isIcmp || exists('src/classify/causes', `${id}.ts`)).toBe(true);
  });

  test('a unit test that names it', () => expect(isUnderTest(id)).toBe(true));

  test('a capture of real kernels, or why there is none', () => {
    const captures = labels.filter(({ situation }) => situation.startsWith(`${id}/`));
    const expecting = captures.filter(isExpectedBy((expectation) => expectation.cause === id));
    expect(expecting.length > 0 || withoutCapture.includes(`\`${id}\``)).toBe(true);
  });

  test('an explanation, platforms, look-alikes and next steps', () => {
    expect(cause.explanation.join('').length).toBeGreaterThan(100);
    expect(Object.keys(cause.platforms).length).toBeGreaterThanOrEqual(3);
    expect(cause.lookAlikes).not.toEqual([]);
    expect(cause.nextSteps).not.toEqual([]);
  });

  test('what applications are told, or that nothing failed for them', () => {
    const isFailure = ['refused', 'filtered', 'timed-out'].includes(cause.outcome);
    expect(cause.applicationError === 'none').toBe(!isFailure);
  });

  test("a line in the README's table", () => {
    expect(read('README.md')).toContain(`| ${cause.outcome} | \`${id}\` | ${cause.shownBy} |`);
  });
});

describe.each(NOTES)('the note $code is complete:', ({ code }) => {
  test('a rule', () => expect(exists('src/classify/notes', `${code}.ts`)).toBe(true));

  test('a unit test that names it', () => expect(isUnderTest(code)).toBe(true));

  test('a capture of real kernels, or why there is none', () => {
    const expecting = labels.filter(isExpectedBy(({ notes = [] }) => notes.includes(code)));
    expect(expecting.length > 0 || withoutCapture.includes(`\`${code}\``)).toBe(true);
  });
});
