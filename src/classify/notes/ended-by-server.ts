/** Connections that the server ended before either side had sent data. */
import type { Attempt, AttemptEvent } from '../../track/attempt.js';
import { type Context, type Evidence, formatDuration, framesOf, nameFrames } from '../finding.js';
import { isSelfConnected } from './self-connect.js';

/** A server that waits longer had nothing against the connection: it ends what nobody uses. */
const IDLE_NS = 10e9;

/** How the server ended the connection, and the ACK that had made it; undefined if it did not, or not soon. */
export function endByServer(attempt: Attempt): { ack: AttemptEvent; end: AttemptEvent } | undefined {
  const ack = attempt.events.find(({ kind }) => kind === 'ack');
  if (ack === undefined || isSelfConnected(attempt)) return undefined;
  const end = attempt.events.find(
    ({ kind, timeNs }) => (kind === 'late-rst' || kind === 'server-fin') && timeNs >= ack.timeNs,
  );
  return end === undefined || end.timeNs - ack.timeNs > IDLE_NS ? undefined : { ack, end };
}

/** Tells of such an end; `did` is what the server did to the connection. */
export function describeEnd(
  attempt: Attempt,
  kind: 'late-rst' | 'server-fin',
  did: string,
  context: Context,
): Evidence | undefined {
  const found = endByServer(attempt);
  if (found?.end.kind !== kind) return undefined;
  const { ack, end } = found;
  const text = `The server ${did} the connection (${nameFrames([end], context)}) ${formatDuration(end.timeNs - ack.timeNs)} after the client's ACK (${nameFrames([ack], context)}), before either side sent data`;
  return { text, frames: framesOf([ack, end]) };
}
