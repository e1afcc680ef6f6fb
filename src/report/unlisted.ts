/**
 * Attempts beyond the number that is listed one by one, as after a flood or a scan: judged when they end, by what is
 * known then, and kept as counts.
 */
import type { CauseId } from '../classify/catalogue.js';
import { classify } from '../classify/classify.js';
import { CROWD } from '../classify/company.js';
import type { CaptureSummary } from '../classify/finding.js';
import type { Outcome } from '../classify/outcome.js';
import type { Attempt, Endpoint } from '../track/attempt.js';
import type { HostFacts } from '../track/hosts.js';
import { NO_NAMES } from '../track/names.js';

/** Unlisted attempts that share server, port, outcome and cause. */
export interface UnlistedGroup {
  server: Endpoint;
  outcome: Outcome;
  cause: CauseId;
  attempts: number;
  /** Nanoseconds since the time origin. */
  firstNs: number;
  lastNs: number;
}

/** More groups than this are counted by outcome only. */
const MAXIMUM_GROUPS = 10_000;

/** Whether a report is about an attempt with this outcome and cause. */
type IsSelected = (attempt: Attempt, outcome: Outcome, cause: CauseId | null) => boolean;

/** Counts attempts that are not listed. */
export class UnlistedAttempts {
  readonly outcomes = new Map<Outcome, number>();
  readonly #groups = new Map<string, UnlistedGroup>();
  readonly #hosts: HostFacts;
  readonly #capture: () => CaptureSummary;
  readonly #isSelected: IsSelected;
  #count = 0;
  #isEmpty = true;

  constructor(hosts: HostFacts, capture: () => CaptureSummary, isSelected: IsSelected) {
    this.#hosts = hosts;
    this.#capture = capture;
    this.#isSelected = isSelected;
  }

  /** False if there are any, also such as the report is not about. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  get groups(): Iterable<UnlistedGroup> {
    return this.#groups.values();
  }

  add(attempt: Attempt): void {
    this.#isEmpty = false;
    const context = {
      hosts: this.#hosts,
      company: CROWD,
      names: NO_NAMES,
      capture: this.#capture(),
      frameNumber: () => 0,
    };
    const { outcome, cause } = classify(attempt, context);
    if (!this.#isSelected(attempt, outcome, cause)) return;
    this.#count++;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    if (cause !== null) this.#addToGroup(attempt, outcome, cause);
  }

  #addToGroup({ server, events }: Attempt, outcome: Outcome, cause: CauseId): void {
    const key = groupKey(server, outcome, cause);
    const { timeNs } = events[0];
    const group = this.#groups.get(key);
    if (group !== undefined) {
      group.attempts++;
      group.firstNs = Math.min(group.firstNs, timeNs);
      group.lastNs = Math.max(group.lastNs, timeNs);
    } else if (this.#groups.size < MAXIMUM_GROUPS) {
      this.#groups.set(key, { server, outcome, cause, attempts: 1, firstNs: timeNs, lastNs: timeNs });
    }
  }
}

/** What attempts of one finding have in common. */
export function groupKey(server: Endpoint, outcome: Outcome, cause: string | null): string {
  return `${server.address} ${server.port} ${outcome} ${cause}`;
}
