/** The packets of one attempt as a ladder: client on the left, server on the right, time downwards. In ASCII, to paste. */
import type { EventKind } from '../track/attempt.js';
import type { ReportAttempt, ReportFrame } from './model.js';
import { formatDuration, formatSocket } from './wording.js';

/** How a packet is drawn: which way it went and what is written on its arrow. */
export const ARROWS: Record<EventKind, { to: 'server' | 'client'; label: string }> = {
  syn: { to: 'server', label: 'SYN' },
  'syn-ack': { to: 'client', label: 'SYN, ACK' },
  ack: { to: 'server', label: 'ACK' },
  rst: { to: 'client', label: 'RST' },
  icmp: { to: 'client', label: 'ICMP error' },
  'icmp-for-syn-ack': { to: 'server', label: 'ICMP error' },
  'client-rst': { to: 'server', label: 'RST' },
  'client-fin': { to: 'server', label: 'FIN' },
  'bad-syn-ack': { to: 'client', label: 'SYN, ACK (wrong)' },
  'bare-ack': { to: 'client', label: 'ACK (no SYN)' },
  'ignored-rst': { to: 'client', label: 'RST (ignored)' },
  'late-rst': { to: 'client', label: 'RST' },
  'reverse-syn': { to: 'client', label: 'SYN' },
  'reverse-syn-ack': { to: 'server', label: 'SYN, ACK' },
  'client-segment': { to: 'server', label: 'goes on' },
  'server-segment': { to: 'client', label: 'goes on' },
  'server-fin': { to: 'client', label: 'FIN' },
};

/** More packets than this are drawn as the first and the last ones. */
const MOST_ROWS = 24;

const TIME_COLUMNS = 10;
const LANE_COLUMNS = 30;

/**
 * Draws an attempt, one line a packet: when it came, which way it went, its frame number and, for a repeated one, how
 * long the sender had waited.
 */
export function drawLadder(attempt: ReportAttempt): string[] {
  const { frames } = attempt;
  const rows = frames.map((frame, index) => drawRow(frame, frames.slice(0, index), attempt));
  if (rows.length > MOST_ROWS) {
    const left = rows.length - MOST_ROWS;
    rows.splice(MOST_ROWS / 2, left, `${' '.repeat(TIME_COLUMNS)} :  ${left} more packets`);
  }
  return [...drawHeading(attempt), ...rows];
}

function drawHeading({ client, server }: ReportAttempt): string[] {
  const left = ' '.repeat(TIME_COLUMNS - 2) + formatSocket(client);
  const right = formatSocket(server);
  const serverAt = TIME_COLUMNS + LANE_COLUMNS + 2;
  const gap = serverAt - left.length - Math.floor(right.length / 2);
  if (gap >= 3) return [left + ' '.repeat(gap) + right];
  return [left, ' '.repeat(Math.max(TIME_COLUMNS, serverAt - Math.floor(right.length / 2))) + right];
}

function drawRow(frame: ReportFrame, earlier: readonly ReportFrame[], attempt: ReportAttempt): string {
  const { to } = ARROWS[frame.kind];
  const time = formatDuration(frame.atMs).padStart(TIME_COLUMNS - 1);
  return `${time} ${drawArrow(labelOf(frame), to, isUnanswered(attempt))}  ${remark(frame, earlier, attempt)}`;
}

/** What is written on a packet's arrow: `SYN, ACK`, `ICMP 3/13`. */
export function labelOf({ kind, icmp }: ReportFrame): string {
  return icmp === undefined ? ARROWS[kind].label : `ICMP${icmp.version === 6 ? 'v6' : ''} ${icmp.type}/${icmp.code}`;
}

/** Nobody saw a SYN arrive that nothing answers, so its arrow has no head. */
export function isUnanswered({ frames }: ReportAttempt): boolean {
  return frames.every(({ kind }) => ARROWS[kind].to === 'server');
}

function drawArrow(label: string, to: 'server' | 'client', isLost: boolean): string {
  const room = LANE_COLUMNS - label.length - 3;
  const before = '-'.repeat(Math.max(1, Math.floor(room / 2)));
  const after = '-'.repeat(Math.max(1, Math.ceil(room / 2)));
  if (to === 'client') return `|<${before} ${label} ${after}|`;
  return isLost ? `|${before} ${label} ${after.slice(2)} ? |` : `|${before} ${label} ${after}>|`;
}

function remark(packet: ReportFrame, earlier: readonly ReportFrame[], { server }: ReportAttempt) {
  const { frame, icmp } = packet;
  const parts = [`frame ${frame}`];
  if (icmp !== undefined && icmp.from !== server.address) parts.push(`from ${icmp.from}`);
  return [...parts, ...describeWait(packet, earlier)].join(', ');
}

/** How long the sender of a packet had waited, if it had sent its like before: `again after 1.03 s`. */
export function describeWait({ kind, atMs }: ReportFrame, earlier: readonly ReportFrame[]): string[] {
  const previous = earlier.findLast((other) => other.kind === kind);
  return previous === undefined ? [] : [`again after ${formatDuration(atMs - previous.atMs)}`];
}
