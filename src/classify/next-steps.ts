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
    .map((step) => sentence(step, target).replace(PLACEHOLDER, (placeholder, name) => values[name] ?? placeholder));
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

function sentence({ where, command, system, text }: NextStep, { client }: NextStepTarget): string {
  if (command === undefined) return text;
  const place = where === 'client' && client === undefined ? 'On the client' : PLACES[where];
  return `${place}${system === undefined ? '' : ` (${system})`}, \`${command}\`: ${text}`;
}
