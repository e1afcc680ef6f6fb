import { describe, expect, test } from 'vitest';
import {
  ack,
  arpRequest,
  clientData,
  clientRst,
  dataElsewhere,
  elsewhere,
  handshake,
  icmpError,
  judge,
  judgeFirst,
  rst,
  type SegmentFields,
  type Step,
  serverAck,
  silence,
  syn,
  synAck,
  verdicts,
} from '../build/scenario.js';

/** What real networks do, and what it must not be taken for. */

/** Steps in the order of time, in a capture that goes on for long. */
function watched(...steps: readonly (Step | readonly Step[])[]): Step[] {
  const sorted = steps.flat().sort((one, other) => one.at - other.at);
  const endMs = (sorted.at(-1)?.at ?? 0) + 200_000;
  return [...sorted, dataElsewhere({ at: endMs }), elsewhere({ at: endMs + 200_000 })];
}

/** The options of a stack. */
const STACK = { options: { maximumSegmentSize: 1460, sackPermitted: true } };
const OTHER = { clientPort: 50_001 };
const OTHER_CLIENT = { client: '192.0.2.77' };

/** The causes of all attempts of one client port. */
function causesOf(clientPort: number, steps: readonly Step[]): unknown[] {
  return judge(steps).flatMap(({ attempt, cause }) => (attempt.client.port === clientPort ? [cause] : []));
}

describe('a host that was down for a while', () => {
  const before = handshake({ at: 0, clientPort: 40_000 });
  const meanwhile = silence({ at: 60_000 });
  const other = handshake({ at: 300_000, port: 22, clientPort: 40_001 });

  test('is no port that is dropped, if the port answers before and afterwards', () => {
    expect(causesOf(50_000, watched(before, meanwhile, other, handshake({ at: 301_000, clientPort: 40_002 })))).toEqual(
      ['host-silent'],
    );
  });

  test('may be what a silent port is, if nothing was heard of it meanwhile', () => {
    const steps = watched(handshake({ at: 0, port: 22, clientPort: 40_000 }), meanwhile, other);
    const verdict = judge(steps).find(({ outcome }) => outcome !== 'established');
    expect(verdict).toMatchObject({ cause: 'port-dropped', confidence: 'medium' });
    expect(verdict?.alternatives[0]).toEqual({
      cause: 'host-silent',
      text: 'nothing was heard of the target between frames 2 and 9, so it may have been down meanwhile',
    });
  });

  test('is a client left out neither: clients that are known were silent as well', () => {
    const known = silence({ at: 60_500, clientPort: 40_005 });
    const stranger = silence({ at: 60_000, ...OTHER_CLIENT });
    const afterwards = handshake({ at: 90_000, clientPort: 40_006 });
    expect(causesOf(50_000, watched(before, known, stranger, afterwards))).toEqual(['host-silent']);
  });
});

describe('a client that was left out', () => {
  test('is not told from an answer to others that came an hour later', () => {
    const later = handshake({ at: 3_500_000, ...OTHER_CLIENT });
    expect(causesOf(50_000, watched(silence({ at: 0 }), later))[0]).toBe('host-silent');
  });

  test('is less sure if others were answered only afterwards', () => {
    const verdict = judgeFirst(watched(silence({ at: 0 }), handshake({ at: 30_000, ...OTHER_CLIENT })));
    expect(verdict).toMatchObject({ cause: 'source-dropped', confidence: 'low' });
    expect(verdict.alternatives[0]?.text).toContain('may have come up only then');
  });
});

describe('a port that is silent while a connection to it goes on', () => {
  const older = [
    ...handshake({ at: 0, clientPort: 40_000 }),
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((index) => serverAck({ at: index * 1000, clientPort: 40_000 })),
  ];

  test('belongs to a host that is alive', () => {
    expect(causesOf(50_000, watched(older, silence({ at: 3000 })))).toEqual(['port-dropped']);
  });

  test('does not if it accepts again: then the connection may be a new one', () => {
    const again = handshake({ at: 15_000, clientPort: 40_001 });
    expect(causesOf(50_000, watched(older, silence({ at: 3000 }), again))).toEqual(['host-silent']);
  });
});

describe('silence beside ICMP errors for other attempts at the port', () => {
  const silent = (at: number) =>
    judge(
      watched(
        silence({ at }),
        syn({ at: 10, ...OTHER }),
        icmpError({ at: 11, ...OTHER, code: 13, from: '203.0.113.1' }),
      ),
    );

  test('may be a rejection whose error was left out', () => {
    const verdict = silent(0).find(({ attempt }) => attempt.client.port === 50_000);
    expect(verdict?.cause).toBe('host-silent');
    expect(verdict?.alternatives[0]).toMatchObject({ cause: 'admin-prohibited' });
    expect(verdict?.alternatives[0]?.text).toContain(
      '203.0.113.1 answered another attempt at this port with ICMP type 3 code 13 (frame 3)',
    );
  });

  test('is not if they came at another time', () => {
    const verdict = silent(60_000).find(({ attempt }) => attempt.client.port === 50_000);
    expect(verdict?.alternatives.map(({ cause }) => cause)).toEqual(['port-dropped']);
  });
});

describe('a target that only refused others at this port', () => {
  test('was heard of all the same', () => {
    const steps = watched(syn({ at: 0, ...OTHER }), rst({ at: 1, ...OTHER }), silence({ at: 300_000 }));
    const verdict = judge(steps).find(({ cause }) => cause === 'host-silent');
    expect(verdict?.evidence.at(-1)).toMatchObject({ frames: [2] });
  });
});

describe('a scanner', () => {
  test('that leaves a SYN-ACK alone had hardly lost it', () => {
    const ports = [1, 2, 3, 4, 5].map((port) => syn({ at: port, port }));
    const answered = [syn({ at: 10 }), ...[12, 1012, 3012].map((at) => synAck({ at }))];
    const verdict = judge(watched(ports, answered)).at(-1);
    expect(verdict).toMatchObject({ cause: 'return-path-lost', confidence: 'low' });
  });
});

describe('an RST for a SYN-ACK', () => {
  const ended = (roundTripMs: number, options: SegmentFields['options']) =>
    judgeFirst(
      watched(syn({ at: 0, options: options! }), synAck({ at: roundTripMs }), clientRst({ at: roundTripMs + 1 })),
    );

  test('that took some tenths of a second may be one of a program that had given up', () => {
    expect(ended(600, STACK.options)).toMatchObject({ cause: 'half-open-probe', confidence: 'medium' });
  });

  test('is that of a probe, if it came soon, or for a SYN that no stack sends', () => {
    expect(ended(20, STACK.options)).toMatchObject({ cause: 'half-open-probe', confidence: 'high' });
    expect(ended(600, {})).toMatchObject({ cause: 'half-open-probe', confidence: 'high' });
  });

  test('is not contradicted by the same SYN in a second capture, whose clock is late', () => {
    const once = [syn({ at: 0, ...STACK }), synAck({ at: 20 }), clientRst({ at: 21 })];
    const again = [syn({ at: 150, ...STACK }), synAck({ at: 170 }), clientRst({ at: 171 })];
    expect(verdicts(watched(once, again))).toEqual(['aborted, half-open-probe']);
  });
});

describe('a service that hangs', () => {
  test('is ruled out only by several ports that are silent', () => {
    const alive = handshake({ at: 1500, port: 22, clientPort: 40_001 });
    const ports = [443, 5432, 8080].map((port, index) => silence({ at: index, port, clientPort: 50_000 + index }));
    expect(judgeFirst(watched(alive, ...ports))).toMatchObject({
      cause: 'port-dropped',
      confidence: 'high',
      alternatives: [],
    });
  });
});

describe("an RST in the client's name", () => {
  const rejected = (fields: Partial<SegmentFields> = {}) =>
    [0, 1000, 3000].flatMap((at) => [
      syn({ at, ...STACK }),
      synAck({ at: at + 20, timeToLive: 60 }),
      clientRst({ at: at + 21, ...fields }),
    ]);

  test('that the client does not heed is its firewall: it sends its SYN again', () => {
    const verdict = judgeFirst(watched(rejected()));
    expect(verdict).toMatchObject({ outcome: 'filtered', cause: 'client-firewall' });
    expect(verdict.evidence[2]).toMatchObject({ frames: [3, 6, 9, 4, 7] });
  });

  test('was made on the way, if it comes from another place than the SYN', () => {
    const steps = watched(
      [0, 1000, 3000].flatMap((at) => [
        syn({ at, timeToLive: 57, ...STACK }),
        synAck({ at: at + 1, timeToLive: 64 }),
        clientRst({ at: at + 21, timeToLive: 59 }),
      ]),
    );
    const verdict = judgeFirst(steps);
    expect(verdict).toMatchObject({ outcome: 'timed-out', cause: 'return-path-lost' });
    expect(verdict.evidence.some(({ text }) => text.includes('from another place than the SYN'))).toBe(true);
  });

  test('of a scanner that repeats its SYN whatever came is still its own', () => {
    const bare = [0, 1000].flatMap((at) => [syn({ at }), synAck({ at: at + 20 }), clientRst({ at: at + 21 })]);
    expect(verdicts(watched(bare))).toEqual(['aborted, half-open-probe']);
  });

  test('does not keep the attempt from succeeding later', () => {
    const steps = [
      syn({ at: 0, ...STACK }),
      synAck({ at: 20 }),
      clientRst({ at: 21 }),
      syn({ at: 1000, ...STACK }),
      synAck({ at: 1020 }),
      ack({ at: 1021 }),
    ];
    expect(verdicts(watched(steps))).toEqual(['established']);
  });

  test('of an older connection is no end of a new attempt that goes on', () => {
    const stale = clientRst({ at: 5, sequence: 123_456_789 });
    const steps = watched(
      stale,
      [0, 1000, 3000].map((at) => syn({ at, ...STACK })),
    );
    expect(verdicts(steps)).toEqual(['timed-out, host-silent']);
  });
});

describe('an RST that comes seconds after the SYN', () => {
  test('may be one of something that waited in vain for a host behind it', () => {
    const verdict = judgeFirst(watched(silence({ at: 0 }), rst({ at: 15_000 })));
    expect(verdict).toMatchObject({ cause: 'port-closed', confidence: 'medium' });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['middlebox-reset']);
  });
});

describe('a port that refuses one client and accepts others all the time', () => {
  const refused = [1000, 4000].flatMap((at) => [syn({ at, isn: at }), rst({ at: at + 1, isn: at })]);
  const accepted = (fields: Partial<SegmentFields>) =>
    [0, 3000, 6000].flatMap((at, index) => handshake({ at, clientPort: 40_000 + index, ...fields }));

  test('may have a rule against that client', () => {
    const verdict = judge(watched(refused, accepted(OTHER_CLIENT))).find(({ outcome }) => outcome === 'refused');
    expect(verdict).toMatchObject({ cause: 'service-unstable', confidence: 'medium' });
    expect(verdict?.alternatives.map(({ cause }) => cause)).toEqual(['middlebox-reset', 'port-closed']);
  });

  test('has none if it accepts that client too', () => {
    const verdict = judge(watched(refused, accepted({}))).find(({ outcome }) => outcome === 'refused');
    expect(verdict).toMatchObject({ cause: 'service-unstable', confidence: 'high' });
  });
});

describe('a client that is banned', () => {
  const welcome = [0, 2000, 4000].flatMap((at, index) => handshake({ at, clientPort: 40_000 + index, isn: index }));
  const others = [0, 1, 2, 3, 4, 5, 6].flatMap((index) =>
    handshake({ at: 1000 + index * 5500, ...OTHER_CLIENT, clientPort: 41_000 + index, isn: index }),
  );
  const banned = [silence({ at: 15_000 }), silence({ at: 25_000, isn: 7 })].flat();

  test('was answered, and is not any more, while others are', () => {
    const found = judge(watched(welcome, others, banned)).filter(({ outcome }) => outcome !== 'established');
    expect(found.map(({ cause }) => cause)).toEqual(['source-dropped', 'source-dropped']);
    expect(found[0]?.evidence.at(-1)?.text).toContain('none of its 2 attempts within 17 s was answered any more');
  });

  test('is not one that is answered again in between', () => {
    const again = handshake({ at: 24_000, clientPort: 40_009 });
    expect(causesOf(50_000, watched(welcome, others, banned, again))).toEqual(['backend-silent', 'backend-silent']);
  });
});

describe('one backend of several that is silent', () => {
  test('is not hidden by a single packet that was lost on another way', () => {
    const late = [
      syn({ at: 0, clientPort: 40_000 }),
      syn({ at: 1000, clientPort: 40_000 }),
      synAck({ at: 1001, clientPort: 40_000 }),
      ack({ at: 1002, clientPort: 40_000 }),
    ];
    const others = Array.from({ length: 30 }, (_, index) =>
      handshake({ at: 2000 + index * 1500, clientPort: 41_000 + index }),
    );
    const left = [10_000, 15_000].flatMap((at) => silence({ at, isn: at }, [0, 1000, 3000, 7000, 15_000]));
    expect(causesOf(50_000, watched(late, others.flat(), left))).toEqual(['backend-silent', 'backend-silent']);
  });
});

describe('a traceroute by SYNs', () => {
  test('is no routing loop, however far it gets', () => {
    const steps = [15, 16, 20, 30].flatMap((timeToLive, index) => [
      syn({ at: index * 100, isn: index, timeToLive }),
      icmpError({ at: index * 100 + 30, isn: index, type: 11, code: 0, from: '203.0.113.1' }),
    ]);
    expect(verdicts(watched(steps)).join()).not.toContain('routing-loop');
  });
});

describe('an address that nobody answers for', () => {
  test('is not the gateway of a client that sends its SYN all the same', () => {
    const requests = [0, 1000, 2000].map((at) => arpRequest({ at, target: '192.0.2.50' }));
    expect(verdicts(watched(requests, silence({ at: 2500 })))).toEqual(['timed-out, host-silent']);
  });
});

describe('a capture that could not hold the answer', () => {
  test('is one in which the server is not heard, although connections to it went on', () => {
    const steps = watched(
      handshake({ at: 0, server: '198.51.100.99' }),
      syn({ at: 100, clientPort: 40_000 }),
      clientData({ at: 150, clientPort: 40_000, data: 10 }),
      silence({ at: 5000, port: 444 }),
    );
    const verdict = judge(steps).at(-1);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', cause: 'one-way-capture', confidence: 'medium' });
    expect(verdict?.evidence.at(-1)?.text).toContain('nothing that 198.51.100.2 sent');
  });

  const lone = (count: number, fields: Partial<SegmentFields> = {}) =>
    Array.from({ length: count }, (_, index) =>
      syn({
        at: index * 3000,
        server: `198.51.100.${index + 2}`,
        clientPort: 50_000 + index,
        isn: index,
        ...STACK,
        ...fields,
      }),
    );

  test('is one of nothing but SYNs that are not repeated', () => {
    const found = judge([...lone(8), elsewhere({ at: 200_000 })]);
    expect(new Set(found.map(({ cause }) => cause))).toEqual(new Set(['one-way-capture']));
    expect(found[0]?.evidence.at(-1)?.text).toContain('8 attempts whose SYNs are hardly ever repeated');
  });

  test.each([
    ['they are few', lone(3)],
    [
      'they are repeated',
      [...lone(8), ...lone(8).map((step) => ({ ...step, at: step.at + 1000 }))].sort((one, other) => one.at - other.at),
    ],
    ['they are those of a scanner', lone(8, { options: {} })],
    ['other segments are in it', [...lone(8), dataElsewhere({ at: 100_000 })]],
  ])('is not one of SYNs if %s', (_, steps) => {
    expect(verdicts([...steps, elsewhere({ at: 200_000 })]).join()).not.toContain('inconclusive');
  });
});

describe('a server that may have gone down', () => {
  test('is an alternative to its firewall where only TTLs say that the capture was taken there', () => {
    const far = { timeToLive: 60 };
    const answered = [
      syn({ at: 0, clientPort: 40_000, ...far }),
      synAck({ at: 1, clientPort: 40_000 }),
      ack({ at: 9, clientPort: 40_000, ...far }),
    ];
    const verdict = judge(watched(answered, silence({ at: 60_000, ...far }))).at(-1);
    expect(verdict).toMatchObject({ cause: 'server-firewall', confidence: 'medium' });
    expect(verdict?.alternatives.map(({ cause }) => cause)).toEqual([
      'port-dropped',
      'host-silent',
      'accept-queue-full',
    ]);
  });
});
