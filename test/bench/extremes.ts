/** Captures at the limits: floods, which have to end within a limit of memory, and ones that grow. */
import { rmSync, statSync } from 'node:fs';
import { growingCapture, prepare, prepareFlood } from './captures.js';
import { type Conditions, takeTurns } from './comparison.js';
import { type Contestant, isReference, type Measurement, ourselves, peersFor } from './contestants.js';
import { FLOODS } from './floods.js';
import { goalCells, memoryCell, memoryGoal, timeCells } from './table.js';

/** The columns about floods. */
export const FLOOD_COLUMNS: readonly string[] = [
  'flood ',
  'program ',
  'seconds',
  'CPU seconds',
  'peak memory',
  'goal ',
  'holds ',
];
/** The columns about growth. */
export const GROWTH_COLUMNS: readonly string[] = [
  'capture ',
  'program ',
  'seconds',
  'seconds a GB',
  'CPU seconds',
  'peak memory',
];

const FLOOD_MEGABYTES = 1000;
const GIGABYTES: readonly number[] = [1, 2, 5, 10];

/** The rows about floods, in a part of their size. */
export function measureFloods(conditions: Conditions, share: number): string[][] {
  return FLOODS.flatMap((whole) => {
    const flood = { ...whole, attempts: Math.ceil(whole.attempts / share), title: titleOf(whole.title, share) };
    const file = prepareFlood(conditions.folder, flood);
    const megabytes = Math.round(statSync(file).size / 1e6);
    return rowsFor(conditions, file, ({ isOurs }, result) => [
      ...timeCells(result),
      memoryCell(result),
      ...goalCells(isOurs ? memoryGoal(result, FLOOD_MEGABYTES) : []),
    ]).map((row) => [`${flood.title} (${megabytes} MB)`, ...row]);
  });
}

/** The rows about captures that grow. One file is there at a time, and none afterwards unless it is to be kept. */
export function measureGrowth(conditions: Conditions, share: number, isKept: boolean): string[][] {
  return GIGABYTES.flatMap((gigabytes) => {
    const capture = growingCapture(gigabytes / share);
    const file = prepare(conditions.folder, capture);
    const stored = statSync(file).size / 1e9;
    try {
      return rowsFor(conditions, file, (_contestant, result) => {
        const [seconds = '', cpuSeconds = ''] = timeCells(result);
        return [seconds, (result.seconds / stored).toFixed(2), cpuSeconds, memoryCell(result)];
      }).map((row) => [titleOf(`${gigabytes} GB of ${capture.dataBytes}-byte packets`, share), ...row]);
    } finally {
      if (!isKept) rmSync(file);
    }
  });
}

/** What a share of a capture is called. */
export function titleOf(title: string, share: number): string {
  return share === 1 ? title : `1/${share} of ${title}`;
}

function rowsFor(
  { rounds, workers }: Conditions,
  file: string,
  cells: (contestant: Contestant, result: Measurement) => string[],
): string[][] {
  const contestants = [...ourselves(workers), ...peersFor('pcap').filter(isReference)];
  return [...takeTurns(contestants, rounds, () => file)].map(([contestant, result]) => [
    contestant.name,
    ...cells(contestant, result),
  ]);
}
