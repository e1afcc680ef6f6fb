/** The capture does not show enough, whatever happened. */
import type { Situation } from '../situation.js';
import { buildDelayed, buildDirect, buildRouted, DIRECT, firewall, ROUTED } from '../topologies.js';

export const inconclusive: readonly Situation[] = [
  {
    cause: 'capture-ended',
    name: 'capture-stops-after-the-syn',
    title: 'The capture ends with the SYN',
    made: 'Everything is dropped; connect; tcpdump -c 1 tcp at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump', options: ['-c', '1'], filter: 'tcp' },
    expect: [
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 443,
        outcome: 'inconclusive',
        cause: 'capture-ended',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildDirect(network);
      await network.shell('server', firewall('input', 'tcp dport 443 drop'));
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[4], 443, '--timeout', '1.5');
    },
  },
  {
    cause: 'capture-ended',
    name: 'capture-stops-after-a-retransmission-ipv6',
    title: 'The capture ends with the SYN’s first retransmission, before the next was due; the answer came later',
    made: 'A wire that delays what the server sends by 1.5 s; connect; dumpcap -c 2 tcp at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap', options: ['-c', '2'], filter: 'tcp' },
    expect: [
      {
        client: DIRECT.client[6],
        server: DIRECT.server[6],
        port: 443,
        outcome: 'inconclusive',
        cause: 'capture-ended',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildDelayed(network, 1.5);
      await network.listen('server', DIRECT.server[6], 443);
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[6], 443);
    },
  },
  {
    cause: 'capture-started-late',
    name: 'capture-starts-between-syn-and-syn-ack',
    title: 'tcpdump is started while the answer is under way',
    made: 'A wire that delays what the server sends by 0.9 s; connect; tcpdump at the client once the SYN is out.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump', startsLate: true },
    expect: [
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 443,
        outcome: 'inconclusive',
        cause: 'capture-started-late',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildDelayed(network, 0.9);
      await network.listen('server', DIRECT.server[4], 443);
    },
    act: async (network, startRecording) => {
      const client = network.connect('client', DIRECT.server[4], 443);
      await network.waitForSyn('client');
      await startRecording();
      await client;
    },
  },
  {
    cause: 'capture-started-late',
    name: 'first-packets-are-cut-off-ipv6',
    title: 'Somebody cut the beginning off: the first packet of TCP is the SYN-ACK',
    made: 'listen, connect; dumpcap tcp at the client; editcap removes the first packet, which is the SYN.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap', filter: 'tcp', cutFirst: 1 },
    expect: [
      {
        client: ROUTED.client[6],
        server: ROUTED.server[6],
        port: 443,
        outcome: 'inconclusive',
        cause: 'capture-started-late',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[6], 443);
    },
    act: async (network) => {
      await network.connect('client', ROUTED.server[6], 443);
    },
  },
  {
    cause: 'one-way-capture',
    name: 'only-incoming-packets-at-the-server',
    title: 'tcpdump -Q in at the server: SYN, ACK and data of the client, and none of the answers',
    made: 'listen, connect; tcpdump -Q in at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'tcpdump', options: ['-Q', 'in'] },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 443,
        outcome: 'inconclusive',
        cause: 'one-way-capture',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[4], 443);
    },
    act: async (network) => {
      await network.connect('client', ROUTED.server[4], 443);
    },
  },
  {
    cause: 'one-way-capture',
    name: 'filter-on-the-source-host-ipv6',
    title: 'A capture filter that looks only at the source: nothing of the server is in the capture',
    made: 'listen, connect; dumpcap -f "src host 2001:db8:1::2" at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap', filter: `src host ${ROUTED.client[6]}` },
    expect: [
      {
        client: ROUTED.client[6],
        server: ROUTED.server[6],
        port: 443,
        outcome: 'inconclusive',
        cause: 'one-way-capture',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[6], 443);
    },
    act: async (network) => {
      await network.connect('client', ROUTED.server[6], 443);
    },
  },
  {
    cause: 'one-way-capture',
    name: 'only-incoming-packets-at-the-client',
    title: 'tcpdump -Q in at the client: SYN-ACK and data of the server, and nothing of the client',
    made: 'listen, connect; tcpdump -Q in at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump', options: ['-Q', 'in'] },
    expect: [
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 80,
        outcome: 'inconclusive',
        cause: 'one-way-capture',
        count: 1,
      },
    ],
    nearMiss: 'capture-started-late',
    notes: 'It begins with a SYN-ACK, as a capture that started late does; but no packet of the client ever follows.',
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', DIRECT.server[4], 80);
    },
    act: async (network) => {
      await network.connect('client', DIRECT.server[4], 80);
    },
  },
];
