/** Somebody answers the SYN with an RST. */
import { seconds } from '../network.js';
import type { Situation } from '../situation.js';
import { buildDirect, buildRouted, DIRECT, firewall, NO_FIREWALL, ROUTED } from '../topologies.js';

/** On its way back at the router, and nothing else is. */
const LOSE_SYN_ACKS = firewall('forward', 'iifname eth1 tcp flags & (syn|ack) == (syn|ack) drop');

export const refused: readonly Situation[] = [
  {
    cause: 'port-closed',
    name: 'nothing-listens-on-the-port',
    title: 'Nothing listens on the port: the server’s kernel resets',
    made: 'One cable, no listener: connect 10.1.0.3 5432; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 5432,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
    ],
    build: buildDirect,
    act: async (network) => {
      await network.connect('client', DIRECT.server[4], 5432);
    },
  },
  {
    cause: 'port-closed',
    name: 'nothing-listens-on-the-port-ipv6-seen-at-the-server',
    title: 'Three tries over a router, IPv6, each reset by the server’s kernel',
    made: 'Client, router, server, no listener: connect 2001:db8:2::2 8080, three times; dumpcap at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'dumpcap' },
    expect: [
      {
        client: ROUTED.client[6],
        server: ROUTED.server[6],
        port: 8080,
        outcome: 'refused',
        cause: 'port-closed',
        count: 3,
      },
    ],
    build: buildRouted,
    act: async (network) => {
      for (let round = 0; round < 3; round++) await network.connect('client', ROUTED.server[6], 8080);
    },
  },
  {
    cause: 'port-closed',
    name: 'service-listens-on-loopback-only',
    title: 'The service is bound to 127.0.0.1: the server itself reaches it, others are refused',
    made: 'listen 127.0.0.1 5432; connect from the server itself, then from the client; tcpdump -i any at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'any', tool: 'tcpdump' },
    expect: [
      { client: '127.0.0.1', server: '127.0.0.1', port: 5432, outcome: 'established', cause: null, count: 1 },
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 5432,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
    ],
    notes: 'That 127.0.0.1 and 10.1.0.3 are the same host cannot be seen in the packets alone.',
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', '127.0.0.1', 5432);
    },
    act: async (network) => {
      await network.connect('server', '127.0.0.1', 5432);
      await network.connect('client', DIRECT.server[4], 5432);
    },
  },
  {
    cause: 'port-closed',
    name: 'seen-twice-on-a-router',
    title: 'A router’s any interface shows every packet twice, once on each side',
    made: 'Client, router, server, no listener: connect 192.168.2.2 3306; tcpdump -i any -s 64 at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool: 'tcpdump', options: ['-s', '64'] },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 3306,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
    ],
    build: buildRouted,
    act: async (network) => {
      await network.connect('client', ROUTED.server[4], 3306);
    },
  },
  {
    cause: 'port-closed',
    name: 'two-interfaces-of-a-router-in-one-file',
    title: 'dumpcap on both interfaces of a router: every packet twice, each with the interface that it was seen on',
    made: 'Client, router, server, no listener: connect 2001:db8:2::2 6379; dumpcap -i eth0 -i eth1 at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'eth0', tool: 'dumpcap', options: ['-i', 'eth1', '-s', '80'] },
    expect: [
      {
        client: ROUTED.client[6],
        server: ROUTED.server[6],
        port: 6379,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
    ],
    build: buildRouted,
    act: async (network) => {
      await network.connect('client', ROUTED.server[6], 6379);
    },
  },
  {
    cause: 'port-closed',
    name: 'firewall-of-the-server-resets',
    title: 'The server’s firewall resets in the kernel’s stead',
    made: 'listen on 5432, and nft at the server: input tcp dport 5432 reject with tcp reset; dumpcap at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap' },
    expect: [
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 5432,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
    ],
    notes: 'On IPv4 the packets are the same as without a listener: port-closed is all that can be said.',
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', DIRECT.server[4], 5432);
      await network.shell('server', firewall('input', 'tcp dport 5432 reject with tcp reset'));
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[4], 5432);
    },
  },
  {
    cause: 'port-closed',
    name: 'first-syn-is-lost',
    title: 'The first SYN is lost, and the second is reset: closed, and not silent',
    made: 'nft at the router drops SYNs for half a second; no listener: connect 192.168.2.2 5432; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 5432,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
    ],
    nearMiss: 'port-dropped',
    build: async (network) => {
      await buildRouted(network);
      await network.shell('router', firewall('forward', 'tcp flags syn drop'));
    },
    act: async (network) => {
      const client = network.connect('client', ROUTED.server[4], 5432);
      await seconds(0.6);
      await network.shell('router', NO_FIREWALL);
      await client;
    },
  },
  ...([4, 6] as const).map(
    (family): Situation => ({
      cause: 'reset-after-syn-ack',
      name: family === 4 ? 'service-stops-while-its-answers-are-lost' : 'service-stops-while-its-answers-are-lost-ipv6',
      title: 'SYN-ACKs are lost on the way back; before one gets through, the service stops, and the next SYN is reset',
      made:
        'nft at the router drops SYN-ACKs; connect; the listener ends after 2.5 s; ' +
        (family === 4 ? 'tcpdump at the server.' : 'dumpcap on the router’s server side.'),
      vantage: family === 4 ? 'server' : 'between',
      recording:
        family === 4
          ? { host: 'server', interface: 'eth0', tool: 'tcpdump' }
          : { host: 'router', interface: 'eth1', tool: 'dumpcap' },
      expect: [
        {
          client: ROUTED.client[family],
          server: ROUTED.server[family],
          port: 8443,
          outcome: 'refused',
          cause: 'reset-after-syn-ack',
          count: 1,
        },
      ],
      build: async (network) => {
        await buildRouted(network);
        await network.shell('router', LOSE_SYN_ACKS);
      },
      act: async (network) => {
        const service = await network.listen('server', ROUTED.server[family], 8443);
        const client = network.connect('client', ROUTED.server[family], 8443);
        await seconds(2.5);
        await service.stop();
        await client;
        await network.shell('router', NO_FIREWALL);
      },
    }),
  ),
];
