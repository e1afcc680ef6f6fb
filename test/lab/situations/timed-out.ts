/** Silence without a filter, and answers that never became a connection. */
import { seconds } from '../network.js';
import type { Situation } from '../situation.js';
import {
  buildDelayed,
  buildDirect,
  buildLan,
  buildRouted,
  DIRECT,
  FAMILIES,
  type Family,
  firewall,
  LAN,
  NO_FIREWALL,
  ROUTED,
  suffix,
  translateTarget,
  tryInVain,
} from '../topologies.js';

/** The address that the router translates to the server's: on no interface of anybody. */
const VIRTUAL = { 4: '10.9.9.9', 6: 'fd00:9::9' } as const;

function untranslated(family: Family): Situation {
  const ip = family === 4 ? 'ip' : 'ip6';
  const server = DIRECT.server[family];
  return {
    cause: 'bad-syn-ack',
    name: `answer-bypasses-the-translation${suffix(family)}`,
    title: 'The router translates the target’s address, the server answers past it with its own: the client resets',
    made:
      `Client, server and router on one bridge; nft at the router: ${ip} daddr ${VIRTUAL[family]} dnat to ${server}; ` +
      `connect ${VIRTUAL[family]} 443; ${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: [
      {
        client: DIRECT.client[family],
        server: VIRTUAL[family],
        port: 443,
        outcome: 'timed-out',
        cause: 'bad-syn-ack',
        count: 1,
        notes: ['hairpin'],
      },
    ],
    notes: `The SYN-ACKs come from ${server}, to which the client sent no SYN: they belong to this attempt, and are none of their own.`,
    build: async (network) => {
      await buildLan(network);
      await network.shell('client', `ip route add ${VIRTUAL[family]} via ${LAN.router[family]}`);
      await network.shell(
        'router',
        `ip route add ${VIRTUAL[family]} dev eth0`,
        translateTarget(family, `${ip} daddr ${VIRTUAL[family]}`, server),
      );
      await network.listen('server', server, 443);
    },
    act: async (network) => {
      await tryInVain(network, 'client', VIRTUAL[family], 443, LAN.router[family]);
    },
  };
}

function stale(family: Family, resetsAreLost: boolean): Situation {
  const server = ROUTED.server[family];
  const client = ROUTED.client[family];
  const established = { client, server, port: 5432, outcome: 'established', cause: null } as const;
  return {
    cause: 'stale-connection',
    name: resetsAreLost
      ? `client-forgot-and-its-resets-are-lost${suffix(family)}`
      : `client-forgot-and-recovers-by-its-reset${suffix(family)}`,
    title: resetsAreLost
      ? 'The server still has the old connection and answers with challenge ACKs; the client’s resets are dropped on the way'
      : 'The server still has the old connection; the client’s reset of its challenge ACK clears it, and the next SYN opens',
    made:
      'The client aborts a connection while nft drops its RST, then connects again from the same port' +
      `${resetsAreLost ? ', with its RSTs still dropped on the router' : ', with the rule gone'}; ` +
      `${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: resetsAreLost
      ? [
          { ...established, count: 1 },
          { client, server, port: 5432, outcome: 'timed-out', cause: 'stale-connection', count: 1 },
        ]
      : [{ ...established, count: 2 }],
    ...(resetsAreLost ? {} : { nearMiss: 'stale-connection' }),
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', server, 5432);
      await network.shell('router', firewall('forward', 'tcp flags rst drop'));
    },
    act: async (network) => {
      const first = await network.hold('client', server, 5432, '--from', '40000');
      await seconds(0.3);
      first.tell('abort');
      await seconds(0.3);
      if (resetsAreLost) {
        await tryInVain(network, 'client', server, 5432, ROUTED.router[family], '--from', '40000');
      } else {
        await network.shell('router', NO_FIREWALL);
        await network.connect('client', server, 5432, '--from', '40000');
      }
    },
  };
}

function tooLate(family: Family): Situation {
  return {
    cause: 'answered-too-late',
    name: `client-gives-up-before-the-slow-answer${suffix(family)}`,
    title: 'The answer takes three seconds, the program waits one and a half: its kernel resets what comes then',
    made: `A wire that delays what the server sends by 3 s; connect with a limit of 1.5 s; ${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: [
      {
        client: DIRECT.client[family],
        server: DIRECT.server[family],
        port: 443,
        outcome: 'timed-out',
        cause: 'answered-too-late',
        count: 1,
      },
    ],
    ...(family === 6 ? { nearMiss: 'client-aborted' } : {}),
    build: async (network) => {
      await buildDelayed(network, 3);
      await network.listen('server', DIRECT.server[family], 443);
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[family], 443, '--timeout', '1.5');
      await seconds(4.5);
    },
  };
}

interface LostReturn {
  name: string;
  title: string;
  family: Family;
  rule: string;
  recording: Situation['recording'];
  vantage: Situation['vantage'];
}

function lostReturn({ name, title, family, rule, recording, vantage }: LostReturn): Situation {
  return {
    cause: 'return-path-lost',
    name,
    title,
    made: `nft at the router: ${rule}; connect ${ROUTED.server[family]} 443; ${recording.tool} -i ${recording.interface} at the ${recording.host}.`,
    vantage,
    recording,
    expect: [
      {
        client: ROUTED.client[family],
        server: ROUTED.server[family],
        port: 443,
        outcome: 'timed-out',
        cause: 'return-path-lost',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[family], 443);
      await network.shell('router', firewall('forward', rule));
    },
    act: async (network) => {
      await tryInVain(network, 'client', ROUTED.server[family], 443, ROUTED.server[family]);
      // The server goes on with its SYN-ACKs for longer than the client waits.
      await seconds(4);
      await network.ping('client', ROUTED.server[family]);
    },
  };
}

/** Three routers of which the last two send the target's network to each other. */
function loop(family: Family): Situation {
  return {
    cause: 'routing-loop',
    name: `two-routers-point-at-each-other${suffix(family)}`,
    title: 'Two routers each think that the other is nearer to the target',
    made: `Routers a and b, each with a route for the target’s network via the other; connect; ${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: [
      {
        client: ROUTED.client[family],
        server: ROUTED.nowhere[family],
        port: 80,
        outcome: 'timed-out',
        cause: 'routing-loop',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.addRouters('other');
      await network.link(
        { host: 'router', name: 'eth2', addresses: ['10.4.0.1/24', '2001:db8:4::1/64'] },
        { host: 'other', name: 'eth0', addresses: ['10.4.0.2/24', '2001:db8:4::2/64'] },
      );
      await network.shell(
        'router',
        `ip route add ${ROUTED.nowhere[family]} via ${family === 4 ? '10.4.0.2' : '2001:db8:4::2'}`,
      );
      await network.shell('other', 'ip route add default via 10.4.0.1', 'ip route add default via 2001:db8:4::1');
    },
    act: async (network) => {
      await tryInVain(network, 'client', ROUTED.nowhere[family], 80, ROUTED.router[family]);
    },
  };
}

function vanished(family: Family): Situation {
  return {
    cause: 'neighbor-unresolved',
    name: `target-on-the-same-network-vanished${suffix(family)}`,
    title:
      'The client still knows the target’s link address and sends SYNs there, then asks for it again and again in vain',
    made: `connect to port 80, take the server’s address away, connect again; ${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: [
      {
        client: DIRECT.client[family],
        server: DIRECT.server[family],
        port: 80,
        outcome: 'established',
        cause: null,
        count: 1,
      },
      {
        client: DIRECT.client[family],
        server: DIRECT.server[family],
        port: 80,
        outcome: 'timed-out',
        cause: 'neighbor-unresolved',
        count: 1,
      },
    ],
    observations: ['neighbor-unanswered'],
    notes:
      'At the end the client asks for an address that nobody has, in vain: of that there is no attempt, since no SYN was sent.',
    build: async (network) => {
      await buildDirect(network);
      // Neighbours are doubted after a second instead of half a minute, so that the situation is a short one.
      await network.shell(
        'client',
        'sysctl -qw net.ipv4.neigh.eth0.base_reachable_time_ms=1000 net.ipv6.neigh.eth0.base_reachable_time_ms=1000' +
          ' net.ipv4.neigh.eth0.delay_first_probe_time=1 net.ipv6.neigh.eth0.delay_first_probe_time=1',
      );
      await network.listen('server', DIRECT.server[family], 80);
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[family], 80);
      await seconds(2);
      await network.shell('server', 'ip address flush dev eth0');
      await network.connect('client', DIRECT.server[family], 80, '--timeout', '20');
      // The client asks for somebody else's address: the capture went on.
      await seconds(3.5);
      await network.connect('client', DIRECT.nobody[family], 81, '--timeout', '1');
    },
  };
}

const silent: readonly Situation[] = [
  {
    cause: 'host-silent',
    name: 'blackhole-route-of-a-router',
    title: 'A router throws everything for the target away without a word',
    made: 'At the router: ip route add blackhole 172.16.9.9; connect 172.16.9.9 443 with a limit of 8 s; tcpdump -s 64 at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump', options: ['-s', '64'] },
    nearMiss: 'capture-ended',
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.nowhere[4],
        port: 443,
        outcome: 'timed-out',
        cause: 'host-silent',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.shell('router', `ip route add blackhole ${ROUTED.nowhere[4]}`);
    },
    act: (network) => tryInVain(network, 'client', ROUTED.nowhere[4], 443, ROUTED.router[4]),
  },
  {
    cause: 'host-silent',
    name: 'target-drops-everything-ipv6',
    title: 'The target drops whatever it gets: silence on every port and for the ping',
    made: 'nft at the server: input drop (but neighbour discovery); ping, connect to 80 and 443 with a limit of 8 s; dumpcap at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap' },
    expect: [80, 443].map((port) => ({
      client: ROUTED.client[6],
      server: ROUTED.server[6],
      port,
      outcome: 'timed-out' as const,
      cause: 'host-silent',
      count: 1,
    })),
    nearMiss: 'port-dropped',
    build: async (network) => {
      await buildRouted(network);
      await network.shell(
        'server',
        firewall('input', 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; drop'),
      );
    },
    act: async (network) => {
      await network.ping('client', ROUTED.server[6]);
      const first = network.connect('client', ROUTED.server[6], 80, '--timeout', '8');
      await tryInVain(network, 'client', ROUTED.server[6], 443, ROUTED.router[6]);
      await first;
    },
  },
  {
    cause: 'host-silent',
    name: 'older-kernel-gives-up-by-itself',
    title: 'The schedule of older kernels, 0, 1, 3, 7 s, and the kernel’s own ETIMEDOUT at 15 s',
    made: 'sysctl tcp_syn_linear_timeouts=0 tcp_syn_retries=3 at the client; a blackhole route at the router; connect without a limit; dumpcap at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'eth0', tool: 'dumpcap' },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.nowhere[4],
        port: 443,
        outcome: 'timed-out',
        cause: 'host-silent',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.shell('client', 'sysctl -qw net.ipv4.tcp_syn_linear_timeouts=0 net.ipv4.tcp_syn_retries=3');
      await network.shell('router', `ip route add blackhole ${ROUTED.nowhere[4]}`);
    },
    act: async (network) => {
      await network.connect('client', ROUTED.nowhere[4], 443);
      await network.ping('client', ROUTED.router[4]);
    },
  },
];

export const timedOut: readonly Situation[] = [
  ...FAMILIES.map(untranslated),
  ...FAMILIES.map((family) => stale(family, true)),
  stale(4, false),
  ...FAMILIES.map(tooLate),
  lostReturn({
    name: 'syn-acks-are-lost-seen-at-the-server',
    title: 'Every SYN-ACK is lost on the way back: both sides repeat theirs',
    family: 4,
    rule: 'tcp flags & (syn|ack) == (syn|ack) drop',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'dumpcap' },
  }),
  lostReturn({
    name: 'acks-are-lost-seen-at-the-server-ipv6',
    title:
      'The client’s ACKs are lost: it thinks that it is connected and does not repeat its SYN, the server repeats its SYN-ACK',
    family: 6,
    rule: 'iifname eth0 tcp flags & (syn|ack) == ack drop',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'tcpdump' },
  }),
  lostReturn({
    name: 'syn-acks-are-lost-seen-on-the-router',
    title: 'The router drops every SYN-ACK, captured on its any interface: SYNs twice, SYN-ACKs once',
    family: 4,
    rule: 'tcp flags & (syn|ack) == (syn|ack) drop',
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool: 'tcpdump' },
  }),
  ...FAMILIES.map(loop),
  ...FAMILIES.map(vanished),
  {
    cause: 'neighbor-unresolved',
    name: 'router-asks-in-vain-and-may-not-say-so',
    title: 'The last router gets no ARP answer for the target, and its ICMP errors are filtered',
    made: 'nft at the router: output icmp type destination-unreachable drop; connect to an address that nobody has; tcpdump -i any at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool: 'tcpdump' },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.nobody[4],
        port: 80,
        outcome: 'timed-out',
        cause: 'neighbor-unresolved',
        count: 1,
      },
    ],
    nearMiss: 'host-unreachable',
    build: async (network) => {
      await buildRouted(network);
      await network.shell('router', firewall('output', 'icmp type destination-unreachable drop'));
    },
    act: (network) => tryInVain(network, 'client', ROUTED.nobody[4], 80, ROUTED.router[4]),
  },
  {
    observation: 'neighbor-unanswered',
    name: 'no-syn-ever-leaves',
    title: 'The target is on the same network and nobody has its address: ARP requests, and no SYN at all',
    made: 'connect 10.1.0.99 80; later ping 10.1.0.3, which answers; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [],
    observations: ['neighbor-unanswered'],
    notes: 'There is no attempt to judge.',
    build: buildDirect,
    act: async (network) => {
      await network.connect('client', DIRECT.nobody[4], 80, '--timeout', '8');
      await seconds(3.5);
      await network.ping('client', DIRECT.server[4]);
    },
  },
  ...silent,
];
