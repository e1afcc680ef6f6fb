/** Resets that the target did not make, or that another host than the one addressed made. */
import { accepted, acrossRouters, onOneCable, refused } from '../expectations.js';
import type { Recording, Situation } from '../situation.js';
import {
  BALANCED,
  buildChained,
  buildRouted,
  buildRoutedToTwo,
  buildRoutedWire,
  buildWired,
  CHAINED,
  FAMILIES,
  type Family,
  firewall,
  ROUTED,
  suffix,
  translateTarget,
} from '../topologies.js';

const CLIENT_BY_TCPDUMP = { host: 'client', interface: 'eth0', tool: 'tcpdump' } as const;
const CLIENT_BY_DUMPCAP = { host: 'client', interface: 'eth0', tool: 'dumpcap' } as const;

/** The ways of a wire that answers in the target's name; port 443 is the one that it takes exception to. */
const RESET_443 = ['--reset-port', '443'] as const;

function nearRouterResets(family: Family): Situation {
  const answered = acrossRouters(family, 443);
  const reset = acrossRouters(family, 5432);
  const place = family === 4 ? 'tcpdump at the client' : 'dumpcap -i any at the client';
  return {
    cause: 'middlebox-reset',
    name: `router-on-the-way-resets${suffix(family)}`,
    title:
      'The first of two routers resets connections to one port; the server itself answers on another and to a ping',
    made:
      'Client, two routers, server that listens on 443 and 5432; nft at the first router: ' +
      `forward tcp dport 5432 reject with tcp reset; ping, connect to 443 and 5432; ${place}.`,
    vantage: 'client',
    recording: family === 4 ? CLIENT_BY_TCPDUMP : { ...CLIENT_BY_DUMPCAP, interface: 'any' },
    expect: [accepted(answered), refused(reset, 'middlebox-reset')],
    build: async (network) => {
      await buildChained(network);
      await network.listen('server', reset.server, 443, 5432);
      await network.shell('near', firewall('forward', 'tcp dport 5432 reject with tcp reset'));
    },
    act: async (network) => {
      await network.ping('client', answered.server);
      await network.connect('client', answered.server, answered.port);
      await network.connect('client', reset.server, reset.port);
    },
  };
}

/** `ttl`: what the RST has; the server's own packets come with 64. */
function wireResetsAsWell(family: Family, ttl: number): Situation {
  const ends = onOneCable(family, 443);
  return {
    cause: 'middlebox-reset',
    name: `forged-reset-overtakes-the-syn-ack${suffix(family)}`,
    title:
      'Something on the wire resets in the server’s name at once, and the server’s SYN-ACK comes half a second later',
    made:
      `A wire that answers SYNs for port 443 with an RST (TTL ${ttl}) and delays what the server sends by 0.5 s; ` +
      `listen, connect twice; ${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: family === 4 ? CLIENT_BY_TCPDUMP : CLIENT_BY_DUMPCAP,
    expect: [refused(ends, 'middlebox-reset', 2)],
    notes: 'The client’s kernel answers the SYN-ACKs with RSTs of its own: the attempts were over by then.',
    build: async (network) => {
      await buildWired(network, '--right-to-left', '0.5', ...RESET_443, '--reset-ttl', String(ttl));
      await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      for (let round = 0; round < 2; round++) {
        await network.connect('client', ends.server, ends.port);
        await network.run('client', 'sleep', '1');
      }
    },
  };
}

/** Only the time tells: a wire behind the router resets with the distance that the server has. */
function resetBeforeTheRoundTrip(): Situation {
  const answered = acrossRouters(4, 22);
  const reset = acrossRouters(4, 443);
  return {
    cause: 'middlebox-reset',
    name: 'reset-comes-much-sooner-than-the-round-trip',
    title: 'The server is 300 ms away, and the RST comes within a few milliseconds, with the same TTL as all else',
    made:
      'A wire behind the router that delays what the server sends by 0.3 s, and answers SYNs for port 443 itself; ' +
      'ping, connect to 22, 443 twice, and 22; tcpdump on the router’s client side.',
    vantage: 'between',
    recording: { host: 'router', interface: 'eth0', tool: 'tcpdump' },
    expect: [accepted(answered, 2), refused(reset, 'middlebox-reset', 2)],
    build: async (network) => {
      await buildRoutedWire(network, '--right-to-left', '0.3', ...RESET_443, '--swallow');
      await network.listen('server', answered.server, 22, 443);
    },
    act: async (network) => {
      await network.ping('client', answered.server);
      for (const { server, port } of [answered, reset, reset, answered]) await network.connect('client', server, port);
    },
  };
}

function routerResetsBeforeALongPath(): Situation {
  const answered = acrossRouters(6, 443);
  const reset = acrossRouters(6, 8080);
  return {
    cause: 'middlebox-reset',
    name: 'router-before-a-long-path-resets-ipv6',
    title: 'A router resets at once, one hop nearer than the server, which is 250 ms away',
    made:
      'A wire between router and server that delays what the server sends by 0.25 s; nft at the router: ' +
      'forward tcp dport 8080 reject with tcp reset; connect to 443, 8080, 443; dumpcap at the client.',
    vantage: 'client',
    recording: CLIENT_BY_DUMPCAP,
    expect: [accepted(answered, 2), refused(reset, 'middlebox-reset')],
    build: async (network) => {
      await buildRoutedWire(network, '--right-to-left', '0.25');
      await network.listen('server', answered.server, 443, 8080);
      await network.shell('router', firewall('forward', 'tcp dport 8080 reject with tcp reset'));
    },
    act: async (network) => {
      for (const { server, port } of [answered, reset, answered]) await network.connect('client', server, port);
    },
  };
}

interface Forwarded {
  name: string;
  title: string;
  family: Family;
  /** The router that translates, and its address. */
  gateway: 'near' | 'far';
  recording: Recording;
  vantage: Situation['vantage'];
}

/** A gateway with a service of its own on 443 hands port 8443 on to a host behind it, where nothing listens. */
function forwarded({ name, title, family, gateway, recording, vantage }: Forwarded): Situation {
  const address = CHAINED[gateway][family];
  const ends = { client: CHAINED.client[family], server: address };
  const target = family === 4 ? `${CHAINED.server[4]}:8443` : `[${CHAINED.server[6]}]:8443`;
  const match = `${family === 4 ? 'ip' : 'ip6'} daddr ${address} tcp dport 8443`;
  return {
    cause: 'forwarded-port-closed',
    name,
    title,
    made:
      `Client, two routers, server; the ${gateway} router listens on 443, and by nft: ${match} dnat to ${target}, ` +
      `where nothing listens; ping ${address}, connect to its 443 and 8443; ` +
      `${recording.tool} -i ${recording.interface} at the ${recording.host}.`,
    vantage,
    recording,
    expect: [accepted({ ...ends, port: 443 }), refused({ ...ends, port: 8443 }, 'forwarded-port-closed')],
    build: async (network) => {
      await buildChained(network);
      await network.listen(gateway, address, 443);
      await network.shell(gateway, translateTarget(family, match, target));
    },
    act: async (network) => {
      await network.ping('client', address);
      await network.connect('client', address, 443);
      await network.connect('client', address, 8443);
    },
  };
}

const equallyFar = (family: Family): Situation => {
  const open = acrossRouters(family, 443);
  const closed = acrossRouters(family, 5432);
  return {
    cause: 'port-closed',
    name: `behind-two-routers-like-everything-of-the-host${suffix(family)}`,
    title: 'A closed port of a host behind two routers, whose other packets come from as far away',
    made:
      'Client, two routers, server that listens on 443 only; ping, connect to 443 and 5432; ' +
      `${family === 4 ? 'tcpdump at the client' : 'dumpcap -i any at the router near the client'}.`,
    vantage: family === 4 ? 'client' : 'between',
    recording: family === 4 ? CLIENT_BY_TCPDUMP : { host: 'near', interface: 'any', tool: 'dumpcap' },
    expect: [accepted(open), refused(closed)],
    nearMiss: family === 4 ? 'middlebox-reset' : 'forwarded-port-closed',
    build: async (network) => {
      await buildChained(network);
      await network.listen('server', open.server, open.port);
    },
    act: async (network) => {
      await network.ping('client', open.server);
      await network.connect('client', open.server, open.port);
      await network.connect('client', closed.server, closed.port);
    },
  };
};

/** The server's answers take another way from one moment on, over one more router. */
function longerWayBack(): Situation {
  const open = acrossRouters(4, 443);
  const closed = acrossRouters(4, 5432);
  return {
    cause: 'port-closed',
    name: 'another-route-lowers-every-ttl',
    title:
      'The way back gets one router longer in the middle of the capture: the TTL of the RST is lower, like all since then',
    made:
      'Client, router, server, and another router beside them; ping, connect to 443; at the server: ' +
      'ip route replace default via the other router; connect to 5432, ping, connect to 443; tcpdump at the client.',
    vantage: 'client',
    recording: CLIENT_BY_TCPDUMP,
    expect: [accepted(open, 2), refused(closed)],
    nearMiss: 'forwarded-port-closed',
    build: async (network) => {
      await buildRouted(network);
      await network.addRouters('other');
      await network.link(
        { host: 'server', name: 'eth1', addresses: ['192.168.3.2/24'] },
        { host: 'other', name: 'eth0', addresses: ['192.168.3.1/24'] },
      );
      await network.link(
        { host: 'other', name: 'eth1', addresses: ['10.4.0.2/24'] },
        { host: 'router', name: 'eth2', addresses: ['10.4.0.1/24'] },
      );
      await network.shell('other', 'ip route add default via 10.4.0.1');
      await network.listen('server', open.server, open.port);
    },
    act: async (network) => {
      await network.ping('client', open.server);
      await network.connect('client', open.server, open.port);
      await network.shell('server', 'ip route replace default via 192.168.3.1');
      await network.connect('client', closed.server, closed.port);
      await network.ping('client', open.server);
      await network.connect('client', open.server, open.port);
    },
  };
}

/** The same port, and not the same host. */
function openElsewhere(): Situation {
  const open = { client: ROUTED.client[6], server: BALANCED.other[6], port: 5432 };
  const closed = acrossRouters(6, 5432);
  return {
    cause: 'port-closed',
    name: 'another-host-accepts-on-the-same-port-ipv6',
    title: 'The port is closed on one server while another server accepts on the same port',
    made: 'Two servers behind a router, of which one listens on 5432; connect to both by turns; dumpcap at the client.',
    vantage: 'client',
    recording: CLIENT_BY_DUMPCAP,
    expect: [accepted(open, 2), refused(closed, 'port-closed', 2)],
    nearMiss: 'service-unstable',
    build: async (network) => {
      await buildRoutedToTwo(network);
      await network.listen('other', open.server, open.port);
    },
    act: async (network) => {
      for (const { server, port } of [open, closed, open, closed]) await network.connect('client', server, port);
    },
  };
}

export const middlebox: readonly Situation[] = [
  ...FAMILIES.map(nearRouterResets),
  wireResetsAsWell(4, 64),
  wireResetsAsWell(6, 57),
  resetBeforeTheRoundTrip(),
  routerResetsBeforeALongPath(),
  forwarded({
    name: 'gateway-forwards-to-a-host-two-hops-behind',
    title: 'A gateway hands the port on to a host two hops behind it, where nothing listens',
    family: 4,
    gateway: 'near',
    recording: CLIENT_BY_TCPDUMP,
    vantage: 'client',
  }),
  forwarded({
    name: 'gateway-forwards-to-a-host-one-hop-behind-ipv6',
    title: 'A gateway behind a router hands the port on to a host on its other side, where nothing listens',
    family: 6,
    gateway: 'far',
    recording: { ...CLIENT_BY_DUMPCAP, interface: 'any' },
    vantage: 'client',
  }),
  forwarded({
    name: 'gateway-forwards-to-a-closed-port-seen-on-the-way',
    title: 'A gateway hands the port on to a closed one, captured on a router before it',
    family: 4,
    gateway: 'far',
    recording: { host: 'near', interface: 'eth0', tool: 'dumpcap', options: ['-s', '96'] },
    vantage: 'between',
  }),
  ...FAMILIES.map(equallyFar),
  longerWayBack(),
  openElsewhere(),
];
