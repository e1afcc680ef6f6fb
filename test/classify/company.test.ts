import { describe, expect, test } from 'vitest';
import { AttemptIndex, CROWD } from '../../src/classify/company.js';
import type { Attempt } from '../../src/track/attempt.js';
import { follow, handshake, rst, type SegmentFields, type Step, silence, syn } from '../build/scenario.js';

function attemptsOf(steps: readonly Step[]): Attempt[] {
  return follow([...steps].sort((one, other) => one.at - other.at)).attempts;
}

const to = (number: number): Partial<SegmentFields> => ({ server: `203.0.113.${number}`, clientPort: 40_000 + number });
const SECOND_NS = 1e9;

describe('the silence at a port', () => {
  test('is that of all attempts without any answer, of whatever client', () => {
    const attempts = attemptsOf([
      ...silence({ at: 0 }, [0, 1000, 3000]),
      ...silence({ at: 5000, client: '192.0.2.9' }, [0, 1000]),
      ...handshake({ at: 10_000, clientPort: 2 }),
      ...silence({ at: 20_000, port: 80 }, [0, 1000]),
    ]);
    const index = new AttemptIndex(attempts);
    const expected = { attempts: 2, syns: 5, firstSynNs: 0, lastSynNs: 6 * SECOND_NS };
    expect(index.silenceAt(attempts[0]!)).toEqual(expected);
    // Also asked for one that was answered.
    expect(index.silenceAt(attempts[2]!)).toEqual(expected);
  });

  test('is none where all were answered', () => {
    const [attempt] = attemptsOf([syn({ at: 0 }), rst({ at: 1 })]);
    const silent = new AttemptIndex([attempt!]).silenceAt(attempt!);
    expect(silent).toMatchObject({ attempts: 0, syns: 0 });
    expect(silent.lastSynNs).toBeLessThan(silent.firstSynNs);
  });
});

describe('what a client tried elsewhere', () => {
  const attempts = attemptsOf([1, 2, 3, 4].map((number) => syn({ at: number * 1000, ...to(number) })));
  const index = new AttemptIndex(attempts);
  const addresses = (found: readonly Attempt[]) => found.map(({ server }) => server.address.slice(-1)).join('');

  test('is what began in the time asked for, both ends included, at other addresses', () => {
    expect(addresses(index.elsewhere(attempts[1]!, 1 * SECOND_NS, 3 * SECOND_NS))).toBe('13');
    expect(addresses(index.elsewhere(attempts[1]!, 1.1 * SECOND_NS, 2.9 * SECOND_NS))).toBe('');
    expect(addresses(index.elsewhere(attempts[0]!, 0, 9 * SECOND_NS))).toBe('234');
  });

  test('is not what other clients tried', () => {
    const more = attemptsOf([syn({ at: 0 }), syn({ at: 1, client: '192.0.2.9', server: '203.0.113.1' })]);
    expect(new AttemptIndex(more).elsewhere(more[0]!, 0, SECOND_NS)).toEqual([]);
  });

  test('is found behind any number of attempts to the same server', () => {
    const same = Array.from({ length: 3000 }, (_, number) =>
      syn({ at: number, isn: number * 7, clientPort: number + 1 }),
    );
    const many = attemptsOf([...same, syn({ at: 3001, ...to(5) })]);
    const crowded = new AttemptIndex(many);
    let found = 0;
    for (const attempt of many) found += crowded.elsewhere(attempt, 0, 60 * SECOND_NS).length;
    // Each of them finds the other server; that one finds the first few of them.
    expect(found).toBe(3000 + 64);
  });

  test('stops at the first few of a scan', () => {
    const scan = attemptsOf(
      Array.from({ length: 300 }, (_, number) => syn({ at: number, server: `203.0.${number >> 8}.${number & 255}` })),
    );
    expect(new AttemptIndex(scan).elsewhere(scan[0]!, 0, SECOND_NS)).toHaveLength(64);
  });
});

describe('the ports that a client tried', () => {
  test('are counted for each server, up to some', () => {
    const steps = Array.from({ length: 40 }, (_, number) => syn({ at: number, port: 1 + (number % 20) }));
    const attempts = attemptsOf([...steps, syn({ at: 50, ...to(1) })]);
    const index = new AttemptIndex(attempts);
    expect(index.portsTried(attempts[0]!)).toBe(16);
    expect(index.portsTried(attempts.at(-1)!)).toBe(1);
  });
});

describe('the twins of an attempt', () => {
  const original: SegmentFields = { at: 0, timestamp: 4711, timeToLive: 64 };
  const translated: SegmentFields = {
    at: 0.2,
    timestamp: 4711,
    timeToLive: 63,
    client: '203.0.113.200',
    clientPort: 1,
  };
  const twins = (one: SegmentFields, other: SegmentFields): number => {
    const attempts = attemptsOf([syn(one), syn(other)]);
    const index = new AttemptIndex(attempts);
    const [first, second] = attempts.map((attempt) => index.twins(attempt).length);
    expect(first).toBe(second);
    return first ?? 0;
  };

  test('are the same SYN between other ends', () => {
    expect(twins(original, translated)).toBe(1);
  });

  test.each([
    ['another sequence number', { isn: 5 }],
    ['another time stamp', { timestamp: 4712 }],
    ['more than a second in between', { at: 1500 }],
  ])('are not SYNs with %s', (_, fields) => {
    expect(twins(original, { ...translated, ...fields })).toBe(0);
  });

  test('are not the probes of a scan, which have one sequence number for all', () => {
    const bare = (number: number): SegmentFields => ({ at: number, ...to(number), id: 100 + number });
    expect(twins(bare(1), bare(2))).toBe(0);
  });
});

test('of a crowd nothing is known but that it is one', () => {
  expect(CROWD.silenceAt({} as Attempt).attempts).toBe(Number.POSITIVE_INFINITY);
  expect(CROWD.elsewhere({} as Attempt, 0, 1)).toEqual([]);
  expect(CROWD.twins({} as Attempt)).toEqual([]);
});
