/** What a router that translates addresses makes of attempts: there and back into one network, or twice in one capture. */
import { accepted, type Ends, filtered, refused, timedOut } from '../expectations.js';
import type { Network } from '../network.js';
import type { Expectation, Situation } from '../situation.js';
import {
  buildLan,
  buildRouted,
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

/** Both halves of a forwarded connection that is refused: the gateway's own address has a service, the host behind has none. */
function forwardedTwin(): Situation {
  const client = ROUTED.client[6];
  const gateway = ROUTED.router[6];
  const target = ROUTED.server[6];
  const match = `ip6 daddr ${gateway} tcp dport 8443`;
  return {
    cause: 'forwarded-port-closed',
    name: 'gateway-forwards-to-a-closed-port-seen-on-both-of-its-sides-ipv6',
    title:
      'A gateway hands a port on to a host where nothing listens, captured on all interfaces of the gateway itself',
    made:
      `The router listens on 443, and by nft: ${match} dnat to ${target}, where nothing listens; ping ${gateway}, connect to ` +
      'its 443 and 8443; dumpcap -i any at the router.',
    vantage: 'between',
    recording: { host: 'router', interface: 'any', tool: 'dumpcap' },
    expect: [
      accepted({ client, server: gateway, port: 443 }),
      refused({ client, server: gateway, port: 8443 }, 'forwarded-port-closed', 1, 'translated-twin'),
      refused({ client, server: target, port: 8443 }, 'port-closed', 1, 'translated-twin'),
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('router', gateway, 443);
      await network.shell('router', translateTarget(6, match, target));
    },
    act: async (network) => {
      await network.ping('client', gateway);
      await network.connect('client', gateway, 443);
      await network.connect('client', gateway, 8443);
    },
  };
}

export const translations: readonly Situation[] = [
  ...FAMILIES.map(hairpin),
  ...FAMILIES.map(brokenHairpin),
  ...twins.map(twin),
  forwardedTwin(),
];
