/**
 * Turns the next steps of a cause into sentences about one server. Placeholders in the catalogue:
 *
 *   {server} {port} {client}   as given
 *   {reporter}                 who sent the ICMP error
 *   {server-in-url}            the server's address as a URL needs it, IPv6 in brackets
 *   {client-bracketed}         the client's address, IPv6 in brackets
 *   {probe-ports}              ports that are often open, and the one in question
 *   {-6}                       ' -6' for an IPv6 server, for tools that have to be told
 *   {iptables}                 iptables, or ip6tables for an IPv6 server
 */
import { type CauseId, describeCause, type NextStep } from './catalogue.js';

/** What the placeholders stand for. Give addresses, not names: they end up in commands that people paste. */
export interface NextStepTarget {
  server: string;
  port: number | string;
  client: string;
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
  const values = placeholderValues(target);
  return describeCause(cause).nextSteps.map((step) =>
    // {time_connect} and its like belong to the commands.
    sentence(step).replace(/\{([\w-]+)\}/g, (placeholder, name: string) => values[name] ?? placeholder),
  );
}

/** Where a host that is alive and filtered often answers all the same. */
const OFTEN_OPEN = ['22', '80', '443'];

function placeholderValues({
  server,
  port,
  client,
  reporter = 'the sender of the ICMP error',
}: NextStepTarget): Record<string, string> {
  const isIpv6 = server.includes(':');
  return {
    server,
    port: String(port),
    'probe-ports': [...new Set([...OFTEN_OPEN, String(port)])].join(','),
    client,
    reporter,
    'server-in-url': bracketed(server),
    'client-bracketed': bracketed(client),
    '-6': isIpv6 ? ' -6' : '',
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

function sentence({ where, command, text }: NextStep): string {
  return command === undefined ? text : `${PLACES[where]}, \`${command}\`: ${text}`;
}
