import { describe, expect, test } from 'vitest';
import type { FailedLookup } from '../../src/track/resolutions.js';
import {
  AAAA,
  dnsAnswer,
  dnsQuery,
  type ExchangeFields,
  hostTells,
  NAME_ERROR,
  REFUSED,
  resolved,
  SERVER_FAILURE,
} from '../build/names.js';
import { CLIENT } from '../build/packet.js';
import { elsewhere, follow, type Step } from '../build/scenario.js';

const OTHER_RESOLVER = '198.51.100.54';
const ADDRESS = { records: [{ address: '10.0.0.5' }] };

function failed(steps: readonly Step[]): FailedLookup[] {
  return follow(steps).tracker.naming.resolutions.failures().failed;
}

/** 'not-found db.lan': what failed, in short. */
function failures(steps: readonly Step[]): string[] {
  return failed(steps).map(({ failure, name }) => `${failure} ${name}`);
}

/** A question to which the name does not exist. */
function notFound(fields: ExchangeFields): Step[] {
  return resolved({ ...fields, responseCode: NAME_ERROR });
}

describe('a name', () => {
  test('that has an address is no failure', () => {
    expect(failures(resolved({ at: 0, ...ADDRESS }))).toEqual([]);
  });

  test('that does not exist is told once, with who asked whom and how often', () => {
    const steps = [...notFound({ at: 0 }), ...notFound({ at: 2, id: 2, type: AAAA }), ...notFound({ at: 900, id: 3 })];
    expect(failed(steps)).toEqual([
      {
        failure: 'not-found',
        name: 'db.lan',
        alsoTried: [],
        clients: [CLIENT.ipv4],
        servers: ['198.51.100.53'],
        queries: 3,
        responseCode: 0,
        firstNs: 0,
        lastNs: 901e6,
        frames: [1, 2, 3, 4, 5, 6],
      },
    ]);
  });

  test('that exists without an address is a failure', () => {
    expect(failures([...resolved({ at: 0 }), ...resolved({ at: 0, id: 2, type: AAAA })])).toEqual([
      'no-address db.lan',
    ]);
    const dangling = { records: [{ alias: 'gone.lan' }] };
    expect(failures(resolved({ at: 0, ...dangling }))).toEqual(['no-address db.lan']);
  });

  test('without an IPv6 address is none while the IPv4 address may be known', () => {
    const ipv6 = resolved({ at: 0, id: 2, type: AAAA });
    expect(failures([...ipv6, ...resolved({ at: 0, ...ADDRESS })])).toEqual([]);
    expect(failures(ipv6)).toEqual([]);
  });

  test('that servers fail or refuse to tell is a failure, with the code', () => {
    const steps = resolved({ at: 0, responseCode: SERVER_FAILURE });
    expect(failed(steps)).toMatchObject([{ failure: 'server-failed', responseCode: SERVER_FAILURE }]);
    expect(failures(resolved({ at: 0, responseCode: REFUSED }))).toEqual(['server-failed db.lan']);
  });

  test('that another server tells is no failure', () => {
    const second = resolved({ at: 10, resolver: OTHER_RESOLVER, ...ADDRESS });
    expect(failures([...resolved({ at: 0, responseCode: SERVER_FAILURE }), ...second])).toEqual([]);
    expect(failures([...notFound({ at: 0 }), ...second])).toEqual([]);
    expect(failures([dnsQuery({ at: 0 }), ...second])).toEqual([]);
  });

  test('of which only the end is in the capture is a failure as well', () => {
    expect(failures([dnsAnswer({ at: 0, responseCode: NAME_ERROR })])).toEqual(['not-found db.lan']);
  });

  test('for which several clients asked is told once', () => {
    const steps = [...notFound({ at: 0 }), ...notFound({ at: 5, client: '192.0.2.9' })];
    expect(failed(steps)).toMatchObject([{ clients: [CLIENT.ipv4, '192.0.2.9'], queries: 2 }]);
  });
});

describe('a question without an answer', () => {
  const question = { at: 0 };

  test('is a failure after three seconds of silence, however often it was repeated', () => {
    const steps = [dnsQuery(question), dnsQuery({ at: 5000, resolver: OTHER_RESOLVER }), elsewhere({ at: 9000 })];
    expect(failed(steps)).toMatchObject([
      { failure: 'unanswered', queries: 2, servers: ['198.51.100.53', OTHER_RESOLVER], frames: [1, 2] },
    ]);
  });

  test('is none where the capture ends too soon, or its clock jumps', () => {
    expect(failures([dnsQuery(question), elsewhere({ at: 2900 })])).toEqual([]);
    expect(failures([dnsQuery(question), elsewhere({ at: 86_400_000 })])).toEqual([]);
  });

  test('is none if the other type of address was told', () => {
    const steps = [dnsQuery(question), ...resolved({ at: 0, id: 2, type: AAAA, records: [{ address: 'fd00::5' }] })];
    expect(failures([...steps, elsewhere({ at: 9000 })])).toEqual([]);
  });

  test('is one, if it was captured twice', () => {
    const steps = [dnsQuery(question), dnsQuery({ at: 0.1 }), elsewhere({ at: 9000 })];
    expect(failed(steps)).toMatchObject([{ queries: 1, frames: [1] }]);
  });

  test('is a failure also if a later try was answered', () => {
    const steps = [dnsQuery(question), ...resolved({ at: 60_000, id: 2, ...ADDRESS })];
    expect(failures(steps)).toEqual(['unanswered db.lan']);
  });

  test('to hosts in general says nothing', () => {
    const steps = [dnsQuery({ at: 0, port: 5355 }), dnsQuery({ at: 0, port: 5353 }), elsewhere({ at: 9000 })];
    expect(failures([...steps, hostTells({ at: 9001, from: '10.0.0.7', name: 'other.local' })])).toEqual([]);
  });

  test('among resolvers says nothing', () => {
    const steps = [dnsQuery({ at: 0, isRecursionDesired: false }), elsewhere({ at: 9000 })];
    expect(failures(steps)).toEqual([]);
  });

  test('that machines ask by themselves says nothing', () => {
    const names = ['wpad', 'wpad.lan', 'isatap.lan', '2.0.0.127.zen.example'];
    expect(failures(names.flatMap((name, id) => notFound({ at: 0, id, name })))).toEqual([]);
  });
});

describe('an answer of which the snap length left the header', () => {
  const cut = 14 + 20 + 8 + 12;

  test('still says what became of the question', () => {
    const answered = (fields: Partial<ExchangeFields>) =>
      failures([dnsQuery({ at: 0 }), dnsAnswer({ at: 1, capturedBytes: cut, ...fields }), elsewhere({ at: 9000 })]);
    expect(answered({ responseCode: NAME_ERROR })).toEqual(['not-found db.lan']);
    expect(answered(ADDRESS)).toEqual([]);
    expect(answered({})).toEqual(['no-address db.lan']);
  });

  test('is no failure if it did not fit: it is asked for again over TCP', () => {
    expect(failures(resolved({ at: 0, isTruncated: true }))).toEqual([]);
  });
});

describe('the endings of a search list', () => {
  test('that are wrong are no failure where the last one is right', () => {
    expect(
      failures([
        ...notFound({ at: 0, id: 1, name: 'db.corp.example' }),
        ...notFound({ at: 2, id: 2, name: 'db.example' }),
        ...resolved({ at: 4, id: 3, name: 'db', ...ADDRESS }),
      ]),
    ).toEqual([]);
    expect(
      failures([
        ...notFound({ at: 0, id: 1, name: 'api.shop.example.default.svc.cluster.local' }),
        ...notFound({ at: 2, id: 2, name: 'api.shop.example.svc.cluster.local' }),
        ...resolved({ at: 4, id: 3, name: 'api.shop.example', ...ADDRESS }),
      ]),
    ).toEqual([]);
  });

  test('that are tried for the sake of IPv6 are no failure where there is an IPv4 address', () => {
    const steps = [
      ...resolved({ at: 0, id: 1, name: 'shop.example', type: AAAA }),
      ...notFound({ at: 2, id: 2, name: 'shop.example.lan', type: AAAA }),
      ...resolved({ at: 4, id: 3, name: 'shop.example', ...ADDRESS }),
    ];
    expect(failures(steps)).toEqual([]);
  });

  test('are one failure, of the name that was meant', () => {
    const steps = [
      ...notFound({ at: 0, id: 1, name: 'dbb.corp.example' }),
      ...notFound({ at: 2, id: 2, name: 'dbb.example' }),
    ];
    expect(failed(steps)).toMatchObject([
      {
        failure: 'not-found',
        name: 'dbb',
        alsoTried: ['dbb.corp.example', 'dbb.example'],
        queries: 2,
        frames: [1, 2, 3, 4],
      },
    ]);
    const dotted = [
      ...notFound({ at: 0, id: 1, name: 'db.example.con' }),
      ...notFound({ at: 2, id: 2, name: 'db.example.con.lan' }),
    ];
    expect(failed(dotted)).toMatchObject([{ name: 'db.example.con', alsoTried: ['db.example.con.lan'] }]);
  });

  test('are not names that are asked for one after the other by chance', () => {
    const later = resolved({ at: 900, id: 2, name: 'db.example', ...ADDRESS });
    expect(failures([...notFound({ at: 0, name: 'db.corp.example' }), ...later])).toEqual([
      'not-found db.corp.example',
    ]);
    const other = resolved({ at: 4, id: 2, name: 'www.other.example', ...ADDRESS });
    expect(failures([...notFound({ at: 0, name: 'www.example.con' }), ...other])).toEqual([
      'not-found www.example.con',
    ]);
  });

  test('have an end', () => {
    const steps = Array.from({ length: 100 }, (_, id) => notFound({ at: 2 * id, id, name: `db.e${id}` })).flat();
    expect(failed(steps).every(({ alsoTried }) => alsoTried.length <= 8)).toBe(true);
  });
});

test('of a flood of names the first thousand are told, and the others counted', () => {
  const { tracker } = follow(
    Array.from({ length: 12_000 }, (_, id) => dnsAnswer({ at: id, name: `n${id}.lan`, responseCode: NAME_ERROR })),
  );
  const { failed: told, further } = tracker.naming.resolutions.failures();
  expect([told.length, further]).toEqual([1024, 12_000 - 1024]);
});
