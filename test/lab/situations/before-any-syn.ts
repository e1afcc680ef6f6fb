/** The client fails before a SYN leaves: nobody has the address, or its own stack says no. */
import { accepted, filtered, onOneCable } from '../expectations.js';
import { type Network, seconds } from '../network.js';
import type { Situation } from '../situation.js';
import {
  buildDirect,
  buildRouted,
  DIRECT,
  FAMILIES,
  type Family,
  firewall,
  ROUTED,
  SILENCE_SECONDS,
  suffix,
} from '../topologies.js';

/** Longer than a kernel asks for a neighbour. */
const ASKING = ['--timeout', '8'] as const;

function targetUnresolved(): Situation {
  return {
    observation: 'neighbor-unanswered',
    name: 'no-syn-ever-leaves-ipv6',
    title: 'The target is on the same network and nobody has its address: neighbour solicitations, and no SYN at all',
    made: `connect ${DIRECT.nobody[6]} 80; later ping ${DIRECT.server[6]}, which answers; dumpcap at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap' },
    expect: [],
    observations: ['neighbor-unanswered'],
    notes: 'There is no attempt to judge.',
    build: buildDirect,
    act: async (network) => {
      await network.connect('client', DIRECT.nobody[6], 80, ...ASKING);
      await seconds(SILENCE_SECONDS);
      await network.ping('client', DIRECT.server[6]);
    },
  };
}

/** The gateway is gone; what shares the network with the client still answers. */
function gatewayUnresolved(family: Family): Situation {
  const neighbour = onOneCable(family, 80);
  const target = ROUTED.server[family];
  return {
    observation: 'neighbor-unanswered',
    name: `gateway-does-not-answer${suffix(family)}`,
    title: 'The gateway does not answer when the client asks for its link address; a neighbour still accepts',
    made:
      `ip route add default via ${DIRECT.nobody[family]} at the client, where nobody has that address; connect ` +
      `${target} 443 twice, and a neighbour’s port 80; ${family === 4 ? 'dumpcap' : 'tcpdump'} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'dumpcap' : 'tcpdump' },
    expect: [accepted(neighbour)],
    observations: ['neighbor-unanswered'],
    notes: `That the client wanted to reach ${target} is nowhere in the capture.`,
    build: async (network) => {
      await buildDirect(network);
      await network.shell('client', `ip route add default via ${DIRECT.nobody[family]}`);
      await network.listen('server', neighbour.server, neighbour.port);
    },
    act: async (network) => {
      for (let round = 0; round < 2; round++) await network.connect('client', target, 443, ...ASKING);
      await network.connect('client', neighbour.server, neighbour.port);
    },
  };
}

/** The client's stack tells itself that the target cannot be reached, in a packet on its loopback interface. */
function ownUnreachable(family: Family): Situation {
  return {
    observation: 'icmp-without-syn',
    name: `own-stack-says-host-unreachable${suffix(family)}`,
    title: 'Nobody has the address: the client’s own stack sends itself an ICMP error for a SYN that never left',
    made: `connect ${DIRECT.nobody[family]} 80; ${family === 4 ? 'tcpdump -i lo' : 'dumpcap -i any'} at the client.`,
    vantage: 'client',
    recording:
      family === 4
        ? { host: 'client', interface: 'lo', tool: 'tcpdump' }
        : { host: 'client', interface: 'any', tool: 'dumpcap' },
    expect: [filtered({ ...onOneCable(family, 80), server: DIRECT.nobody[family] }, 'host-unreachable')],
    observations: family === 4 ? ['icmp-without-syn'] : ['icmp-without-syn', 'neighbor-unanswered'],
    build: buildDirect,
    act: async (network) => {
      await network.connect('client', DIRECT.nobody[family], 80, ...ASKING);
    },
  };
}

/** The client's firewall rejects what the client sends, before any capture sees it. */
function ownFirewall(family: Family): Situation {
  const server = ROUTED.server[family];
  const rule = 'tcp dport 443 reject with icmpx type admin-prohibited';
  return {
    observation: 'icmp-without-syn',
    name: `own-firewall-rejects-what-leaves${suffix(family)}`,
    title: 'The client’s own firewall rejects its SYN before it leaves, with an ICMP error to itself',
    made: `nft at the client: output ${rule}; connect ${server} 443 twice; ${family === 4 ? 'tcpdump' : 'dumpcap'} -i any at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'any', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: [filtered({ client: ROUTED.client[family], server, port: 443 }, 'admin-prohibited', 2)],
    observations: ['icmp-without-syn'],
    build: async (network) => {
      await buildRouted(network);
      await network.shell('client', firewall('output', rule));
    },
    act: async (network) => {
      await connectTwice(network, server);
      await network.ping('client', server);
    },
  };
}

async function connectTwice(network: Network, server: string): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await network.connect('client', server, 443, '--timeout', '3');
    await seconds(0.5);
  }
}

export const beforeAnySyn: readonly Situation[] = [
  targetUnresolved(),
  ...FAMILIES.map(gatewayUnresolved),
  ...FAMILIES.map(ownUnreachable),
  ...FAMILIES.map(ownFirewall),
];
