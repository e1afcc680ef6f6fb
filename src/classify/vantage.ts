/** Where the capture was taken, attempt by attempt, and what the attempts agree on. */
import { type Attempt, type AttemptEvent, captureOf, type EventKind } from '../track/attempt.js';
import { hopDistance, tellsDistance } from '../track/hops.js';
import type { HostFacts } from '../track/hosts.js';
import type { Locality, TravelKind } from '../track/whereabouts.js';

/** Where the capture was taken; 'mixed': not the same for all attempts. */
export type Vantage = 'client' | 'server' | 'between' | 'mixed' | 'unknown';

/** How sure it is that the capture was taken at one end of an attempt, or on that end's own link. */
export interface Ends {
  client: Locality;
  server: Locality;
}

const SERVER_KINDS: readonly TravelKind[] = ['syn-ack', 'segment', 'packet'];

/**
 * Both ends of an attempt. Proven: the capture marks the end's packets as sent by the capturing machine. Presumed: they
 * had passed no router while the other end's had, or the end's link-layer address is in every frame of the capture.
 */
export function endsOf(attempt: Attempt, hosts: HostFacts): Ends {
  const { clientHost, serverHost } = attempt;
  const clientHops = clientDistance(attempt);
  const serverHops = serverDistance(attempt, hosts);
  const client = surer(localityIn(attempt, clientHost, hosts), byHops(clientHops, serverHops));
  const server = surer(localityIn(attempt, serverHost, hosts), byHops(serverHops, clientHops));
  // Presumed of both, it is true of one at most.
  const isContradiction = isAt(client) && isAt(server);
  return {
    client: isContradiction && client === 'presumed' ? 'unknown' : client,
    server: isContradiction && server === 'presumed' ? 'unknown' : server,
  };
}

/** Of an attempt that goes through several captures: what is true in all of them. */
function localityIn({ events }: Attempt, host: number, hosts: HostFacts): Locality {
  const [first, ...others] = events;
  const locality = hosts.locality(host, first.frame);
  const isElsewhere = ({ frame }: AttemptEvent): boolean =>
    captureOf(frame) !== captureOf(first.frame) && hosts.locality(host, frame) !== locality;
  return others.some(isElsewhere) ? 'unknown' : locality;
}

function byHops(own: number | undefined, other: number | undefined): Locality {
  if (own === undefined) return 'unknown';
  if (own > 0) return 'excluded';
  return other !== undefined && other > 0 ? 'presumed' : 'unknown';
}

/** The vantage point that attempts agree on. */
export class VantagePoint {
  readonly #hosts: HostFacts;
  #vantage: Vantage = 'unknown';

  constructor(hosts: HostFacts) {
    this.#hosts = hosts;
  }

  get vantage(): Vantage {
    return this.#vantage;
  }

  /** Takes in where one attempt was captured. */
  note(attempt: Attempt): void {
    if (this.#vantage === 'mixed') return;
    const vantage = attemptVantage(endsOf(attempt, this.#hosts));
    if (vantage === 'unknown') return;
    this.#vantage = this.#vantage === 'unknown' || this.#vantage === vantage ? vantage : 'mixed';
  }
}

/** True if the capture was taken at this end, or so near that nothing but the end itself could come between. */
export function isAt(locality: Locality): boolean {
  return locality === 'proven' || locality === 'presumed';
}

function attemptVantage({ client, server }: Ends): Vantage {
  if (isAt(client) !== isAt(server)) return isAt(client) ? 'client' : 'server';
  return client === 'excluded' && server === 'excluded' ? 'between' : 'unknown';
}

/** What the link layer says goes before what the TTL says. */
function surer(byLink: Locality, byHops: Locality): Locality {
  if (byLink === 'proven' || byLink === 'excluded' || byHops === 'unknown') return byLink;
  return byHops;
}

function clientDistance(attempt: Attempt): number | undefined {
  return nearestOf(attempt, 'syn');
}

/** By its SYN-ACK, else by what it sent to others. RSTs come last: others may have made them. */
function serverDistance(attempt: Attempt, hosts: HostFacts): number | undefined {
  const own = nearestOf(attempt, 'syn-ack');
  if (own !== undefined) return own;
  let nearest: number | undefined;
  for (const kind of SERVER_KINDS) nearest = nearer(nearest, hosts.distance(attempt.serverHost, kind)?.nearest);
  return nearest ?? nearestOf(attempt, 'rst');
}

/** The fewest hops of the attempt's packets of a kind; copies from farther on are not among them. */
function nearestOf({ events }: Attempt, wanted: EventKind): number | undefined {
  let nearest: number | undefined;
  for (const { kind, timeToLive } of events) {
    if (kind === wanted && tellsDistance(timeToLive)) nearest = nearer(nearest, hopDistance(timeToLive));
  }
  return nearest;
}

function nearer(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
