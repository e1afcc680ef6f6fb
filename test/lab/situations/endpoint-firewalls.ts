/**
 * The client's or the server's own host drops what the capture on it shows. There is a router between them: on one cable
 * nothing in the packets says at which end they were captured.
 */
import { accepted, acrossRouters, filtered, refused, timedOut } from '../expectations.js';
import type { Situation } from '../situation.js';
import { buildRouted, FAMILIES, type Family, firewall, ROUTED, SYN_ACKS, suffix, tryInVain } from '../topologies.js';

function clientDrops(family: Family): Situation {
  const ends = acrossRouters(family, 443);
  const place = family === 4 ? 'tcpdump at the client' : 'dumpcap -i any at the client';
  return {
    cause: 'client-firewall',
    name: `client-drops-the-answer${suffix(family)}`,
    title: 'The client’s own firewall drops the SYN-ACKs behind the place where they are captured',
    made: `nft at the client: input ${SYN_ACKS} drop; listen, connect to 443 in vain, ping; ${place}.`,
    vantage: 'client',
    recording:
      family === 4
        ? { host: 'client', interface: 'eth0', tool: 'tcpdump' }
        : { host: 'client', interface: 'any', tool: 'dumpcap' },
    expect: [filtered(ends, 'client-firewall')],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
      await network.shell('client', firewall('input', `${SYN_ACKS} drop`));
    },
    act: async (network) => {
      await tryInVain(network, 'client', ends.server, ends.port, ends.server);
      // The server repeats its SYN-ACK for longer than the client tries.
      await network.run('client', 'sleep', '4');
      await network.ping('client', ends.server);
    },
  };
}

/** The client's packets leave by one of its interfaces, the answers come in by the other. */
function reversePath(): Situation {
  const ends = acrossRouters(4, 443);
  return {
    cause: 'client-firewall',
    name: 'reverse-path-filter-drops-what-comes-in-elsewhere',
    title: 'The answers reach the client on its other interface, where its reverse-path filter drops them',
    made:
      'Two cables between client and router; the client’s route leads over the first, the router’s to the client over the ' +
      'second; sysctl rp_filter=1 at the client; connect to 443 in vain; dumpcap -i any at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'any', tool: 'dumpcap' },
    expect: [filtered(ends, 'client-firewall')],
    build: async (network) => {
      await buildRouted(network);
      await network.link(
        { host: 'client', name: 'eth1', addresses: ['10.3.0.2/24'] },
        { host: 'router', name: 'eth2', addresses: ['10.3.0.1/24'] },
      );
      await network.shell('router', `ip route add ${ROUTED.client[4]}/32 via 10.3.0.2`);
      await network.shell('client', 'sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth1.rp_filter=1');
      await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      await tryInVain(network, 'client', ends.server, ends.port, '10.3.0.1');
    },
  };
}

function serverDrops(family: Family): Situation {
  const ends = (port: number) => acrossRouters(family, port);
  const { server } = ends(443);
  return {
    cause: 'server-firewall',
    name: `server-drops-what-reaches-it${suffix(family)}`,
    title: 'SYNs reach the server, whose own firewall drops them; on another port it answers',
    made:
      'nft at the server: input tcp dport 5432 drop; connect to 443, to 5432 in vain, to 443; ' +
      (family === 4 ? 'tcpdump at the server.' : 'dumpcap -i any at the server.'),
    vantage: 'server',
    recording:
      family === 4
        ? { host: 'server', interface: 'eth0', tool: 'tcpdump' }
        : { host: 'server', interface: 'any', tool: 'dumpcap' },
    expect: [accepted(ends(443), 2), filtered(ends(5432), 'server-firewall')],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', server, 443, 5432);
      await network.shell('server', firewall('input', 'tcp dport 5432 drop'));
    },
    act: async (network) => {
      await network.connect('client', server, 443);
      await tryInVain(network, 'client', server, 5432, server);
      await network.connect('client', server, 443);
    },
  };
}

function signaturesMissing(family: Family): Situation {
  const ends = acrossRouters(family, 179);
  return {
    cause: 'server-firewall',
    name: `server-wants-signed-segments${suffix(family)}`,
    title: 'The service takes only signed segments (TCP-MD5), the client does not sign: the kernel drops its SYNs',
    made:
      `listen on 179 with TCP_MD5SIG for ${ends.client}; connect to 179 without it, to the closed 180, ping; ` +
      (family === 4 ? 'dumpcap at the server.' : 'tcpdump -i any at the server.'),
    vantage: 'server',
    recording:
      family === 4
        ? { host: 'server', interface: 'eth0', tool: 'dumpcap' }
        : { host: 'server', interface: 'any', tool: 'tcpdump' },
    expect: [refused({ ...ends, port: 180 }), filtered(ends, 'server-firewall')],
    build: async (network) => {
      await buildRouted(network);
      await network.listenWith('server', ends.server, ends.port, '--signed-for', ends.client);
    },
    act: async (network) => {
      await network.connect('client', ends.server, 180);
      await tryInVain(network, 'client', ends.server, ends.port, ends.server);
    },
  };
}

/** What the client sends comes in on an interface of the server by which the server would not answer it. */
function serverReversePath(): Situation {
  const dropped = acrossRouters(4, 8080);
  const near = { client: '192.168.2.1', server: dropped.server, port: 22 };
  return {
    cause: 'server-firewall',
    name: 'reverse-path-filter-drops-what-comes-in-elsewhere',
    title:
      'SYNs reach the server on its other interface, where its reverse-path filter drops them; a neighbour is answered',
    made:
      'Two cables between router and server; the router’s route to the server leads over the second, the server’s to the ' +
      'client over the first; sysctl rp_filter=1 at the server; connect from the router to 22, from the client to 8080 in ' +
      'vain, from the router to 22; tcpdump -i any at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'any', tool: 'tcpdump' },
    expect: [accepted(near, 2), filtered(dropped, 'server-firewall')],
    build: async (network) => {
      await buildRouted(network);
      await network.link(
        { host: 'router', name: 'eth2', addresses: ['10.4.0.1/24'] },
        { host: 'server', name: 'eth1', addresses: ['10.4.0.2/24'] },
      );
      // What is forwarded takes the second cable, what the router sends itself the first.
      await network.shell(
        'router',
        `ip route add ${dropped.server}/32 via 10.4.0.2 table 100`,
        'ip rule add iif eth0 lookup 100',
      );
      await network.shell('server', 'sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth1.rp_filter=1');
      await network.listen('server', dropped.server, 22, 8080);
    },
    act: async (network) => {
      await network.connect('router', near.server, near.port);
      await tryInVain(network, 'client', dropped.server, dropped.port, dropped.server);
      await network.connect('router', near.server, near.port);
    },
  };
}

/** As `serverDrops`, and the capture is taken one router before. */
function seenBeforeTheServer(): Situation {
  const ends = (port: number) => acrossRouters(6, port);
  const { server } = ends(443);
  return {
    cause: 'port-dropped',
    name: 'server-drops-seen-one-hop-before-it-ipv6',
    title:
      'A port is silent while the server answers on another, captured on a router: who drops it cannot be seen there',
    made:
      'nft at the server: input tcp dport 5432 drop; connect to 443, to 5432 in vain, to 443; ' +
      'dumpcap on the router’s client side.',
    vantage: 'between',
    recording: { host: 'router', interface: 'eth0', tool: 'dumpcap' },
    expect: [accepted(ends(443), 2), filtered(ends(5432), 'port-dropped')],
    nearMiss: 'server-firewall',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', server, 443, 5432);
      await network.shell('server', firewall('input', 'tcp dport 5432 drop'));
    },
    act: async (network) => {
      await network.connect('client', server, 443);
      await tryInVain(network, 'client', server, 5432, server);
      await network.connect('client', server, 443);
    },
  };
}

/** The SYN-ACKs are captured, and lost behind that: but not at the client. */
function lostBehindTheRouter(): Situation {
  const ends = acrossRouters(6, 443);
  return {
    cause: 'return-path-lost',
    name: 'syn-acks-are-lost-behind-the-router-ipv6',
    title: 'SYN-ACKs pass the capture on the router’s server side and are lost on its client side',
    made: `nft at the router: forward ${SYN_ACKS} drop; connect to 443 in vain; dumpcap on the router’s server side.`,
    vantage: 'between',
    recording: { host: 'router', interface: 'eth1', tool: 'dumpcap' },
    expect: [timedOut(ends, 'return-path-lost')],
    nearMiss: 'client-firewall',
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ends.server, ends.port);
      await network.shell('router', firewall('forward', `${SYN_ACKS} drop`));
    },
    act: async (network) => {
      await tryInVain(network, 'client', ends.server, ends.port, ends.server);
      await network.run('client', 'sleep', '4');
      await network.ping('client', ends.server);
    },
  };
}

export const endpointFirewalls: readonly Situation[] = [
  ...FAMILIES.map(clientDrops),
  reversePath(),
  ...FAMILIES.map(serverDrops),
  ...FAMILIES.map(signaturesMissing),
  serverReversePath(),
  seenBeforeTheServer(),
  lostBehindTheRouter(),
];
