/** The few ways in which the lab's hosts are joined, and what is done on them again and again. */
import { type Network, seconds } from './network.js';

export type Family = 4 | 6;

/** Client and server on one cable. */
export const DIRECT = {
  client: { 4: '10.1.0.2', 6: 'fd00:1::2' },
  server: { 4: '10.1.0.3', 6: 'fd00:1::3' },
  /** An address of their network that nobody has. */
  nobody: { 4: '10.1.0.99', 6: 'fd00:1::99' },
} as const;

export async function buildDirect(network: Network): Promise<void> {
  await network.addHosts('client', 'server');
  await network.link(
    { host: 'client', name: 'eth0', addresses: ['10.1.0.2/24', 'fd00:1::2/64'] },
    { host: 'server', name: 'eth0', addresses: ['10.1.0.3/24', 'fd00:1::3/64'] },
  );
}

/** Client, router, server. */
export const ROUTED = {
  client: { 4: '10.1.0.2', 6: '2001:db8:1::2' },
  /** On the client's side: eth0; on the server's: eth1. */
  router: { 4: '10.1.0.1', 6: '2001:db8:1::1' },
  server: { 4: '192.168.2.2', 6: '2001:db8:2::2' },
  /** An address of the server's network that nobody has. */
  nobody: { 4: '192.168.2.99', 6: '2001:db8:2::99' },
  /** An address of a network that is nowhere. */
  nowhere: { 4: '172.16.9.9', 6: '2001:db8:9::9' },
} as const;

export async function buildRouted(network: Network): Promise<void> {
  await network.addHosts('client', 'server');
  await network.addRouters('router');
  await network.link(
    { host: 'client', name: 'eth0', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
    { host: 'router', name: 'eth0', addresses: ['10.1.0.1/24', '2001:db8:1::1/64'] },
  );
  await network.link(
    { host: 'router', name: 'eth1', addresses: ['192.168.2.1/24', '2001:db8:2::1/64'] },
    { host: 'server', name: 'eth0', addresses: ['192.168.2.2/24', '2001:db8:2::2/64'] },
  );
  await network.shell('client', 'ip route add default via 10.1.0.1', 'ip route add default via 2001:db8:1::1');
  await network.shell('server', 'ip route add default via 192.168.2.1', 'ip route add default via 2001:db8:2::1');
}

/** A second client beside the first, on a cable of its own to the same router (eth2). */
export const SECOND_CLIENT = { 4: '10.3.0.2', 6: '2001:db8:3::2' } as const;

export async function buildRoutedForTwo(network: Network): Promise<void> {
  await buildRouted(network);
  await network.addHosts('second');
  await network.link(
    { host: 'second', name: 'eth0', addresses: ['10.3.0.2/24', '2001:db8:3::2/64'] },
    { host: 'router', name: 'eth2', addresses: ['10.3.0.1/24', '2001:db8:3::1/64'] },
  );
  await network.shell('second', 'ip route add default via 10.3.0.1', 'ip route add default via 2001:db8:3::1');
}

/** The address before two backends: on no interface of anybody. One is the server, the other beside it (eth2). */
export const BALANCED = {
  virtual: { 4: '10.9.9.9', 6: '2001:db8:9::9' },
  other: { 4: '192.168.3.2', 6: '2001:db8:3::2' },
} as const;

/** A router that gives each new connection to one of two backends: `choice` is an nft expression of 0 or 1. */
export async function buildBalanced(network: Network, family: Family, choice: string): Promise<void> {
  await buildRouted(network);
  await network.addHosts('other');
  await network.link(
    { host: 'router', name: 'eth2', addresses: ['192.168.3.1/24', '2001:db8:3::1/64'] },
    { host: 'other', name: 'eth0', addresses: ['192.168.3.2/24', '2001:db8:3::2/64'] },
  );
  await network.shell('other', 'ip route add default via 192.168.3.1', 'ip route add default via 2001:db8:3::1');
  await network.shell('router', balancer(family, choice));
}

/** The command that shares out the virtual address's connections. */
function balancer(family: Family, choice: string): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  const backends = `{ 0 : ${ROUTED.server[family]}, 1 : ${BALANCED.other[family]} }`;
  return (
    `nft 'table ${ip} balancer { chain pre { type nat hook prerouting priority dstnat; ` +
    `${ip} daddr ${BALANCED.virtual[family]} dnat to ${choice} map ${backends}; }; }'`
  );
}

/** Client and server on one cable that is a wire of our own: what the server sends comes late. */
export async function buildDelayed(network: Network, answerDelaySeconds: number): Promise<void> {
  await network.addHosts('client', 'wire', 'server');
  await network.link(
    { host: 'client', name: 'eth0', addresses: ['10.1.0.2/24', 'fd00:1::2/64'] },
    { host: 'wire', name: 'left' },
  );
  await network.link(
    { host: 'wire', name: 'right' },
    { host: 'server', name: 'eth0', addresses: ['10.1.0.3/24', 'fd00:1::3/64'] },
  );
  for (const host of ['client', 'server']) await network.withoutOffload(host, 'eth0');
  // The delay is for TCP: neighbours know each other from the start.
  const know = (address: string, link: string): string =>
    `ip neighbor replace ${address} lladdr 02:00:00:00:${link} dev eth0 nud permanent`;
  await network.shell('client', know('10.1.0.3', '02:02'), know('fd00:1::3', '02:02'));
  await network.shell('server', know('10.1.0.2', '01:01'), know('fd00:1::2', '01:01'));
  await network.startWire('wire', '--right-to-left', String(answerDelaySeconds));
}

/** The command that gives a host a firewall of one rule. */
export function firewall(hook: 'input' | 'output' | 'forward' | 'prerouting', rule: string): string {
  return `nft 'table inet lab { chain ${hook} { type filter hook ${hook} priority 0; ${rule}; }; }'`;
}

/** The command that takes it away. */
export const NO_FIREWALL = 'nft flush ruleset';

/** The client's own time limit in situations of silence: seven SYNs of a Linux that repeats the first each second. */
const PATIENCE_SECONDS = 8;

/** How long a capture has to go on to show that nothing came. */
const SILENCE_SECONDS = 3.5;

/** Tries in vain, and goes on long enough that the capture shows the silence: a ping of `alive` is its last packet. */
export async function tryInVain(
  network: Network,
  host: string,
  address: string,
  port: number,
  alive: string,
  ...options: readonly string[]
): Promise<void> {
  await network.connect(host, address, port, '--timeout', String(PATIENCE_SECONDS), ...options);
  await seconds(SILENCE_SECONDS);
  await network.ping(host, alive);
}
