/** Notes on SYNs that were accepted only without their options, and on connections with odd ends. */
import { accepted, acrossRouters } from '../expectations.js';
import { seconds } from '../network.js';
import type { Situation } from '../situation.js';
import {
  buildDirect,
  buildRouted,
  buildWired,
  DIRECT,
  FAMILIES,
  type Family,
  firewall,
  suffix,
} from '../topologies.js';

/** The SYN-ACKs are left out of the capture; everything else of the connection is in it. */
function withoutSynAcks(family: Family): Situation {
  const ends = acrossRouters(family, 443);
  const leftOut = family === 4 ? 'tcp[13] & 0x12 == 0x12' : 'ip6[53] & 0x12 == 0x12';
  const filter = `(tcp or arp or icmp or icmp6) and not (${leftOut})`;
  return {
    note: 'syn-ack-not-captured',
    name: `capture-filter-leaves-syn-acks-out${suffix(family)}`,
    title: 'The capture filter leaves SYN-ACKs out: SYN, ACK and data of both sides are there',
    made: `listen, connect twice; ${family === 4 ? 'tcpdump' : 'dumpcap'} "${filter}" at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap', filter },
    expect: [accepted(ends, 2, 'syn-ack-not-captured')],
    nearMiss: 'one-way-capture',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      for (let round = 0; round < 2; round++) await network.connect('client', ends.server, ends.port);
    },
  };
}

/** A firewall that does not know explicit congestion notification (RFC 3168) drops SYNs that ask for it. */
function withoutEcn(): Situation {
  const ends = acrossRouters(4, 443);
  const rule = 'tcp flags & (syn|ack|ecn|cwr) == (syn|ecn|cwr) drop';
  return {
    note: 'option-fallback',
    name: 'syn-with-ecn-is-dropped-the-next-has-none',
    title: 'A firewall drops SYNs that ask for ECN; Linux repeats its SYN without, and that one is answered',
    made: `sysctl tcp_ecn=1 at the client; nft at the router: forward ${rule}; listen, connect twice; tcpdump at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [accepted(ends, 2, 'option-fallback', 'slow-handshake')],
    build: async (network) => {
      await buildRouted(network);
      await network.shell('client', 'sysctl -qw net.ipv4.tcp_ecn=1');
      await network.listen('server', ends.server, ends.port);
      await network.shell('router', firewall('forward', rule));
    },
    act: async (network) => {
      for (let round = 0; round < 2; round++) await network.connect('client', ends.server, ends.port);
    },
  };
}

/** Fast Open (RFC 7413) without a cookie, as closed networks use it, through something that drops SYNs with data. */
function withoutFastOpen(): Situation {
  const ends = acrossRouters(6, 443);
  const rule = 'tcp flags & (syn|ack) == syn meta length > 80 drop';
  return {
    note: 'option-fallback',
    name: 'syn-with-data-is-dropped-the-next-has-none-ipv6',
    title: 'A firewall drops SYNs that carry data (Fast Open); Linux repeats its SYN without, and that one is answered',
    made:
      'sysctl tcp_fastopen=5 at the client, 0x203 at the server; nft at the router: ' +
      `forward ${rule}; connect with MSG_FASTOPEN twice; dumpcap on the router’s client side.`,
    vantage: 'between',
    recording: { host: 'router', interface: 'eth0', tool: 'dumpcap' },
    expect: [accepted(ends, 2, 'option-fallback', 'slow-handshake')],
    build: async (network) => {
      await buildRouted(network);
      await network.shell('client', 'sysctl -qw net.ipv4.tcp_fastopen=5 net.ipv4.tcp_fastopen_blackhole_timeout_sec=0');
      await network.shell('server', 'sysctl -qw net.ipv4.tcp_fastopen=0x203');
      await network.listenWith('server', ends.server, ends.port, '--fast-open');
      await network.shell('router', firewall('forward', rule));
    },
    act: async (network) => {
      for (let round = 0; round < 2; round++) await network.connect('client', ends.server, ends.port, '--fast-open');
    },
  };
}

/** `port` is the program's own and the target's: the SYN comes back to the socket that sent it. */
function connectsToItself(family: Family): Situation {
  const address = family === 4 ? '127.0.0.1' : DIRECT.client[6];
  const port = 40_000;
  return {
    note: 'self-connect',
    name: `own-port-is-the-target-s${suffix(family)}`,
    title: 'A program tries a port of its own host on which nothing listens, and its own port happens to be the same',
    made:
      `Bind to port ${port}, connect ${address} ${port}; before that, from another port, in vain; ` +
      (family === 4 ? 'tcpdump -i lo.' : 'dumpcap -i any.'),
    vantage: 'client',
    recording:
      family === 4
        ? { host: 'client', interface: 'lo', tool: 'tcpdump' }
        : { host: 'client', interface: 'any', tool: 'dumpcap' },
    expect: [
      { client: address, server: address, port, outcome: 'refused', cause: 'port-closed', count: 1 },
      accepted({ client: address, server: address, port }, 1, 'self-connect'),
    ],
    nearMiss: 'service-unstable',
    notes: 'The port refuses, and then accepts: but what accepts is the client itself.',
    build: buildDirect,
    act: async (network) => {
      await network.connect('client', address, port, '--source', address, '--from', String(port + 1));
      const self = await network.hold('client', address, port, '--source', address, '--from', String(port));
      await seconds(0.5);
      self.tell('abort');
      await seconds(0.5);
    },
  };
}

function bothOpen(family: Family): Situation {
  const [one, other] = [DIRECT.client[family], DIRECT.server[family]];
  const port = 40_000;
  return {
    note: 'simultaneous-open',
    name: `both-sides-connect-at-once${suffix(family)}`,
    title: 'Two hosts connect to each other at the same moment, from and to the same port: their SYNs cross',
    made:
      `A wire that takes 0.35 s each way; on both hosts: bind to ${port}, connect to the other’s ${port} at the same time; ` +
      `${family === 4 ? 'tcpdump' : 'dumpcap'} at one of them, which begins 0.1 s earlier.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: [accepted({ client: one, server: other, port }, 1, 'simultaneous-open')],
    notes: 'One connection of two SYNs: called by the one that stands first in the capture.',
    build: (network) => buildWired(network, '--left-to-right', '0.35', '--right-to-left', '0.35'),
    act: async (network) => {
      // Time enough for both programs to start on a busy machine.
      const start = Date.now() / 1000 + 2;
      const open = (host: string, to: string, at: number) =>
        network.connect(host, to, port, '--from', String(port), '--at', String(at), '--timeout', '4');
      await Promise.all([open('client', other, start), open('server', one, start + 0.1)]);
    },
  };
}

export const oddities: readonly Situation[] = [
  ...FAMILIES.map(withoutSynAcks),
  withoutEcn(),
  withoutFastOpen(),
  ...FAMILIES.map(connectsToItself),
  ...FAMILIES.map(bothOpen),
];
