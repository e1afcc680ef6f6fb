import { describe, expect, test } from 'vitest';
import { NAME_FROM_DNS, NameTable } from '../../src/track/names.js';
import {
  A,
  AAAA,
  clientHello,
  clientSays,
  dnsAnswer,
  dnsQuery,
  hostTells,
  httpRequest,
  NAME_ERROR,
  resolved,
} from '../build/names.js';
import { CLIENT, SERVER } from '../build/packet.js';
import { ack, follow, handshake, IPV6, type Step, syn, synAck } from '../build/scenario.js';

const OTHER_CLIENT = '192.0.2.9';

function namesOf(steps: readonly Step[]): NameTable {
  return follow(steps).tracker.naming.names;
}

describe('an address is called', () => {
  test('by the name that was asked for, behind whatever aliases', () => {
    const records = [
      { alias: 'lb.lan' },
      { name: 'lb.lan', alias: 'node7.lan' },
      { name: 'node7.lan', address: SERVER.ipv4 },
    ];
    expect(namesOf(resolved({ at: 0, records })).nameOf(SERVER.ipv4)).toBe('db.lan');
    expect(namesOf([dnsAnswer({ at: 0, records })]).nameOf(SERVER.ipv4)).toBe('db.lan');
  });

  test('not by a name that an answer holds beside what was asked', () => {
    const records = [{ address: '10.0.0.1' }, { name: 'bank.example', address: SERVER.ipv4 }];
    expect(namesOf(resolved({ at: 0, records })).nameOf(SERVER.ipv4)).toBeUndefined();
    const loop = [{ alias: 'a.lan' }, { name: 'a.lan', alias: 'db.lan' }];
    expect(namesOf(resolved({ at: 0, records: loop })).addressesOf('db.lan')).toEqual([]);
  });

  test('nothing, if it is what name servers give for names that they block', () => {
    for (const address of ['127.0.0.1', '0.0.0.0', '::', '::1']) {
      const type = address.includes(':') ? AAAA : A;
      expect(namesOf(resolved({ at: 0, type, records: [{ address }] })).nameOf(address)).toBeUndefined();
    }
  });

  test('by what a host tells of itself', () => {
    expect(namesOf([hostTells({ at: 0, from: '10.0.0.7', name: 'Printer.local' })]).nameOf('10.0.0.7')).toBe(
      'printer.local',
    );
  });

  test('by the server name that the first data of a client has', () => {
    const says = (content: Uint8Array, ends = {}) => [
      ...handshake({ at: 0, ...ends }),
      clientSays({ at: 3, ...ends }, content),
    ];
    expect(namesOf(says(clientHello('shop.example'))).nameOf(SERVER.ipv4)).toBe('shop.example');
    expect(namesOf(says(clientHello('shop.example'), IPV6)).nameOf(SERVER.ipv6)).toBe('shop.example');
    expect(namesOf(says(httpRequest('shop.example'))).nameOf(SERVER.ipv4)).toBe('shop.example');
    expect(namesOf(says(clientHello('shop.example'))).siblingsOf(SERVER.ipv4)).toEqual([]);
  });

  test('by data that completes the handshake', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1 }), clientSays({ at: 2 }, clientHello('shop.example'))];
    expect(namesOf(steps).nameOf(SERVER.ipv4)).toBe('shop.example');
  });

  test('not by later data, of a tunnel through a proxy for instance', () => {
    const steps = [
      ...handshake({ at: 0 }),
      clientSays({ at: 3 }, httpRequest('shop.example', 'http://shop.example/')),
      clientSays({ at: 9, sequence: 1101 }, clientHello('shop.example')),
    ];
    expect(namesOf(steps).nameOf(SERVER.ipv4)).toBeUndefined();
  });

  test('not by data without a handshake', () => {
    const steps = [clientSays({ at: 3 }, clientHello('shop.example')), ack({ at: 5 })];
    expect(namesOf(steps).nameOf(SERVER.ipv4)).toBeUndefined();
  });
});

describe('of several names', () => {
  const twoClients = [
    ...resolved({ at: 0, name: 'one.example', records: [{ address: SERVER.ipv4 }] }),
    ...resolved({ at: 100, id: 2, name: 'two.example', records: [{ address: SERVER.ipv4 }] }),
    ...resolved({ at: 50, client: OTHER_CLIENT, name: 'other.example', records: [{ address: SERVER.ipv4 }] }),
  ];

  test('the first counts if nobody in particular is meant', () => {
    expect(namesOf(twoClients).nameOf(SERVER.ipv4)).toBe('one.example');
  });

  test('the one counts that a client itself asked for, before it connected', () => {
    const names = namesOf(twoClients);
    expect(names.nameOf(SERVER.ipv4, OTHER_CLIENT)).toBe('other.example');
    expect(names.nameOf(SERVER.ipv4, CLIENT.ipv4)).toBe('two.example');
    expect(names.tellingOf(SERVER.ipv4, CLIENT.ipv4, 50e6)?.name).toBe('one.example');
    expect(names.nameOf(SERVER.ipv4, '192.0.2.77')).toBe('one.example');
  });

  test('that of DNS counts before the one that a client told its server', () => {
    const steps = [
      ...handshake({ at: 0 }),
      clientSays({ at: 3 }, clientHello('shop.example')),
      ...resolved({ at: 10, name: 'edge.example', records: [{ address: SERVER.ipv4 }] }),
    ];
    expect(namesOf(steps).nameOf(SERVER.ipv4)).toBe('edge.example');
    expect(namesOf(steps).nameOf(SERVER.ipv4, CLIENT.ipv4)).toBe('edge.example');
  });

  test('not more than 16 are kept of one address', () => {
    const names = new NameTable();
    for (let index = 0; index < 100; index++) {
      const telling = {
        name: `n${index}.lan`,
        source: NAME_FROM_DNS,
        client: CLIENT.ipv4,
        timeNs: index,
        frame: index,
      };
      names.note(SERVER.ipv4, telling);
    }
    expect(names.tellingOf(SERVER.ipv4, CLIENT.ipv4)?.name).toBe('n15.lan');
  });
});

describe('siblings of an address', () => {
  const steps = [
    ...resolved({ at: 0, name: 'db.lan', records: [{ address: '10.0.0.5' }, { address: '10.0.0.6' }] }),
    ...resolved({ at: 5, id: 2, name: 'DB.lan', type: AAAA, records: [{ address: 'fd00::5' }] }),
    ...resolved({
      at: 9,
      client: OTHER_CLIENT,
      name: 'x.lan',
      records: [{ address: '10.0.0.5' }, { address: '10.0.0.9' }],
    }),
  ];

  test('are all that DNS gave for its names', () => {
    expect(namesOf(steps).siblingsOf('10.0.0.5')).toEqual(['10.0.0.6', 'fd00::5', '10.0.0.9']);
    expect(namesOf(steps).siblingsOf('fd00::5')).toEqual(['10.0.0.5', '10.0.0.6']);
    expect(namesOf(steps).siblingsOf('10.0.0.77')).toEqual([]);
    expect(namesOf(steps).addressesOf('db.LAN')).toEqual(['10.0.0.5', '10.0.0.6', 'fd00::5']);
  });

  test('are only those of the names that a client asked for', () => {
    expect(namesOf(steps).siblingsOf('10.0.0.5', CLIENT.ipv4)).toEqual(['10.0.0.6', 'fd00::5']);
    expect(namesOf(steps).siblingsOf('10.0.0.5', OTHER_CLIENT)).toEqual(['10.0.0.9']);
  });
});

test('a name that does not exist is nobody’s', () => {
  const names = namesOf([dnsQuery({ at: 0 }), dnsAnswer({ at: 1, responseCode: NAME_ERROR })]);
  expect(names.addressesOf('db.lan')).toEqual([]);
});

test('a name server shows by its answer that it is alive', () => {
  const { tracker } = follow(resolved({ at: 0 }));
  const resolver = tracker.hosts.find(0, 0, 0xffff, 0xc6336435);
  expect(tracker.hosts.lastSign(resolver, -2)).toMatchObject({ kind: 'packet', frame: 2 });
});
