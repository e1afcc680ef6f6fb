import type { Attempt, AttemptEvent } from '../../track/attempt.js';
import { hopDistance } from '../../track/hops.js';
import { type Context, type Evidence, formatDuration, formatEndpoint, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** More than this with one sequence number are probes of one sender, not one SYN that was translated so often. */
const MOST_TWINS = 3;

/** The same SYN seen on the other side of an address translation, and what it is from there. */
interface Twin {
  attempt: Attempt;
  syn: AttemptEvent;
  /** True if this attempt stands before the translation, the other one behind it. */
  isBehind: boolean;
}

/** The other sides of an attempt that was captured before and behind an address translation. */
export function findTwins({ attempt, firstSyn }: AttemptPackets, { company }: Context): Twin[] {
  const others = company.twins(attempt);
  if (firstSyn === undefined || others.length > MOST_TWINS) return [];
  return others.flatMap((other) => {
    const syn = other.events.find(({ kind }) => kind === 'syn');
    return syn === undefined ? [] : [{ attempt: other, syn, isBehind: isBehind(firstSyn, syn) }];
  });
}

/** By the routers that they had passed, of which the translating one is one; else by time. */
function isBehind(one: AttemptEvent, other: AttemptEvent): boolean {
  const hops = hopDistance(other.timeToLive) - hopDistance(one.timeToLive);
  return hops === 0 ? other.timeNs > one.timeNs || (other.timeNs === one.timeNs && other.frame > one.frame) : hops > 0;
}

/** The same attempt stands in the capture before and behind an address translation. */
export function translatedTwin(packets: AttemptPackets, context: Context): Evidence | undefined {
  const { firstSyn } = packets;
  const twins = findTwins(packets, context);
  if (firstSyn === undefined || twins.length === 0) return undefined;
  const told = twins.map(({ attempt, syn, isBehind }) => {
    const apart = formatDuration(syn.timeNs - firstSyn.timeNs);
    const side = isBehind ? 'behind' : 'before';
    return `${side} a translation of addresses as ${formatEndpoint(attempt.client)} to ${formatEndpoint(attempt.server)} (${nameFrames([syn], context)}, ${apart} apart${describeFate(packets.attempt, attempt, context)})`;
  });
  return {
    text: `The SYN of ${nameFrames([firstSyn], context)} stands in the capture again, ${told.join(', and ')}`,
    frames: framesOf([firstSyn, ...twins.map(({ syn }) => syn)]),
  };
}

/** Where only one of the two was answered, between them the answer was lost, or was made. */
function describeFate(here: Attempt, there: Attempt, context: Context): string {
  const answer = firstAnswer(there);
  if ((answer === undefined) === (firstAnswer(here) === undefined)) return '';
  return answer === undefined ? ', unanswered there' : `, answered there in ${nameFrames([answer], context)}`;
}

function firstAnswer({ events }: Attempt): AttemptEvent | undefined {
  return events.find(({ kind }) => kind === 'syn-ack' || kind === 'bad-syn-ack' || kind === 'rst' || kind === 'icmp');
}
