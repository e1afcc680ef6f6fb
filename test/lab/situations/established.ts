/** Handshakes that succeed, some only after a while. */
import { accepted, acrossRouters, onOneCable } from '../expectations.js';
import { seconds } from '../network.js';
import type { Situation } from '../situation.js';
import { buildDelayed, buildDirect, buildRouted, DIRECT, firewall, NO_FIREWALL, ROUTED } from '../topologies.js';

/** Linux repeats its SYN-ACK until the client says something, since the program asked for that. */
function defersAccept(): Situation {
  const ends = onOneCable(4, 8080);
  return {
    cause: 'established',
    name: 'service-waits-for-the-client-to-speak',
    title: 'A service takes connections only when the client has said something: the SYN-ACK comes again after the ACK',
    made: 'listen with TCP_DEFER_ACCEPT; connect, say nothing for 4.5 s, then abort; connect and talk; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [accepted(ends, 1, 'slow-handshake'), accepted(ends)],
    nearMiss: 'accept-queue-full',
    notes:
      'It looks as if the client’s first ACK were lost; for the service it is slow, as it is told of the client only then.',
    build: async (network) => {
      await buildDirect(network);
      await network.listenWith('server', ends.server, ends.port, '--deferred');
    },
    act: async (network) => {
      const silent = await network.hold('client', ends.server, ends.port);
      await seconds(4.5);
      silent.tell('abort');
      await network.connect('client', ends.server, ends.port);
    },
  };
}

/** Its handshakes are done at once; the answers take their time. */
function slowService(): Situation {
  const ends = acrossRouters(6, 8080);
  return {
    cause: 'established',
    name: 'service-answers-slowly-ipv6',
    title: 'A slow service: every handshake is done at once, and the answer takes two seconds',
    made: 'A service that answers after two seconds; connect four times at once; dumpcap -i any at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'any', tool: 'dumpcap' },
    expect: [accepted(ends, 4)],
    nearMiss: 'accept-queue-full',
    build: async (network) => {
      await buildRouted(network);
      await network.listenWith('server', ends.server, ends.port, '--ending', 'slow');
    },
    act: async (network) => {
      await Promise.all(Array.from({ length: 4 }, () => network.connect('client', ends.server, ends.port)));
    },
  };
}

/** A health check that does complete the handshake before it resets. */
function resetsAfterTheHandshake(): Situation {
  const ends = onOneCable(6, 8080);
  return {
    cause: 'established',
    name: 'client-resets-after-the-handshake-ipv6',
    title: 'A client completes the handshake and resets at once without a word: that was a connection',
    made: 'listen on 8080; connect, then close with linger 0, three times; dumpcap at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap' },
    expect: [accepted(ends, 3)],
    nearMiss: 'half-open-probe',
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      for (let round = 0; round < 3; round++) await network.connect('client', ends.server, ends.port, '--reset');
    },
  };
}

/** On all interfaces of a router a SYN is seen twice; each of two attempts has only one. */
function copiesAreNoRetransmissions(): Situation {
  const ends = acrossRouters(4, 443);
  return {
    cause: 'established',
    name: 'copies-look-like-retransmissions-on-a-router',
    title: 'A router’s any interface shows every packet twice: nothing was sent again, and nothing was slow',
    made: 'listen on 443; connect twice; tcpdump -i any at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool: 'tcpdump' },
    expect: [accepted(ends, 2)],
    nearMiss: 'return-path-lost',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      for (let round = 0; round < 2; round++) await network.connect('client', ends.server, ends.port);
    },
  };
}

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
  defersAccept(),
  slowService(),
  resetsAfterTheHandshake(),
  copiesAreNoRetransmissions(),
];
