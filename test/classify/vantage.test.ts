import { describe, expect, test } from 'vitest';
import { endsOf, isAt, VantagePoint } from '../../src/classify/vantage.js';
import {
  analyze,
  captureOf,
  echoReply,
  follow,
  handshake,
  IPV6,
  rst,
  type Step,
  syn,
  synAck,
} from '../build/scenario.js';

function endsOfFirst(steps: readonly Step[]) {
  const { attempts, tracker } = follow(steps);
  return endsOf(attempts[0]!, tracker.hosts);
}

/** SYN and SYN-ACK with these TTLs. */
const answered = (client: number, server: number) => [
  syn({ at: 0, timeToLive: client }),
  synAck({ at: 1, timeToLive: server }),
];

describe('both ends of an attempt, told from their TTLs', () => {
  test.each([
    ['at the client', 64, 61, { client: 'presumed', server: 'excluded' }],
    ['at the server', 125, 64, { client: 'excluded', server: 'presumed' }],
    ['in between', 63, 62, { client: 'excluded', server: 'excluded' }],
    ['on one link with both', 64, 128, { client: 'unknown', server: 'unknown' }],
  ])('%s', (_, client, server, ends) => {
    expect(endsOfFirst(answered(client, server))).toEqual(ends);
  });

  test('are the same over IPv6', () => {
    const steps = [syn({ at: 0, ...IPV6 }), synAck({ at: 1, timeToLive: 60, ...IPV6 })];
    expect(endsOfFirst(steps)).toEqual({ client: 'presumed', server: 'excluded' });
  });

  test('go by what else the server sent if it did not answer, and by an RST only at last', () => {
    const silent = [echoReply({ at: 0 }), syn({ at: 1, timeToLive: 61 })];
    expect(endsOfFirst(silent)).toEqual({ client: 'excluded', server: 'presumed' });
    const reset = [...handshake({ at: 0, clientPort: 2, timeToLive: 61 }), syn({ at: 5 }), rst({ at: 6 })];
    const { attempts, tracker } = follow(reset);
    // The RST had passed no router, as that of a gateway beside the capture; the server's SYN-ACK had.
    expect(endsOf(attempts[1]!, tracker.hosts)).toEqual({ client: 'presumed', server: 'excluded' });
    expect(endsOfFirst([syn({ at: 0 }), rst({ at: 1, timeToLive: 60 })]).client).toBe('presumed');
  });

  test('are not told by a SYN that was meant to end early', () => {
    expect(endsOfFirst(answered(3, 64)).client).toBe('unknown');
  });

  test('are nothing of which only one is known', () => {
    expect(endsOfFirst([syn({ at: 0 })])).toEqual({ client: 'unknown', server: 'unknown' });
  });
});

describe('the vantage of a capture', () => {
  const vantage = (steps: readonly Step[]) => {
    const { attempts, tracker } = follow(steps);
    const point = new VantagePoint(tracker.hosts);
    for (const attempt of attempts) point.note(attempt);
    return point.vantage;
  };

  test('is what the attempts agree on, and mixed if they do not', () => {
    const otherClient = { client: '192.0.2.9', server: '203.0.113.1', at: 10 };
    expect(vantage(answered(64, 61))).toBe('client');
    expect(vantage(answered(61, 64))).toBe('server');
    expect(vantage(answered(61, 61))).toBe('between');
    expect(vantage([...answered(64, 61), syn(otherClient)])).toBe('client');
    const reverse = [syn({ ...otherClient, timeToLive: 61 }), synAck({ ...otherClient, at: 11, timeToLive: 64 })];
    expect(vantage([...answered(64, 61), ...reverse])).toBe('mixed');
    expect(vantage([])).toBe('unknown');
  });

  test('is told of several captures from one place as of one', () => {
    const first = captureOf(answered(64, 61).slice(0, 1));
    const second = captureOf(answered(64, 61).slice(1));
    expect(analyze([first, second]).quality.vantage).toBe('client');
  });
});

test('an end is where the capture was taken if that is proven or presumed', () => {
  expect((['proven', 'presumed', 'excluded', 'unknown'] as const).map(isAt)).toEqual([true, true, false, false]);
});
