/**
 * npm run bench: how long synwhy takes for a capture, against programs that do less or more with the same bytes.
 *
 *   npm run bench -- [--quick] [--rounds N] [--only TEXT] [--workers 1,2]
 *   npm run bench -- --floods [--quick] [--rounds N] [--workers 1,2]             memory in floods and scans
 *   npm run bench -- --growth [--quick] [--rounds N] [--workers 1,2] [--keep]    time and memory from 1 to 10 GB
 *   npm run bench -- --soak [--quick]       memory over an hour of live capture (soak.ts)
 *   npm run bench -- --live [--quick]       what the backends of live capture lose (live.ts)
 *
 * Captures are generated once into .bench (or $SYNWHY_BENCH_DIR), 9 GB of them, 5 GB more for floods; those of --growth
 * are deleted again unless --keep says otherwise. Programs take turns. --quick is a hundredth of the size: it shows that
 * the benchmark runs, and no more. What is printed is what the README quotes.
 *
 * Where the time goes: node --cpu-prof --cpu-prof-dir=.bench bin/synwhy.js .bench/small-6600000.pcap, then load the
 * profile into a browser's developer tools.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../tools.js';
import { CAPTURES, type Capture } from './captures.js';
import { COMPARISON, type Conditions, compare, compareStarts } from './comparison.js';
import { FLOOD_COLUMNS, GROWTH_COLUMNS, measureFloods, measureGrowth, titleOf } from './extremes.js';
import { benchLive } from './live.js';
import { soak } from './soak.js';
import { describeMeasuring, renderTable } from './table.js';

const QUICK_SHARE = 100;
/** Each attempt of a flood costs as much as a hundred packets of a connection. */
const QUICK_FLOOD_SHARE = 1000;
const SLOW_SHARE = 20;
const QUICK_STARTS = 2;
const ROUNDS = 5;
/** Floods and ten gigabytes take minutes a round. */
const ROUNDS_OF_EXTREMES = 3;
const START_NAME = 'start-up';

function compareAll(conditions: Conditions, only: string, share: number): string[][] {
  const rows = CAPTURES.filter(({ name }) => name.includes(only)).flatMap((capture) =>
    compare(
      { ...capture, title: titleOf(capture.title, share), packets: Math.ceil(capture.packets / share) },
      conditions,
    ),
  );
  if (!START_NAME.includes(only)) return rows;
  const [first] = CAPTURES as [Capture];
  return [...rows, ...compareStarts(first, conditions, share === 1 ? undefined : QUICK_STARTS)];
}

function print(rounds: number, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`\n${describeMeasuring(rounds)}\n\n${renderTable(columns, rows)}\n`);
}

function readWorkers(text: string | undefined): number[] {
  const workers = text === undefined ? [] : text.split(',').map(Number);
  if (workers.every((count) => Number.isInteger(count) && count >= 0)) return workers;
  throw new Error(`--workers takes numbers such as 1,2, not '${text}'`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      floods: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      rounds: { type: 'string' },
      workers: { type: 'string' },
      soak: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
    },
  });
  if (values.soak) return soak(values.quick);
  if (values.live) return benchLive(values.quick);
  const folder = process.env.SYNWHY_BENCH_DIR ?? join(repositoryRoot(), '.bench');
  mkdirSync(folder, { recursive: true });
  const isExtreme = values.floods || values.growth;
  const rounds = Number(values.rounds ?? (values.quick ? 1 : isExtreme ? ROUNDS_OF_EXTREMES : ROUNDS));
  const share = values.quick ? QUICK_SHARE : 1;
  const slowShare = values.quick ? 1 : SLOW_SHARE;
  const conditions: Conditions = { folder, rounds, slowShare, workers: readWorkers(values.workers) };
  if (values.floods) print(rounds, FLOOD_COLUMNS, measureFloods(conditions, values.quick ? QUICK_FLOOD_SHARE : 1));
  if (values.growth) print(rounds, GROWTH_COLUMNS, measureGrowth(conditions, share, values.keep));
  if (!isExtreme) print(rounds, COMPARISON, compareAll(conditions, values.only, share));
}

await main();
