/** Handshakes that succeed, some only after a while. */
import { seconds } from '../network.js';
import type { Situation } from '../situation.js';
import { buildDelayed, buildDirect, buildRouted, DIRECT, firewall, NO_FIREWALL, ROUTED } from '../topologies.js';

export const established: readonly Situation[] = [
  {
    cause: 'established',
    name: 'plain',
    title: 'A connection that is opened, used and closed',
    made: 'One cable: listen 10.1.0.3 80, connect; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [
      { client: DIRECT.client[4], server: DIRECT.server[4], port: 80, outcome: 'established', cause: null, count: 1 },
    ],
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', DIRECT.server[4], 80);
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[4], 80);
    },
  },
  {
    cause: 'established',
    name: 'plain-ipv6-two-ports-seen-at-the-server',
    title: 'Two services of one host, IPv6, over a router',
    made: 'Client, router, server: listen on 80 and 443, connect to both; dumpcap -s 96 at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'dumpcap', options: ['-s', '96'] },
    expect: [80, 443].map((port) => ({
      client: ROUTED.client[6],
      server: ROUTED.server[6],
      port,
      outcome: 'established' as const,
      cause: null,
      count: 1,
    })),
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[6], 80, 443);
    },
    act: async (network) => {
      await network.connect('client', ROUTED.server[6], 80);
      await network.connect('client', ROUTED.server[6], 443);
    },
  },
  {
    note: 'slow-handshake',
    name: 'first-two-syns-are-lost',
    title: 'Two SYNs are lost, the third is answered: slow, but it works',
    made: 'nft at the router drops SYNs for the first 1.5 s; tcpdump at the client, compressed with gzip.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump', gzip: true },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 443,
        outcome: 'established',
        cause: null,
        count: 1,
        notes: ['slow-handshake'],
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[4], 443);
      await network.shell('router', firewall('forward', 'tcp flags syn drop'));
    },
    act: async (network) => {
      const client = network.connect('client', ROUTED.server[4], 443);
      await seconds(1.5);
      await network.shell('router', NO_FIREWALL);
      await client;
    },
  },
  {
    note: 'slow-handshake',
    name: 'first-syn-ack-is-lost-ipv6',
    title: 'The first SYN-ACK is lost, both sides repeat, and the connection opens',
    made: 'nft at the router drops SYN-ACKs for the first 0.5 s; dumpcap at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'dumpcap' },
    expect: [
      {
        client: ROUTED.client[6],
        server: ROUTED.server[6],
        port: 443,
        outcome: 'established',
        cause: null,
        count: 1,
        notes: ['slow-handshake'],
      },
    ],
    nearMiss: 'return-path-lost',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[6], 443);
      await network.shell('router', firewall('forward', 'tcp flags & (syn|ack) == (syn|ack) drop'));
    },
    act: async (network) => {
      const client = network.connect('client', ROUTED.server[6], 443);
      await seconds(0.5);
      await network.shell('router', NO_FIREWALL);
      await client;
    },
  },
  {
    note: 'slow-handshake',
    name: 'slow-path-answers-after-the-first-retransmission',
    title: 'The path takes 1.3 s: the SYN is repeated though nothing was lost',
    made: 'A wire that delays what the server sends by 1.3 s; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 443,
        outcome: 'established',
        cause: null,
        count: 1,
        notes: ['slow-handshake'],
      },
    ],
    nearMiss: 'answered-too-late',
    build: async (network) => {
      await buildDelayed(network, 1.3);
      await network.listen('server', DIRECT.server[4], 443);
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[4], 443);
    },
  },
  {
    cause: 'established',
    name: 'seen-twice-on-a-router-ipv6',
    title: 'A router’s any interface shows every packet twice: still one connection',
    made: 'Client, router, server: listen, connect; dumpcap -i any at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool: 'dumpcap' },
    expect: [
      { client: ROUTED.client[6], server: ROUTED.server[6], port: 443, outcome: 'established', cause: null, count: 1 },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[6], 443);
    },
    act: async (network) => {
      await network.connect('client', ROUTED.server[6], 443);
    },
  },
];
