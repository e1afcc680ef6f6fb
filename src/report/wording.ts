/** Numbers, times, addresses and paragraphs as people read them. */
import type { DistinctCount } from './distinct-count.js';
import type { ReportEndpoint, ReportFinding, ReportServer } from './model.js';

/** A count with thousands separators: `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count with its noun: `1 attempt`, `2 attempts`. */
export function formatNumberOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** The same of what is counted exactly only while it is few: `312 ports`, `about 19,950,000 addresses`. */
export function formatEstimate(
  { count, isEstimate }: Pick<DistinctCount, 'count' | 'isEstimate'>,
  singular: string,
  plural = `${singular}s`,
): string {
  return `${isEstimate ? 'about ' : ''}${formatNumberOf(count, singular, plural)}`;
}

/** A duration in the unit that suits it: `0.42 ms`, `1.02 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  if (size < 999.5) return `${significant(milliseconds)} ms`;
  if (size < 119_500) return `${significant(milliseconds / 1000)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (size < 7_200_000) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (size < 172_800_000) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}

/** Three digits that matter, or all of those before the point. */
function significant(value: number): string {
  const size = Math.abs(value);
  return value
    .toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** The day of an RFC 3339 time: `2026-11-20`. */
export function formatDay(time: string): string {
  return time.slice(0, 10);
}

/** The time of day of an RFC 3339 time, to the second or with as many decimals. */
export function formatTimeOfDay(time: string, decimals = 0): string {
  return time.slice(11, decimals === 0 ? 19 : 20 + decimals);
}

/** Address and port, IPv6 in brackets: `10.0.0.5:5432`, `[fe80::1]:443`. */
export function formatSocket({ address, port }: ReportEndpoint): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Address, port and what else is known of a server: `10.0.0.5:5432 (db.lan, postgresql)`. */
export function formatServer(server: ReportServer): string {
  const known = [server.name, server.service].filter((text) => text !== undefined);
  return formatSocket(server) + (known.length === 0 ? '' : ` (${known.join(', ')})`);
}

/** What a finding is about: a server, or so many of them: `3,000 ports of 10.0.0.5`, `65,500 hosts, 312 ports`. */
export function formatTarget({
  server,
  targets,
}: {
  server: ReportServer;
  targets?: ReportFinding['targets'] | undefined;
}): string {
  if (targets === undefined) return formatServer(server);
  const ports = formatNumberOf(targets.ports, 'port');
  if (targets.servers === 1) return `${ports} of ${server.address}`;
  const hosts = formatNumberOf(targets.servers, 'host');
  return targets.ports === 1 ? `port ${server.port} of ${hosts}` : `${hosts}, ${ports}`;
}

/**
 * Breaks a paragraph into lines of at most `width` columns, the first one after `first`, the others after `rest`.
 * What stands in backquotes is a command to paste and stays in one line, also when that gets too long.
 */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.match(/(?:`[^`]*`|\S)+/g) ?? []) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  lines.push(line);
  return lines;
}
