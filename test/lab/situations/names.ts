/** What stands in the DNS packets of a capture: addresses that lose a race, and names that lead nowhere. */
import { accepted, timedOut } from '../expectations.js';
import { type Network, seconds } from '../network.js';
import type { Expectation, Situation } from '../situation.js';
import {
  BALANCED,
  buildRouted,
  buildRoutedToTwo,
  FAMILIES,
  type Family,
  firewall,
  ROUTED,
  SILENCE_SECONDS,
} from '../topologies.js';

/** What the lab captures, and DNS. */
const WITH_NAMES = 'tcp or arp or icmp or icmp6 or udp port 53';

const NAME = 'www.example.org';

interface Race {
  name: string;
  title: string;
  /** The name's addresses as the name server gives them; AAAA are tried before A. */
  addresses: readonly string[];
  /** The command at the router that makes the first address silent. */
  silence: string;
  expect: readonly Expectation[];
  recording: Situation['recording'];
}

/** A name with two addresses, of which the first is silent: the client goes on to the next after a quarter of a second. */
function superseded({ name, title, addresses, silence, expect, recording }: Race): Situation {
  const nameServer = ROUTED.router[4];
  return {
    note: 'superseded',
    name,
    title,
    made:
      `A name server on the router: ${NAME} is ${addresses.join(', ')}; at the router: ${silence}; ask for AAAA and A, and ` +
      `connect to the addresses as Happy Eyeballs does; ${recording.tool} -i ${recording.interface} at the ${recording.host}.`,
    vantage: recording.host === 'client' ? 'client' : 'between',
    recording: { ...recording, filter: WITH_NAMES },
    expect,
    build: async (network) => {
      await buildRoutedToTwo(network);
      await network.serveNames('router', nameServer, `${NAME}=${addresses.join(',')}`);
      for (const family of FAMILIES) {
        await network.listen('server', ROUTED.server[family], 443);
        await network.listen('other', BALANCED.other[family], 443);
      }
      await network.shell('router', silence);
    },
    act: async (network) => {
      await network.race('client', nameServer, NAME, 443);
      await seconds(SILENCE_SECONDS);
      await network.ping('client', ROUTED.router[4]);
    },
  };
}

interface Unresolved {
  observation: string;
  name: string;
  title: string;
  family: Family;
  /** What is done at the name server's host before it is asked. */
  build: (network: Network, nameServer: string) => Promise<unknown>;
  made: string;
  recording: Situation['recording'];
  /** What the client does after it asked in vain. */
  after?: (network: Network) => Promise<unknown>;
  expect?: readonly Expectation[];
  nearMiss?: string;
}

/** The client asks for a name that it needs, and that is all that it can do. */
function unresolved(options: Unresolved): Situation {
  const { observation, name, title, family, made, recording, after } = options;
  const nameServer = ROUTED.server[family];
  return {
    observation,
    name,
    title,
    made: `${made}; resolve ${NAME} at ${nameServer}; ${recording.tool} -i ${recording.interface} at the ${recording.host}.`,
    vantage: recording.host === 'client' ? 'client' : 'between',
    recording: { ...recording, filter: WITH_NAMES },
    expect: options.expect ?? [],
    observations: [observation],
    ...(options.nearMiss === undefined ? {} : { nearMiss: options.nearMiss }),
    build: async (network) => {
      await buildRouted(network);
      await options.build(network, nameServer);
    },
    act: async (network) => {
      await network.resolve('client', nameServer, NAME);
      await after?.(network);
      await seconds(SILENCE_SECONDS);
      await network.ping('client', ROUTED.router[family]);
    },
  };
}

const AT_CLIENT_BY_TCPDUMP = { host: 'client', interface: 'eth0', tool: 'tcpdump' } as const;
const AT_CLIENT_BY_DUMPCAP = { host: 'client', interface: 'eth0', tool: 'dumpcap' } as const;
const AT_CLIENT_COOKED = { host: 'client', interface: 'any', tool: 'dumpcap' } as const;
const AT_ROUTER = { host: 'router', interface: 'eth0', tool: 'tcpdump' } as const;

/** A name server that knows no names, and says so with a code. */
const answerWith = (code: number) => (network: Network, nameServer: string) =>
  network.serveNames('server', nameServer, '--code', String(code));

const races: readonly Race[] = [
  {
    name: 'ipv6-is-silent-and-ipv4-connects',
    title: 'A name has an IPv6 and an IPv4 address; IPv6 leads nowhere, and the client connects over IPv4 meanwhile',
    addresses: [ROUTED.server[6], ROUTED.server[4]],
    silence: `ip -6 route add blackhole ${ROUTED.server[6]}`,
    expect: [
      timedOut({ client: ROUTED.client[6], server: ROUTED.server[6], port: 443 }, 'client-gave-up', 1, 'superseded'),
      accepted({ client: ROUTED.client[4], server: ROUTED.server[4], port: 443 }),
    ],
    recording: AT_CLIENT_BY_TCPDUMP,
  },
  {
    name: 'first-ipv6-address-is-silent-and-the-second-connects',
    title: 'A name has two IPv6 addresses; the first leads nowhere, and the client connects to the second meanwhile',
    addresses: [ROUTED.server[6], BALANCED.other[6]],
    silence: `ip -6 route add blackhole ${ROUTED.server[6]}`,
    expect: [
      timedOut({ client: ROUTED.client[6], server: ROUTED.server[6], port: 443 }, 'client-gave-up', 1, 'superseded'),
      accepted({ client: ROUTED.client[6], server: BALANCED.other[6], port: 443 }),
    ],
    recording: AT_CLIENT_COOKED,
  },
  {
    name: 'first-ipv4-address-is-silent-and-the-second-connects',
    title: 'A name has two IPv4 addresses; the first leads nowhere, and the client connects to the second meanwhile',
    addresses: [ROUTED.server[4], BALANCED.other[4]],
    silence: `ip route add blackhole ${ROUTED.server[4]}`,
    expect: [
      timedOut({ client: ROUTED.client[4], server: ROUTED.server[4], port: 443 }, 'client-gave-up', 1, 'superseded'),
      accepted({ client: ROUTED.client[4], server: BALANCED.other[4], port: 443 }),
    ],
    recording: { host: 'router', interface: 'eth0', tool: 'dumpcap' },
  },
];

const unresolvable: readonly Unresolved[] = [
  {
    observation: 'name-not-found',
    name: 'name-does-not-exist',
    title: 'The name server says that there is no such name (NXDOMAIN)',
    family: 4,
    made: 'A name server that knows no names',
    build: answerWith(3),
    recording: AT_CLIENT_BY_TCPDUMP,
  },
  {
    observation: 'name-not-found',
    name: 'name-does-not-exist-ipv6-seen-on-the-router',
    title: 'The name server says over IPv6 that there is no such name (NXDOMAIN)',
    family: 6,
    made: 'A name server that knows no names',
    build: answerWith(3),
    recording: AT_ROUTER,
  },
  {
    observation: 'name-server-failed',
    name: 'name-server-has-a-failure',
    title: 'The name server cannot find out: SERVFAIL',
    family: 4,
    made: 'A name server that answers SERVFAIL',
    build: answerWith(2),
    recording: AT_CLIENT_BY_DUMPCAP,
  },
  {
    observation: 'name-server-failed',
    name: 'name-server-refuses-ipv6',
    title: 'The name server does not serve this client: REFUSED',
    family: 6,
    made: 'A name server that answers REFUSED',
    build: answerWith(5),
    recording: AT_CLIENT_COOKED,
  },
  {
    observation: 'name-unanswered',
    name: 'name-server-never-answers',
    title: 'The name server gets the queries and never answers',
    family: 4,
    made: 'A name server that answers nothing',
    build: answerWith(-1),
    recording: AT_CLIENT_BY_TCPDUMP,
  },
  {
    observation: 'name-unanswered',
    name: 'firewall-drops-the-queries-ipv6',
    title: 'A router drops the queries to the name server',
    family: 6,
    made: `At the router: ${firewall('forward', 'udp dport 53 drop')}`,
    build: (network) => network.shell('router', firewall('forward', 'udp dport 53 drop')),
    recording: AT_CLIENT_BY_DUMPCAP,
  },
  {
    observation: 'name-unanswered',
    name: 'nothing-listens-for-queries',
    title: 'Nothing serves names on that host: it says port-unreachable to the queries, and accepts a connection',
    family: 4,
    made: 'listen on TCP port 443, and no name server; connect to 443 afterwards',
    build: (network, nameServer) => network.listen('server', nameServer, 443),
    recording: AT_CLIENT_BY_TCPDUMP,
    after: (network) => network.connect('client', ROUTED.server[4], 443),
    expect: [accepted({ client: ROUTED.client[4], server: ROUTED.server[4], port: 443 })],
    nearMiss: 'reject-port-unreachable',
  },
];

export const names: readonly Situation[] = [...races.map(superseded), ...unresolvable.map(unresolved)];
