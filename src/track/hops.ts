/** How far a packet has travelled, told from its time to live. */
import { LEAST_TELLING } from './layout/hosts.js';

/** What stacks start with: 32 (old Windows), 64 (Linux, macOS, BSD), 128 (Windows), 255 (Solaris, routers). */
const INITIAL_TIMES_TO_LIVE = [32, 64, 128, 255] as const;

/** Looked up, since it is asked for every packet of a handshake. */
const HOPS = Uint8Array.from({ length: 256 }, (_, timeToLive) => initialTimeToLive(timeToLive) - timeToLive);

/**
 * How many routers a packet has passed: what its TTL or hop limit lacks to the next value that stacks start with. A TTL
 * alone says little, since hosts start with different ones, also for different kinds of packet.
 *
 * @example
 * hopDistance(61) // 3
 */
export function hopDistance(timeToLive: number): number {
  return HOPS[timeToLive];
}

/** False for packets whose TTL was low from the start: of traceroute, or meant for their own link only. */
export function tellsDistance(timeToLive: number): boolean {
  return timeToLive >= LEAST_TELLING;
}

function initialTimeToLive(timeToLive: number): number {
  return INITIAL_TIMES_TO_LIVE.find((initial) => timeToLive <= initial) ?? 0;
}
