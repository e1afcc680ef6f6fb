/** A port that accepts some connections, and refuses others or leaves them out. */

import { accepted, type Ends } from '../expectations.js';
import { type Network, seconds } from '../network.js';
import type { Situation } from '../situation.js';
import {
  BALANCED,
  buildBalanced,
  buildDirect,
  buildRouted,
  DIRECT,
  FAMILIES,
  type Family,
  firewall,
  IMPATIENT,
  NO_FIREWALL,
  ROUTED,
  SILENCE_SECONDS,
  suffix,
} from '../topologies.js';

/** Several connections, each at its number of seconds from when all clients are ready. */
async function connectAt(network: Network, ends: Ends, starts: readonly number[], ...options: string[]): Promise<void> {
  const prepare = () => network.prepare('client', ends.server, ends.port, ...options);
  const clients = await Promise.all(starts.map(prepare));
  await Promise.all(
    clients.map(async (client, index) => {
      await seconds(starts[index]);
      client.tell('connect');
      await client.ended;
    }),
  );
}

function restarted(): Situation {
  const ends = { client: DIRECT.client[4], server: DIRECT.server[4], port: 5432 };
  return {
    cause: 'service-unstable',
    name: 'service-is-restarted',
    title: 'The service accepts, is stopped and refuses three times, is started again and accepts',
    made: 'listen on 5432, connect; stop it, connect three times; listen again, connect; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [accepted(ends, 2), { ...ends, outcome: 'refused', cause: 'service-unstable', count: 3 }],
    build: buildDirect,
    act: async (network) => {
      const service = await network.listen('server', ends.server, ends.port);
      await network.connect('client', ends.server, ends.port);
      await service.stop();
      await connectAt(network, ends, [0, 0.5, 1]);
      await network.listen('server', ends.server, ends.port);
      await network.connect('client', ends.server, ends.port);
    },
  };
}

function starting(): Situation {
  const ends = { client: ROUTED.client[6], server: ROUTED.server[6], port: 8080 };
  return {
    cause: 'service-unstable',
    name: 'service-is-still-starting-ipv6-seen-at-the-server',
    title: 'The client tries again and again while the service starts: two refusals, then it is accepted',
    made: 'Client, router, server: connect to 8080 twice; listen; connect twice; dumpcap at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'dumpcap' },
    expect: [{ ...ends, outcome: 'refused', cause: 'service-unstable', count: 2 }, accepted(ends, 2)],
    build: buildRouted,
    act: async (network) => {
      await connectAt(network, ends, [0, 0.7]);
      await network.listen('server', ends.server, ends.port);
      await connectAt(network, ends, [0, 0.7]);
    },
  };
}

/** Every other connection goes to a backend on which nothing listens. */
function oneBackendDown(family: Family): Situation {
  const ends = { client: ROUTED.client[family], server: BALANCED.virtual[family], port: 443 };
  const [tool, place] = family === 4 ? (['dumpcap', 'client'] as const) : (['tcpdump', 'router'] as const);
  return {
    cause: 'service-unstable',
    name: `one-of-two-backends-is-down${suffix(family)}`,
    title: 'A router gives connections to two backends by turns, and on one of them nothing listens',
    made:
      `nft at the router: dnat to numgen inc mod 2 map { 0 : ${ROUTED.server[family]}, 1 : ${BALANCED.other[family]} }; ` +
      `only the first listens; connect ${ends.server} 443 six times; ${tool} -i eth0 at the ${place}.`,
    vantage: family === 4 ? 'client' : 'between',
    recording: { host: place, interface: 'eth0', tool },
    expect: [accepted(ends, 3), { ...ends, outcome: 'refused', cause: 'service-unstable', count: 3 }],
    build: async (network) => {
      await buildBalanced(network, family, 'numgen inc mod 2');
      await network.listen('server', ROUTED.server[family], ends.port);
    },
    act: async (network) => {
      for (let round = 0; round < 6; round++) {
        await network.connect('client', ends.server, ends.port);
        await seconds(0.3);
      }
    },
  };
}

/** Two places in the queue, taken at once; what comes then waits for the program, or gives up. */
function queueFull(family: Family): Situation {
  const hosts = family === 4 ? DIRECT : ROUTED;
  const ends = { client: hosts.client[family], server: hosts.server[family], port: 8080 };
  const silent = family === 4 ? 1 : 3;
  return {
    cause: 'accept-queue-full',
    name:
      family === 4
        ? 'busy-program-lets-its-queue-overflow'
        : 'busy-program-lets-its-queue-overflow-ipv6-seen-at-the-server',
    title: 'A program accepts nothing for a while: two connections fill its queue, others get no answer until it does',
    made:
      'listen with a backlog of 1 and accept nothing; connect twice; ' +
      `connect ${silent === 1 ? 'once' : `${silent} times at once`} with a limit of 3.6 s, and once without; accept; connect again; ` +
      (family === 4 ? 'tcpdump at the client.' : 'dumpcap -s 96 at the server.'),
    vantage: family === 4 ? 'client' : 'server',
    recording:
      family === 4
        ? { host: 'client', interface: 'eth0', tool: 'tcpdump' }
        : { host: 'server', interface: 'eth0', tool: 'dumpcap', options: ['-s', '96'] },
    expect: [
      accepted(ends, 3),
      accepted(ends, 1, 'slow-handshake'),
      { ...ends, outcome: 'timed-out', cause: 'accept-queue-full', count: silent },
    ],
    build: family === 4 ? buildDirect : buildRouted,
    act: async (network) => {
      const service = await network.listenBusy('server', ends.server, ends.port);
      const held = [
        await network.hold('client', ends.server, ends.port),
        await network.hold('client', ends.server, ends.port),
      ];
      const patient = connectAt(network, ends, [1.5]);
      await connectAt(network, ends, Array<number>(silent).fill(0), ...IMPATIENT);
      service.tell('accept');
      await patient;
      await network.connect('client', ends.server, ends.port);
      for (const client of held) client.tell('abort');
      await seconds(SILENCE_SECONDS);
      await network.ping('client', ends.server);
    },
  };
}

/** Three connections at once and then one in 2.5 s: of six, three get in, one does when it repeats its SYN, and two give up before the next may. */
function rateLimited(family: Family): Situation {
  const ends = { client: ROUTED.client[family], server: ROUTED.server[family], port: 443 };
  const rule = 'tcp dport 443 ct state new limit rate over 24/minute burst 3 packets drop';
  const [tool, place] = family === 4 ? (['dumpcap', 'client'] as const) : (['tcpdump', 'router'] as const);
  return {
    cause: 'accept-queue-full',
    name: `firewall-limits-the-rate-of-new-connections${suffix(family)}`,
    title:
      'A firewall lets in only so many new connections: of six at once three get in, one by repeating its SYN, two never',
    made: `nft at the router: ${rule}; connect six times at once with a limit of 3.6 s, and once later; ${tool} -i eth0 at the ${place}.`,
    vantage: family === 4 ? 'client' : 'between',
    recording: { host: place, interface: 'eth0', tool },
    expect: [
      accepted(ends, 4),
      accepted(ends, 1, 'slow-handshake'),
      { ...ends, outcome: 'timed-out', cause: 'accept-queue-full', count: 2 },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
      await network.shell('router', firewall('forward', rule));
    },
    act: async (network) => {
      await connectAt(network, ends, Array<number>(6).fill(0), ...IMPATIENT);
      await seconds(SILENCE_SECONDS);
      await network.connect('client', ends.server, ends.port);
    },
  };
}

/** Source ports by where the hash sends them: the first backend, or the other. */
const PORTS_ANSWERED = [40001, 40002, 40004, 40005, 40008, 40015, 40016];
const PORTS_SILENT = [40003, 40006, 40007];

function silentBackend(family: Family): Situation {
  const ends = { client: ROUTED.client[family], server: BALANCED.virtual[family], port: 443 };
  const choice = 'jhash tcp sport mod 2 seed 1';
  const [tool, place] = family === 4 ? (['tcpdump', 'client'] as const) : (['dumpcap', 'router'] as const);
  return {
    cause: 'backend-silent',
    name: `one-of-two-backends-drops${suffix(family)}`,
    title:
      'A router gives connections to two backends by a hash of the source port, and one of them drops what it gets',
    made:
      `nft at the router: dnat to ${choice} map { 0 : ${ROUTED.server[family]}, 1 : ${BALANCED.other[family]} }; at the second: input drop; ` +
      `connect ${ends.server} 443 from ten source ports with a limit of 3.6 s; ${tool} -i eth0 at the ${place}.`,
    vantage: family === 4 ? 'client' : 'between',
    recording: { host: place, interface: 'eth0', tool },
    expect: [
      accepted(ends, PORTS_ANSWERED.length),
      { ...ends, outcome: 'timed-out', cause: 'backend-silent', count: PORTS_SILENT.length },
    ],
    build: async (network) => {
      await buildBalanced(network, family, choice);
      await network.listen('server', ROUTED.server[family], ends.port);
      await network.listen('other', BALANCED.other[family], ends.port);
      await network.shell('other', firewall('input', 'tcp dport 443 drop'));
    },
    act: async (network) => {
      const from = async (port: number, start: number): Promise<void> =>
        connectAt(network, ends, [start], '--from', String(port), ...IMPATIENT);
      const [first, ...others] = PORTS_ANSWERED;
      await from(first, 0);
      const last = others.pop()!;
      await Promise.all([
        ...others.map((port, index) => from(port, index + 0.7)),
        ...PORTS_SILENT.map((port, index) => from(port, index)),
      ]);
      await seconds(SILENCE_SECONDS);
      await from(last, 0);
    },
  };
}

/** Almost a silent backend: the port answers at once before and after, and nobody in between. */
function outage(): Situation {
  const ends = { client: ROUTED.client[6], server: ROUTED.server[6], port: 443 };
  return {
    cause: 'host-silent',
    name: 'router-loses-everything-for-a-while-ipv6',
    title:
      'The port accepts, then a router drops whatever is for the server, and some seconds later the port accepts again',
    made:
      'connect to 443; nft at the router: forward drop; connect twice with a limit of 3.6 s, ping; ' +
      '7 s later flush the rules; connect to 443; dumpcap at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap' },
    expect: [accepted(ends, 2), { ...ends, outcome: 'timed-out', cause: 'host-silent', count: 2 }],
    nearMiss: 'backend-silent',
    notes: 'The client tried nothing else in these seconds: that more than this server was cut off cannot be seen.',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      await network.connect('client', ends.server, ends.port);
      await network.shell('router', firewall('forward', 'drop'));
      await connectAt(network, ends, [0, 0.7], ...IMPATIENT);
      await network.ping('client', ends.server);
      await seconds(7);
      await network.shell('router', NO_FIREWALL);
      await network.connect('client', ends.server, ends.port);
    },
  };
}

export const selective: readonly Situation[] = [
  restarted(),
  starting(),
  ...FAMILIES.map(oneBackendDown),
  ...FAMILIES.map(queueFull),
  ...FAMILIES.map(rateLimited),
  ...FAMILIES.map(silentBackend),
  outage(),
];
