import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Packet } from '../../src/capture/format.js';
import { AnyCaptureReader } from '../../src/capture/reader.js';
import { ACK, CWR, ECE, FIN, PSH, RST, SYN } from '../../src/decode/frame.js';
import type { Attempt } from '../../src/track/attempt.js';
import { createReasonCounts, Follower } from '../../src/track/follower.js';
import { Kernel, SIEVE } from '../../src/track/kernel.js';
import { PlainPackets } from '../../src/track/plain-packets.js';
import { DEFAULT_LIMITS, Tracker, type TrackerLimits } from '../../src/track/tracker.js';
import { TRAVEL_KINDS } from '../../src/track/whereabouts.js';
import { NANOSECONDS_MAGIC, pcap } from '../build/container.js';
import {
  ack,
  arpRequest,
  clientData,
  clientFin,
  clientRst,
  type Ends,
  elsewhere,
  handshake,
  icmpError,
  lateRst,
  reverseSyn,
  rst,
  type SegmentFields,
  type Step,
  serverAck,
  syn,
  synAck,
} from '../build/scenario.js';

const LIMIT_MS = 120_000;
/** Bytes of the table of a sieve that has grown once or twice. */
const MOST_REACHED = 1 << 16;

interface Told {
  attempts: Attempt[];
  tracker: Tracker;
  /** How many handshakes were tracked in one go, and how many other SYNs, and FINs and RSTs, by the same code. */
  atOnce: number;
  opened: number;
  ends: number;
  /** How often the tracker was asked to take a packet itself. */
  itself: number;
}

interface Manner {
  keepEstablished?: boolean;
  limits?: Partial<TrackerLimits>;
  /** So many hosts are known already. */
  hosts?: number;
}

/** Follows a capture of the steps: all packets that are at hand together, or one by one. */
function follow(
  steps: readonly Step[],
  isTogether: boolean,
  { keepEstablished = true, limits = {}, hosts = 0 }: Manner,
): Told {
  const attempts: Attempt[] = [];
  const tracker = new Tracker((attempt) => attempts.push(attempt), keepEstablished, { ...DEFAULT_LIMITS, ...limits });
  for (let host = 0; host < hosts; host++) tracker.hosts.intern(0, 0, 0xffff, host);
  let [atOnce, opened, ends] = [0, 0, 0];
  const tracks = vi.spyOn(Tracker.prototype, 'track');
  const looks = vi.spyOn(Tracker.prototype, 'trackIfOpen');
  const { track } = PlainPackets.prototype;
  const spy = vi.spyOn(PlainPackets.prototype, 'track').mockImplementation(function (this: PlainPackets, ...told) {
    const to = track.apply(this, told);
    atOnce += this.handshakes;
    opened += this.opened;
    ends += to - told[0] - this.segments - 3 * this.handshakes - this.opened - this.answers;
    return to;
  });
  const followed = { tracker, undecodable: createReasonCounts(), disguise: undefined, leastSifted: 1, patience: 0 };
  const follower = new Follower(followed, 0);
  const reader = new AnyCaptureReader({ epochNs: undefined });
  reader.push(
    pcap(
      { magic: NANOSECONDS_MAGIC },
      steps.map(({ at, bytes, capturedBytes = bytes.length }) => ({
        bytes: bytes.subarray(0, capturedBytes),
        originalBytes: bytes.length,
        timeNs: BigInt(Math.round((100_000_000 + at) * 1e6)),
      })),
    ),
  );
  reader.end();
  const packet = new Packet();
  if (isTogether && reader.siftable !== undefined) follower.drain(reader.siftable, packet);
  else while (reader.next(packet)) follower.take(packet);
  follower.end();
  tracker.finish();
  const itself = tracks.mock.calls.length + looks.mock.calls.length;
  for (const each of [spy, tracks, looks]) each.mockRestore();
  return { attempts, tracker, atOnce, opened, ends, itself };
}

const CLIENTS = ['192.0.2.1', '192.0.2.2', '198.51.100.2'];
const SERVERS = ['198.51.100.2', '198.51.100.3', '224.0.0.1'];
const CLIENT_PORTS = [400, ...Array.from({ length: 12 }, (_, index) => 50_000 + index)];
const PORTS = [443, 444];

/** All that the tracker knows, its attempts aside. */
function knowledge({ tracker }: Told): unknown {
  const { hosts, counts, opened, look } = tracker;
  return {
    counts,
    opened,
    nowNs: look.nowNs,
    hosts: [...CLIENTS, ...SERVERS].map((address) => {
      const host = hosts.findByAddress(address);
      return {
        host,
        signs: [-1, ...CLIENT_PORTS, ...PORTS].map((port) => hosts.lastSign(host, port)),
        firstHeardNs: hosts.firstHeardNs(host),
        addressedNs: hosts.lastAddressedNs(host),
        arrivals: hosts.arrivals(host, 0, 0, Number.POSITIVE_INFINITY),
        heard: hosts.heard(host, 0, 0),
        distances: TRAVEL_KINDS.map((kind) => hosts.distance(host, kind)),
        locality: hosts.locality(host, 1),
        link: hosts.linkAddress(host),
        traits: hosts.synTraits(host),
        roundTrip: hosts.roundTrip(host),
        ports: PORTS.map((port) => {
          const facts = hosts.port(host, port);
          return facts === undefined
            ? undefined
            : {
                synAcks: facts.synAcks,
                first: [facts.firstSynAckNs, facts.firstSynAckFrame],
                last: [facts.lastSynAckNs, facts.lastSynAckFrame],
                leftOutNs: facts.leftOutNs,
                late: facts.lateSynAcks,
                overflows: [facts.overflows, facts.lastOverflowFrame],
                accepted: facts.accepted,
                clients: [...facts.answeredClients],
                logged: facts.synAckLog.between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
              };
        }),
        answered: PORTS.flatMap((port) =>
          CLIENTS.map((client) =>
            hosts.mayHaveAnswered({
              serverHost: host,
              server: { address, port },
              clientHost: hosts.findByAddress(client),
              client: { address: client, port: 0 },
            }),
          ),
        ),
      };
    }),
  };
}

/** Holds what comes of the steps together to what comes of them one by one; says how many were tracked in one go. */
function expectSame(steps: readonly Step[], manner: Manner = {}): number {
  const together = follow(steps, true, manner);
  const oneByOne = follow(steps, false, manner);
  expect(together.attempts).toEqual(oneByOne.attempts);
  expect(knowledge(together)).toEqual(knowledge(oneByOne));
  expect([oneByOne.atOnce, oneByOne.opened, oneByOne.ends]).toEqual([0, 0, 0]);
  return together.atOnce;
}

/** The fields of a handshake, mostly of an ordinary one. */
const fieldsArbitrary: fc.Arbitrary<Omit<SegmentFields, 'at'>> = fc.record(
  {
    client: fc.constantFrom(...CLIENTS),
    clientPort: fc.constantFrom(...CLIENT_PORTS),
    server: fc.constantFrom(...SERVERS),
    port: fc.constantFrom(...PORTS),
    isn: fc.constantFrom(1000, 1001, 90_000, 0xffffffff),
    serverIsn: fc.constantFrom(900_000, 0xffffffff),
    timeToLive: fc.constantFrom(64, 60, 120, 3),
    id: fc.constantFrom(1, 2),
    timestamp: fc.constantFrom(5, 6),
    sourceMac: fc.constantFrom('02:00:00:00:00:07', '00:00:00:00:00:00'),
  },
  { requiredKeys: ['client', 'clientPort', 'server', 'port'] },
);

type Piece = (fields: SegmentFields) => Step[];

const PIECES: Piece[] = [
  (fields) => handshake(fields),
  (fields) => [syn({ ...fields, flags: SYN | ECE | CWR }), synAck({ ...fields, flags: SYN | ACK | ECE }), ack(fields)],
  (fields) => [syn(fields), synAck(fields), ack({ ...fields, data: 3 })],
  (fields) => [syn(fields), synAck(fields), ack({ ...fields, flags: ACK | PSH })],
  (fields) => [syn({ ...fields, data: 3 }), synAck(fields), ack(fields)],
  (fields) => [syn(fields), synAck({ ...fields, acknowledgement: 5 }), ack(fields)],
  (fields) => [syn(fields), synAck(fields), ack({ ...fields, sequence: 5 })],
  (fields) => [syn(fields), synAck(fields), ack({ ...fields, acknowledgement: 5 })],
  (fields) => [syn(fields), synAck({ ...fields, server: '198.51.100.9' }), ack(fields)],
  (fields) => [syn({ ...fields, capturedBytes: 60 }), synAck(fields), ack(fields)],
  (fields) => [syn(fields), synAck({ ...fields, at: fields.at + 5000 }), ack({ ...fields, at: fields.at + 9000 })],
  (fields) => [syn(fields), synAck({ ...fields, at: fields.at - 1 }), ack(fields)],
  (fields) => [
    syn(fields),
    clientData({ ...fields, client: '203.0.113.1' }),
    synAck(fields),
    clientData(fields),
    ack(fields),
  ],
  (fields) => [syn(fields)],
  (fields) => [synAck(fields)],
  (fields) => [ack(fields)],
  (fields) => [rst(fields)],
  (fields) => [clientFin(fields)],
  (fields) => [...handshake(fields), clientFin(fields)],
  (fields) => [...handshake(fields), ack({ ...fields, flags: ACK | FIN })],
  (fields) => [...handshake(fields), clientFin({ ...fields, data: 7 })],
  (fields) => [...handshake(fields), clientFin(fields), serverAck({ ...fields, flags: ACK | FIN })],
  (fields) => [lateRst(fields)],
  (fields) => [clientRst(fields)],
  (fields) => [clientData({ ...fields, data: 10 })],
  (fields) => [serverAck(fields)],
  (fields) => [serverAck({ ...fields, flags: ACK | FIN, acknowledgement: (fields.isn ?? 1000) + 1 })],
  (fields) => [syn({ ...fields, flags: SYN | RST })],
  (fields) => [reverseSyn(fields)],
  (fields) => [icmpError(fields)],
  (fields) => [arpRequest(fields)],
  (fields) => [elsewhere(fields)],
];

/** Milliseconds from one piece to the next: within a run, among copies, from sweep to sweep, and jumps of the clock. */
const gapArbitrary = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 0.01, 1, 4, 20) },
  { weight: 4, arbitrary: fc.constantFrom(400, 1000, 4100) },
  { weight: 1, arbitrary: fc.constantFrom(66_000, 131_000, 4_000_000, -2, -40, -70_000) },
);

const pieceArbitrary = fc.record({
  piece: fc.oneof(
    { weight: 2, arbitrary: fc.constant(PIECES[0]) },
    { weight: 3, arbitrary: fc.constantFrom(...PIECES) },
  ),
  fields: fieldsArbitrary,
  gap: gapArbitrary,
  /** Each packet so often: a mirror port has copies. */
  copies: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.constant(2)),
});

const stepsArbitrary = fc.array(pieceArbitrary, { minLength: 1, maxLength: 40 }).map((pieces) => {
  let at = 0;
  return pieces.flatMap(({ piece, fields, gap, copies }) => {
    at += gap;
    return piece({ ...fields, at }).flatMap((step) => Array.from({ length: copies }, () => step));
  });
});

const mannerArbitrary = fc.record({
  keepEstablished: fc.boolean(),
  limits: fc.record({ pending: fc.constantFrom(0, 1, 3, 1000), settled: fc.constantFrom(0, 1, 3, 1000) }),
  // With so many, clients are new to the host table no more.
  hosts: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constant(1 << 15)),
});

/** Sweeps come between packets, the first ones soon one after the other: they are over with these. */
const before = Array.from({ length: 20 }, (_, index) =>
  clientData({ at: 3 * index * index - 1100, client: '203.0.113.1', clientPort: 1000 + index }),
);

/** The first that a port answers are for the tracker itself. */
const known = [
  ...handshake({ at: -5, clientPort: 9 }),
  ...handshake({ at: -4, clientPort: 9, server: '198.51.100.7', port: 443 }),
];

describe('a handshake that is tracked in one go', () => {
  test('is one of three plain packets, one behind the other, of a port that is known', () => {
    expect(expectSame([...before, ...handshake({ at: 0 })])).toBe(0);
    expect(expectSame([...before, ...known, ...handshake({ at: 0 })])).toBe(1);
    const other = handshake({ at: 3, client: '192.0.2.77', clientPort: 5 });
    expect(expectSame([...before, ...known, ...handshake({ at: 0, timestamp: 7 }), ...other])).toBe(2);
  });

  test.each<[string, Step[]]>([
    ['with another packet in it', [syn({ at: 0 }), elsewhere({ at: 0 }), synAck({ at: 0 }), ack({ at: 0 })]],
    ['with data', [syn({ at: 0 }), synAck({ at: 0 }), ack({ at: 0, data: 4 })]],
    ['of a four-tuple that an attempt has', [syn({ at: 0, isn: 5 }), ...handshake({ at: 9 })]],
    [
      'of ends between which an attempt goes the other way',
      [
        syn({ at: 0, client: '198.51.100.7', clientPort: 443, server: '192.0.2.7', port: 50_000 }),
        ...handshake({ at: 9, client: '192.0.2.7', server: '198.51.100.7', port: 443 }),
      ],
    ],
    ['behind an RST that may belong to it', [rst({ at: 0, isn: 5 }), ...handshake({ at: 9 })]],
    ['whose answer belongs to another SYN', [syn({ at: 0, isn: 7 }), synAck({ at: 0 }), ack({ at: 0 })]],
    ['out of order of time', [syn({ at: 0.5 }), synAck({ at: 0 }), ack({ at: 0.6 })]],
  ])('is none %s', (_, steps) => {
    expect(expectSame([...before, ...known, ...steps])).toBe(0);
  });

  test.each<[string, number, Step[]]>([
    ['is ended by its client in the same way', 1, [...handshake({ at: 0 }), clientFin({ at: 5 })]],
    [
      'is used by what comes with the FIN, which may say whom for',
      0,
      [...handshake({ at: 0 }), clientFin({ at: 5, data: 9 })],
    ],
    ['is not known to another connection that ends', 1, [clientFin({ at: 5, client: '192.0.2.99' })]],
    [
      'may be ended by its server, which is to be told',
      0,
      [...handshake({ at: 0 }), serverAck({ at: 5, flags: ACK | FIN })],
    ],
    [
      'is not ended by its server when that answers the FIN of its client',
      2,
      [...handshake({ at: 0 }), clientFin({ at: 5 }), serverAck({ at: 6, flags: ACK | FIN })],
    ],
    [
      'is not over where its SYN-ACK was not acknowledged',
      0,
      [syn({ at: 0 }), synAck({ at: 1 }), clientFin({ at: 5 })],
    ],
  ])('%s', (_, ends, steps) => {
    expectSame([...before, ...known, ...steps]);
    expect(follow([...before, ...known, ...steps], true, {}).ends).toBe(ends);
  });

  test('is none that would need room among the waiting', () => {
    const waiting = syn({ at: -1, clientPort: 5 });
    expect(expectSame([...before, ...known, waiting, ...handshake({ at: 0 })], { limits: { pending: 1 } })).toBe(0);
    expect(expectSame([...before, ...known, waiting, ...handshake({ at: 0 })], { limits: { pending: 2 } })).toBe(1);
  });

  test.each([
    ['02:00:00:00:00:0a', '02:00:00:00:00:0c'],
    ['02:00:00:00:00:0c', '02:00:00:00:00:0b'],
  ])('tells as much of where it was captured: from %s to %s', (sourceMac, destinationMac) => {
    const within = { sourceMac: '02:00:00:00:00:0a', destinationMac: '02:00:00:00:00:0b' };
    const data = Array.from({ length: 20 }, (_, index) =>
      clientData({ at: 3 * index * index - 1100, client: '203.0.113.1', clientPort: 1000 + index, ...within }),
    );
    const first = handshake({ at: -5, clientPort: 9, ...within });
    const second = handshake({ at: 0, sourceMac, destinationMac });
    expect(expectSame([...data, ...first, ...second])).toBe(1);
    const { hosts } = follow([...data, ...first, ...second], true, {}).tracker;
    const isSole = (mac: number) => hosts.whereabouts.points.isSole(mac, 0);
    expect([isSole(0x0200_0000_000a), isSole(0x0200_0000_000b)]).toEqual([
      sourceMac.endsWith('a'),
      destinationMac.endsWith('b'),
    ]);
  });

  test('is forgotten without others that are found in the same way', () => {
    const waiting = Array.from({ length: 1500 }, (_, index) => ({ clientPort: 1000 + index, port: 9999 }));
    const steps = [
      ...waiting.map((fields, index) => syn({ at: index / 100, ...fields })),
      ...Array.from({ length: 3000 }, (_, index) =>
        handshake({ at: 20 + index * 3, clientPort: 10_000 + index }),
      ).flat(),
      ...waiting.map((fields, index) => rst({ at: 9100 + index / 100, ...fields })),
    ];
    const manner = { keepEstablished: false, limits: { settled: 50 } };
    expect(expectSame([...before, ...known, ...steps], manner)).toBeGreaterThan(2900);
    const { attempts } = follow([...before, ...known, ...steps], true, manner);
    expect(attempts.filter(({ events }) => events.some(({ kind }) => kind === 'rst'))).toHaveLength(waiting.length);
  });

  test('makes no difference to attempts, hosts and ports, whatever stands around it', { timeout: LIMIT_MS }, () => {
    const allPorts = SERVERS.flatMap((server) =>
      PORTS.flatMap((port) => handshake({ at: -9, client: '203.0.113.2', clientPort: port + 1, server, port })),
    );
    let atOnce = 0;
    fc.assert(
      fc.property(stepsArbitrary, mannerArbitrary, (steps, manner) => {
        atOnce += expectSame([...before, ...allPorts, ...steps], manner);
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(atOnce).toBeGreaterThan(100);
  });
});

describe('a SYN that no handshake begins with is tracked by the same code', () => {
  const elsewhereTo = { client: '192.0.2.99', server: '198.51.100.99' };
  const toItself = { client: '192.0.2.9', server: '192.0.2.9', clientPort: 443 };
  const other = { clientPort: 50_001 };

  test.each<[string, Pick<Told, 'opened' | 'ends'>, Step[], Manner?]>([
    ['and waits', { opened: 1, ends: 0 }, [syn({ at: 0 })]],
    ['also with ECN', { opened: 1, ends: 0 }, [syn({ at: 0, flags: SYN | ECE | CWR, timestamp: 7 })]],
    ['between hosts that are not known', { opened: 1, ends: 1 }, [syn(at0(elsewhereTo)), rst(at0(elsewhereTo))]],
    ['and refused by the RST behind it', { opened: 1, ends: 1 }, [syn({ at: 0 }), rst({ at: 1 })]],
    ['and refused later', { opened: 1, ends: 1 }, [syn({ at: 0 }), ...handshake({ at: 1, ...other }), rst({ at: 9 })]],
    ['and not refused twice', { opened: 1, ends: 1 }, [syn({ at: 0 }), rst({ at: 1 }), rst({ at: 200 })]],
    ['but not with data, although its RST is', { opened: 0, ends: 1 }, [syn({ at: 0, data: 3 }), rst({ at: 1 })]],
    ['but not to itself', { opened: 0, ends: 0 }, [syn(at0(toItself)), rst(at0(toItself))]],
    ['but not again', { opened: 1, ends: 0 }, [syn({ at: 0 }), syn({ at: 1000 }), rst({ at: 1001 })]],
    ['but not behind its RST', { opened: 0, ends: 0 }, [rst({ at: 0 }), syn({ at: 1 })]],
    ['whose RST acknowledges another', { opened: 1, ends: 0 }, [syn({ at: 0 }), rst({ at: 1, isn: 7 })]],
    ['whose RST acknowledges nothing', { opened: 1, ends: 0 }, [syn({ at: 0 }), rst({ at: 1, flags: RST })]],
    ['whose RST comes behind a SYN-ACK', { opened: 1, ends: 0 }, [syn({ at: 0 }), synAck({ at: 1 }), rst({ at: 2 })]],
    [
      'whose server answers in several ways',
      { opened: 1, ends: 0 },
      [syn({ at: 0 }), rst({ at: 1, isn: 7 }), rst({ at: 2 })],
    ],
    [
      'and hands over who has waited for longest',
      { opened: 3, ends: 0 },
      [syn({ at: 0 }), syn({ at: 1, ...other }), syn({ at: 2, clientPort: 50_002 })],
      { limits: { pending: 1 } },
    ],
    [
      'but not refused where somebody is handed over for it',
      { opened: 2, ends: 1 },
      [syn({ at: 0 }), rst({ at: 1 }), syn({ at: 2, ...other }), rst({ at: 3, ...other })],
      { limits: { settled: 3 } },
    ],
  ])('%s', (_, counts, steps, manner = {}) => {
    expectSame([...before, ...known, ...steps], manner);
    expect(follow([...before, ...known, ...steps], true, manner)).toMatchObject(counts);
  });

  test('and a success that is only counted makes room for one that is refused', () => {
    const steps = [...before, ...known, syn({ at: 0 }), rst({ at: 1 })];
    const manner = { keepEstablished: false, limits: { settled: 2 } };
    expectSame(steps, manner);
    expect(follow(steps, true, manner)).toMatchObject({ opened: 1, ends: 1 });
  });
});

describe('packets of a handshake with others between them are tracked by the same code', () => {
  const between = (at: number) => clientData({ at, client: '203.0.113.1', clientPort: 1000 });
  const apart = [syn({ at: 0 }), between(0), synAck({ at: 0.1 }), between(0.1), ack({ at: 0.2 }), between(0.3)];
  const other = { server: '198.51.100.8' };

  test.each<[string, number, Step[], Manner?]>([
    ['all three', 0, apart],
    ['also with time stamps', 0, [syn, synAck, ack].flatMap((step, at) => [step({ at, timestamp: 9 }), between(at)])],
    ['and the FIN behind them', 0, [...apart, clientFin({ at: 5 })]],
    ['but not the first data, which may say whom for', 1, [...apart, clientData({ at: 5, data: 9 })]],
    [
      'and data behind it, in both directions',
      1,
      [
        ...apart,
        ...[1, 2, 3].flatMap((at) => [clientData({ at: 5 * at, data: 9 }), serverAck({ at: 5 * at + 1, data: 9 })]),
      ],
    ],
    ['but not the first answer of a port', 1, [syn(at0(other)), between(0), synAck(at0(other)), ack(at0(other))]],
    ['but not a SYN-ACK again', 1, [syn({ at: 0 }), synAck({ at: 1 }), between(1), synAck({ at: 1000 })]],
    [
      'but not a SYN-ACK of another',
      2,
      [syn({ at: 0 }), between(0), synAck({ at: 1, isn: 77 }), ack({ at: 2, isn: 77 })],
    ],
    [
      'but not what acknowledges something else',
      1,
      [syn({ at: 0 }), synAck({ at: 1 }), between(1), ack({ at: 2, serverIsn: 5 })],
    ],
    ['but not where two are between the same ends', 2, [syn({ at: 0, isn: 5 }), syn({ at: 1 }), synAck({ at: 2 })]],
    ['and hand over who is settled for longest', 0, apart, { limits: { settled: 1 } }],
  ])('%s', (_, itself, steps, manner = {}) => {
    expectSame([...before, ...known, ...steps], manner);
    const without = follow([...before, ...known], true, manner).itself;
    expect(follow([...before, ...known, ...steps], true, manner).itself - without).toBe(itself);
  });

  test('also where the sieve has to grow for their connections', () => {
    const steps = Array.from({ length: 2000 }, (_, index) => {
      const fields = { clientPort: 1000 + index };
      const at = index / 100;
      return [
        syn({ at, ...fields }),
        between(at),
        synAck({ at, ...fields }),
        ack({ at, ...fields }),
        ...[1, 2, 3].map(() => clientData({ at, data: 9, ...fields })),
        clientFin({ at, ...fields }),
      ];
    }).flat();
    expectSame([...before, ...known, ...steps], { keepEstablished: false });
    // Nor does it matter that there is no memory for that.
    const { reach } = Kernel.prototype;
    const spy = vi.spyOn(Kernel.prototype, 'reach').mockImplementation(function (this: Kernel, address, bytes) {
      return address === SIEVE && bytes > MOST_REACHED ? undefined : reach.call(this, address, bytes);
    });
    expectSame([...before, ...known, ...steps], { keepEstablished: false });
    expect(spy.mock.results.some(({ value }) => value === undefined)).toBe(true);
    spy.mockRestore();
  });
});

function at0(ends: Ends): SegmentFields {
  return { at: 0, ...ends };
}
