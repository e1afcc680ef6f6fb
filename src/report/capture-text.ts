/** What was read, and what it cannot show. */
import type { LiveEnd, Quality, Report, ReportCapture, ReportCommand } from './model.js';
import { formatCount, formatDay, formatNumberOf, formatTimeOfDay, wrap } from './wording.js';

/** More captures than this are counted, not named. */
export const MOST_CAPTURES = 3;

/** What was read, in a line for each capture, or one for all of them when they are many; and how it was captured. */
export function describeCaptures(report: Report, width: number): string[] {
  const { captures } = report;
  const texts = captures.length > MOST_CAPTURES ? [describeTogether(captures)] : captures.map(describeCapture);
  return [...texts, ...describeLive(report)].flatMap((text) => wrap(text, width, '', '  '));
}

function describeCapture({ name, format, packets, firstPacketAt, lastPacketAt }: ReportCapture): string {
  const shownName = name === '-' ? 'standard input' : name;
  return `${shownName}: ${format}, ${formatNumberOf(packets, 'packet')}${describePeriod(firstPacketAt, lastPacketAt)}`;
}

/** What many captures are, in a line. */
export function describeTogether(captures: readonly ReportCapture[]): string {
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  // RFC 3339 times of one form and offset sort as text.
  const times = captures.flatMap(({ firstPacketAt, lastPacketAt }) => [firstPacketAt, lastPacketAt]);
  const sorted = times.filter((time) => time !== null).sort();
  const names = `${captures[0].name} to ${captures[captures.length - 1].name}`;
  const period = describePeriod(sorted[0] ?? null, sorted.at(-1) ?? null);
  return `${formatNumberOf(captures.length, 'capture')}, ${names}: ${formatNumberOf(packets, 'packet')}${period}`;
}

const LIVE_ENDS: Record<LiveEnd, string> = {
  command: 'while the command ran',
  time: 'for the time that was asked for',
  packets: 'as many packets as were asked for',
  interrupt: 'until Ctrl-C',
  terminate: 'until a signal ended it',
  input: 'to the end of the stream',
  failure: 'until it broke off',
};

/** How a live capture was taken, and how the command went that it was taken for; nothing for what was only read. */
export function describeLive({ live }: Report): string[] {
  if (live === undefined) return [];
  const { backend, filter, endedBy, command } = live;
  const by = backend === null ? 'Followed' : `Captured with ${backend}`;
  const what = filter === null ? '' : `, filter: ${filter}`;
  return [`${by} ${LIVE_ENDS[endedBy]}${what}`, ...(command === undefined ? [] : [describeCommand(command)])];
}

/** `curl https://10.0.0.5/` ended with status 7. */
function describeCommand({ words, status, signal }: ReportCommand): string {
  const line = words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  return `\`${line}\` ${signal === null ? `ended with status ${status}` : `was ended by ${signal}`}`;
}

/** From when to when, behind a comma; nothing where there is no packet. */
export function describePeriod(first: string | null, last: string | null): string {
  if (first === null || last === null) return '';
  const from = `${formatDay(first)} ${formatTimeOfDay(first)}`;
  const to = `${formatDay(last)} ${formatTimeOfDay(last)}`;
  if (from === to) return `, ${from} UTC`;
  return `, ${from} to ${formatDay(first) === formatDay(last) ? formatTimeOfDay(last) : to} UTC`;
}

/** What the captures can't show: packets that could not be decoded, and the warnings about the captures. */
export function describeLimits({ quality }: Report, width: number): string[] {
  return [...describeUndecodable(quality), ...quality.warnings.map(({ text }) => text)].flatMap((text) =>
    wrap(`Note: ${text}`, width, '', '  '),
  );
}

/** How many packets could not be decoded, and why; nothing if all could. */
export function describeUndecodable({ undecodable }: Quality): string[] {
  const reasons = Object.entries(undecodable).sort(([, one], [, other]) => other - one);
  if (reasons.length === 0) return [];
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const details = reasons.map(([reason, count]) => `${reason} ${formatCount(count)}`).join(', ');
  return [`${formatNumberOf(total, 'packet')} could not be decoded: ${details}.`];
}
