/** What looks like a cause at first sight, and is another, or none. */
import { accepted, acrossRouters, filtered, onOneCable, refused, timedOut } from '../expectations.js';
import { seconds } from '../network.js';
import type { Expectation, Situation } from '../situation.js';
import {
  buildDirect,
  buildRouted,
  buildRoutedForTwo,
  DIRECT,
  type Family,
  firewall,
  NO_FIREWALL,
  ROUTED,
  SECOND_CLIENT,
  SILENCE_SECONDS,
  tryInVain,
} from '../topologies.js';

const CLIENT_BY_TCPDUMP = { host: 'client', interface: 'eth0', tool: 'tcpdump' } as const;
const CLIENT_BY_DUMPCAP = { host: 'client', interface: 'eth0', tool: 'dumpcap' } as const;

interface Overtaken {
  cause: string;
  family: Family;
  /** What the router's firewall says to the first SYN. */
  type: string;
  name: string;
  error: string;
}

/** The client's firewall drops the ICMP error, so that the next SYN goes out, and by then the router lets it pass. */
function errorIsNotTheEnd({ cause, family, type, name, error }: Overtaken): Situation {
  const ends = acrossRouters(family, 443);
  const rule = `tcp dport 443 reject with ${family === 4 ? 'icmp' : 'icmpv6'} type ${type}`;
  const deaf = family === 4 ? 'icmp type destination-unreachable drop' : 'icmpv6 type destination-unreachable drop';
  return {
    note: 'slow-handshake',
    name,
    title: `A router rejects the first SYN with ${error}, the client does not get to hear it, and its next SYN is accepted`,
    made:
      `nft at the router: forward ${rule}, for half a second; nft at the client: input ${deaf}; listen, connect; ` +
      `${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: family === 4 ? CLIENT_BY_TCPDUMP : CLIENT_BY_DUMPCAP,
    expect: [accepted(ends, 1, 'slow-handshake')],
    nearMiss: cause,
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
      await network.shell('router', firewall('forward', rule));
      await network.shell('client', firewall('input', deaf));
    },
    act: async (network) => {
      const client = network.connect('client', ends.server, ends.port);
      await seconds(0.6);
      await network.shell('router', NO_FIREWALL);
      await client;
    },
  };
}

/** Another client got in, but before the port was closed for everybody. */
function closedForAll(): Situation {
  const port = 443;
  const server = ROUTED.server[4];
  const [first, second] = [ROUTED.client[4], SECOND_CLIENT[4]].map((client) => ({ client, server, port }));
  return {
    cause: 'port-dropped',
    name: 'firewall-closes-the-port-for-two-clients-for-good',
    title: 'Two clients get in, then a rule drops both: no client alone is shut out',
    made:
      'Both clients connect to 443; nft at the router: forward tcp dport 443 drop; both try in vain; ping; ' +
      'tcpdump -i any -s 80 at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool: 'tcpdump', options: ['-s', '80'] },
    expect: [first, second].flatMap((ends): Expectation[] => [accepted(ends), filtered(ends, 'port-dropped')]),
    nearMiss: 'source-dropped',
    build: async (network) => {
      await buildRoutedForTwo(network);
      await network.listen('server', server, port);
    },
    act: async (network) => {
      for (const host of ['client', 'second']) await network.connect(host, server, port);
      await network.shell('router', firewall('forward', 'tcp dport 443 drop'));
      await seconds(0.5);
      const other = network.connect('second', server, port, '--timeout', '8');
      await tryInVain(network, 'client', server, port, server);
      await other;
    },
  };
}

/** Two attempts from one port: the SYN-ACK that comes belongs to the other one. */
function answerIsAnothers(): Situation {
  const answered = acrossRouters(4, 443);
  const silent = { ...answered, server: ROUTED.nowhere[4] };
  const from = ['--from', '40000'];
  return {
    cause: 'host-silent',
    name: 'another-server-answers-on-the-same-ports',
    title: 'A client uses one source port for two servers: one is silent, and the SYN-ACK of the other is its own',
    made:
      'At the router: ip route add blackhole 172.16.9.9; from port 40000: connect 172.16.9.9 443 with a limit of 8 s, and ' +
      'meanwhile 192.168.2.2 443; dumpcap at the client.',
    vantage: 'client',
    recording: CLIENT_BY_DUMPCAP,
    expect: [timedOut(silent, 'host-silent'), accepted(answered)],
    nearMiss: 'bad-syn-ack',
    build: async (network) => {
      await buildRouted(network);
      await network.shell('router', `ip route add blackhole ${silent.server}`);
      await network.listen('server', answered.server, answered.port);
    },
    act: async (network) => {
      const vain = tryInVain(network, 'client', silent.server, silent.port, ROUTED.router[4], ...from);
      await seconds(1.5);
      await network.connect('client', answered.server, answered.port, ...from);
      await vain;
    },
  };
}

/** A traceroute by SYNs: the first is meant to expire at the router. */
function expiresOnPurpose(): Situation {
  const ends = acrossRouters(4, 443);
  return {
    cause: 'client-gave-up',
    name: 'traceroute-by-syns',
    title: 'A SYN is sent with a TTL of 1, the router says that it expired, and the client goes on with 2',
    made: 'listen on 443; connect with IP_TTL 1, then with 2; ping the router; tcpdump at the client.',
    vantage: 'client',
    recording: CLIENT_BY_TCPDUMP,
    expect: [timedOut(ends, 'client-gave-up'), accepted(ends)],
    nearMiss: 'routing-loop',
    notes: 'The ICMP error ends the first attempt at once, as Linux does: EHOSTUNREACH.',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      await network.connect('client', ends.server, ends.port, '--ttl', '1', '--timeout', '1.5');
      await network.connect('client', ends.server, ends.port, '--ttl', '2');
      await seconds(SILENCE_SECONDS);
      await network.ping('client', ROUTED.router[4]);
    },
  };
}

/** Somebody is asked for in vain, and it is not the one that is silent. */
function otherNeighbourUnresolved(): Situation {
  const ends = onOneCable(6, 443);
  return {
    cause: 'port-dropped',
    name: 'neighbour-answers-and-its-tcp-is-silent-ipv6',
    title:
      'The target answers when it is asked for its link address, and to no SYN; another neighbour is asked for in vain',
    made:
      'nft at the server: input meta l4proto { tcp, icmpv6 } drop, but neighbour discovery; connect to it with a limit of ' +
      '8 s, and meanwhile to an address that nobody has; dumpcap at the client.',
    vantage: 'client',
    recording: CLIENT_BY_DUMPCAP,
    expect: [filtered(ends, 'port-dropped')],
    observations: ['neighbor-unanswered'],
    nearMiss: 'neighbor-unresolved',
    build: async (network) => {
      await buildDirect(network);
      await network.shell(
        'server',
        firewall('input', 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; drop'),
      );
    },
    act: async (network) => {
      const vain = tryInVain(network, 'client', ends.server, ends.port, ends.server);
      await network.connect('client', DIRECT.nobody[6], 80, '--timeout', '6');
      await vain;
    },
  };
}

/** The same port is refused by one host and accepted by it again, over the other family: two services. */
function otherFamilyAccepts(): Situation {
  const open = { client: DIRECT.client[6], server: DIRECT.server[6], port: 80 };
  const closed = onOneCable(4, 80);
  return {
    cause: 'port-closed',
    name: 'service-listens-on-ipv6-only',
    title: 'A service listens on the IPv6 address of a host only: over IPv4 the same port is closed',
    made: `listen ${open.server} 80; connect to it over both families by turns; dumpcap at the server.`,
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'dumpcap' },
    expect: [accepted(open, 2), refused(closed, 'port-closed', 2)],
    nearMiss: 'service-unstable',
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', open.server, open.port);
    },
    act: async (network) => {
      for (const { server, port } of [open, closed, open, closed]) await network.connect('client', server, port);
    },
  };
}

const overtaken: readonly Overtaken[] = [
  {
    cause: 'admin-prohibited',
    family: 6,
    type: 'admin-prohibited',
    name: 'first-syn-is-prohibited-ipv6',
    error: 'ICMPv6 1/1',
  },
  {
    cause: 'reject-protocol-unreachable',
    family: 4,
    type: 'prot-unreachable',
    name: 'first-syn-meets-protocol-unreachable',
    error: 'ICMP 3/2',
  },
  {
    cause: 'host-unreachable',
    family: 4,
    type: 'host-unreachable',
    name: 'first-syn-meets-host-unreachable',
    error: 'ICMP 3/1',
  },
  {
    cause: 'network-unreachable',
    family: 6,
    type: 'no-route',
    name: 'first-syn-meets-no-route-ipv6',
    error: 'ICMPv6 1/0',
  },
];

export const nearMisses: readonly Situation[] = [
  ...overtaken.map(errorIsNotTheEnd),
  closedForAll(),
  answerIsAnothers(),
  expiresOnPurpose(),
  otherNeighbourUnresolved(),
  otherFamilyAccepts(),
];
