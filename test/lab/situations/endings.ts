/** Notes on connections that the server ended at once, and on answers and resets that came at the wrong time. */
import { accepted, acrossRouters, type Ends, filtered, onOneCable, refused } from '../expectations.js';
import { type Network, seconds } from '../network.js';
import type { Situation } from '../situation.js';
import {
  buildDelayed,
  buildDirect,
  buildRouted,
  buildWired,
  FAMILIES,
  type Family,
  firewall,
  SILENCE_SECONDS,
  suffix,
} from '../topologies.js';

type Ending = 'reset' | 'close';

/** Two connections, so that a single one is not taken for chance. */
function endedAtOnce(ending: Ending, family: Family): Situation {
  const ends = family === 4 ? onOneCable(4, 8080) : acrossRouters(6, 8080);
  const note = ending === 'reset' ? 'accepted-then-reset' : 'accepted-then-closed';
  const atServer = (family === 4) === (ending === 'close');
  const place = atServer ? ('server' as const) : ('client' as const);
  const tool = family === 4 ? ('tcpdump' as const) : ('dumpcap' as const);
  return {
    note,
    name: `service-${ending === 'reset' ? 'resets' : 'closes'}-what-it-accepts${suffix(family)}`,
    title:
      ending === 'reset'
        ? 'The service accepts and resets at once, as a proxy without a backend does'
        : 'The service accepts and closes at once, without a word of either side',
    made:
      `A service that accepts, ${ending === 'reset' ? 'sets linger 0 ' : ''}and closes; ` +
      `connect twice and wait for it to speak; ${tool} at the ${place}.`,
    vantage: place,
    recording: { host: place, interface: 'eth0', tool },
    expect: [accepted(ends, 2, note)],
    ...(ending === 'reset' ? { nearMiss: family === 4 ? 'reset-after-syn-ack' : 'port-closed' } : {}),
    build: async (network) => {
      await (family === 4 ? buildDirect : buildRouted)(network);
      await network.listenWith('server', ends.server, ends.port, '--ending', ending);
    },
    act: async (network) => {
      for (let round = 0; round < 2; round++) await network.connect('client', ends.server, ends.port, '--mute');
    },
  };
}

/** `silent`: the target does not answer on this port; else it does, half a second late. */
function unacceptable(silent: boolean): Situation {
  const ends = onOneCable(silent ? 6 : 4, 443);
  return {
    note: 'unacceptable-reset',
    name: silent ? 'client-ignores-resets-and-hears-nothing-else-ipv6' : 'client-ignores-a-reset-and-connects',
    title: silent
      ? 'RSTs that acknowledge what was never sent: the client ignores them and goes on, and no other answer comes'
      : 'An RST that acknowledges what was never sent: the client ignores it, and its connection opens',
    made:
      'A wire that answers SYNs for port 443 with an RST whose acknowledgement is 1000 too high' +
      (silent
        ? '; nft at the server: input tcp dport 443 drop; connect with a limit of 3.6 s, to the closed 444, ping; dumpcap at the client.'
        : ' and delays what the server sends by 0.5 s; listen, connect; tcpdump at the client.'),
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: silent ? 'dumpcap' : 'tcpdump' },
    expect: silent
      ? [filtered(ends, 'port-dropped', 1, 'unacceptable-reset'), refused({ ...ends, port: 444 })]
      : [accepted(ends, 1, 'unacceptable-reset', 'slow-handshake')],
    nearMiss: 'middlebox-reset',
    notes:
      'Linux repeats its SYN some milliseconds after the first such RST, and not after further ones.' +
      (silent ? '' : ' This is why the handshake has a repeated SYN, though none was lost.'),
    build: async (network) => {
      const reset = ['--reset-port', '443', '--reset-offset', '1000'];
      await buildWired(network, ...reset, ...(silent ? [] : ['--right-to-left', '0.5']));
      if (silent) await network.shell('server', firewall('input', 'tcp dport 443 drop'));
      else await network.listen('server', ends.server, ends.port);
    },
    act: async (network) => {
      await network.connect('client', ends.server, ends.port, '--timeout', '3.6');
      if (!silent) return;
      await seconds(SILENCE_SECONDS);
      await network.connect('client', ends.server, 444);
      await network.ping('client', ends.server);
    },
  };
}

/** With a limit of 1.5 s the last SYN is sent at 1 s; the next would be due at 3 s at the latest, with older kernels. */
async function giveUpEarly(network: Network, { server, port }: Ends, limit: number): Promise<void> {
  await network.connect('client', server, port, '--timeout', String(limit));
  await seconds(7);
}

function resetTooLate(family: Family): Situation {
  const ends = onOneCable(family, 5432);
  return {
    note: 'answer-after-give-up',
    name: `reset-comes-after-the-program-s-limit${suffix(family)}`,
    title: 'The port is closed, but the RST takes five seconds, and the program waits one and a half',
    made:
      'A wire that delays what the server sends by 5 s; connect to a closed port with a limit of 1.5 s; ' +
      `${family === 4 ? 'tcpdump' : 'dumpcap'} at the client.`,
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: family === 4 ? 'tcpdump' : 'dumpcap' },
    expect: [refused(ends, 'port-closed', 1, 'answer-after-give-up')],
    nearMiss: family === 4 ? 'client-gave-up' : 'answered-too-late',
    build: (network) => buildDelayed(network, 5),
    act: (network) => giveUpEarly(network, ends, 1.5),
  };
}

function rejectedTooLate(): Situation {
  const ends = onOneCable(6, 443);
  return {
    note: 'answer-after-give-up',
    name: 'icmp-error-comes-after-the-program-s-limit-ipv6',
    title: 'A firewall says no by ICMP, but that takes five seconds, and the program waits one and a half',
    made:
      'A wire that delays what the server sends by 5 s; nft at the server: input tcp dport 443 reject with icmpv6 type ' +
      'admin-prohibited; connect with a limit of 1.5 s; dumpcap at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'dumpcap' },
    expect: [filtered(ends, 'admin-prohibited', 1, 'answer-after-give-up')],
    build: async (network) => {
      await buildDelayed(network, 5);
      await network.shell('server', firewall('input', 'tcp dport 443 reject with icmpv6 type admin-prohibited'));
    },
    act: (network) => giveUpEarly(network, ends, 1.5),
  };
}

/** Nobody has the address, and the last router says so after its three seconds. */
function unreachableTooLate(): Situation {
  const ends = { ...acrossRouters(4, 80), server: '192.168.2.99' };
  return {
    note: 'answer-after-give-up',
    name: 'host-unreachable-comes-after-the-program-s-limit',
    title: 'Nobody has the address: the last router says so after three seconds, and the program waits half a second',
    made: 'Client, router, server; connect 192.168.2.99 80 with a limit of 0.5 s; tcpdump -i any at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'any', tool: 'tcpdump' },
    expect: [filtered(ends, 'host-unreachable', 1, 'answer-after-give-up')],
    build: buildRouted,
    act: (network) => giveUpEarly(network, ends, 0.5),
  };
}

export const endings: readonly Situation[] = [
  ...FAMILIES.map((family) => endedAtOnce('reset', family)),
  ...FAMILIES.map((family) => endedAtOnce('close', family)),
  unacceptable(false),
  unacceptable(true),
  ...FAMILIES.map(resetTooLate),
  rejectedTooLate(),
  unreachableTooLate(),
];
