/** Words for labels: who talks to whom, and what came of it. */
import type { Expectation } from './situation.js';
import { DIRECT, type Family, ROUTED } from './topologies.js';

export type Ends = Pick<Expectation, 'client' | 'server' | 'port'>;

/** From client to server over a router, or over two. */
export function acrossRouters(family: Family, port: number): Ends {
  return { client: ROUTED.client[family], server: ROUTED.server[family], port };
}

/** From client to server on one cable. */
export function onOneCable(family: Family, port: number): Ends {
  return { client: DIRECT.client[family], server: DIRECT.server[family], port };
}

type Outcome = Expectation['outcome'];

function expectation(
  ends: Ends,
  outcome: Outcome,
  cause: string | null,
  count: number,
  notes: readonly string[],
): Expectation {
  return { ...ends, outcome, cause, count, ...(notes.length === 0 ? {} : { notes }) };
}

/** Connections that were made; `notes` are codes. */
export function accepted(ends: Ends, count = 1, ...notes: readonly string[]): Expectation {
  return expectation(ends, 'established', null, count, notes);
}

export function refused(ends: Ends, cause = 'port-closed', count = 1, ...notes: readonly string[]): Expectation {
  return expectation(ends, 'refused', cause, count, notes);
}

export function filtered(ends: Ends, cause: string, count = 1, ...notes: readonly string[]): Expectation {
  return expectation(ends, 'filtered', cause, count, notes);
}

export function timedOut(ends: Ends, cause: string, count = 1, ...notes: readonly string[]): Expectation {
  return expectation(ends, 'timed-out', cause, count, notes);
}
