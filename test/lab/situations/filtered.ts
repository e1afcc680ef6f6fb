/** Somebody says by ICMP that the SYN may not or cannot go on, or drops it without a word. */
import { seconds } from '../network.js';
import type { Expectation, Situation } from '../situation.js';
import {
  buildDirect,
  buildRouted,
  buildRoutedForTwo,
  DIRECT,
  type Family,
  firewall,
  ROUTED,
  SECOND_CLIENT,
  tryInVain,
} from '../topologies.js';

/** The client's own limit where an ICMP error ends the attempt at once anyway. */
const SHORT = ['--timeout', '4'] as const;

interface Rejection {
  cause: string;
  name: string;
  title: string;
  family: Family;
  port: number;
  /** Who answers, and the command that makes it do so. */
  rejecter: 'server' | 'router';
  command: string;
  /** Instead of the server: somewhere that nobody is. */
  server?: string;
  vantage: Situation['vantage'];
  recording: Situation['recording'];
  notes?: string;
}

/** All rejections look alike: client, router, server, and one of the latter two says no. */
function rejection(options: Rejection): Situation {
  const { cause, name, title, family, port, rejecter, command, vantage, recording } = options;
  const server = options.server ?? ROUTED.server[family];
  return {
    cause,
    name,
    title,
    made: `Client, router, server; at the ${rejecter}: ${command}; connect ${server} ${port}; ${recording.tool} -i ${recording.interface} at the ${recording.host}.`,
    vantage,
    recording,
    expect: [{ client: ROUTED.client[family], server, port, outcome: 'filtered', cause, count: 1 }],
    ...(options.notes === undefined ? {} : { notes: options.notes }),
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[family], port);
      await network.shell(rejecter, command);
    },
    act: async (network) => {
      await network.connect('client', server, port, ...SHORT);
    },
  };
}

const AT_CLIENT_BY_TCPDUMP = { host: 'client', interface: 'eth0', tool: 'tcpdump' } as const;
const AT_CLIENT_BY_DUMPCAP = { host: 'client', interface: 'eth0', tool: 'dumpcap' } as const;
const AT_SERVER = { host: 'server', interface: 'eth0', tool: 'tcpdump' } as const;
const AT_ROUTER = { host: 'router', interface: 'any', tool: 'tcpdump' } as const;

const rejections: readonly Situation[] = [
  {
    cause: 'admin-prohibited',
    name: 'server-says-admin-prohibited',
    title: 'The server’s own firewall rejects with ICMP 3/13',
    family: 4,
    port: 5432,
    rejecter: 'server',
    command: firewall('input', 'tcp dport 5432 reject with icmp type admin-prohibited'),
    vantage: 'client',
    recording: AT_CLIENT_BY_TCPDUMP,
  } as const,
  {
    cause: 'admin-prohibited',
    name: 'router-says-host-prohibited',
    title: 'A router on the way rejects with ICMP 3/10',
    family: 4,
    port: 443,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 443 reject with icmp type host-prohibited'),
    vantage: 'client',
    recording: AT_CLIENT_BY_DUMPCAP,
  } as const,
  {
    cause: 'admin-prohibited',
    name: 'router-says-net-prohibited-seen-on-the-router',
    title: 'A router on the way rejects with ICMP 3/9, captured on itself',
    family: 4,
    port: 22,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 22 reject with icmp type net-prohibited'),
    vantage: 'between',
    recording: AT_ROUTER,
  } as const,
  {
    cause: 'admin-prohibited',
    name: 'prohibit-route-of-a-router',
    title: 'A route of type prohibit answers with ICMP 3/13',
    family: 4,
    port: 80,
    server: ROUTED.nowhere[4],
    rejecter: 'router',
    command: `ip route add prohibit ${ROUTED.nowhere[4]}`,
    vantage: 'client',
    recording: AT_CLIENT_BY_TCPDUMP,
  } as const,
  {
    cause: 'admin-prohibited',
    name: 'server-says-admin-prohibited-ipv6',
    title: 'The server’s own firewall rejects with ICMPv6 1/1',
    family: 6,
    port: 5432,
    rejecter: 'server',
    command: firewall('input', 'tcp dport 5432 reject with icmpv6 type admin-prohibited'),
    vantage: 'server',
    recording: AT_SERVER,
  } as const,
  {
    cause: 'admin-prohibited',
    name: 'router-says-policy-fail-ipv6',
    title: 'A router on the way rejects with ICMPv6 1/5',
    family: 6,
    port: 443,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 443 reject with icmpv6 type policy-fail'),
    vantage: 'client',
    recording: AT_CLIENT_BY_DUMPCAP,
  } as const,
  {
    cause: 'reject-port-unreachable',
    name: 'iptables-reject-of-the-server',
    title: 'iptables rejects as it does by default, with ICMP 3/3',
    family: 4,
    port: 8080,
    rejecter: 'server',
    command: 'iptables -A INPUT -p tcp --dport 8080 -j REJECT',
    vantage: 'client',
    recording: { ...AT_CLIENT_BY_TCPDUMP, options: ['-s', '96'] },
  } as const,
  {
    cause: 'reject-port-unreachable',
    name: 'router-rejects-ipv6',
    title: 'A router on the way rejects as nft does by default, with ICMPv6 1/4',
    family: 6,
    port: 8080,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 8080 reject'),
    vantage: 'client',
    recording: AT_CLIENT_BY_DUMPCAP,
  } as const,
  {
    cause: 'reject-port-unreachable',
    name: 'router-rejects-seen-on-the-router',
    title: 'A router on the way rejects with ICMP 3/3, captured on itself',
    family: 4,
    port: 25,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 25 reject with icmp type port-unreachable'),
    vantage: 'between',
    recording: { ...AT_ROUTER, tool: 'dumpcap' },
  } as const,
  {
    cause: 'reject-protocol-unreachable',
    name: 'server-says-protocol-unreachable',
    title: 'The server’s own firewall rejects with ICMP 3/2',
    family: 4,
    port: 443,
    rejecter: 'server',
    command: firewall('input', 'tcp dport 443 reject with icmp type prot-unreachable'),
    vantage: 'client',
    recording: AT_CLIENT_BY_DUMPCAP,
  } as const,
  {
    cause: 'reject-protocol-unreachable',
    name: 'router-says-protocol-unreachable',
    title: 'A router on the way rejects with ICMP 3/2; the client keeps trying until its own limit',
    family: 4,
    port: 443,
    rejecter: 'router',
    command: 'iptables -A FORWARD -p tcp --dport 443 -j REJECT --reject-with icmp-proto-unreachable',
    vantage: 'between',
    recording: { host: 'router', interface: 'eth0', tool: 'tcpdump' },
    notes: 'ICMPv6 has no such code, so that there is no IPv6 situation of this cause.',
  } as const,
  {
    cause: 'host-unreachable',
    name: 'last-router-gets-no-arp-answer',
    title: 'Nobody has the address: the last router asks by ARP, and says so after three seconds',
    family: 4,
    port: 80,
    server: ROUTED.nobody[4],
    rejecter: 'router',
    command: 'ip neighbor show',
    vantage: 'client',
    recording: AT_CLIENT_BY_TCPDUMP,
  } as const,
  {
    cause: 'host-unreachable',
    name: 'last-router-gets-no-neighbor-advertisement-ipv6',
    title: 'Nobody has the address: the last router solicits in vain, and says so; captured on itself',
    family: 6,
    port: 80,
    server: ROUTED.nobody[6],
    rejecter: 'router',
    command: 'ip neighbor show',
    vantage: 'between',
    recording: { ...AT_ROUTER, tool: 'dumpcap' },
  } as const,
  {
    cause: 'host-unreachable',
    name: 'firewall-says-host-unreachable',
    title: 'A firewall rejects with ICMP 3/1 at once',
    family: 4,
    port: 3389,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 3389 reject with icmp type host-unreachable'),
    vantage: 'client',
    recording: AT_CLIENT_BY_DUMPCAP,
  } as const,
  {
    cause: 'host-unreachable',
    name: 'firewall-says-address-unreachable-ipv6',
    title: 'The server’s own firewall rejects with ICMPv6 1/3',
    family: 6,
    port: 3389,
    rejecter: 'server',
    command: firewall('input', 'tcp dport 3389 reject with icmpv6 type addr-unreachable'),
    vantage: 'client',
    recording: AT_CLIENT_BY_TCPDUMP,
  } as const,
  {
    cause: 'network-unreachable',
    name: 'router-has-no-route',
    title: 'A router on the way knows no route: ICMP 3/0',
    family: 4,
    port: 443,
    server: ROUTED.nowhere[4],
    rejecter: 'router',
    command: 'ip route show',
    vantage: 'client',
    recording: AT_CLIENT_BY_TCPDUMP,
  } as const,
  {
    cause: 'network-unreachable',
    name: 'router-has-no-route-ipv6',
    title: 'A router on the way knows no route: ICMPv6 1/0',
    family: 6,
    port: 443,
    server: ROUTED.nowhere[6],
    rejecter: 'router',
    command: 'ip -6 route show',
    vantage: 'client',
    recording: AT_CLIENT_BY_DUMPCAP,
  } as const,
  {
    cause: 'network-unreachable',
    name: 'firewall-says-net-unreachable',
    title: 'A firewall rejects with ICMP 3/0',
    family: 4,
    port: 445,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 445 reject with icmp type net-unreachable'),
    vantage: 'between',
    recording: AT_ROUTER,
  } as const,
  {
    cause: 'network-unreachable',
    name: 'firewall-says-reject-route-ipv6',
    title: 'A firewall rejects with ICMPv6 1/6',
    family: 6,
    port: 445,
    rejecter: 'router',
    command: firewall('forward', 'tcp dport 445 reject with icmpv6 type reject-route'),
    vantage: 'client',
    recording: AT_CLIENT_BY_TCPDUMP,
  } as const,
].map(rejection);

function sourceDropped(family: Family): Situation {
  const expectation = (client: string): Expectation => ({
    client,
    server: ROUTED.server[family],
    port: 443,
    ...(client === ROUTED.client[family]
      ? { outcome: 'filtered', cause: 'source-dropped', count: 1 }
      : { outcome: 'established', cause: null, count: 2 }),
  });
  const rule = `${family === 4 ? 'ip' : 'ip6'} saddr ${ROUTED.client[family]} tcp dport 443 drop`;
  return {
    cause: 'source-dropped',
    name: family === 4 ? 'firewall-drops-one-client-of-two' : 'firewall-drops-one-client-of-two-ipv6',
    title: 'One client gets no answer, another is answered at the same port before and after',
    made:
      `nft at the server: ${rule}; the second client connects, the first tries in vain, the second connects again; ` +
      (family === 4 ? 'dumpcap on the router’s server side.' : 'tcpdump -s 96 at the server.'),
    vantage: family === 4 ? 'between' : 'server',
    recording:
      family === 4
        ? { host: 'router', interface: 'eth1', tool: 'dumpcap' }
        : { host: 'server', interface: 'eth0', tool: 'tcpdump', options: ['-s', '96'] },
    expect: [ROUTED.client[family], SECOND_CLIENT[family]].map(expectation),
    ...(family === 6 ? { nearMiss: 'server-firewall' } : {}),
    build: async (network) => {
      await buildRoutedForTwo(network);
      await network.listen('server', ROUTED.server[family], 443);
      await network.shell('server', firewall('input', rule));
    },
    act: async (network) => {
      await network.connect('second', ROUTED.server[family], 443);
      await tryInVain(network, 'client', ROUTED.server[family], 443, ROUTED.server[family]);
      await network.connect('second', ROUTED.server[family], 443);
    },
  };
}

const dropped: readonly Situation[] = [
  sourceDropped(4),
  sourceDropped(6),
  {
    cause: 'port-dropped',
    name: 'other-port-resets-and-ping-replies',
    title: 'The port is silent, while the host resets on another port and replies to a ping',
    made: 'nft at the server: input tcp dport 5432 drop; ping, connect to 5433 and 5432, ping; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 5433,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 5432,
        outcome: 'filtered',
        cause: 'port-dropped',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.shell('server', firewall('input', 'tcp dport 5432 drop'));
    },
    act: async (network) => {
      await network.ping('client', ROUTED.server[4]);
      await network.connect('client', ROUTED.server[4], 5433);
      await tryInVain(network, 'client', ROUTED.server[4], 5432, ROUTED.server[4]);
    },
  },
  {
    cause: 'port-dropped',
    name: 'other-port-answers-ipv6',
    title: 'The port is silent, while another port of the host accepts, IPv6',
    made: 'nft at the router: forward tcp dport 5432 drop; connect to 443, 5432, 443; dumpcap -s 128 at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap', options: ['-s', '128'] },
    expect: [
      { client: ROUTED.client[6], server: ROUTED.server[6], port: 443, outcome: 'established', cause: null, count: 2 },
      {
        client: ROUTED.client[6],
        server: ROUTED.server[6],
        port: 5432,
        outcome: 'filtered',
        cause: 'port-dropped',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[6], 443, 5432);
      await network.shell('router', firewall('forward', 'tcp dport 5432 drop'));
    },
    act: async (network) => {
      await network.connect('client', ROUTED.server[6], 443);
      await tryInVain(network, 'client', ROUTED.server[6], 5432, ROUTED.router[6]);
      await network.connect('client', ROUTED.server[6], 443);
    },
  },
  {
    cause: 'port-dropped',
    name: 'firewall-closes-the-port-for-good',
    title: 'The port answers, then a rule is added, and it is silent from then on, while ping goes on',
    made: 'connect to 443; nft at the server: input tcp dport 443 drop; connect in vain; ping; tcpdump -s 64 at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump', options: ['-s', '64'] },
    expect: [
      { client: DIRECT.client[4], server: DIRECT.server[4], port: 443, outcome: 'established', cause: null, count: 1 },
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 443,
        outcome: 'filtered',
        cause: 'port-dropped',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', DIRECT.server[4], 443);
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[4], 443);
      await network.shell('server', firewall('input', 'tcp dport 443 drop'));
      await seconds(0.5);
      await tryInVain(network, 'client', DIRECT.server[4], 443, DIRECT.server[4]);
    },
  },
];

export const filtered: readonly Situation[] = [...rejections, ...dropped];
