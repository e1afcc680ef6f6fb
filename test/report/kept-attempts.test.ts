import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeptAttempts } from '../../src/report/kept-attempts.js';
import { type Attempt, EVENT_KINDS } from '../../src/track/attempt.js';
import { follow, handshake, IPV6, icmpError, rst, silence, syn, synAck } from '../build/scenario.js';

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const word = fc.nat(0xffffffff);
const frame = fc.nat(2 ** 40).map((number) => number + 1);
const endpoint = fc.record({ address: fc.constantFrom('10.0.0.1', '2001:db8::5', '192.0.2.77'), port: fc.nat(0xffff) });

const event = fc.record(
  {
    kind: fc.constantFrom(...EVENT_KINDS),
    frame,
    timeNs: fc.integer({ min: -1e15, max: 1e15 }),
    timeToLive: fc.nat(255),
    traits: fc.nat(0x1ff),
    options: word,
    timestamp: word,
    echo: word,
    identification: fc.integer({ min: -1, max: 0xfffff }),
    window: fc.integer({ min: -1, max: 0xffff }),
    icmp: fc.record({
      version: fc.constantFrom(4 as const, 6 as const),
      type: fc.nat(255),
      code: fc.nat(255),
      from: fc.constantFrom('10.9.9.9', 'fe80::1'),
    }),
    from: endpoint,
    linkSource: fc.nat(2 ** 47),
  },
  {
    requiredKeys: [
      'kind',
      'frame',
      'timeNs',
      'timeToLive',
      'traits',
      'options',
      'timestamp',
      'echo',
      'identification',
      'window',
    ],
  },
);

const attempt: fc.Arbitrary<Attempt> = fc.record({
  client: endpoint,
  server: endpoint,
  clientHost: fc.integer({ min: -1, max: 2 ** 19 }),
  serverHost: fc.integer({ min: -1, max: 2 ** 19 }),
  initialSequence: word,
  isOddSyn: fc.boolean(),
  isMirrored: fc.boolean(),
  linkSource: fc.integer({ min: -1, max: 2 ** 47 }),
  linkDestination: fc.integer({ min: -1, max: 2 ** 47 }),
  isBareSyn: fc.boolean(),
  othersAnswered: maybe(fc.record({ before: frame, meanwhile: frame, isBetween: fc.boolean() })),
  clientReached: maybe(fc.record({ before: maybe(frame), meanwhile: fc.boolean(), after: maybe(frame) })),
  acceptedBefore: fc.nat(),
  events: fc.array(event, { minLength: 1, maxLength: 9 }),
  omittedEvents: fc.nat(),
  copies: fc.nat(),
  ticket: word,
  end: fc.constantFrom('quiet' as const, 'capture-end' as const, 'clock-jump' as const, 'evicted' as const),
  watchedNs: fc.nat(2 ** 40),
});

describe('attempts that are kept', () => {
  test('come out as they went in, also behind others that have left', () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 200 }), fc.nat(), (attempts, some) => {
        const kept = new KeptAttempts();
        const leaving = attempts.length === 0 ? 0 : some % attempts.length;
        for (const one of attempts.slice(0, leaving + 1)) kept.add(one);
        if (leaving > 0) expect(kept.leave(leaving)).toEqual(attempts.slice(0, leaving));
        for (const one of attempts.slice(leaving + 1)) kept.add(one);
        const left = attempts.slice(leaving);
        expect(kept.length).toBe(left.length);
        expect(kept.packets).toBe(left.reduce((sum, { events }) => sum + events.length, 0));
        expect(left.map((_, index) => kept.at(index))).toEqual(left);
        expect(kept.at(left.length)).toBeUndefined();
        expect(kept.at(-1)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test('tell without an object what they consist of', () => {
    const { attempts } = follow([
      ...silence({ at: 0 }, [0, 1000]),
      ...handshake({ at: 2000, clientPort: 2, ...IPV6 }),
      syn({ at: 3000, clientPort: 3 }),
      rst({ at: 3001, clientPort: 3 }),
      syn({ at: 4000, clientPort: 4 }),
      icmpError({ at: 4001, clientPort: 4, code: 13 }),
      synAck({ at: 5000, clientPort: 5 }),
    ]);
    const kept = new KeptAttempts();
    for (const one of attempts) kept.add(one);
    for (const [index, { client, server, events, acceptedBefore }] of attempts.entries()) {
      expect(kept.startNs(index)).toBe(events[0]!.timeNs);
      expect(kept.firstFrame(index)).toBe(events[0]!.frame);
      expect(kept.firstKind(index)).toBe(events[0]!.kind);
      expect(kept.clientAddress(index)).toBe(client.address);
      expect(kept.serverAddress(index)).toBe(server.address);
      expect(kept.serverPort(index)).toBe(server.port);
      expect(kept.acceptedBefore(index)).toBe(acceptedBefore);
      expect(kept.isRepeated(index)).toBe(client.port === attempts[0]!.client.port && events[0]!.timeNs === 0);
      expect(kept.consistsOf(index, 'syn', 'syn-ack')).toBe(
        events.every(({ kind }) => kind === 'syn' || kind === 'syn-ack'),
      );
      const isAnswered = events[0]!.kind === 'syn' && events.some(({ kind }) => kind === 'syn-ack');
      expect(kept.answeredNs(index) !== undefined).toBe(isAnswered);
    }
    expect([...kept.having('icmp')]).toEqual(attempts.filter(({ events }) => events.some(({ icmp }) => icmp)));
  });

  test('find hosts that were unknown when they were decided', () => {
    const [one] = follow([syn({ at: 0 })]).attempts;
    const kept = new KeptAttempts();
    kept.add({ ...one!, clientHost: 7, serverHost: -1 });
    kept.findHosts((address) => (address === one!.server.address ? 9 : -1));
    expect(kept.at(0)).toMatchObject({ clientHost: 7, serverHost: 9 });
  });
});
