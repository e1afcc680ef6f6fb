import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/decode/address.js';
import { HostTable } from '../../src/track/hosts.js';
import { SIGN_PACKET, SIGN_RST, SIGN_SEGMENT, SIGN_SYN_ACK } from '../../src/track/signs.js';
import {
  advertisement,
  arpReply,
  arpRequest,
  clientData,
  echoReply,
  elsewhere,
  follow,
  handshake,
  IPV6,
  icmpError,
  judgeFirst,
  rst,
  type Step,
  serverAck,
  silence,
  solicitation,
  syn,
} from '../build/scenario.js';

const SERVER = '198.51.100.2';
const HOUR_MS = 3_600_000;

/** The host table after these steps, and its entry for an address. */
function known(steps: readonly Step[], address = SERVER) {
  const { hosts } = follow(steps).tracker;
  const words = parseAddress(address);
  if (words === undefined) throw new Error(`not an address: ${address}`);
  return { hosts, host: hosts.find(words[0], words[1], words[2], words[3]) };
}

describe('the table of hosts', () => {
  test('knows every host by its own number, also after it has grown', () => {
    const table = new HostTable();
    const numbers = Array.from({ length: 5000 }, (_, index) => table.intern(0, 0, 0xffff, index + 1));
    expect(new Set(numbers).size).toBe(5000);
    numbers.forEach((host, index) => {
      expect(table.find(0, 0, 0xffff, index + 1)).toBe(host);
      expect(table.intern(0, 0, 0xffff, index + 1)).toBe(host);
      expect(table.address(host)).toBe(formatAddress(0, 0, 0xffff, index + 1));
    });
  });

  test('keeps what is known of hosts while it grows', () => {
    const table = new HostTable();
    const first = table.intern(1, 2, 3, 4);
    table.noteSign(first, SIGN_RST, 80, { timeNs: 5e9, frame: 7 });
    table.noteAddressed(first, { timeNs: 5, frame: 1 });
    for (let index = 0; index < 3000; index++) table.intern(9, 9, 9, index);
    expect(table.lastSign(first, 443)).toEqual({ kind: 'rst', port: 80, timeNs: 5e9, frame: 7 });
    expect(table.lastAddressedNs(first)).toBe(5);
    expect(table.lastSign(table.find(9, 9, 9, 2999), 443)).toBeUndefined();
    expect(table.lastAddressedNs(table.find(9, 9, 9, 2999))).toBe(Number.NEGATIVE_INFINITY);
  });

  test('knows nothing of a host that it has not met', () => {
    const table = new HostTable();
    const unknown = table.find(1, 2, 3, 4);
    expect(unknown).toBe(-1);
    table.noteSign(unknown, SIGN_PACKET, -1, { timeNs: 0, frame: 1 });
    expect(table.lastSign(unknown, 1)).toBeUndefined();
    expect(table.port(unknown, 1)).toBeUndefined();
    expect(table.unansweredNeighbor(unknown)).toBeUndefined();
    expect(table.soughtInVain(unknown)).toBeUndefined();
    expect(table.lastAddressedNs(unknown)).toBe(Number.NEGATIVE_INFINITY);
    expect(table.wentOnUnanswered(unknown)).toBe(false);
  });
});

describe('the ports of hosts', () => {
  test('are told apart by host and number, also when there are many', () => {
    const servers = ['198.51.100.2', '198.51.100.3'];
    const ports = Array.from({ length: 200 }, (_, index) => 1000 + index);
    const steps = servers.flatMap((server, part) =>
      ports.flatMap((port, index) => handshake({ at: (part * 1000 + index) * 10, server, port, clientPort: port })),
    );
    for (const [part, server] of servers.entries()) {
      const { hosts, host } = known(
        [...steps].sort((one, other) => one.at - other.at),
        server,
      );
      expect(ports.map((port) => hosts.port(host, port)?.accepted)).toEqual(ports.map(() => 1));
      expect(ports.map((port) => hosts.port(host, port)?.firstSynAckFrame)).toEqual(
        ports.map((_, index) => (part * 200 + index) * 3 + 2),
      );
      expect(hosts.roundTrip(host)?.count).toBe(200);
      expect(hosts.port(host, 999)).toBeUndefined();
    }
  });
});

describe('the last sign of life', () => {
  test('leaves out the port in question', () => {
    const table = new HostTable();
    const host = table.intern(1, 2, 3, 4);
    table.noteSign(host, SIGN_SYN_ACK, 22, { timeNs: 1e9, frame: 1 });
    table.noteSign(host, SIGN_SEGMENT, 443, { timeNs: 2e9, frame: 2 });
    table.noteSign(host, SIGN_SEGMENT, 443, { timeNs: 3e9, frame: 3 });
    expect(table.lastSign(host, 443)).toMatchObject({ port: 22, frame: 1, kind: 'syn-ack' });
    expect(table.lastSign(host, 22)).toMatchObject({ port: 443, frame: 3 });
    expect(table.lastSign(host, 80)).toMatchObject({ port: 443, frame: 3 });
  });

  test.each([
    ['a SYN-ACK', handshake({ at: 0, port: 22 }), { kind: expect.stringMatching('syn-ack|segment'), port: 22 }],
    [
      'an RST that was accepted',
      [syn({ at: 0, port: 81 }), rst({ at: 1, port: 81 })],
      { kind: 'rst', port: 81, frame: 2 },
    ],
    ['data', [serverAck({ at: 0, port: 22 })], { kind: 'segment', port: 22, frame: 1 }],
    ['a packet that is no TCP', [echoReply({ at: 0 })], { kind: 'packet', frame: 1 }],
    ['an ICMP error', [icmpError({ at: 0, server: '203.0.113.1', from: SERVER })], { kind: 'packet', frame: 1 }],
  ])('may be %s', (_, steps, sign) => {
    const { hosts, host } = known(steps);
    expect(hosts.lastSign(host, 443)).toMatchObject(sign);
  });

  test('is not what somebody sent to the host, or asked about it', () => {
    const { hosts, host } = known([syn({ at: 0 }), clientData({ at: 1, port: 22, data: 5 }), arpRequest({ at: 2 })]);
    expect(hosts.lastSign(host, 9)).toBeUndefined();
  });

  test('is noted again after a clock that jumps back', () => {
    const steps = [
      serverAck({ at: 24 * HOUR_MS, port: 22 }),
      ...silence({ at: 0 }),
      serverAck({ at: 2000, port: 22 }),
      elsewhere({ at: 60_000 }),
    ];
    expect(judgeFirst(steps).cause).toBe('port-dropped');
    expect(known(steps).hosts.lastSign(known(steps).host, 443)).toMatchObject({ timeNs: 2e9 });
  });

  test.each([
    ['its own SYNs', [syn({ at: 500, client: SERVER, clientPort: 40_000, server: '203.0.113.1', port: 80 })]],
    [
      'data of a connection that it opened itself',
      [clientData({ at: 500, client: SERVER, clientPort: 40_000, server: '203.0.113.1', port: 80, data: 9 })],
    ],
  ])('is not denied of a target that sends %s', (_, signs) => {
    const verdict = judgeFirst([
      syn({ at: 0 }),
      ...signs,
      ...silence({ at: 1000 }, [0, 2000]),
      elsewhere({ at: 200_000 }),
    ]);
    expect(verdict.evidence.map(({ text }) => text).join()).not.toContain('no packet');
  });
});

describe('ports', () => {
  test('count SYN-ACKs and RSTs, with the first clients that were answered', () => {
    const { hosts, host } = known([
      ...handshake({ at: 0 }),
      ...handshake({ at: 10, client: '192.0.2.9' }),
      syn({ at: 20, clientPort: 5 }),
      rst({ at: 21, clientPort: 5 }),
    ]);
    const facts = hosts.port(host, 443);
    expect(facts).toMatchObject({
      synAcks: 2,
      firstSynAckNs: 1e6,
      lastSynAckNs: 11e6,
      lastSynAckFrame: 5,
    });
    expect([...(facts?.answeredClients ?? [])]).toEqual(['192.0.2.1', '192.0.2.9']);
    expect(hosts.port(host, 80)).toBeUndefined();
  });

  test('know of very many clients whether they may have been answered', () => {
    const clients = Array.from({ length: 2000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const { hosts, host } = known(clients.flatMap((client, index) => handshake({ at: index * 10, client })));
    const mayHaveAnswered = (address: string, port: number, clientHost = hosts.findByAddress(address)): boolean => {
      const server = { address: '10.0.0.5', port };
      return hosts.mayHaveAnswered({ server, serverHost: host, client: { address, port: 1 }, clientHost });
    };
    for (const client of clients) {
      expect(mayHaveAnswered(client, 443)).toBe(true);
      // A client that was one too many to be kept.
      expect(mayHaveAnswered(client, 443, -1)).toBe(true);
    }
    expect(mayHaveAnswered('10.9.9.9', 443)).toBe(false);
    expect(mayHaveAnswered('10.0.0.1', 80)).toBe(false);
  });
});

describe('neighbours', () => {
  test('that were asked for and did not answer are known, with first and last request', () => {
    const { hosts, host } = known([arpRequest({ at: 0 }), arpRequest({ at: 1000 }), arpRequest({ at: 2000 })]);
    expect(hosts.unansweredNeighbor(host)).toMatchObject({ requests: 3, firstFrame: 1, lastFrame: 3, lastNs: 2e9 });
  });

  test('that answered are forgotten, until they are asked for again', () => {
    const answered = [arpRequest({ at: 0 }), arpReply({ at: 1 })];
    expect(known(answered).hosts.unansweredNeighbor(known(answered).host)).toBeUndefined();
    const again = [...answered, arpRequest({ at: 9000 })];
    expect(known(again).hosts.unansweredNeighbor(known(again).host)).toMatchObject({ requests: 1, firstFrame: 3 });
  });

  test('are found by neighbour discovery too', () => {
    const asked = [solicitation({ at: 0 }), solicitation({ at: 1000 })];
    const lost = known(asked, IPV6.server);
    expect(lost.hosts.unansweredNeighbor(lost.host)).toMatchObject({ requests: 2 });
    const found = known([...asked, advertisement({ at: 1001 })], IPV6.server);
    expect(found.hosts.unansweredNeighbor(found.host)).toBeUndefined();
  });

  test('that a host asked for in vain are known of that host', () => {
    const { hosts, host } = known([arpRequest({ at: 0, target: '192.0.2.254' })], '192.0.2.1');
    expect(hosts.soughtInVain(host)).toMatchObject({ address: '192.0.2.254', neighbor: { requests: 1 } });
  });

  test('are not what an ARP probe or a gratuitous ARP speaks of', () => {
    const probe = known([arpRequest({ at: 0, from: '0.0.0.0' })]);
    expect(probe.hosts.unansweredNeighbor(probe.host)).toBeUndefined();
    const own = known([arpRequest({ at: 0, from: SERVER, target: SERVER })]);
    expect(own.hosts.unansweredNeighbor(own.host)).toBeUndefined();
  });
});
