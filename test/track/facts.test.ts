/** What an attempt carries for the rules beside the order of its packets. */
import { describe, expect, test } from 'vitest';
import { ACK, CWR, ECE, FIN, RST, SYN } from '../../src/decode/frame.js';
import type { Attempt } from '../../src/track/attempt.js';
import { TRAIT_DATA, TRAIT_ECN, TRAIT_MAXIMUM_SEGMENT_SIZE, TRAIT_TIMESTAMPS } from '../../src/track/layout/traits.js';
import {
  ack,
  clientData,
  elsewhere,
  follow,
  followed,
  handshake,
  IPV6,
  lateRst,
  rst,
  SERVER_ISN,
  type SegmentFields,
  type Step,
  serverAck,
  syn,
  synAck,
} from '../build/scenario.js';

function first(steps: readonly Step[]): Attempt {
  const [attempt] = follow(steps).attempts;
  if (attempt === undefined) throw new Error('no attempt was found');
  return attempt;
}

describe('a SYN', () => {
  const traits = (fields: Partial<SegmentFields>) => first([syn({ at: 0, ...fields })]).events[0]?.traits;

  test('has the traits of its options, of its data, and of ECN', () => {
    expect(traits({})).toBe(0);
    expect(traits({ timestamp: 5 })).toBe(TRAIT_MAXIMUM_SEGMENT_SIZE | TRAIT_TIMESTAMPS);
    expect(traits({ data: 3 })).toBe(TRAIT_DATA);
    expect(traits({ flags: SYN | ECE | CWR })).toBe(TRAIT_ECN);
    // Only both together ask for ECN (RFC 3168 section 6.1.1).
    expect(traits({ flags: SYN | ECE })).toBe(0);
  });

  test('without options is bare, also if it is repeated; what was cut off is not missing', () => {
    expect(first([syn({ at: 0 })]).isBareSyn).toBe(true);
    expect(first([syn({ at: 0, timestamp: 1 })]).isBareSyn).toBe(false);
    // The option that tells is behind the 54 bytes that were captured.
    expect(first([syn({ at: 0, timestamp: 1, capturedBytes: 54 })]).isBareSyn).toBe(false);
  });

  test('has its identification or flow label, its window, and a fingerprint of its options', () => {
    const [plain] = first([syn({ at: 0, id: 77 })]).events;
    expect(plain).toMatchObject({ identification: 77, timestamp: 0 });
    expect(plain?.window).toBeGreaterThanOrEqual(0);
    const [six] = first([syn({ at: 0, ...IPV6, flowLabel: 0xabcde, timestamp: 9 })]).events;
    expect(six).toMatchObject({ identification: 0xabcde, timestamp: 9 });
    const [same, other] = [1, 2].map((timestamp) => first([syn({ at: 0, timestamp })]).events[0]?.options);
    expect(same).toBe(other);
    expect(same).not.toBe(plain?.options);
  });
});

describe('what a port had accepted when an attempt began', () => {
  const accepted = (steps: readonly Step[]) => follow(steps).attempts.map(({ acceptedBefore }) => acceptedBefore);

  test('counts attempts, not SYN-ACKs, and each port by itself', () => {
    const steps = [
      ...handshake({ at: 0, clientPort: 1 }),
      syn({ at: 10, clientPort: 2 }),
      synAck({ at: 11, clientPort: 2 }),
      synAck({ at: 1011, clientPort: 2 }),
      syn({ at: 2000, clientPort: 3 }),
      rst({ at: 2001, clientPort: 3 }),
      syn({ at: 3000, clientPort: 4 }),
      syn({ at: 4000, clientPort: 4 }),
      syn({ at: 5000, clientPort: 5, port: 80 }),
    ];
    expect(accepted(steps)).toEqual([0, 1, 2, 2, 0]);
  });

  test('counts a SYN-ACK that stands in the capture before its SYN once', () => {
    const early = [synAck({ at: 0, clientPort: 1 }), syn({ at: 0.1, clientPort: 1 }), ack({ at: 0.2, clientPort: 1 })];
    expect(accepted([...early, syn({ at: 10, clientPort: 2 })])).toEqual([0, 1]);
  });

  test('counts copies of a SYN-ACK once', () => {
    const steps = [
      syn({ at: 0 }),
      synAck({ at: 1 }),
      synAck({ at: 1.1, timeToLive: 63 }),
      syn({ at: 10, clientPort: 2 }),
    ];
    expect(accepted(steps)).toEqual([0, 1]);
  });
});

describe('the round trip of a host', () => {
  const roundTrip = (steps: readonly Step[]) => {
    const { attempts, tracker } = follow(steps);
    return tracker.hosts.roundTrip(attempts[0]!.serverHost);
  };
  const opened = (at: number, waitMs: number, fields: Partial<SegmentFields> = {}) => [
    syn({ at, ...fields }),
    synAck({ at: at + waitMs, ...fields }),
  ];

  test('is the shortest of all of its ports', () => {
    const steps = [...opened(0, 20), ...opened(100, 10, { port: 80 }), ...opened(200, 30, { clientPort: 3 })];
    expect(roundTrip(steps)).toEqual({ shortestNs: 10e6, count: 3 });
  });

  test('is not taken from a SYN that was repeated, nor from an answer before its SYN', () => {
    expect(roundTrip([syn({ at: 0 }), syn({ at: 1000 }), synAck({ at: 1001 })])).toBeUndefined();
    expect(roundTrip([synAck({ at: 0 }), syn({ at: 0.1 })])).toBeUndefined();
  });
});

describe('a server that ends a connection before it was used', () => {
  const opened = handshake({ at: 0 });
  const fin = (fields: Partial<SegmentFields> = {}) =>
    serverAck({ at: 10, flags: FIN | ACK, sequence: SERVER_ISN + 1, acknowledgement: 1001, ...fields });

  test('is handed over with its FIN or RST, though connections are only counted', () => {
    const counted = { keepEstablished: false };
    expect(followed([...opened, fin()], counted)).toEqual(['syn 1, syn-ack 2, ack 3, server-fin 4']);
    expect(followed([...opened, lateRst({ at: 10 })], counted)).toEqual(['syn 1, syn-ack 2, ack 3, late-rst 4']);
    expect(followed(opened, counted)).toEqual([]);
  });

  test('may send its RST without ACK', () => {
    const bare = lateRst({ at: 10, flags: RST, acknowledgement: 0 });
    expect(followed([...opened, bare])).toEqual(['syn 1, syn-ack 2, ack 3, late-rst 4']);
  });

  test('is none that sent or got data, or whose client was first', () => {
    const plain = ['syn 1, syn-ack 2, ack 3'];
    expect(followed([...opened, fin({ sequence: SERVER_ISN + 9 })])).toEqual(plain);
    expect(followed([...opened, fin({ data: 5 })])).toEqual(plain);
    expect(followed([...opened, fin({ acknowledgement: 1005 })])).toEqual(plain);
    expect(followed([...opened, clientData({ at: 5, data: 4 }), fin()])).toEqual(plain);
    const clientFin = ack({ at: 5, flags: FIN | ACK });
    expect(followed([...opened, clientFin, fin()])).toEqual(plain);
  });

  test('is the same over IPv6, and its copy on a bridge is a copy', () => {
    const steps = [...handshake({ at: 0, ...IPV6 }), fin({ ...IPV6 }), fin({ ...IPV6, at: 10.1, timeToLive: 63 })];
    expect(followed(steps)).toEqual(['syn 1, syn-ack 2, ack 3, server-fin 4']);
  });

  test('leaves its four-tuple to the next attempt', () => {
    const again = handshake({ at: 1000, isn: 77_000, serverIsn: 5 });
    expect(followed([...opened, fin(), ...again, elsewhere({ at: 2000 })])).toEqual([
      'syn 1, syn-ack 2, ack 3, server-fin 4',
      'syn 5, syn-ack 6, ack 7',
    ]);
  });
});
