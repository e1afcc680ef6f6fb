/** Wireshark display filters that show what a report speaks of. */
import type { Endpoint } from '../track/attempt.js';

/**
 * Shows one attempt, and the ICMP errors that quote it: Wireshark reads the quoted ports as TCP ports too. `strays` are
 * where answers came from that came from somewhere else than the server.
 */
export function attemptFilter(client: Endpoint, server: Endpoint, strays: readonly Endpoint[] = []): string {
  const ends = [...new Set([server, ...strays].map(endFilter))];
  return `tcp.port == ${client.port} && ${ends.length === 1 ? ends[0] : `(${ends.map((end) => `(${end})`).join(' || ')})`}`;
}

function endFilter(end: Endpoint): string {
  return `tcp.port == ${end.port} && ${addressField(end)} == ${end.address}`;
}

/** Shows how a server's port answered: its SYNs and RSTs, and ICMP errors. */
export function serverFilter(server: Endpoint): string {
  const icmp = isIpv6(server) ? 'icmpv6' : 'icmp';
  return `${addressField(server)} == ${server.address} && tcp.port == ${server.port} && (tcp.flags.syn == 1 || tcp.flags.reset == 1 || ${icmp})`;
}

/** Shows how all ports of a host answered. */
export function hostFilter(address: string): string {
  const icmp = isIpv6({ address }) ? 'icmpv6' : 'icmp';
  return `${addressField({ address })} == ${address} && (tcp.flags.syn == 1 || tcp.flags.reset == 1 || ${icmp})`;
}

/** Shows how all hosts answered on a port. */
export function portFilter(port: number): string {
  return `tcp.port == ${port} && (tcp.flags.syn == 1 || tcp.flags.reset == 1 || icmp || icmpv6)`;
}

function addressField(end: { address: string }): string {
  return isIpv6(end) ? 'ipv6.addr' : 'ip.addr';
}

function isIpv6({ address }: { address: string }): boolean {
  return address.includes(':');
}
