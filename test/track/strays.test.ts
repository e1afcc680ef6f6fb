import { describe, expect, test } from 'vitest';
import { joinStrays } from '../../src/track/strays.js';
import { ack, clientRst, follow, packetsOf, type Step, syn, synAck } from '../build/scenario.js';

const INSIDE = '10.0.0.9';

function joined(steps: readonly Step[]): string[] {
  return joinStrays(follow(steps).attempts).map(packetsOf);
}

describe('a SYN-ACK from where the SYN was not sent to', () => {
  test('is a wrong answer to the attempt that it acknowledges, and says where it came from', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1, server: INSIDE, port: 8443 })];
    const [attempt, ...others] = joinStrays(follow(steps).attempts);
    expect(others).toEqual([]);
    expect(attempt?.server).toEqual({ address: '198.51.100.2', port: 443 });
    expect(attempt?.events[1]).toMatchObject({ kind: 'bad-syn-ack', from: { address: INSIDE, port: 8443 } });
  });

  test('brings the client’s refusal of it along', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1, server: INSIDE }), clientRst({ at: 2, server: INSIDE })];
    expect(joined(steps)).toEqual(['syn 1, bad-syn-ack 2, client-rst 3']);
  });

  test('is put among the SYNs in the order of time', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1, server: INSIDE }), syn({ at: 1000 })];
    expect(joined(steps)).toEqual(['syn 1, bad-syn-ack 2, syn 3']);
  });

  test('may come from several places', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1, server: INSIDE }), synAck({ at: 2, server: '10.0.0.10' })];
    expect(joined(steps)).toEqual(['syn 1, bad-syn-ack 2, bad-syn-ack 3']);
  });

  test.each([
    ['acknowledges another SYN', [syn({ at: 0 }), synAck({ at: 1, server: INSIDE, isn: 5 })]],
    ['goes to another port', [syn({ at: 0 }), synAck({ at: 1, server: INSIDE, clientPort: 9 })]],
    [
      'completed a connection of its own',
      [syn({ at: 0 }), synAck({ at: 1, server: INSIDE }), ack({ at: 2, server: INSIDE })],
    ],
    ['came before the SYN', [synAck({ at: 0, server: INSIDE }), syn({ at: 1 })]],
    ['came minutes later', [syn({ at: 0 }), synAck({ at: 140_000, server: INSIDE })]],
  ])('is left alone when it %s', (_, steps) => {
    expect(joined(steps)).toHaveLength(2);
  });

  test('is left alone when the attempt was answered', () => {
    const steps = [syn({ at: 0 }), synAck({ at: 1 }), synAck({ at: 2, server: INSIDE })];
    expect(joined(steps)).toEqual(['syn 1, syn-ack 2', 'syn-ack 3']);
  });
});
