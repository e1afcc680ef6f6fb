/** The client ends the handshake itself. */
import type { Situation } from '../situation.js';
import { buildDirect, buildRouted, DIRECT, ROUTED } from '../topologies.js';

export const aborted: readonly Situation[] = [
  {
    cause: 'half-open-probe',
    name: 'syn-scan-of-three-ports',
    title: 'nmap’s SYN scan: one port is open and is left half-open, two are closed',
    made: 'listen on 22; nmap -n -Pn -sS -p 22,23,25 from the client; dumpcap at the server.',
    vantage: 'server',
    recording: { host: 'server', interface: 'eth0', tool: 'dumpcap' },
    expect: [
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 22,
        outcome: 'aborted',
        cause: 'half-open-probe',
        count: 1,
      },
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 23,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
      {
        client: ROUTED.client[4],
        server: ROUTED.server[4],
        port: 25,
        outcome: 'refused',
        cause: 'port-closed',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[4], 22);
    },
    act: async (network) => {
      await network.run('client', 'nmap', '-n', '-Pn', '-sS', '-p', '22,23,25', ROUTED.server[4]);
    },
  },
  {
    cause: 'half-open-probe',
    name: 'syn-scan-ipv6',
    title: 'nmap’s SYN scan of an open port, IPv6',
    made: 'listen on 22; nmap -6 -n -Pn -sS -p 22 from the client; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [
      {
        client: ROUTED.client[6],
        server: ROUTED.server[6],
        port: 22,
        outcome: 'aborted',
        cause: 'half-open-probe',
        count: 1,
      },
    ],
    build: async (network) => {
      await buildRouted(network);
      await network.listen('server', ROUTED.server[6], 22);
    },
    act: async (network) => {
      await network.run('client', 'nmap', '-6', '-n', '-Pn', '-sS', '-p', '22', ROUTED.server[6]);
    },
  },
  {
    cause: 'half-open-probe',
    name: 'health-check-resets-instead-of-acknowledging',
    title: 'A load balancer’s health check: connected is all that it wants to know, so that it resets at once',
    made: 'listen on 8080; connect without quick acknowledgements, then close with linger 0, five times; tcpdump at the client.',
    vantage: 'client',
    recording: { host: 'client', interface: 'eth0', tool: 'tcpdump' },
    expect: [
      {
        client: DIRECT.client[4],
        server: DIRECT.server[4],
        port: 8080,
        outcome: 'aborted',
        cause: 'half-open-probe',
        count: 5,
      },
    ],
    notes: 'The client’s RST carries an acknowledgement of the SYN-ACK (RST|ACK): that does not make it established.',
    build: async (network) => {
      await buildDirect(network);
      await network.listen('server', DIRECT.server[4], 8080);
    },
    act: async (network) => {
      for (let round = 0; round < 5; round++) await network.connect('client', DIRECT.server[4], 8080, '--check');
    },
  },
];
