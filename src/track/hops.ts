/** How far a packet has travelled, told from its time to live. */

/** What stacks start with: 32 (old Windows), 64 (Linux, macOS, BSD), 128 (Windows), 255 (Solaris, routers). */
const INITIAL_TIMES_TO_LIVE = [32, 64, 128, 255] as const;

/**
 * How many routers a packet has passed: what its TTL or hop limit lacks to the next value that stacks start with. A TTL
 * alone says little, since hosts start with different ones, also for different kinds of packet.
 *
 * @example
 * hopDistance(61) // 3
 */
export function hopDistance(timeToLive: number): number {
  return initialTimeToLive(timeToLive) - timeToLive;
}

function initialTimeToLive(timeToLive: number): number {
  for (const initial of INITIAL_TIMES_TO_LIVE) if (timeToLive <= initial) return initial;
  return INITIAL_TIMES_TO_LIVE[INITIAL_TIMES_TO_LIVE.length - 1];
}
