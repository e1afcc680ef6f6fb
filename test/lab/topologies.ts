/** The few ways in which the lab's hosts are joined, and what is done on them again and again. */
import { type Network, seconds } from './network.js';

export type Family = 4 | 6;

export const FAMILIES = [4, 6] as const;

/** The end of a situation's name. */
export function suffix(family: Family): string {
  return family === 6 ? '-ipv6' : '';
}

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

/** Client, two routers, server. */
export const CHAINED = {
  client: ROUTED.client,
  /** On the client's side. */
  near: ROUTED.router,
  /** On the near router's side. */
  far: { 4: '10.4.0.2', 6: '2001:db8:4::2' },
  server: ROUTED.server,
} as const;

export async function buildChained(network: Network): Promise<void> {
  await network.addHosts('client', 'server');
  await network.addRouters('near', 'far');
  await network.link(
    { host: 'client', name: 'eth0', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
    { host: 'near', name: 'eth0', addresses: ['10.1.0.1/24', '2001:db8:1::1/64'] },
  );
  await network.link(
    { host: 'near', name: 'eth1', addresses: ['10.4.0.1/24', '2001:db8:4::1/64'] },
    { host: 'far', name: 'eth0', addresses: ['10.4.0.2/24', '2001:db8:4::2/64'] },
  );
  await network.link(
    { host: 'far', name: 'eth1', addresses: ['192.168.2.1/24', '2001:db8:2::1/64'] },
    { host: 'server', name: 'eth0', addresses: ['192.168.2.2/24', '2001:db8:2::2/64'] },
  );
  await network.shell('client', 'ip route add default via 10.1.0.1', 'ip route add default via 2001:db8:1::1');
  await network.shell('near', 'ip route add default via 10.4.0.2', 'ip route add default via 2001:db8:4::2');
  await network.shell('far', 'ip route add default via 10.4.0.1', 'ip route add default via 2001:db8:4::1');
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

/** Client, router, and two servers on cables of their own (eth1 and eth2). */
export async function buildRoutedToTwo(network: Network): Promise<void> {
  await buildRouted(network);
  await network.addHosts('other');
  await network.link(
    { host: 'router', name: 'eth2', addresses: ['192.168.3.1/24', '2001:db8:3::1/64'] },
    { host: 'other', name: 'eth0', addresses: ['192.168.3.2/24', '2001:db8:3::2/64'] },
  );
  await network.shell('other', 'ip route add default via 192.168.3.1', 'ip route add default via 2001:db8:3::1');
}

/** A router that gives each new connection to one of two backends: `choice` is an nft expression of 0 or 1. */
export async function buildBalanced(network: Network, family: Family, choice: string): Promise<void> {
  await buildRoutedToTwo(network);
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

/** Client, server and a router with one leg on one network, that of `DIRECT`. */
export const LAN = { ...DIRECT, router: { 4: '10.1.0.1', 6: 'fd00:1::1' } } as const;

export async function buildLan(network: Network): Promise<void> {
  await network.addHosts('client', 'server', 'switch');
  await network.addRouters('router');
  await network.shell('switch', 'ip link add lan type bridge', 'ip link set lan up');
  for (const host of ['client', 'server', 'router'] as const) {
    await network.link(
      { host, name: 'eth0', addresses: [`${LAN[host][4]}/24`, `${LAN[host][6]}/64`] },
      { host: 'switch', name: host },
    );
    await network.shell('switch', `ip link set ${host} master lan`);
  }
  await network.shell(
    'router',
    // A redirect would tell the client to go to the server directly, with the wrong address still.
    'sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0',
  );
}

/** Client and server on one cable that is a wire of our own; `options` as in wire.py. */
export async function buildWired(network: Network, ...options: readonly string[]): Promise<void> {
  await layWire(network);
  await network.startWire('wire', ...options);
}

/** As `buildWired`, and a probe on a mirror port of the wire: nothing but mirrored frames reaches its eth0. */
export async function buildMirrored(network: Network, ...options: readonly string[]): Promise<void> {
  await layWire(network);
  await network.addHosts('probe');
  await network.shell('probe', 'sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1');
  await network.link({ host: 'wire', name: 'mirror' }, { host: 'probe', name: 'eth0' });
  await network.startWire('wire', '--mirror', 'mirror', ...options);
}

async function layWire(network: Network): Promise<void> {
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
  await network.shell('client', know('10.1.0.3', 'eth0', '02:02'), know('fd00:1::3', 'eth0', '02:02'));
  await network.shell('server', know('10.1.0.2', 'eth0', '01:01'), know('fd00:1::2', 'eth0', '01:01'));
}

/** What the server sends comes late. */
export async function buildDelayed(network: Network, answerDelaySeconds: number): Promise<void> {
  await buildWired(network, '--right-to-left', String(answerDelaySeconds));
}

/** Client, router, a wire of our own, server, with the addresses of `ROUTED`; `options` as in wire.py. */
export async function buildRoutedWire(network: Network, ...options: readonly string[]): Promise<void> {
  await network.addHosts('client', 'wire', 'server');
  await network.addRouters('router');
  await network.link(
    { host: 'client', name: 'eth0', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
    { host: 'router', name: 'eth0', addresses: ['10.1.0.1/24', '2001:db8:1::1/64'] },
  );
  await network.link(
    { host: 'router', name: 'eth1', addresses: ['192.168.2.1/24', '2001:db8:2::1/64'] },
    { host: 'wire', name: 'left' },
  );
  await network.link(
    { host: 'wire', name: 'right' },
    { host: 'server', name: 'eth0', addresses: ['192.168.2.2/24', '2001:db8:2::2/64'] },
  );
  for (const host of ['client', 'server', 'router']) await network.withoutOffload(host, 'eth0');
  await network.withoutOffload('router', 'eth1');
  await network.shell('client', 'ip route add default via 10.1.0.1', 'ip route add default via 2001:db8:1::1');
  await network.shell(
    'server',
    'ip route add default via 192.168.2.1',
    'ip route add default via 2001:db8:2::1',
    know('192.168.2.1', 'eth0', '02:01'),
    know('2001:db8:2::1', 'eth0', '02:01'),
  );
  await network.shell('router', know('192.168.2.2', 'eth1', '03:02'), know('2001:db8:2::2', 'eth1', '03:02'));
  await network.startWire('wire', ...options);
}

/** The command by which a host knows a neighbour without asking: the end of its link address is the link's. */
function know(address: string, name: string, link: string): string {
  return `ip neighbor replace ${address} lladdr 02:00:00:00:${link} dev ${name} nud permanent`;
}

/** The command that gives a host a firewall of one rule. */
export function firewall(hook: 'input' | 'output' | 'forward' | 'prerouting', rule: string): string {
  return `nft 'table inet lab { chain ${hook} { type filter hook ${hook} priority 0; ${rule}; }; }'`;
}

/** The command that takes it away. */
export const NO_FIREWALL = 'nft flush ruleset';

/** The command by which a router translates the target of what comes for a port: `to` is an address, maybe with a port. */
export function translateTarget(family: Family, match: string, to: string): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  return `nft 'table ${ip} target { chain pre { type nat hook prerouting priority dstnat; ${match} dnat to ${to}; }; }'`;
}

/** The command by which a router puts its own address in the place of a source. */
export function translateSource(family: Family, match: string): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  return `nft 'table ${ip} source { chain post { type nat hook postrouting priority srcnat; ${match} masquerade; }; }'`;
}

/** What takes SYN-ACKs, for a firewall's rule. */
export const SYN_ACKS = 'tcp flags & (syn|ack) == (syn|ack)';

/** The client's own time limit in situations of silence: seven SYNs of a Linux that repeats the first each second. */
const PATIENCE_SECONDS = 8;

/** How long a capture has to go on to show that nothing came. */
export const SILENCE_SECONDS = 3.5;

/** A program's time limit in situations that want less: at 0, 1, 2 and 3 s it sends a SYN. */
export const IMPATIENT = ['--timeout', '3.6'] as const;

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
