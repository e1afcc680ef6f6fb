/** Where the capture was taken, from what the TTLs tell: a packet whose TTL is still an initial value has not travelled. */
import type { Attempt, EventKind } from '../track/attempt.js';

/** Where the capture was taken; 'mixed': not the same for all attempts. */
export type Vantage = 'client' | 'server' | 'between' | 'mixed' | 'unknown';

/** What stacks start with: 64 (Linux, macOS, BSD), 128 (Windows), 255 (Solaris, routers), 32 (old Windows). */
const INITIAL_TTLS: ReadonlySet<number> = new Set([32, 64, 128, 255]);

const SERVER_KINDS: ReadonlySet<EventKind> = new Set<EventKind>(['syn-ack', 'rst']);

/** The vantage point that the attempts agree on. */
export function captureVantage(attempts: readonly Attempt[]): Vantage {
  const seen = new Set<Vantage>();
  for (const attempt of attempts) {
    const vantage = attemptVantage(attempt);
    if (vantage !== 'unknown') seen.add(vantage);
  }
  if (seen.size > 1) return 'mixed';
  for (const vantage of seen) return vantage;
  return 'unknown';
}

/** Only an attempt with packets of both ends tells; on one link both TTLs are initial, and it can't be known. */
function attemptVantage({ events }: Attempt): Vantage {
  const syn = events.find(({ kind }) => kind === 'syn');
  const answer = events.find(({ kind }) => SERVER_KINDS.has(kind));
  if (syn === undefined || answer === undefined) return 'unknown';
  const isClientNear = INITIAL_TTLS.has(syn.timeToLive);
  const isServerNear = INITIAL_TTLS.has(answer.timeToLive);
  if (isClientNear === isServerNear) return isClientNear ? 'unknown' : 'between';
  return isClientNear ? 'client' : 'server';
}
