/** Packets of real kernels as a mirror port hands them to a probe: tagged, in a tunnel, or one direction alone. */
import { accepted, filtered, onOneCable, refused } from '../expectations.js';
import { type Network, seconds } from '../network.js';
import type { Recording, Situation } from '../situation.js';
import { buildMirrored, firewall, SILENCE_SECONDS } from '../topologies.js';

/** Whatever the mirror sends. */
const EVERYTHING = 'greater 1';

function atProbe(tool: Recording['tool']): Recording {
  return { host: 'probe', interface: 'eth0', tool, filter: EVERYTHING };
}

function refusedInVxlan(): Situation {
  const open = onOneCable(4, 443);
  const closed = onOneCable(4, 5432);
  return {
    cause: 'port-closed',
    name: 'mirrored-in-vxlan',
    title: 'A mirror port sends both directions in VXLAN to a probe: one port accepts, another is closed',
    made: 'A wire with a mirror port: --wrap vxlan; listen on 443, connect to 443 and 5432; tcpdump at the probe.',
    vantage: 'between',
    recording: atProbe('tcpdump'),
    expect: [accepted(open), refused(closed)],
    build: async (network) => {
      await buildMirrored(network, '--wrap', 'vxlan');
      await network.listen('server', open.server, open.port);
    },
    act: async (network) => {
      for (const { server, port } of [open, closed]) await network.connect('client', server, port);
    },
  };
}

function droppedInErspan(): Situation {
  const closed = onOneCable(6, 80);
  const dropped = onOneCable(6, 5432);
  return {
    cause: 'port-dropped',
    name: 'mirrored-in-erspan-ipv6',
    title:
      'A mirror port sends both directions in ERSPAN to a probe: one port is silent, while the host resets on another',
    made:
      'A wire with a mirror port: --wrap erspan; nft at the server: input tcp dport 5432 drop; connect to 80, to 5432 with a ' +
      'limit of 8 s, and to 80; dumpcap at the probe.',
    vantage: 'between',
    recording: atProbe('dumpcap'),
    expect: [refused(closed, 'port-closed', 2), filtered(dropped, 'port-dropped')],
    build: async (network) => {
      await buildMirrored(network, '--wrap', 'erspan');
      await network.shell('server', firewall('input', 'tcp dport 5432 drop'));
    },
    act: async (network) => {
      await network.connect('client', closed.server, closed.port);
      await network.connect('client', dropped.server, dropped.port, '--timeout', '8');
      await seconds(SILENCE_SECONDS);
      await network.connect('client', closed.server, closed.port);
    },
  };
}

function prohibitedInGre(): Situation {
  const ends = onOneCable(4, 443);
  return {
    cause: 'admin-prohibited',
    name: 'mirrored-in-gre',
    title: 'A mirror port sends both directions in GRE to a probe: the server’s firewall rejects with ICMP 3/13',
    made:
      'A wire with a mirror port: --wrap gre; nft at the server: input tcp dport 443 reject with icmp type ' +
      'admin-prohibited; connect; tcpdump at the probe.',
    vantage: 'between',
    recording: atProbe('tcpdump'),
    expect: [filtered(ends, 'admin-prohibited')],
    build: async (network) => {
      await buildMirrored(network, '--wrap', 'gre');
      await network.shell('server', firewall('input', 'tcp dport 443 reject with icmp type admin-prohibited'));
    },
    act: async (network) => {
      await network.connect('client', ends.server, ends.port, '--timeout', '4');
    },
  };
}

async function connectTwice(network: Network, server: string, port: number): Promise<void> {
  for (let round = 0; round < 2; round++) await network.connect('client', server, port);
}

function taggedConnection(): Situation {
  const ends = onOneCable(6, 443);
  return {
    cause: 'established',
    name: 'mirrored-with-vlan-tags-ipv6',
    title: 'A mirror port of a trunk sends both directions with VLAN tags to a probe',
    made: 'A wire with a mirror port: --wrap vlan; listen on 443, connect twice; dumpcap at the probe.',
    vantage: 'between',
    recording: atProbe('dumpcap'),
    expect: [accepted(ends, 2)],
    build: async (network) => {
      await buildMirrored(network, '--wrap', 'vlan');
      await network.listen('server', ends.server, ends.port);
    },
    act: (network) => connectTwice(network, ends.server, ends.port),
  };
}

function oneDirection(): Situation {
  const ends = onOneCable(4, 443);
  return {
    cause: 'one-way-capture',
    name: 'mirror-port-of-one-direction',
    title: 'A mirror port sends only what the client sends to a probe',
    made: 'A wire with a mirror port: --mirror-side left; listen on 443, connect twice; tcpdump at the probe.',
    vantage: 'between',
    recording: atProbe('tcpdump'),
    expect: [{ ...ends, outcome: 'inconclusive', cause: 'one-way-capture', count: 2 }],
    build: async (network) => {
      await buildMirrored(network, '--mirror-side', 'left');
      await network.listen('server', ends.server, ends.port);
    },
    act: (network) => connectTwice(network, ends.server, ends.port),
  };
}

export const mirrors: readonly Situation[] = [
  refusedInVxlan(),
  droppedInErspan(),
  prohibitedInGre(),
  taggedConnection(),
  oneDirection(),
];
