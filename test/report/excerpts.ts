/** Captures that excerpts are tested with, and excerpts of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type AnalyzeOptions, Analyzer } from '../../src/analyze.js';
import { CaptureError } from '../../src/capture/errors.js';
import { writeExcerpt } from '../../src/node/excerpt.js';
import { openCapture } from '../../src/node/file.js';
import type { Disguise } from '../../src/report/anonymize/disguise.js';
import type { PayloadLimit } from '../../src/report/excerpt.js';
import type { Report } from '../../src/report/model.js';
import { repositoryRoot } from '../tools.js';

/** A folder of the test file, which goes away with it. */
export const folder = mkdtempSync(join(tmpdir(), 'synwhy-excerpt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CHUNK_BYTES = 1 << 20;
/** Of the corpus, unless all of it is asked for. */
const EVERY = 8;

function filesIn(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const inner = join(path, name);
    return statSync(inner).isDirectory() ? filesIn(inner) : [inner];
  });
}

/** Every capture among the fixtures, and a sample of the corpus if there is one. */
export function capturesToTry(): string[] {
  const fixtures = filesIn(join(repositoryRoot(), 'fixtures')).filter((path) => !/\.(?:json|md|txt)$/.test(path));
  const corpus = process.env.SYNWHY_CORPUS;
  const others = corpus === undefined ? [] : filesIn(join(corpus, 'captures')).sort();
  const isAll = process.env.SYNWHY_CORPUS_ALL === '1';
  return [...fixtures, ...others.filter((_path, index) => isAll || index % EVERY === 0)];
}

/** What an analysis of a file gives, and how many frames it had; undefined if it is no capture. */
export async function analyzeFile(
  path: string,
  options: AnalyzeOptions = {},
): Promise<{ report: Report; frames: number } | undefined> {
  const analyzer = new Analyzer({ all: true, ...options });
  const source = await openCapture(path, { chunkBytes: CHUNK_BYTES });
  const input = analyzer.addCapture('capture', source.compression);
  try {
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) input.push(chunk);
    input.end(source.damage);
  } catch (error) {
    await source.close();
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
  return { frames: analyzer.frameCounts[0], report: analyzer.finish() };
}

export interface ExcerptOptions {
  limit?: PayloadLimit;
  all?: boolean;
  disguise?: Disguise;
}

/** A capture, its report, and its excerpt. */
export interface Excerpted {
  report: Report;
  /** What an analysis of the excerpt gives. */
  again: Report;
  path: string;
  bytes: Buffer;
  packets: number;
  different: number;
  width: string;
}

let count = 0;

/** Makes the excerpt of a file; undefined if it is no capture. */
export async function excerptOf(
  capture: string,
  { limit = 'headers', all = true, disguise }: ExcerptOptions = {},
): Promise<Excerpted | undefined> {
  const analyzed = await analyzeFile(capture, { all, ...(disguise && { disguise }) });
  if (analyzed === undefined) return undefined;
  const { report, frames } = analyzed;
  const path = join(folder, `${count++}.pcapng`);
  const captures = [{ frames, open: () => openCapture(capture, { chunkBytes: CHUNK_BYTES }) }];
  const written = await writeExcerpt(path, { report, captures, limit, isWhole: true, disguise });
  const again = await analyzeFile(path, { all: true });
  return { ...written, report, again: again!.report, path, bytes: readFileSync(path) };
}

/** The verdicts of a report, one line an attempt. */
export function verdictsOf({ attempts }: Report): string[] {
  return attempts.map(({ client, server, startedAt, outcome, cause, confidence, frames }) => {
    const ends = `${client.address} ${client.port} > ${server.address} ${server.port}`;
    return `${startedAt} ${ends}: ${outcome} ${cause} ${confidence} ${frames.map(({ kind }) => kind).join()}`;
  });
}
