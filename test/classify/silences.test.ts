import { describe, expect, test } from 'vitest';
import {
  ack,
  advertisement,
  arpReply,
  clientRst,
  dataElsewhere,
  echoReply,
  elsewhere,
  handshake,
  IPV6,
  icmpError,
  judge,
  judgeFirst,
  received,
  type SegmentFields,
  type Step,
  sent,
  silence,
  syn,
  synAck,
  verdicts,
} from '../build/scenario.js';

/** A capture that goes on for long after the last packet. */
function watched(...steps: readonly (Step | readonly Step[])[]): Step[] {
  return [...steps.flat(), dataElsewhere({ at: 200_000 }), elsewhere({ at: 400_000 })];
}

/** The SYNs of a real client, which has options. */
function tries(fields: SegmentFields, afterMs?: readonly number[]): Step[] {
  return silence({ timestamp: 1, ...fields }, afterMs);
}

const SECOND_TARGET = { server: '203.0.113.70', clientPort: 50_070 };
const THIRD_TARGET = { server: '203.0.113.71', clientPort: 50_071 };

describe('client-firewall', () => {
  const unheard = (mark: (step: Step) => Step, answer: (step: Step) => Step, timeToLive = 64) =>
    [0, 1000, 3000].flatMap((at) => [
      mark(syn({ at, timestamp: at + 1 })),
      answer(synAck({ at: at + 20, timeToLive, timestamp: at + 1 })),
    ]);

  test('is a SYN-ACK in the capture of the client itself, which goes on with its SYN', () => {
    const verdict = judgeFirst(watched(unheard(sent, received)));
    expect(verdict).toMatchObject({
      outcome: 'filtered',
      cause: 'client-firewall',
      confidence: 'high',
      alternatives: [],
    });
    expect(verdict.evidence.at(-1)?.frames).toEqual([3, 5]);
  });

  test('is less sure where only the TTLs say that the capture was taken at the client', () => {
    const verdict = judgeFirst(
      watched(
        unheard(
          (step) => step,
          (step) => step,
          57,
        ),
      ),
    );
    expect(verdict).toMatchObject({ cause: 'client-firewall', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['return-path-lost']);
  });

  test('is an ICMP error of the client itself about the SYN-ACK, wherever the capture was taken', () => {
    const steps = [
      syn({ at: 0, timeToLive: 60 }),
      synAck({ at: 1 }),
      icmpError({ at: 30, quotes: 'syn-ack', code: 3 }),
      synAck({ at: 1001 }),
      icmpError({ at: 1030, quotes: 'syn-ack', code: 3 }),
    ];
    expect(judgeFirst(watched(steps))).toMatchObject({ cause: 'client-firewall', confidence: 'high' });
  });

  test.each([
    ['captured on the way', unheard(received, received, 57), 'return-path-lost'],
    ['captured at the server', unheard(received, sent), 'return-path-lost'],
    [
      'captured where nothing tells',
      unheard(
        (step) => step,
        (step) => step,
      ),
      'return-path-lost',
    ],
    [
      'that the client answered with an RST',
      [sent(syn({ at: 0 })), received(synAck({ at: 20 })), sent(clientRst({ at: 21 }))],
      'half-open-probe',
    ],
    [
      'whose SYN was not repeated',
      [sent(syn({ at: 0 })), received(synAck({ at: 20 })), received(synAck({ at: 1020 }))],
      'return-path-lost',
    ],
  ])('is not a SYN-ACK %s', (_, steps, cause) => {
    expect(judgeFirst(watched(steps)).cause).toBe(cause);
  });

  test('is no handshake that was completed after a SYN-ACK was lost', () => {
    const steps = [...unheard(sent, received).slice(0, 4), sent(ack({ at: 1021 }))];
    expect(verdicts(watched(steps))[0]).toBe('established');
  });
});

describe('server-firewall', () => {
  test('is a SYN that arrived at the capturing server and got no answer', () => {
    for (const [family, alive] of [
      [{}, arpReply({ at: 1 })],
      [IPV6, advertisement({ at: 1 })],
    ] as const) {
      const verdict = judgeFirst(watched(tries({ at: 0, ...family }).map(received), sent(alive)));
      expect(verdict).toMatchObject({ outcome: 'filtered', cause: 'server-firewall', confidence: 'medium' });
      expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['accept-queue-full']);
    }
  });

  test('is told from TTLs as well: the server is at hand and the client is not', () => {
    const steps = [...tries({ at: 0, timeToLive: 57 }), echoReply({ at: 500 })];
    const verdict = judgeFirst(watched(steps));
    expect(verdict).toMatchObject({ cause: 'server-firewall', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['port-dropped', 'accept-queue-full']);
  });

  test('is a single SYN too: it was not lost on the way', () => {
    const steps = [received(syn({ at: 0, timestamp: 1 })), sent(echoReply({ at: 500 }))];
    expect(judgeFirst(watched(steps)).cause).toBe('server-firewall');
  });

  test.each([
    [
      'seen at the client',
      [...tries({ at: 0 }).map(sent), received(echoReply({ at: 500, timeToLive: 57 }))],
      'port-dropped',
    ],
    [
      'seen on a router, which both of them reach by others',
      [...tries({ at: 0, timeToLive: 62 }), echoReply({ at: 500, timeToLive: 63 })],
      'port-dropped',
    ],
    [
      'while the same port answers another client',
      [
        ...tries({ at: 0 }).map(received),
        received(syn({ at: 500, client: '192.0.2.77' })),
        sent(synAck({ at: 501, client: '192.0.2.77' })),
      ],
      'source-dropped',
    ],
    ['of a server that is not heard', tries({ at: 0, timeToLive: 57 }), 'host-silent'],
  ])('is not silence %s', (_, steps, cause) => {
    expect(judgeFirst(watched(steps)).cause).toBe(cause);
  });
});

describe('path-outage', () => {
  /** Two targets that answer at 0 s and 60 s, and nothing in between. */
  const outage = (...between: readonly Step[]) =>
    watched(
      handshake({ at: 0, isn: 1, clientPort: 50_100 }),
      handshake({ at: 10, isn: 2, ...SECOND_TARGET }),
      [...tries({ at: 20_000 }), ...tries({ at: 21_000, isn: 3, ...SECOND_TARGET }), ...between].sort(
        (one, other) => one.at - other.at,
      ),
      handshake({ at: 60_000, isn: 4, clientPort: 50_101 }),
    );
  const causes = (steps: readonly Step[]) => judge(steps).flatMap(({ cause }) => cause ?? []);

  test('is silence of several targets at once for a client that is answered before and after', () => {
    expect(causes(outage())).toEqual(['path-outage', 'path-outage']);
    const verdict = judge(outage()).find(({ cause }) => cause === 'path-outage');
    expect(verdict).toMatchObject({ outcome: 'timed-out', confidence: 'medium' });
    expect(verdict?.evidence.at(-2)?.text).toContain('another target in vain, 203.0.113.70');
    expect(verdict?.evidence.at(-1)?.text).toMatch(/^At other times it was answered: .* frame 5, .* frame \d+$/);
  });

  test('is not so when anybody answers the client meanwhile', () => {
    const answered = handshake({ at: 23_000, isn: 5, ...THIRD_TARGET });
    expect(causes(outage(...answered))).not.toContain('path-outage');
  });

  test('is not one target that is silent alone', () => {
    const steps = watched(handshake({ at: 0, clientPort: 50_100 }), tries({ at: 20_000, isn: 3 }));
    expect(causes(steps)).toEqual(['host-silent']);
  });

  test('is not two targets that were never heard of, for a client that is answered at other times', () => {
    const steps = watched(
      handshake({ at: 0, ...THIRD_TARGET }),
      tries({ at: 20_000 }),
      tries({ at: 21_000, isn: 3, ...SECOND_TARGET }),
    );
    expect(causes(steps)).toEqual(['host-silent', 'host-silent']);
  });

  test('is not two targets that are silent one after the other', () => {
    const steps = watched(
      handshake({ at: 0, isn: 1, clientPort: 50_100 }),
      handshake({ at: 10, isn: 2, ...SECOND_TARGET }),
      tries({ at: 20_000 }),
      tries({ at: 60_000, isn: 3, ...SECOND_TARGET }),
    );
    expect(causes(steps)).toEqual(['host-silent', 'host-silent']);
  });
});

describe('client-gave-up', () => {
  test.each([
    ['one SYN', [0]],
    ['two SYNs', [0, 1000]],
  ])('is %s of a client whose system would have gone on', (_, afterMs) => {
    const verdict = judgeFirst(watched(elsewhere({ at: 0 }), tries({ at: 60_000 }, afterMs)));
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'client-gave-up', confidence: 'medium' });
    expect(verdict.evidence.at(-1)?.text).toContain('presumably the program has a shorter time limit of its own');
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['host-silent']);
  });

  test('is one lost SYN to a host that is alive: a filter is not shown', () => {
    const verdict = judgeFirst(watched(tries({ at: 60_000 }, [0]), echoReply({ at: 60_500 })));
    expect(verdict.cause).toBe('client-gave-up');
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['port-dropped']);
  });

  test('is less sure near the beginning of the capture: the SYN may repeat one from before it', () => {
    expect(judgeFirst(watched(tries({ at: 0 }, [0])))).toMatchObject({ cause: 'client-gave-up', confidence: 'low' });
  });

  test.each([
    ['goes on for seconds', tries({ at: 60_000 }), 'host-silent'],
    [
      'comes back again and again, and is never answered',
      [0, 5000, 10_000].flatMap((at) => tries({ at: 60_000 + at, isn: 10 + at, clientPort: 50_000 + at / 1000 }, [0])),
      'host-silent',
    ],
    [
      'drops options, as macOS does of a SYN that it repeats for long',
      [
        ...handshake({ at: 0, isn: 9, ...SECOND_TARGET, options: { timestamps: [7, 0], windowScale: 6 } }),
        syn({ at: 500, options: { maximumSegmentSize: 1460 } }),
      ],
      'host-silent',
    ],
    ['has no options, as scanners send them', silence({ at: 60_000 }, [0]), 'host-silent'],
    [
      'looks for open ports',
      [80, 81, 82, 83, 443].flatMap((port) => tries({ at: 60_000 + port, port, isn: port }, [0])),
      'host-silent',
    ],
  ])('is not a client that %s', (_, steps, cause) => {
    const silent = judge(watched(steps)).find((verdict) => verdict.cause !== null);
    expect(silent?.cause).toBe(cause);
  });

  test('is not said when the capture ends before the next SYN was due', () => {
    expect(judgeFirst([...tries({ at: 0 }, [0]), elsewhere({ at: 800 })]).cause).toBe('capture-ended');
  });
});
