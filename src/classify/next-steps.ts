/**
 * Turns the next steps of a cause into sentences about one server. Placeholders in the catalogue:
 *
 *   {server} {port} {client}   as given
 *   {reporter}                 who sent the ICMP error
 *   {server-in-url}            the server's address as a URL needs it, IPv6 in brackets
 *   {client-bracketed}         the client's address, IPv6 in brackets
 *   {probe-ports}              ports that are often open, and the one in question
 *   {-6}                       ' -6' for an IPv6 server, for tools that have to be told
 *   {-f-ipv6}                  ' -f ipv6', likewise
 *   {-inet6}                   ' -inet6', likewise
 *   {iptables}                 iptables, or ip6tables for an IPv6 server
 *   {arp}                      arp, or ndp for an IPv6 server (macOS)
 */
import { type CauseId, describeCause, type NextStep } from './catalogue.js';

/** What the placeholders stand for. Give addresses, not names: they end up in commands that people paste. */
export interface NextStepTarget {
  server: string;
  port: number | string;
  /** Left out where it is not one client: then commands have CLIENT in its place. */
  client?: string | undefined;
  /** Who sent the ICMP error, if one came. */
  reporter?: string | undefined;
}

/**
 * What to do next about a cause, one sentence each; commands stand in backquotes.
 *
 * @example
 * fillNextSteps('port-closed', { server: '10.0.0.5', port: 5432, client: '10.0.0.1' })[0]
 * // "On 10.0.0.5, `ss -ltnp 'sport = :5432'`: no line: nothing listens, …"
 */
export function fillNextSteps(cause: CauseId, target: NextStepTarget): string[] {
  const ipVersion = target.server.includes(':') ? 6 : 4;
  const values = placeholderValues(target, ipVersion);
  const steps: readonly NextStep[] = describeCause(cause).nextSteps;
  return steps
    .filter((step) => (step.ipVersion ?? ipVersion) === ipVersion)
    .map((step) => fill(partsOf(step, target.client !== undefined), values));
}

/** What a step consists of: texts, and between them the names of what is to be filled in. */
type Parts = readonly string[];

/** Of each step, told of one client or of any: there are a hundred thousand attempts, and some hundred steps. */
const known: readonly [ofAny: Map<NextStep, Parts>, ofOne: Map<NextStep, Parts>] = [new Map(), new Map()];

function partsOf(step: NextStep, isOfOne: boolean): Parts {
  const steps = known[isOfOne ? 1 : 0];
  let parts = steps.get(step);
  if (parts === undefined) {
    parts = sentence(step, isOfOne).split(PLACEHOLDER);
    steps.set(step, parts);
  }
  return parts;
}

function fill(parts: Parts, values: Readonly<Record<string, string>>): string {
  let text = parts[0];
  for (let index = 1; index < parts.length; index += 2) {
    text += (values[parts[index]] ?? `{${parts[index]}}`) + parts[index + 1];
  }
  return text;
}

/** {time_connect} and its like belong to the commands: only what is known is replaced. */
const PLACEHOLDER = /\{([\w-]+)\}/g;

/** Where a host that is alive and filtered often answers all the same. */
const OFTEN_OPEN = ['22', '80', '443'];

function placeholderValues(
  { server, port, client = 'CLIENT', reporter = 'the sender of the ICMP error' }: NextStepTarget,
  ipVersion: 4 | 6,
): Record<string, string> {
  const isIpv6 = ipVersion === 6;
  return {
    server,
    port: String(port),
    'probe-ports': [...new Set([...OFTEN_OPEN, String(port)])].join(','),
    client,
    reporter,
    'server-in-url': bracketed(server),
    'client-bracketed': bracketed(client),
    '-6': isIpv6 ? ' -6' : '',
    '-f-ipv6': isIpv6 ? ' -f ipv6' : '',
    '-inet6': isIpv6 ? ' -inet6' : '',
    arp: isIpv6 ? 'ndp' : 'arp',
    iptables: isIpv6 ? 'ip6tables' : 'iptables',
  };
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

const PLACES = {
  server: 'On {server}',
  client: 'On {client}',
  reporter: 'On {reporter}',
  path: 'On the way',
  capture: 'Where you capture',
} as const;

function sentence({ where, command, system, text }: NextStep, isOfOne: boolean): string {
  if (command === undefined) return text;
  const place = where === 'client' && !isOfOne ? 'On the client' : PLACES[where];
  return `${place}${system === undefined ? '' : ` (${system})`}, \`${command}\`: ${text}`;
}
