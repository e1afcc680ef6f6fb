/** Requests for link-layer addresses that nobody answered, and behind which no SYN was sent. */
import type { Attempt, FrameReference } from '../track/attempt.js';
import type { HostTable, UnansweredNeighbor } from '../track/hosts.js';
import type { KeptAttempts } from './kept-attempts.js';

/** One host that asked for others in vain. */
export interface NeighborFailure {
  asker: string;
  targets: string[];
  requests: number;
  firstNs: number;
  lastNs: number;
  frames: FrameReference[];
}

/** One request may be lost; kernels send three (Linux mcast_solicit, RFC 4861 MAX_MULTICAST_SOLICIT). */
const ENOUGH_REQUESTS = 2;
/** A SYN that waited for an address is sent, or its error told, within this time. */
const AROUND_NS = 5e9;
const KEPT_FRAMES = 16;
/** Fewer targets are told one by one, more are a sweep. */
const MOST_TARGETS = 3;
/** No port has this number. */
const ANY_PORT = -2;

/** In the order of time; a sweep over many addresses is one failure. */
export function findNeighborFailures(hosts: HostTable, attempts: KeptAttempts): NeighborFailure[] {
  let syns: SentSyns | undefined;
  const byAsker = new Map<number, NeighborFailure[]>();
  for (const [target, neighbor] of hosts.unansweredNeighbors()) {
    if (!isMeant(hosts, target, neighbor)) continue;
    syns ??= new SentSyns(hosts, attempts.having('syn'));
    if (syns.explain(target, neighbor)) continue;
    add(byAsker, neighbor.asker, failureOf(hosts, target, neighbor));
  }
  const failures = [...byAsker.values()].flatMap((each) => (each.length > MOST_TARGETS ? [joined(each)] : each));
  return failures.sort((one, other) => one.firstNs - other.firstNs);
}

/**
 * Requests are broadcast and replies are not: on a switch the reply to somebody else stays unseen. So it counts only
 * where what is sent to the asker was captured, and where the target gave no sign of life meanwhile.
 */
function isMeant(hosts: HostTable, target: number, neighbor: UnansweredNeighbor): boolean {
  const { asker, requests, firstNs, firstFrame } = neighbor;
  if (requests < ENOUGH_REQUESTS || asker < 0) return false;
  const locality = hosts.locality(asker, firstFrame);
  if (!hosts.isSpokenTo(asker) && locality !== 'proven' && locality !== 'presumed') return false;
  const signs = [hosts.lastSign(target, ANY_PORT), hosts.lastNeighborSign(target)];
  return signs.every((sign) => sign === undefined || sign.timeNs < firstNs);
}

/** What was sent in spite of it: then the attempt tells the story. */
class SentSyns {
  readonly #byTarget = new Map<number, Attempt[]>();
  /** Those that nothing answered, by their client: the address may be the gateway towards their target. */
  readonly #silent = new Map<number, Attempt[]>();

  constructor(hosts: HostTable, attempts: Iterable<Attempt>) {
    for (const attempt of attempts) {
      add(this.#byTarget, attempt.serverHost, attempt);
      // Who is asked for, or answers, on the client's own network is not behind a gateway.
      const isNear =
        hosts.lastNeighborSign(attempt.serverHost) !== undefined ||
        hosts.unansweredNeighbor(attempt.serverHost) !== undefined;
      const isSilent = attempt.events.every(({ kind }) => kind === 'syn');
      if (isSilent && !isNear) add(this.#silent, attempt.clientHost, attempt);
    }
  }

  explain(target: number, neighbor: UnansweredNeighbor): boolean {
    return [this.#byTarget.get(target), this.#silent.get(neighbor.asker)].some((attempts = []) =>
      attempts.some(({ events }) => {
        const first = events[0].timeNs;
        const last = events[events.length - 1].timeNs;
        return first <= neighbor.lastNs + AROUND_NS && last >= neighbor.firstNs - AROUND_NS;
      }),
    );
  }
}

function add<Key, Entry>(lists: Map<Key, Entry[]>, key: Key, entry: Entry): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}

function failureOf(hosts: HostTable, target: number, neighbor: UnansweredNeighbor): NeighborFailure {
  const { asker, requests, firstNs, lastNs, firstFrame, lastFrame } = neighbor;
  const frames = [firstFrame, lastFrame];
  return { asker: hosts.address(asker), targets: [hosts.address(target)], requests, firstNs, lastNs, frames };
}

function joined(failures: readonly NeighborFailure[]): NeighborFailure {
  return {
    asker: failures[0].asker,
    targets: failures.flatMap(({ targets }) => targets),
    requests: failures.reduce((sum, { requests }) => sum + requests, 0),
    firstNs: failures.reduce((first, { firstNs }) => Math.min(first, firstNs), Number.POSITIVE_INFINITY),
    lastNs: failures.reduce((last, { lastNs }) => Math.max(last, lastNs), Number.NEGATIVE_INFINITY),
    frames: failures.flatMap(({ frames }) => frames).slice(0, KEPT_FRAMES),
  };
}
