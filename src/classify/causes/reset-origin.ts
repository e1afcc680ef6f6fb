/** Who made an RST: from how far it came and how soon, compared with what else the target sent. */
import type { AttemptEvent } from '../../track/attempt.js';
import { hopDistance, tellsDistance } from '../../track/hops.js';
import type { HostFacts } from '../../track/hosts.js';
import type { Distance, TravelKind } from '../../track/whereabouts.js';
import { type Context, type Evidence, formatDuration, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets, Reference } from '../packets.js';

/** What only the target itself sends; RSTs are what is in question. */
const OWN_KINDS: readonly TravelKind[] = ['syn-ack', 'segment', 'packet'];

/** The hops that the target's other packets passed; undefined if there are none. */
export function targetDistance(packets: AttemptPackets, { hosts }: Context): Reference | undefined {
  const { attempt, memo } = packets;
  if (!('targetDistance' in memo)) memo.targetDistance = measureTarget(attempt.serverHost, hosts);
  return memo.targetDistance;
}

function measureTarget(host: number, hosts: HostFacts): Reference | undefined {
  let nearest: Distance | undefined;
  let farthest: Distance | undefined;
  for (const kind of OWN_KINDS) {
    const distance = hosts.distance(host, kind);
    if (distance === undefined) continue;
    if (nearest === undefined || distance.nearest < nearest.nearest) nearest = distance;
    if (farthest === undefined || distance.farthest > farthest.farthest) farthest = distance;
  }
  if (nearest === undefined || farthest === undefined) return undefined;
  return {
    nearest: nearest.nearest,
    farthest: farthest.farthest,
    frames: [...new Set([nearest.nearestFrame, farthest.farthestFrame])],
  };
}

/** The RST that decided an attempt. */
export function decidingReset({ answer, decisive }: AttemptPackets): AttemptEvent | undefined {
  return answer === 'reset' && decisive?.kind === 'rst' ? decisive : undefined;
}

/** How the RST's way compares with that of the target's other packets; undefined where that can't be told. */
export function compareDistance(
  reset: AttemptEvent,
  reference: Reference | undefined,
): 'nearer' | 'same' | 'farther' | undefined {
  if (reference === undefined || !tellsDistance(reset.timeToLive)) return undefined;
  const own = hopDistance(reset.timeToLive);
  if (own < reference.nearest) return 'nearer';
  return own > reference.farthest ? 'farther' : 'same';
}

/** 'The RST of frame 9 had passed 1 router, the other packets of 10.0.0.5 3 routers (frame 5)'. */
export function describeDistance(
  reset: AttemptEvent,
  reference: Reference,
  { attempt }: AttemptPackets,
  context: Context,
): Evidence {
  const frames = reference.frames.map((frame) => ({ frame }));
  const own = hopDistance(reset.timeToLive);
  if (own === reference.nearest && own === reference.farthest) {
    return {
      text: `By its TTL the RST of ${nameFrames([reset], context)} came as far as other packets of ${attempt.server.address} (${nameFrames(frames, context)}): past ${hops(own)}`,
      frames: [reset.frame, ...reference.frames],
    };
  }
  return {
    text: `The RST of ${nameFrames([reset], context)} had passed ${hops(own)}, the other packets of ${attempt.server.address} ${range(reference)} (${nameFrames(frames, context)}), told from their TTLs`,
    frames: [reset.frame, ...reference.frames],
  };
}

/** So many round trips have to be known before a shorter one says anything. */
const ENOUGH_ROUND_TRIPS = 2;
/** An answer that took less than this share of the shortest round trip did not make the trip. */
const TOO_SOON_SHARE = 1 / 3;
/** Less than this is within what hosts and their queues make of it. */
const TOO_SOON_NS = 5e6;

/** A round trip that is known of the target, where the RST took much less. */
export function soonerThanRoundTrip(
  reset: AttemptEvent,
  { attempt, syns }: AttemptPackets,
  { hosts }: Context,
): { waitedNs: number; roundTripNs: number; isOfPort: boolean } | undefined {
  const asked = syns.filter(({ timeNs }) => timeNs <= reset.timeNs).at(-1);
  const port = hosts.port(attempt.serverHost, attempt.server.port);
  const isOfPort = port !== undefined && port.roundTrips >= ENOUGH_ROUND_TRIPS;
  const ofHost = hosts.roundTrip(attempt.serverHost);
  if (asked === undefined || ofHost === undefined || (!isOfPort && ofHost.count < ENOUGH_ROUND_TRIPS)) return undefined;
  const roundTripNs = isOfPort ? port.roundTripNs : ofHost.shortestNs;
  const waitedNs = reset.timeNs - asked.timeNs;
  const isTooSoon = waitedNs < roundTripNs * TOO_SOON_SHARE && roundTripNs - waitedNs >= TOO_SOON_NS;
  return isTooSoon ? { waitedNs, roundTripNs, isOfPort } : undefined;
}

/** 'The RST came 2 ms after the SYN, while no SYN-ACK of … took less than 80 ms'. */
export function describeRoundTrip(
  reset: AttemptEvent,
  { waitedNs, roundTripNs, isOfPort }: { waitedNs: number; roundTripNs: number; isOfPort: boolean },
  { attempt }: AttemptPackets,
): Evidence {
  const whose = isOfPort ? 'this port' : attempt.server.address;
  return {
    text: `The RST came ${formatDuration(waitedNs)} after the SYN, while no SYN-ACK of ${whose} took less than ${formatDuration(roundTripNs)}`,
    frames: framesOf([reset]),
  };
}

function hops(count: number): string {
  if (count === 0) return 'no router';
  return count === 1 ? '1 router' : `${count} routers`;
}

function range({ nearest, farthest }: Reference): string {
  return nearest === farthest ? hops(nearest) : `${nearest} to ${hops(farthest)}`;
}
