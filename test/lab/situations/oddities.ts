/** Notes on SYNs that were accepted only without their options, and on connections with odd ends. */
import { accepted, acrossRouters, type Ends, filtered, refused, timedOut } from '../expectations.js';
import { type Network, seconds } from '../network.js';
import type { Expectation, Situation } from '../situation.js';
import {
  buildDirect,
  buildLan,
  buildRouted,
  buildWired,
  DIRECT,
  FAMILIES,
  type Family,
  firewall,
  LAN,
  ROUTED,
  suffix,
  translateSource,
  translateTarget,
  tryInVain,
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

/** The router's address on the far side of the network that client and server share. */
const OUTSIDE = { 4: '203.0.113.1', 6: '2001:db8:f::1' } as const;

/** Client and server on one network; the client uses the router's outside address. */
async function buildHairpin(network: Network, family: Family, translatesSource: boolean): Promise<void> {
  const ip = family === 4 ? 'ip' : 'ip6';
  const server = LAN.server[family];
  await buildLan(network);
  await network.shell(
    'router',
    // A cable that leads nowhere.
    'ip link add outside type bridge',
    'ip link set outside up',
    `ip address add ${OUTSIDE[family]}/${family === 4 ? '24' : '64 nodad'} dev outside`,
    translateTarget(family, `${ip} daddr ${OUTSIDE[family]} tcp dport 443`, server),
    ...(translatesSource ? [translateSource(family, `${ip} daddr ${server} tcp dport 443`)] : []),
  );
  await network.shell('client', `ip route add default via ${LAN.router[family]}`);
  await network.listen('server', server, 443);
}

function hairpin(family: Family): Situation {
  const outer: Ends = { client: LAN.client[family], server: OUTSIDE[family], port: 443 };
  const inner: Ends = { client: LAN.router[family], server: LAN.server[family], port: 443 };
  const [tool, name] = family === 4 ? (['tcpdump', 'eth0'] as const) : (['dumpcap', 'any'] as const);
  return {
    note: 'hairpin',
    name: `router-leads-back-into-the-same-network${suffix(family)}`,
    title:
      'The client uses the router’s outside address for a server of its own network; the router translates both ends',
    made:
      `Client, server and router on one bridge; nft at the router: ${OUTSIDE[family]} port 443 dnat to ${inner.server}, ` +
      `masquerade; connect ${OUTSIDE[family]} 443; ${tool} -i ${name} at the router.`,
    vantage: 'between',
    recording: { host: 'router', interface: name, tool },
    expect: [accepted(outer, 1, 'hairpin', 'translated-twin'), accepted(inner, 1, 'hairpin', 'translated-twin')],
    notes: 'One connection, seen before and after translation: it leads back, whichever half one looks at.',
    build: (network) => buildHairpin(network, family, true),
    act: async (network) => {
      await network.connect('client', outer.server, outer.port);
    },
  };
}

/** Without masquerade: the server knows the client as a neighbour, and answers past the router. */
function brokenHairpin(family: Family): Situation {
  const outer = { client: LAN.client[family], server: OUTSIDE[family], port: 443 };
  const tool = family === 4 ? 'dumpcap' : 'tcpdump';
  return {
    note: 'hairpin',
    name: `server-answers-past-the-router${suffix(family)}`,
    title:
      'The router translates the target only: the server answers the client directly, with an address that it did not ask',
    made:
      `Client, server and router on one bridge; nft at the router: ${OUTSIDE[family]} port 443 dnat to ` +
      `${LAN.server[family]}, no masquerade; connect ${OUTSIDE[family]} 443 in vain; ${tool} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool },
    expect: [timedOut(outer, 'bad-syn-ack', 1, 'hairpin')],
    build: (network) => buildHairpin(network, family, false),
    act: (network) => tryInVain(network, 'client', outer.server, outer.port, LAN.router[family]),
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

interface Twin {
  name: string;
  title: string;
  family: Family;
  /** At the router: what it does with the SYN. */
  translation: 'source' | 'target';
  server: 'listens' | 'refuses' | 'drops';
  tool: 'tcpdump' | 'dumpcap';
}

/** One attempt, twice in the capture: with the addresses before NAT, and with those behind it. */
function twin({ name, title, family, translation, server, tool }: Twin): Situation {
  const port = 443;
  const ip = family === 4 ? 'ip' : 'ip6';
  const inside = ROUTED.server[family];
  const routersOther = { 4: '192.168.2.1', 6: '2001:db8:2::1' } as const;
  const before = {
    client: ROUTED.client[family],
    server: translation === 'target' ? ROUTED.router[family] : inside,
    port,
  };
  const behind = {
    client: translation === 'target' ? ROUTED.client[family] : routersOther[family],
    server: inside,
    port,
  };
  const command =
    translation === 'target'
      ? translateTarget(family, `${ip} daddr ${before.server} tcp dport ${port}`, inside)
      : translateSource(family, 'oifname eth1');
  const fate: Record<Twin['server'], (ends: Ends) => Expectation> = {
    listens: (ends) => accepted(ends, 1, 'translated-twin'),
    refuses: (ends) => refused(ends, 'port-closed', 1, 'translated-twin'),
    drops: (ends) => filtered(ends, 'port-dropped', 1, 'translated-twin'),
  };
  return {
    note: 'translated-twin',
    name,
    title,
    made: `At the router: ${command}; the server ${server}; ${server === 'drops' ? 'ping, ' : ''}connect; ${tool} -i any at the router.`,
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool },
    expect: [before, behind].map(fate[server]),
    build: async (network) => {
      await buildRouted(network);
      await network.shell('router', command);
      if (server === 'listens') await network.listen('server', inside, port);
      if (server === 'drops') await network.shell('server', firewall('input', `tcp dport ${port} drop`));
    },
    act: async (network) => {
      if (server !== 'drops') {
        await network.connect('client', before.server, port);
        return;
      }
      await network.ping('client', inside);
      await tryInVain(network, 'client', before.server, port, inside);
    },
  };
}

const twins: readonly Twin[] = [
  {
    name: 'connection-before-and-behind-the-translation-of-its-target-ipv6',
    title: 'A router hands a port of its own on to a server: the connection is in the capture with both addresses',
    family: 6,
    translation: 'target',
    server: 'listens',
    tool: 'dumpcap',
  },
  {
    name: 'refusal-before-and-behind-the-translation-of-its-source',
    title: 'A router puts its own address in the place of the client’s, and the port is closed: refused, seen twice',
    family: 4,
    translation: 'source',
    server: 'refuses',
    tool: 'tcpdump',
  },
  {
    name: 'silence-before-and-behind-the-translation-of-its-source',
    title: 'A router puts its own address in the place of the client’s, and the server drops: silence, seen twice',
    family: 4,
    translation: 'source',
    server: 'drops',
    tool: 'dumpcap',
  },
];

export const oddities: readonly Situation[] = [
  ...FAMILIES.map(withoutSynAcks),
  withoutEcn(),
  withoutFastOpen(),
  ...FAMILIES.map(hairpin),
  ...FAMILIES.map(brokenHairpin),
  ...FAMILIES.map(connectsToItself),
  ...FAMILIES.map(bothOpen),
  ...twins.map(twin),
];
