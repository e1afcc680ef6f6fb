/**
 * Attempts beyond the number that is listed one by one, as after a flood or a scan: judged when they end, by what is
 * known then, and kept as counts.
 */
import type { CauseId } from '../classify/catalogue.js';
import { judge } from '../classify/classify.js';
import { CROWD } from '../classify/company.js';
import type { CaptureSummary, Context } from '../classify/finding.js';
import { isFailure, type Outcome } from '../classify/outcome.js';
import { sortPackets } from '../classify/packets.js';
import type { Attempt } from '../track/attempt.js';
import type { HostFacts } from '../track/hosts.js';
import { NO_NAMES } from '../track/names.js';
import type { AttemptGroups } from './attempt-groups.js';

/** Whether a report is about an attempt with this outcome and cause. */
type IsSelected = (attempt: Attempt, outcome: Outcome, cause: CauseId | null) => boolean;

/**
 * What is known when an attempt ends. A class, as a getter of a literal would live in a hidden class of its own, and with
 * it all that the analysis has allocated until the next full collection: that doubled the time of a small capture.
 */
class UnlistedContext implements Context {
  readonly company = CROWD;
  readonly names = NO_NAMES;
  readonly hosts: HostFacts;
  readonly #capture: () => CaptureSummary;

  constructor(hosts: HostFacts, capture: () => CaptureSummary) {
    this.hosts = hosts;
    this.#capture = capture;
  }

  get capture(): CaptureSummary {
    return this.#capture();
  }

  frameNumber(): number {
    return 0;
  }
}

/** Counts attempts that are not listed. */
export class UnlistedAttempts {
  readonly outcomes = new Map<Outcome, number>();
  /** Those that failed, and those that went on when they, or the capture, were at an end. */
  readonly groups: AttemptGroups;
  readonly #context: Context;
  readonly #isSelected: IsSelected;
  #count = 0;
  #isEmpty = true;

  constructor(groups: AttemptGroups, hosts: HostFacts, capture: () => CaptureSummary, isSelected: IsSelected) {
    this.groups = groups;
    this.#context = new UnlistedContext(hosts, capture);
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

  add(attempt: Attempt): void {
    this.#isEmpty = false;
    const packets = sortPackets(attempt);
    const { outcome, cause } = judge(packets, this.#context);
    if (!this.#isSelected(attempt, outcome, cause)) return;
    this.#count++;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    const { client, server, events, end } = attempt;
    const isEarly = end === 'evicted';
    if (cause === null || !isGrouped(outcome, cause)) return;
    this.groups.add({
      client: client.address,
      server,
      outcome,
      cause,
      startNs: events[0].timeNs,
      isRepeated: packets.syns.length > 1,
      isEarly,
    });
    if (this.groups.isFull) this.groups.merge(() => undefined as never);
  }
}

/** Whether an attempt is told in a finding, if only in that of a flood. */
export function isGrouped(outcome: Outcome, cause: CauseId | null): boolean {
  return isFailure(outcome) || cause === 'capture-ended';
}
