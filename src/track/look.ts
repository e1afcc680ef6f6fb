/**
 * A look at attempts while they are followed, for those who tell of them before nothing more is expected. A slot is good
 * until the tracker takes its next packet.
 */
import type { Attempt } from './attempt.js';
import type { CaptureClock } from './clock.js';
import { NONE } from './events.js';
import type { HostTable } from './hosts.js';
import { EVENT_SYN } from './journal.js';
import { SETTLED, WAITING } from './layout/slots.js';
import { materialize } from './materialize.js';
import type { PendingTable } from './pending.js';

/** The SYNs of an attempt, in nanoseconds. */
export interface SynTimes {
  count: number;
  /** From the first SYN to the last, and to the last from the one before it. */
  spreadNs: number;
  gapNs: number;
  /** Since the last one. */
  silentNs: number;
}

/** The attempts that a tracker follows, as they are now. */
export class PendingLook {
  readonly #table: PendingTable;
  readonly #clock: CaptureClock;
  readonly #hosts: HostTable;

  constructor(table: PendingTable, clock: CaptureClock, hosts: HostTable) {
    this.#table = table;
    this.#clock = clock;
    this.#hosts = hosts;
  }

  /** The time of the tracker's clock, which never leaps; -Infinity before the first packet. */
  get nowNs(): number {
    return this.#clock.nowNs;
  }

  /** Now, as the packets tell time. */
  get timeNs(): number {
    return this.#clock.timeNs;
  }

  /** Slots that were active at this moment of the clock or later, the latest first. */
  *active(sinceNs: number): Generator<number> {
    const table = this.#table;
    for (const queue of [SETTLED, WAITING]) {
      for (let slot = table.back(queue); slot !== NONE; slot = table.before(slot)) {
        if (table.activityNs(slot) < sinceNs) break;
        yield slot;
      }
    }
  }

  /** Slots that wait and were not active for so long, those that are silent for longest first. */
  *silent(forNs: number): Generator<number> {
    const table = this.#table;
    const untilNs = this.nowNs - forNs;
    for (let slot = table.front(WAITING); slot !== NONE; slot = table.behind(slot)) {
      if (table.activityNs(slot) > untilNs) return;
      yield slot;
    }
  }

  /** What has been seen of it: the bits of pending.ts. */
  state(slot: number): number {
    return this.#table.state(slot);
  }

  /** For how long nothing of it was seen that the tracker counts as activity. */
  idleNs(slot: number): number {
    return this.nowNs - this.#table.activityNs(slot);
  }

  ticket(slot: number): number {
    return this.#table.ticket(slot);
  }

  setTicket(slot: number, ticket: number): void {
    this.#table.setTicket(slot, ticket);
  }

  synTimes(slot: number): SynTimes {
    const { events } = this.#table;
    let count = 0;
    let firstNs = 0;
    let beforeNs = 0;
    let lastNs = 0;
    for (let event = this.#table.firstEvent(slot); event !== NONE; event = events.next(event)) {
      if (events.kind(event) !== EVENT_SYN) continue;
      beforeNs = lastNs;
      lastNs = events.timeNs(event);
      if (count === 0) {
        firstNs = lastNs;
        beforeNs = lastNs;
      }
      count++;
    }
    return { count, spreadNs: lastNs - firstNs, gapNs: lastNs - beforeNs, silentNs: this.#watchedNs(slot) };
  }

  /** The attempt as it would be handed over if the capture ended now. */
  attempt(slot: number): Attempt {
    const end = this.#table.era(slot) === this.#clock.era ? 'capture-end' : 'clock-jump';
    return materialize(this.#table, slot, this.#hosts, end, this.#watchedNs(slot));
  }

  #watchedNs(slot: number): number {
    return this.#clock.sinceNs(this.#table.lastSynNs(slot), this.#table.era(slot));
  }
}
