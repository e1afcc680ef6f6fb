import { describe, expect, test } from 'vitest';
import {
  ack,
  echoReply,
  handshake,
  IPV6,
  judge,
  judgeFirst,
  rst,
  type SegmentFields,
  type Step,
  syn,
  synAck,
} from '../build/scenario.js';

/** Another port of the server, which shows how far away it is. */
const OTHER_PORT = { port: 22, clientPort: 50_022 };

/** A connection to another port of the server, this many routers away; `roundTripMs` as told. */
function accepted(at: number, timeToLive: number, roundTripMs = 10, fields: Partial<SegmentFields> = {}): Step[] {
  const other = { ...OTHER_PORT, clientPort: OTHER_PORT.clientPort + at, ...fields };
  return [
    syn({ at, ...other }),
    synAck({ at: at + roundTripMs, timeToLive, ...other }),
    ack({ at: at + roundTripMs, ...other }),
  ];
}

/** The verdict over the attempt that was refused. */
function refusal(steps: readonly Step[]) {
  const found = judge(steps).find(({ outcome }) => outcome === 'refused');
  if (found === undefined) throw new Error('nothing was refused');
  return found;
}

describe('middlebox-reset', () => {
  test('is an RST that passed fewer routers than the other packets of the target', () => {
    const verdict = refusal([...accepted(0, 61), syn({ at: 1000 }), rst({ at: 1004, timeToLive: 63 })]);
    expect(verdict).toMatchObject({ outcome: 'refused', cause: 'middlebox-reset', confidence: 'medium' });
    expect(verdict.evidence.at(-1)).toEqual({
      text: 'The RST of frame 5 had passed 1 router, the other packets of 198.51.100.2 3 routers (frame 2), told from their TTLs',
      frames: [5, 2],
    });
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['port-closed']);
  });

  test('compares hops and not TTLs: a firewall that starts with 255 is near with 254', () => {
    const near = [...accepted(0, 61), syn({ at: 1000 }), rst({ at: 1004, timeToLive: 254 })];
    expect(refusal(near).cause).toBe('middlebox-reset');
    const equal = [...accepted(0, 61), syn({ at: 1000 }), rst({ at: 1010, timeToLive: 252 })];
    expect(refusal(equal).cause).toBe('port-closed');
  });

  test('is an RST that came much sooner than any SYN-ACK of the target', () => {
    const steps = [
      ...accepted(0, 61, 80),
      ...accepted(200, 61, 85),
      syn({ at: 1000 }),
      rst({ at: 1003, timeToLive: 61 }),
    ];
    const verdict = refusal(steps);
    expect(verdict).toMatchObject({ cause: 'middlebox-reset', confidence: 'medium' });
    expect(verdict.evidence.at(-1)?.text).toBe(
      'The RST came 3 ms after the SYN, while no SYN-ACK of 198.51.100.2 took less than 80 ms',
    );
  });

  test('is certain when the RST is both nearer and sooner', () => {
    const steps = [
      ...accepted(0, 61, 80),
      ...accepted(200, 61, 85),
      syn({ at: 1000 }),
      rst({ at: 1003, timeToLive: 63 }),
    ];
    expect(refusal(steps)).toMatchObject({ cause: 'middlebox-reset', confidence: 'high', alternatives: [] });
  });

  test('is certain when the SYN-ACK of the target arrives as well', () => {
    const verdict = judgeFirst([syn({ at: 0 }), rst({ at: 2 }), synAck({ at: 40 })]);
    expect(verdict).toMatchObject({ outcome: 'refused', cause: 'middlebox-reset', confidence: 'high' });
    expect(verdict.evidence.at(-1)).toMatchObject({ frames: [3] });
  });

  test.each([
    [
      'whose SYN was sent again in between: the service may have started',
      [syn({ at: 0 }), rst({ at: 2 }), syn({ at: 500 }), synAck({ at: 502 })],
      'service-unstable',
    ],
    [
      'that came as far as the other packets',
      [...accepted(0, 61), syn({ at: 1000 }), rst({ at: 1010, timeToLive: 61 })],
      'port-closed',
    ],
    [
      'on another route, which other packets of the target took as well',
      [
        ...accepted(0, 61),
        echoReply({ at: 900, timeToLive: 63 }),
        syn({ at: 1000 }),
        rst({ at: 1010, timeToLive: 63 }),
      ],
      'port-closed',
    ],
    [
      'that came after one round trip of two different ones',
      [...accepted(0, 61, 80), syn({ at: 1000 }), rst({ at: 1003, timeToLive: 61 })],
      'port-closed',
    ],
    [
      'that came a little sooner than SYN-ACKs do',
      [...accepted(0, 61, 12), ...accepted(200, 61, 12), syn({ at: 1000 }), rst({ at: 1008, timeToLive: 61 })],
      'port-closed',
    ],
    [
      'of a host whose other packets were meant for their own link only (BGP)',
      [...accepted(0, 1), syn({ at: 1000 }), rst({ at: 1001, timeToLive: 255 })],
      'port-closed',
    ],
  ] as const)('is not an RST %s', (_, steps, cause) => {
    expect(refusal(steps).cause).toBe(cause);
  });
});

describe('forwarded-port-closed', () => {
  test('is an RST that passed more routers than the other packets of the address', () => {
    for (const family of [{}, IPV6]) {
      const verdict = refusal([
        ...accepted(0, 63, 10, family),
        syn({ at: 1000, ...family }),
        rst({ at: 1012, timeToLive: 62, ...family }),
      ]);
      expect(verdict).toMatchObject({ outcome: 'refused', cause: 'forwarded-port-closed', confidence: 'medium' });
      expect(verdict.evidence.at(-1)?.text).toContain('had passed 2 routers, the other packets of');
      expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['port-closed']);
    }
  });

  test('is not told from the RSTs of other ports, which somebody else may have made', () => {
    const steps = [
      syn({ at: 0, ...OTHER_PORT }),
      rst({ at: 3, timeToLive: 63, ...OTHER_PORT }),
      syn({ at: 1000 }),
      rst({ at: 1012, timeToLive: 61 }),
    ];
    expect(judge(steps).map(({ cause }) => cause)).toEqual(['port-closed', 'port-closed']);
  });

  test('is not a route that became longer for everything', () => {
    const steps = [...accepted(0, 63), syn({ at: 1000 }), rst({ at: 1012, timeToLive: 62 }), ...accepted(2000, 62)];
    expect(refusal(steps).cause).toBe('port-closed');
  });
});

describe('port-closed', () => {
  test('says that the RST came as far as what else the target sent', () => {
    const verdict = refusal([...accepted(0, 61), syn({ at: 1000 }), rst({ at: 1010, timeToLive: 61 })]);
    expect(verdict).toMatchObject({ cause: 'port-closed', confidence: 'high', alternatives: [] });
    expect(verdict.evidence.at(-1)?.text).toBe(
      'By its TTL the RST of frame 5 came as far as other packets of 198.51.100.2 (frame 2): past 3 routers',
    );
  });

  test('allows for a firewall where there is nothing to compare with', () => {
    const verdict = judgeFirst([syn({ at: 0 }), rst({ at: 1 })]);
    expect(verdict.alternatives.map(({ cause }) => cause)).toEqual(['middlebox-reset']);
  });

  test('is less sure of an RST without a flow label where other packets have one: a rule of a firewall makes such', () => {
    const refused = (flowLabel: number) => [
      ...accepted(0, 61, 10, IPV6),
      syn({ at: 1000, ...IPV6 }),
      rst({ at: 1010, timeToLive: 61, flowLabel, ...IPV6 }),
    ];
    expect(refusal(refused(0))).toMatchObject({ cause: 'port-closed', confidence: 'medium' });
    expect(refusal(refused(0)).alternatives.map(({ cause }) => cause)).toEqual(['middlebox-reset']);
    expect(refusal(refused(0x4321))).toMatchObject({ cause: 'port-closed', confidence: 'high', alternatives: [] });
  });

  test('is what several refused handshakes with an accepted one at another port are', () => {
    const steps = [...handshake({ at: 0, ...OTHER_PORT }), syn({ at: 1000 }), rst({ at: 1001 })];
    expect(refusal(steps).cause).toBe('port-closed');
  });
});
