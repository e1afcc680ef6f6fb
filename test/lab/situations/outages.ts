/** Everything is silent for a while, or the client does not wait for the answer. */

import { accepted, acrossRouters, type Ends, filtered, timedOut } from '../expectations.js';
import { type Network, seconds } from '../network.js';
import type { Situation } from '../situation.js';
import {
  BALANCED,
  buildRouted,
  buildRoutedToTwo,
  FAMILIES,
  type Family,
  firewall,
  IMPATIENT,
  NO_FIREWALL,
  ROUTED,
  SILENCE_SECONDS,
  suffix,
  tryInVain,
} from '../topologies.js';

/** How long everything is lost: longer than the clients try. */
const OUTAGE_SECONDS = 7;

function connectToAll(network: Network, targets: readonly Ends[], ...options: readonly string[]): Promise<unknown> {
  return Promise.all(targets.map(({ server, port }) => network.connect('client', server, port, ...options)));
}

function bothServers(family: Family): [Ends, Ends] {
  const one = acrossRouters(family, 443);
  return [one, { ...one, server: BALANCED.other[family], port: 5432 }];
}

function pathOutage(family: Family): Situation {
  const targets = bothServers(family);
  const [one] = targets;
  return {
    cause: 'path-outage',
    name: `router-loses-what-is-for-any-server${suffix(family)}`,
    title: 'A router loses everything for some seconds: two servers fall silent at once, and answer again afterwards',
    made:
      'Two servers behind a router; connect to both; nft at the router: forward drop; connect to both with a limit of ' +
      `3.6 s, ping; ${OUTAGE_SECONDS} s later flush the rules; connect to both; ` +
      (family === 4 ? 'tcpdump at the client.' : 'dumpcap on the router’s client side.'),
    vantage: family === 4 ? 'client' : 'between',
    recording:
      family === 4
        ? { host: 'client', interface: 'eth0', tool: 'tcpdump' }
        : { host: 'router', interface: 'eth0', tool: 'dumpcap' },
    expect: targets.flatMap((ends) => [accepted(ends, 2), timedOut(ends, 'path-outage')]),
    build: async (network) => {
      await buildRoutedToTwo(network);
      await network.listen('server', targets[0].server, targets[0].port);
      await network.listen('other', targets[1].server, targets[1].port);
    },
    act: async (network) => {
      await connectToAll(network, targets);
      await network.shell('router', firewall('forward', 'drop'));
      await connectToAll(network, targets, ...IMPATIENT);
      await network.ping('client', one.server);
      await seconds(OUTAGE_SECONDS);
      await network.shell('router', NO_FIREWALL);
      await connectToAll(network, targets);
    },
  };
}

/** From the start on, so that there is only an afterwards; three targets, of which one is another port of the first. */
function outageAtTheStart(): Situation {
  const [one, other] = bothServers(4);
  const targets = [one, { ...one, port: 80 }, other];
  return {
    cause: 'path-outage',
    name: 'line-comes-up-later',
    title: 'Nothing beyond the router answers when the capture begins; when the line is up, everything does',
    made:
      'ip link set down at the router for both servers’ cables; connect to three ports of two servers with a limit of 8 s; ' +
      'ip link set up; connect to all three; dumpcap -i any at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'any', tool: 'dumpcap' },
    expect: targets.flatMap((ends) => [timedOut(ends, 'path-outage'), accepted(ends)]),
    notes: 'The router has no route to either network while the cables are down, and may not say so.',
    build: async (network) => {
      await buildRoutedToTwo(network);
      await network.listen('server', one.server, 443, 80);
      await network.listen('other', other.server, other.port);
      await network.shell(
        'router',
        firewall('output', 'icmp type destination-unreachable drop'),
        'ip link set eth1 down',
        'ip link set eth2 down',
      );
    },
    act: async (network) => {
      await connectToAll(network, targets, '--timeout', '8');
      await seconds(SILENCE_SECONDS);
      await network.shell('router', 'ip link set eth1 up', 'ip link set eth2 up');
      await seconds(1);
      await connectToAll(network, targets);
    },
  };
}

/** One of two servers is silent; the way there works. */
function oneTargetOnly(): Situation {
  const [silent, alive] = bothServers(4);
  return {
    cause: 'host-silent',
    name: 'one-server-of-two-is-silent-for-a-while',
    title: 'One server falls silent for some seconds, while another behind the same router answers all the time',
    made:
      'Two servers behind a router; connect to both; nft at the first: input drop; connect to it with a limit of 8 s, and ' +
      'to the other in the same seconds; flush the rules; connect to both; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [accepted(silent, 2), timedOut(silent, 'host-silent'), accepted(alive, 4)],
    nearMiss: 'path-outage',
    build: async (network) => {
      await buildRoutedToTwo(network);
      await network.listen('server', silent.server, silent.port);
      await network.listen('other', alive.server, alive.port);
    },
    act: async (network) => {
      await connectToAll(network, [silent, alive]);
      await network.shell('server', firewall('input', 'drop'));
      const vain = tryInVain(network, 'client', silent.server, silent.port, silent.server);
      for (const wait of [2, 3]) {
        await seconds(wait);
        await connectToAll(network, [alive]);
      }
      await vain;
      await network.shell('server', NO_FIREWALL);
      await connectToAll(network, [silent, alive]);
    },
  };
}

interface GivenUp {
  name: string;
  title: string;
  family: Family;
  limit: number;
  recording: Situation['recording'];
  vantage: Situation['vantage'];
}

/** The SYNs of a moment are lost; afterwards they would not be, but the program has gone by then. */
function gaveUp({ name, title, family, limit, recording, vantage }: GivenUp): Situation {
  const ends = acrossRouters(family, 443);
  return {
    cause: 'client-gave-up',
    name,
    title,
    made:
      `nft at the router: forward tcp dport 443 drop; listen; connect with a limit of ${limit} s; flush the rules; ` +
      `${recording.tool} -i ${recording.interface} at the ${recording.host}, which goes on for 5 s.`,
    vantage,
    recording,
    expect: [timedOut(ends, 'client-gave-up')],
    nearMiss: 'host-silent',
    notes: 'The service would have answered the next SYN. Nothing in the capture says so: the client did not send it.',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
      await network.shell('router', firewall('forward', 'tcp dport 443 drop'));
    },
    act: async (network) => {
      await network.connect('client', ends.server, ends.port, '--timeout', String(limit));
      await network.shell('router', NO_FIREWALL);
      await seconds(5);
      await network.ping('client', ROUTED.router[family]);
    },
  };
}

/** An impatient client and a patient one: the second shows that the first would not have got an answer. */
function gaveUpOnADroppedPort(): Situation {
  const ends = acrossRouters(6, 443);
  return {
    cause: 'port-dropped',
    name: 'impatient-client-at-a-dropped-port-ipv6',
    title: 'The client gives up after a second and a half; its next try, with more patience, gets no answer either',
    made:
      'nft at the router: forward tcp dport 443 drop; connect with a limit of 1.5 s, and with 8 s; ping the server before ' +
      'and after; dumpcap at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap' },
    expect: [filtered(ends, 'port-dropped', 2)],
    nearMiss: 'client-gave-up',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
      await network.shell('router', firewall('forward', 'tcp dport 443 drop'));
    },
    act: async (network) => {
      await network.ping('client', ends.server);
      await network.connect('client', ends.server, ends.port, '--timeout', '1.5');
      await tryInVain(network, 'client', ends.server, ends.port, ends.server);
    },
  };
}

export const outages: readonly Situation[] = [
  ...FAMILIES.map(pathOutage),
  outageAtTheStart(),
  oneTargetOnly(),
  gaveUp({
    name: 'program-waits-a-second-and-a-half',
    title: 'The program stops after one and a half seconds, with two SYNs sent, and the capture goes on in silence',
    family: 4,
    limit: 1.5,
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    vantage: 'client',
  }),
  gaveUp({
    name: 'program-waits-half-a-second-ipv6',
    title: 'The program stops after half a second, with one SYN sent, and the capture goes on in silence',
    family: 6,
    limit: 0.5,
    recording: { host: 'client', interface: 'any', tool: 'dumpcap' },
    vantage: 'client',
  }),
  gaveUp({
    name: 'program-waits-a-second-and-a-half-seen-on-the-router-ipv6',
    title: 'The program stops after one and a half seconds; its two SYNs are seen to reach a router, and go no further',
    family: 6,
    limit: 1.5,
    recording: { host: 'router', interface: 'eth0', tool: 'dumpcap' },
    vantage: 'between',
  }),
  gaveUpOnADroppedPort(),
];
