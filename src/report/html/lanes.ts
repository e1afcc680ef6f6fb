/** Which attempts share a lane in the picture of all of them: those of one target, while targets are few. */
import type { Outcome } from '../../classify/outcome.js';

/** What is needed of an attempt to find its lane. */
export interface LaneKeys {
  outcome: Outcome;
  /** Address and port of its server, and the address alone. */
  target: string;
  host: string;
}

/** The lanes, from top to bottom. */
export interface Lanes {
  /** What each is named, what its attempts came to, and whether it is what the others left. */
  lanes: { name: string; counts: Map<Outcome, number>; attempts: number; isRest?: boolean }[];
  /** The lane of each attempt, in their order. */
  laneOf: Uint16Array;
}

/** More lanes are hard to take in; the rest shares the last one. */
const MOST_LANES = 16;

/** Puts attempts into lanes: by target, or by host if those are too many. The one with the most failures comes first. */
export function assignLanes(attempts: readonly LaneKeys[]): Lanes {
  const isFew = (names: readonly string[]) => new Set(names).size <= MOST_LANES;
  const targets = attempts.map(({ target }) => target);
  const names = isFew(targets) ? targets : attempts.map(({ host }) => host);
  const groups = new Map<string, Map<Outcome, number>>();
  for (const [index, name] of names.entries()) {
    let counts = groups.get(name);
    if (counts === undefined) {
      counts = new Map();
      groups.set(name, counts);
    }
    const { outcome } = attempts[index];
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const sorted = [...groups].map(([name, counts]) => ({ name, counts, attempts: sum(counts) })).sort(byFailures);
  // A lane of its own for a target that was tried once tells nothing where there are so many.
  const own =
    sorted.length <= MOST_LANES ? sorted : sorted.slice(0, MOST_LANES - 1).filter(({ attempts }) => attempts > 1);
  const lanes =
    own.length === sorted.length
      ? own
      : [
          ...own,
          together(
            sorted.filter((lane) => !own.includes(lane)),
            own,
          ),
        ];
  const places = new Map(own.map(({ name }, index) => [name, index]));
  return { lanes, laneOf: Uint16Array.from(names, (name) => places.get(name) ?? own.length) };
}

function together(rest: Lanes['lanes'], own: Lanes['lanes']): Lanes['lanes'][number] {
  const counts = new Map<Outcome, number>();
  for (const [outcome, count] of rest.flatMap((lane) => [...lane.counts])) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + count);
  }
  const name = own.length === 0 ? `${rest.length} targets` : `${rest.length} more targets`;
  return { name, counts, attempts: sum(counts), isRest: true };
}

function byFailures(one: Lanes['lanes'][number], other: Lanes['lanes'][number]): number {
  return failures(other) - failures(one) || other.attempts - one.attempts;
}

function failures({ counts }: Lanes['lanes'][number]): number {
  return (counts.get('refused') ?? 0) + (counts.get('filtered') ?? 0) + (counts.get('timed-out') ?? 0);
}

function sum(counts: ReadonlyMap<Outcome, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
