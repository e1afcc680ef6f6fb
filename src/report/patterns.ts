/**
 * What the attempts of a finding have in common beside server and cause: whom it met, how often, and from when to when.
 * Each sentence says only what all attempts at the port, those that connected included, bear out.
 */
import type { Outcome } from '../classify/outcome.js';
import type { Attempt } from '../track/attempt.js';
import { KEPT_CLIENTS, type PortFacts } from '../track/ports.js';
import { formatCount, formatDay, formatNumberOf, formatTimeOfDay } from './wording.js';

/** An attempt, and what became of it. */
export interface PatternAttempt {
  attempt: Attempt;
  outcome: Outcome;
}

/** What is known beside the attempts. */
export interface PatternFacts {
  /** What the attempt's port did. */
  port(attempt: Attempt): PortFacts | undefined;
  /** False if the attempt's client never got a SYN-ACK of its port. */
  mayHaveBeenAnswered(attempt: Attempt): boolean;
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

/** What the port did while and around the attempts of a finding. */
interface PortHistory {
  group: readonly Attempt[];
  /** Of each attempt of the group: how many that succeeded had got their SYN-ACK when it began. */
  acceptedBefore: readonly number[];
  /** How many succeeded in all. */
  accepted: number;
  /** Attempts that neither succeeded nor are of the group. */
  others: readonly Attempt[];
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
  readonly #facts: PatternFacts;
  readonly #byPort = new Map<string, PatternAttempt[]>();

  /** All attempts in the order in which they began, also those that the report is not about. */
  constructor(attempts: readonly PatternAttempt[], facts: PatternFacts) {
    this.#facts = facts;
    for (const one of attempts) {
      const key = portKey(one.attempt);
      const known = this.#byPort.get(key);
      if (known === undefined) this.#byPort.set(key, [one]);
      else known.push(one);
    }
  }

  /** The pattern of the attempts of one finding, in the order in which they began. */
  find(group: readonly Attempt[]): Pattern {
    const history = this.#historyOf(group);
    if (history === undefined) return {};
    const whose = describeClients(history);
    const when = this.#describeTimes(history);
    return { ...(whose === undefined ? {} : { whose }), ...(when === undefined ? {} : { when }) };
  }

  #historyOf(group: readonly Attempt[]): PortHistory | undefined {
    const [first] = group;
    const all = this.#byPort.get(portKey(first)) ?? [];
    const rest = all.filter(({ outcome }) => outcome !== 'established').map(({ attempt }) => attempt);
    // Whoever succeeded without a SYN-ACK in the capture was counted nowhere.
    const isUncounted = ({ attempt, outcome }: PatternAttempt): boolean =>
      outcome === 'established' && !isAnswered(attempt);
    if (!this.#facts.isComplete || all.some(isUncounted)) return undefined;
    const port = this.#facts.port(first);
    // A SYN-ACK does not mean success: those of the attempts that are told here were counted as well.
    const answers = rest.filter(isAnswered).map(answeredNs);
    const members = new Set(group);
    return {
      group,
      acceptedBefore: group.map(
        (attempt) => attempt.acceptedBefore - answers.filter((timeNs) => timeNs <= startNs(attempt)).length,
      ),
      accepted: (port?.accepted ?? 0) - answers.length,
      others: rest.filter((attempt) => !members.has(attempt)),
      answered: answeredClients(port),
    };
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
    if (!group.some((attempt) => this.#facts.mayHaveBeenAnswered(attempt))) {
      const clients = new Set(group.map(({ client }) => client.address));
      const alone = clients.size === 1 && others.every(({ client }) => clients.has(client.address));
      return alone ? `Only this client: ${told} connected in the same time.` : undefined;
    }
    const gaps = acceptedBefore.slice(1).map((count, index) => count - acceptedBefore[index]);
    const least = Math.min(...gaps);
    const most = Math.max(...gaps);
    const [from, to] = this.#span(group);
    const isAlone = !others.some(
      (other) => startNs(other) >= startNs(group[0]) && startNs(other) <= lastStartNs(group),
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
  #span(group: readonly Attempt[]): [string, string] {
    const first = this.#facts.timeOf(startNs(group[0]));
    const last = this.#facts.timeOf(lastStartNs(group));
    const isOneDay = formatDay(first) === formatDay(last);
    const tell = (time: string) => `${isOneDay ? '' : `${time.slice(5, 10)} `}${formatTimeOfDay(time)}`;
    return [tell(first), tell(last)];
  }
}

/** How many of those who tried, where all of them are known. */
function describeClients({ group, others, answered }: PortHistory): string | undefined {
  if (group.length === 1 || answered === undefined) return undefined;
  const clients = new Set(group.map(({ client }) => client.address));
  const tried = new Set([...clients, ...others.map(({ client }) => client.address), ...answered]);
  if (tried.size === 1) return undefined;
  if (clients.size === tried.size)
    return `${clients.size === 2 ? 'both' : `all ${formatCount(clients.size)}`} clients that tried`;
  return clients.size === 1
    ? undefined
    : `${formatCount(clients.size)} of ${formatCount(tried.size)} clients that tried`;
}

/** The clients that a port answered; undefined when it may have been more than those that are kept. */
function answeredClients(port: PortFacts | undefined): ReadonlySet<string> | undefined {
  if (port === undefined) return new Set();
  return port.answeredClients.size < KEPT_CLIENTS ? port.answeredClients : undefined;
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

function portKey({ server }: Attempt): string {
  return `${server.address} ${server.port}`;
}

function startNs({ events }: Attempt): number {
  return events[0].timeNs;
}

function lastStartNs(group: readonly Attempt[]): number {
  return startNs(group[group.length - 1]);
}

/** True if its port counted it as accepted: a SYN, and a SYN-ACK that answers it. */
function isAnswered({ events }: Attempt): boolean {
  return events.some(({ kind }) => kind === 'syn') && events.some(({ kind }) => kind === 'syn-ack');
}

function answeredNs({ events }: Attempt): number {
  return events.find(({ kind }) => kind === 'syn-ack')?.timeNs ?? Number.POSITIVE_INFINITY;
}
