/** synwhy beside the programs that do less or more with the same captures. */
import { statSync } from 'node:fs';
import { type Capture, prepare, START_PACKETS } from './captures.js';
import {
  type Contestant,
  isReference,
  LISTING,
  type Measurement,
  measure,
  ourselves,
  peersFor,
  REFERENCE,
  ratioOf,
  summarize,
} from './contestants.js';
import { type Goal, goalCells, memoryCell, memoryGoal, NOTHING, timeCells } from './table.js';

/** How a comparison is run. */
export interface Conditions {
  folder: string;
  rounds: number;
  /** Slow programs get this part of a capture. */
  slowShare: number;
  /** Numbers of threads that read to try synwhy with; none: as many as it takes by itself. */
  workers: readonly number[];
}

/** The columns of a comparison. */
export const COMPARISON: readonly string[] = [
  'capture ',
  'program ',
  'seconds',
  'CPU seconds',
  `× ${REFERENCE}`,
  '× synwhy',
  'peak memory',
  'goal ',
  'holds ',
];

const MOST_MEGABYTES = 300;
/** So many times synwhy's time these should need at least. */
const SLOWER: Readonly<Record<string, number>> = { tshark: 100, tcptrace: 5 };
const START_SECONDS = 0.15;
/** Starts that are measured together: one takes a few of the hundredths that time counts in. */
const STARTS = 20;

/** The rows about one capture. */
export function compare(capture: Capture, { folder, rounds, slowShare, workers }: Conditions): string[][] {
  const file = prepare(folder, capture);
  const sized = (packets: number) => prepare(folder, { ...capture, packets: Math.ceil(packets) });
  const smaller = slowShare === 1 ? file : sized(capture.packets / slowShare);
  const peers = peersFor(capture.isGzip ? 'gzip' : capture.format);
  const contestants = [...ourselves(workers), ...(workers.length === 0 ? [LISTING] : []), ...peers];
  const results = takeTurns(contestants, rounds, ({ slow }) => (slow ? smaller : file));
  for (const [contestant, result] of results) {
    if (!contestant.slow || slowShare === 1) continue;
    results.set(contestant, scale(result, measure(contestant.command(sized(START_PACKETS))), slowShare));
  }
  const reference = [...results].find(([contestant]) => isReference(contestant))?.[1];
  const [ours] = results.values();
  const megabytes = Math.round(statSync(file).size / 1e6);
  return [...results].map(([contestant, result]) => {
    const [ratio, slower] = [ratioOf(result, reference), ratioOf(result, ours)];
    const scaled = contestant.slow && slowShare > 1 ? ` (from 1/${slowShare} of it)` : '';
    return [
      `${capture.title} (${megabytes} MB)`,
      `${contestant.name}${scaled}`,
      ...timeCells(result),
      ...[ratio, slower].map((value) => (Number.isNaN(value) ? NOTHING : value.toFixed(2))),
      memoryCell(result),
      ...goalCells(
        goalsFor(contestant, result, {
          ratio,
          slower,
          goal: reference === undefined ? undefined : capture.goal,
        }),
      ),
    ];
  });
}

/** The rows about starting, whose figure is CPU time. */
export function compareStarts(capture: Capture, { folder, rounds, workers }: Conditions, starts = STARTS): string[][] {
  const file = prepare(folder, { ...capture, packets: START_PACKETS });
  const node: Contestant = { name: 'node -e 0', command: () => [process.execPath, '-e', '0'] };
  const results = takeTurns([...ourselves(workers), node], rounds, () => file, starts);
  return [...results].map(([{ name, isOurs }, result]) => [
    `start-up: a capture of ${START_PACKETS} packets`,
    name,
    ...timeCells(result),
    NOTHING,
    NOTHING,
    memoryCell(result),
    ...goalCells(
      isOurs && result.cpuSeconds !== undefined
        ? [{ text: `≤ ${START_SECONDS} s of CPU`, holds: result.cpuSeconds <= START_SECONDS }]
        : [],
    ),
  ]);
}

/** Lets programs take turns, so that whatever else the machine does falls on all of them; each file is read once before. */
export function takeTurns(
  contestants: readonly Contestant[],
  rounds: number,
  fileFor: (contestant: Contestant) => string,
  times = 1,
): Map<Contestant, Measurement> {
  const results = new Map<Contestant, Measurement[]>(contestants.map((contestant) => [contestant, []]));
  for (const file of new Set(contestants.map(fileFor))) measure(['cat', file]);
  for (let round = 0; round < rounds; round++) {
    for (const [contestant, measured] of results) {
      // Once is enough for what takes a minute, or has failed.
      if (round > 0 && (contestant.slow || measured.some(({ seconds }) => Number.isNaN(seconds)))) continue;
      measured.push(measure(contestant.command(fileFor(contestant)), times));
    }
  }
  return new Map([...results].map(([contestant, measured]) => [contestant, summarize(measured)]));
}

/** The time for a whole capture, from that for a part of it and that for hardly any of it. */
function scale(part: Measurement, start: Measurement, share: number): Measurement {
  const whole = (seconds: number, startSeconds: number) => startSeconds + (seconds - startSeconds) * share;
  const { cpuSeconds } = part;
  return {
    ...part,
    seconds: whole(part.seconds, start.seconds),
    rounds: [],
    cpuSeconds: cpuSeconds === undefined ? undefined : whole(cpuSeconds, start.cpuSeconds ?? 0),
  };
}

function goalsFor(
  { name, isOurs, isListing }: Contestant,
  result: Measurement,
  { ratio, slower, goal }: { ratio: number; slower: number; goal: number | undefined },
): Goal[] {
  if (isOurs) {
    const speed =
      goal !== undefined && !isListing ? [{ text: `≤ ${goal.toFixed(2)} × ${REFERENCE}`, holds: ratio <= goal }] : [];
    return [...speed, ...memoryGoal(result, MOST_MEGABYTES)];
  }
  const least = SLOWER[name];
  return least === undefined ? [] : [{ text: `≥ ${least} × synwhy`, holds: slower >= least }];
}
