import { describe, expect, test } from 'vitest';
import {
  ack,
  challengeAck,
  clientRst,
  follow,
  followed,
  IPV6,
  icmpError,
  rst,
  type Step,
  syn,
  synAck,
} from '../build/scenario.js';

function copiesIn(steps: readonly Step[]): number {
  return follow(steps).tracker.counts.copies;
}

describe('a copy of a packet', () => {
  test('is the same packet within 50 ms', () => {
    const steps = [syn({ at: 0 }), syn({ at: 50 }), rst({ at: 51 }), rst({ at: 51.3 })];
    expect(followed(steps)).toEqual(['syn 1, rst 3']);
    expect(copiesIn(steps)).toBe(2);
    expect(follow(steps).attempts[0]?.copies).toBe(2);
  });

  test('may have another TTL, as on both sides of a router', () => {
    expect(followed([syn({ at: 0, timeToLive: 64 }), syn({ at: 0.1, timeToLive: 63 })])).toEqual(['syn 1']);
  });

  test('may be cut, so that its options are missing', () => {
    const steps = [syn({ at: 0, timestamp: 5 }), syn({ at: 0.1, timestamp: 5, capturedBytes: 54 })];
    expect(followed(steps)).toEqual(['syn 1']);
    expect(followed(steps.toReversed())).toEqual(['syn 1']);
  });

  test('may stand before its original in time', () => {
    expect(followed([syn({ at: 10 }), syn({ at: 9 })])).toEqual(['syn 1']);
  });

  test('may be one of a SYN-ACK, of a wrong one, of an ICMP error or of the client’s RST', () => {
    const twice = [
      syn({ at: 0 }),
      synAck({ at: 1, acknowledgement: 9 }),
      synAck({ at: 2, acknowledgement: 9 }),
      synAck({ at: 3 }),
      synAck({ at: 4 }),
      icmpError({ at: 5 }),
      icmpError({ at: 6 }),
      clientRst({ at: 7 }),
      clientRst({ at: 8 }),
    ];
    expect(followed(twice)).toEqual(['syn 1, bad-syn-ack 2, syn-ack 4, icmp 6, client-rst 8']);
  });

  test('of an IPv6 packet has the same flow label', () => {
    expect(followed([syn({ at: 0, ...IPV6 }), syn({ at: 0.1, ...IPV6, timeToLive: 60 })])).toEqual(['syn 1']);
  });

  test('may come after its answer was recorded', () => {
    expect(followed([syn({ at: 0 }), synAck({ at: 0.2 }), syn({ at: 0.3 }), ack({ at: 1 })])).toEqual([
      'syn 1, syn-ack 2, ack 4',
    ]);
  });

  test('may come right behind a challenge ACK', () => {
    expect(followed([syn({ at: 0 }), challengeAck({ at: 0.2 }), syn({ at: 0.4 })])).toEqual(['syn 1, bare-ack 2']);
  });
});

describe('not a copy', () => {
  test('is the same packet after more than 50 ms', () => {
    expect(followed([syn({ at: 0 }), syn({ at: 50.1 })])).toEqual(['syn 1, syn 2']);
  });

  test('is one whose time-stamp option has changed', () => {
    expect(followed([syn({ at: 0, timestamp: 5 }), syn({ at: 20, timestamp: 25 })])).toEqual(['syn 1, syn 2']);
  });

  test('is one whose IPv6 flow label has changed', () => {
    expect(followed([syn({ at: 0, ...IPV6, flowLabel: 1 }), syn({ at: 20, ...IPV6, flowLabel: 2 })])).toEqual([
      'syn 1, syn 2',
    ]);
  });

  test('is one whose IPv4 identification has changed', () => {
    expect(followed([syn({ at: 0, id: 1 }), syn({ at: 20, id: 2 })])).toEqual(['syn 1, syn 2']);
  });

  test('is the quick repetition after an answer that the client could not accept', () => {
    for (const answer of [
      challengeAck({ at: 1 }),
      synAck({ at: 1, acknowledgement: 9 }),
      rst({ at: 1, acknowledgement: 9 }),
    ]) {
      expect(copiesIn([syn({ at: 0 }), answer, syn({ at: 8 })])).toBe(0);
    }
  });

  test('is the quick repetition itself of a later one: that is a copy again', () => {
    const steps = [syn({ at: 0 }), challengeAck({ at: 1 }), syn({ at: 20 }), syn({ at: 20.2 })];
    expect(followed(steps)).toEqual(['syn 1, bare-ack 2, syn 3']);
  });

  test('is an ICMP error from another sender, or with another code', () => {
    const steps = [
      syn({ at: 0 }),
      icmpError({ at: 1, code: 1 }),
      icmpError({ at: 2, code: 1, from: '203.0.113.1' }),
      icmpError({ at: 3, code: 13 }),
    ];
    expect(followed(steps)).toEqual(['syn 1, icmp 2, icmp 3, icmp 4']);
  });

  test('is a SYN-ACK with another sequence number', () => {
    expect(followed([syn({ at: 0 }), synAck({ at: 1 }), synAck({ at: 2, serverIsn: 5 })])).toEqual([
      'syn 1, syn-ack 2, syn-ack 3',
    ]);
  });
});
