/** The benchmark's tables, as the README quotes them. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Measurement } from './contestants.js';

/** What should hold of a figure. */
export interface Goal {
  text: string;
  holds: boolean;
}

/** What is not known, or means nothing here. */
export const NOTHING = '–';

/** The line above a table: on which machine, and how it was measured. */
export function describeMeasuring(rounds: number): string {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const release = /^PRETTY_NAME="(.*)"$/m.exec(system)?.[1] ?? process.platform;
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${memory} GiB, ${release}, Node ${process.versions.node}`;
  return `${machine}; medians of ${rounds === 1 ? 'one round' : `${rounds} rounds, and of the ratios in each`}, warm page cache:`;
}

/** A table in Markdown; columns whose title ends in a space are texts, the others figures. */
export function renderTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.trim()).join(' | ')} |`;
  return [row(columns), row(columns.map((column) => (column.endsWith(' ') ? '---' : '---:'))), ...rows.map(row)].join(
    '\n',
  );
}

/** Seconds of time and of CPU, as cells. */
export function timeCells({ seconds, cpuSeconds }: Measurement): string[] {
  return [
    Number.isNaN(seconds) ? 'failed' : seconds.toFixed(2),
    cpuSeconds === undefined ? NOTHING : cpuSeconds.toFixed(2),
  ];
}

/** The largest memory of a program, as a cell. */
export function memoryCell(measurement: Measurement): string {
  const megabytes = megabytesOf(measurement);
  return megabytes === undefined ? NOTHING : `${megabytes} MB`;
}

/** Megabytes are millions of bytes, as in the goals. */
function megabytesOf({ kilobytes }: Measurement): number | undefined {
  return kilobytes === undefined ? undefined : Math.round((kilobytes * 1024) / 1e6);
}

/** The goal that a program takes no more memory; none where that is not known. */
export function memoryGoal(measurement: Measurement, mostMegabytes: number): Goal[] {
  const megabytes = Number.isNaN(measurement.seconds) ? Number.POSITIVE_INFINITY : megabytesOf(measurement);
  return megabytes === undefined ? [] : [{ text: `≤ ${mostMegabytes} MB`, holds: megabytes <= mostMegabytes }];
}

/** Goals and whether they hold, as two cells. */
export function goalCells(goals: readonly Goal[]): string[] {
  if (goals.length === 0) return ['', ''];
  return [goals.map(({ text }) => text).join(', '), goals.map(({ holds }) => (holds ? 'yes' : 'no')).join(', ')];
}
