/**
 * What the attempts of a finding have in common beside server and cause: whom it met, how often, and from when to when.
 * Each sentence says only what all attempts at the port, those that connected included, bear out.
 */
import type { Outcome } from '../classify/outcome.js';
import type { Attempt } from '../track/attempt.js';
import { KEPT_CLIENTS } from '../track/layout/ports.js';
import type { PortFacts } from '../track/ports.js';
import { formatCount, formatDay, formatNumberOf, formatTimeOfDay } from './wording.js';

/** Attempts in the order in which they began, and what became of them. */
export interface PatternAttempts {
  readonly length: number;
  outcome(index: number): Outcome;
  startNs(index: number): number;
  clientAddress(index: number): string;
  serverAddress(index: number): string;
  serverPort(index: number): number;
  acceptedBefore(index: number): number;
  /** When its port counted it as accepted, by a SYN-ACK that answers a SYN; undefined if it did not. */
  answeredNs(index: number): number | undefined;
  at(index: number): Attempt | undefined;
}

/** What is known beside the attempts. */
export interface PatternFacts {
  /** What the attempt's port did. */
  port(attempt: Attempt): PortFacts | undefined;
  /** False if the client of the attempt at this place never got a SYN-ACK of its port. */
  mayHaveBeenAnswered(index: number): boolean;
  /** False once something was too much to be remembered, or the order of time is not known. */
  isComplete: boolean;
  /** RFC 3339. */
  timeOf(timeNs: number): string;
}

/** Whom it met, for the sentence with the number of attempts; and when, as a sentence of its own. */
export interface Pattern {
  whose?: string;
  when?: string;
}

/** What the port did while and around the attempts of a finding; attempts are told by their places. */
interface PortHistory {
  group: readonly number[];
  /** Of each attempt of the group: how many that succeeded had got their SYN-ACK when it began. */
  acceptedBefore: readonly number[];
  /** How many succeeded in all. */
  accepted: number;
  /** Attempts that neither succeeded nor are of the group. */
  others: readonly number[];
  /** Client addresses that got a SYN-ACK; undefined when there were too many to know. */
  answered: ReadonlySet<string> | undefined;
}

/** So many say that something is regular: one distance, and another that is the same. */
const LEAST_REGULAR = 3;
/** So many say that it is nearly so. */
const LEAST_NEARLY_REGULAR = 5;
/** Once among fewer says nothing. */
const LEAST_BESIDE_ONCE = 3;

/** Finds patterns in findings. */
export class Patterns {
  readonly #attempts: PatternAttempts;
  readonly #facts: PatternFacts;
  /** By the server's address and its port. */
  #byPort: Map<string, Map<number, number[]>> | undefined;

  /** All attempts, also those that the report is not about. */
  constructor(attempts: PatternAttempts, facts: PatternFacts) {
    this.#attempts = attempts;
    this.#facts = facts;
  }

  /** The pattern of the attempts of one finding, in the order in which they began. */
  find(group: readonly number[]): Pattern {
    if (!this.#facts.isComplete) return {};
    const history = this.#historyOf(group);
    if (history === undefined) return {};
    const whose = this.#describeClients(history);
    const when = this.#describeTimes(history);
    return { ...(whose === undefined ? {} : { whose }), ...(when === undefined ? {} : { when }) };
  }

  #historyOf(group: readonly number[]): PortHistory | undefined {
    const attempts = this.#attempts;
    this.#byPort ??= this.#groupByPort();
    const all = this.#byPort.get(attempts.serverAddress(group[0]))?.get(attempts.serverPort(group[0])) ?? [];
    const rest = all.filter((index) => attempts.outcome(index) !== 'established');
    // Whoever succeeded without a SYN-ACK in the capture was counted nowhere.
    const isUncounted = (index: number): boolean =>
      attempts.outcome(index) === 'established' && attempts.answeredNs(index) === undefined;
    if (all.some(isUncounted)) return undefined;
    const port = this.#facts.port(attempts.at(group[0])!);
    // A SYN-ACK does not mean success: those of the attempts that are told here were counted as well.
    const answers = rest.flatMap((index) => attempts.answeredNs(index) ?? []);
    const answersNs = Float64Array.from(answers).sort();
    const members = new Set(group);
    return {
      group,
      acceptedBefore: group.map(
        (index) => attempts.acceptedBefore(index) - countUntil(answersNs, attempts.startNs(index)),
      ),
      accepted: (port?.accepted ?? 0) - answers.length,
      others: rest.filter((index) => !members.has(index)),
      answered: answeredClients(port),
    };
  }

  #groupByPort(): Map<string, Map<number, number[]>> {
    const attempts = this.#attempts;
    const byPort = new Map<string, Map<number, number[]>>();
    for (let index = 0; index < attempts.length; index++) {
      const address = attempts.serverAddress(index);
      const port = attempts.serverPort(index);
      let ports = byPort.get(address);
      if (ports === undefined) {
        ports = new Map();
        byPort.set(address, ports);
      }
      const known = ports.get(port);
      if (known === undefined) ports.set(port, [index]);
      else known.push(index);
    }
    return byPort;
  }

  #clientsOf(places: readonly number[]): Set<string> {
    return new Set(places.map((index) => this.#attempts.clientAddress(index)));
  }

  /** How many of those who tried, where all of them are known. */
  #describeClients({ group, others, answered }: PortHistory): string | undefined {
    if (group.length === 1 || answered === undefined) return undefined;
    const clients = this.#clientsOf(group);
    const tried = new Set([...clients, ...this.#clientsOf(others), ...answered]);
    if (tried.size === 1) return undefined;
    if (clients.size === tried.size)
      return `${clients.size === 2 ? 'both' : `all ${formatCount(clients.size)}`} clients that tried`;
    return clients.size === 1
      ? undefined
      : `${formatCount(clients.size)} of ${formatCount(tried.size)} clients that tried`;
  }

  #describeTimes(history: PortHistory): string | undefined {
    const { group, accepted, acceptedBefore, others } = history;
    const before = acceptedBefore[0];
    const between = acceptedBefore[acceptedBefore.length - 1] - before;
    const after = accepted - before - between;
    // An answer may stand before its SYN, and then all that is counted is off by one.
    if (before < 0 || between < 0 || after < 0) return undefined;
    if (group.length === 1) {
      const isOnce = others.length === 0 && before > 0 && after > 0 && accepted >= LEAST_BESIDE_ONCE;
      return isOnce ? `Once: ${formatCount(accepted)} others connected, before and after.` : undefined;
    }
    if (between > 0) return this.#describeRhythm(history, between);
    if (others.length > 0) return undefined;
    const [from, to] = this.#span(group);
    if (before > 0 && after > 0) {
      return `${from === to ? `All at ${from}` : `From ${from} to ${to}`}: others connected before and after, none in between.`;
    }
    if (before > 0) return `From ${from} on for good: others connected before, none since.`;
    if (after > 0) return `Until ${to}: others connected after that, none before.`;
    return 'Every time: no attempt at this port connected.';
  }

  /** Some connected in between. */
  #describeRhythm({ group, acceptedBefore, others }: PortHistory, between: number): string | undefined {
    const told = formatNumberOf(between, 'other');
    // Clients that are never answered are no rhythm, whenever the others come.
    if (!group.some((index) => this.#facts.mayHaveBeenAnswered(index))) {
      const clients = this.#clientsOf(group);
      const alone = clients.size === 1 && others.every((index) => clients.has(this.#attempts.clientAddress(index)));
      return alone ? `Only this client: ${told} connected in the same time.` : undefined;
    }
    const gaps = acceptedBefore.slice(1).map((count, index) => count - acceptedBefore[index]);
    const least = gaps.reduce((one, other) => Math.min(one, other));
    const most = gaps.reduce((one, other) => Math.max(one, other));
    const [from, to] = this.#span(group);
    const startNs = (index: number) => this.#attempts.startNs(index);
    const isAlone = !others.some(
      (other) => startNs(other) >= startNs(group[0]) && startNs(other) <= startNs(group[group.length - 1]),
    );
    if (isAlone && group.length >= LEAST_REGULAR && least === most) {
      return `${capitalize(everyNth(least + 1))} attempt from ${from} to ${to}: the ${told} connected.`;
    }
    const mean = between / gaps.length;
    if (isAlone && group.length >= LEAST_NEARLY_REGULAR && least >= mean / 2 && most <= mean * 2 && mean >= 1) {
      const rate = everyNth(Math.round(mean) + 1);
      return `About ${rate} attempt from ${from} to ${to}: the ${told} connected.`;
    }
    return `Now and then: ${told} connected in between.`;
  }

  /** When the first and the last of them began; with the day where it is not the same. */
  #span(group: readonly number[]): [string, string] {
    const first = this.#facts.timeOf(this.#attempts.startNs(group[0]));
    const last = this.#facts.timeOf(this.#attempts.startNs(group[group.length - 1]));
    const isOneDay = formatDay(first) === formatDay(last);
    const tell = (time: string) => `${isOneDay ? '' : `${time.slice(5, 10)} `}${formatTimeOfDay(time)}`;
    return [tell(first), tell(last)];
  }
}

/** The clients that a port answered; undefined when it may have been more than those that are kept. */
function answeredClients(port: PortFacts | undefined): ReadonlySet<string> | undefined {
  if (port === undefined) return new Set();
  return port.answeredClients.size < KEPT_CLIENTS ? port.answeredClients : undefined;
}

/** How many of these times, which are in order, are not later than this one. */
function countUntil(timesNs: Float64Array, untilNs: number): number {
  let [low, high] = [0, timesNs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesNs[middle] <= untilNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 'every other', 'every 3rd'. */
function everyNth(nth: number): string {
  if (nth === 2) return 'every other';
  const lastTwo = nth % 100;
  const suffix = lastTwo > 10 && lastTwo < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][nth % 10] ?? 'th');
  return `every ${formatCount(nth)}${suffix}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
