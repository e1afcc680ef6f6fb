/** The labelled captures of fixtures, and how a report is compared with a label. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../tools.js';
import { type Expectation, FIXTURE_KINDS } from './situation.js';

/** What stands in `<situation>.json`; see fixtures/README.md. */
export interface Label {
  capture: string;
  title: string;
  made: string;
  vantage: 'client' | 'server' | 'between';
  expect: Expectation[];
  observations?: string[];
  nearMiss?: string;
  notes?: string;
}

export interface LabelledCapture {
  /** '<cause-id>/<situation>', or a note's or observation's code in the place of the cause. */
  situation: string;
  folder: string;
  /** The capture's path. */
  path: string;
  label: Label;
}

/** The part of a report's attempt that a label speaks of. */
export interface JudgedAttempt {
  client: { address: string };
  server: { address: string; port: number };
  outcome: string;
  cause: string | null;
  notes: readonly { code: string }[];
}

export const FIXTURE_FOLDERS = FIXTURE_KINDS.map((kind) => join(repositoryRoot(), 'fixtures', kind));

/** Every labelled capture. */
export function readLabels(): LabelledCapture[] {
  const subjects = FIXTURE_FOLDERS.flatMap((kind) => readdirSync(kind).map((subject) => ({ kind, subject })));
  return subjects.flatMap(({ kind, subject }) => {
    const folder = join(kind, subject);
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.includes('.report.'))
      .map((name): LabelledCapture => {
        const label: Label = JSON.parse(readFileSync(join(folder, name), 'utf8'));
        return {
          situation: `${subject}/${name.slice(0, -'.json'.length)}`,
          folder,
          path: join(folder, label.capture),
          label,
        };
      });
  });
}

export function tally(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of [...lines].sort()) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

function sayWhat(outcome: string, cause: string | null, notes: readonly string[]): string {
  return [outcome, cause, ...[...notes].sort()].join(', ');
}

/** What a label says, as counted lines that read well in a test's difference. */
export function describeExpected(expect: readonly Expectation[]): Record<string, number> {
  return tally(
    expect.flatMap(({ client, server, port, outcome, cause, count, notes = [] }) =>
      Array.from({ length: count }, () => `${client} > ${server} port ${port}: ${sayWhat(outcome, cause, notes)}`),
    ),
  );
}

/** What a report says, in the same words. */
export function describeReported(attempts: readonly JudgedAttempt[]): Record<string, number> {
  return tally(
    attempts.map(
      ({ client, server, outcome, cause, notes }) =>
        `${client.address} > ${server.address} port ${server.port}: ` +
        sayWhat(
          outcome,
          cause,
          notes.map(({ code }) => code),
        ),
    ),
  );
}
