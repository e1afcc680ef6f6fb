/** Whether everything was silent for a client, and not one target alone. */
import type { Attempt, FrameReference } from '../../track/attempt.js';
import type { Context } from '../finding.js';
import { type AttemptPackets, timeOf } from '../packets.js';
import { isRealSilence } from './silence.js';

/** Attempts that overlap, or are so close together, are of the same seconds. */
const SAME_SECONDS_NS = 3e9;
/** An attempt that began so long before may still be going on. */
const LONGEST_ATTEMPT_NS = 131e9;
/** A shorter time without answers is a lost packet or two. */
const LEAST_OUTAGE_NS = 1.5e9;

/** A time in which a client heard nothing from anybody. */
export interface Outage {
  /** Silent attempts to other addresses. */
  others: readonly Attempt[];
  /** The last that came to the client before, and the first after. */
  before: FrameReference | undefined;
  after: FrameReference | undefined;
}

/** The outage that a silent attempt fell into; undefined if it was alone, or its client was never answered. */
export function findOutage(packets: AttemptPackets, context: Context): Outage | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { attempt, firstSyn, lastSyn } = packets;
  const { clientReached: reached } = attempt;
  if (firstSyn === undefined || lastSyn === undefined || reached === undefined || reached.meanwhile) return undefined;
  if (reached.before === undefined && reached.after === undefined) return undefined;
  const fromNs = firstSyn.timeNs - SAME_SECONDS_NS;
  const toNs = lastSyn.timeNs + SAME_SECONDS_NS;
  const company = context.company.elsewhere(attempt, firstSyn.timeNs - LONGEST_ATTEMPT_NS, toNs);
  const meanwhile = company.filter(({ events }) => events[events.length - 1].timeNs >= fromNs);
  const others = meanwhile.filter(isSilent);
  if (others.length === 0 || durationNs([attempt, ...others]) < LEAST_OUTAGE_NS) return undefined;
  // Hosts that are never heard may simply not be there: one at least has to be alive at another time.
  const isAlive = ({ serverHost }: Attempt): boolean => Number.isFinite(context.hosts.firstHeardNs(serverHost));
  if (!isAlive(attempt) && !others.some(isAlive)) return undefined;
  return { others, before: reached.before, after: reached.after };
}

function isSilent({ events }: Attempt): boolean {
  return events.every(({ kind }) => kind === 'syn');
}

function durationNs(attempts: readonly Attempt[]): number {
  const { fromNs, toNs } = timeOf(attempts);
  return toNs - fromNs;
}
