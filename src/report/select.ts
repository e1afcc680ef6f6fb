/**
 * Which attempts a report is about: `--host --port --outcome --cause --since --until`. Whoever collects attempts for a
 * report asks `matches` of each before it counts it, so that the summary, the findings and the list all speak of the
 * same attempts. What a capture shows as a whole (its quality, what is known of its hosts) is not selected from.
 */
import type { Outcome } from '../classify/outcome.js';
import type { HostPattern } from './address-pattern.js';

/** Attempts that fulfil every criterion that is given; of a list, any one entry. Times are those of the first packet. */
export interface AttemptSelection {
  /** Either end has such an address or name (`parseHostPattern`). */
  hosts?: readonly HostPattern[];
  /** Either end has this port. */
  ports?: readonly number[];
  outcomes?: readonly Outcome[];
  /** Ids of causes; an established attempt has none. */
  causes?: readonly string[];
  /** Not earlier than this. */
  since?: Moment;
  /** Not later than this. */
  until?: Moment;
}

/** A point in time, or a time of day (UTC) that recurs on each day of the capture; both in nanoseconds. */
export type Moment = { epochNs: bigint } | { ofDayNs: bigint };

/** What a selection asks about an attempt; a ReportAttempt with its time as a number is one. */
export interface SelectableAttempt {
  client: SelectableEndpoint;
  server: SelectableEndpoint;
  outcome: Outcome;
  cause: string | null;
  /** Of its first packet, in nanoseconds since 1970. */
  startedNs: bigint;
}

interface SelectableEndpoint {
  address: string;
  port: number;
  name?: string | undefined;
}

const DAY_NS = 86_400_000_000_000n;

/** Tells whether a report with this selection is about this attempt. */
export function matches(selection: AttemptSelection, attempt: SelectableAttempt): boolean {
  const { hosts, ports, outcomes, causes } = selection;
  const { client, server, outcome, cause } = attempt;
  return (
    (outcomes === undefined || outcomes.includes(outcome)) &&
    (causes === undefined || (cause !== null && causes.includes(cause))) &&
    (ports === undefined || ports.includes(server.port) || ports.includes(client.port)) &&
    (hosts === undefined ||
      hosts.some((isMeant) => isMeant(server.address, server.name) || isMeant(client.address, client.name))) &&
    isWithin(selection, attempt.startedNs)
  );
}

function isWithin({ since, until }: AttemptSelection, timeNs: bigint): boolean {
  if (since !== undefined && until !== undefined && 'ofDayNs' in since && 'ofDayNs' in until) {
    const ofDayNs = timeOfDay(timeNs);
    // From 23:50 to 00:10 goes over midnight.
    return since.ofDayNs <= until.ofDayNs
      ? ofDayNs >= since.ofDayNs && ofDayNs <= until.ofDayNs
      : ofDayNs >= since.ofDayNs || ofDayNs <= until.ofDayNs;
  }
  return (since === undefined || compare(timeNs, since) >= 0) && (until === undefined || compare(timeNs, until) <= 0);
}

function compare(timeNs: bigint, moment: Moment): number {
  const differenceNs = 'epochNs' in moment ? timeNs - moment.epochNs : timeOfDay(timeNs) - moment.ofDayNs;
  return differenceNs < 0n ? -1 : differenceNs > 0n ? 1 : 0;
}

function timeOfDay(timeNs: bigint): bigint {
  return ((timeNs % DAY_NS) + DAY_NS) % DAY_NS;
}

const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads an RFC 3339 time (`2026-11-20T09:10:12.5+01:00`; without an offset it is UTC, without seconds or a time of day
 * those are zero) or a time of day (`09:10`, `09:10:12.5`, UTC). Undefined when the text is neither.
 *
 * @example
 * parseMoment('2026-11-20T09:10:00Z') // { epochNs: 1795165800000000000n }
 * parseMoment('09:10') // { ofDayNs: 33000000000000n }
 */
export function parseMoment(text: string): Moment | undefined {
  const ofDay = TIME_OF_DAY.exec(text);
  if (ofDay !== null) {
    const [, hours, minutes, seconds = '0', fraction = ''] = ofDay;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
      return undefined;
    }
    const wholeSeconds = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return { ofDayNs: BigInt(wholeSeconds) * 1_000_000_000n + fractionNs(fraction) };
  }
  const dateTime = DATE_TIME.exec(text);
  if (dateTime === null) {
    return undefined;
  }
  const [, day, hoursAndMinutes = '00:00', seconds = '00', fraction = '', offset = 'Z'] = dateTime;
  const epochMs = Date.parse(`${day}T${hoursAndMinutes}:${seconds}${offset.toUpperCase()}`);
  // Date.parse takes the 31st of every month and counts on; nobody means that.
  if (Number.isNaN(epochMs) || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) {
    return undefined;
  }
  return { epochNs: BigInt(epochMs) * 1_000_000n + fractionNs(fraction) };
}

function fractionNs(digits: string): bigint {
  return BigInt(digits.padEnd(9, '0'));
}
