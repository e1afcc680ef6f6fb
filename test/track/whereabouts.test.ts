import { describe, expect, test } from 'vitest';
import { Frame, PASSAGE_RECEIVED, PASSAGE_SENT, PASSAGE_UNKNOWN } from '../../src/decode/frame.js';
import { frameReference } from '../../src/track/attempt.js';
import { hopDistance, tellsDistance } from '../../src/track/hops.js';
import { HostRows } from '../../src/track/host-rows.js';
import type { Moment } from '../../src/track/moment.js';
import {
  TRAVEL_KINDS,
  TRAVEL_PACKET,
  TRAVEL_RST,
  TRAVEL_SYN,
  TRAVEL_SYN_ACK,
  Whereabouts,
} from '../../src/track/whereabouts.js';
import { echoReply, follow, handshake, IPV6, rst, syn, synAck } from '../build/scenario.js';

const HOST = 3;

interface Around {
  passage?: number;
  source?: number;
  destination?: number;
  /** The flow label of an IPv6 packet. */
  flowLabel?: number;
}

/** A frame between two link-layer addresses, told by their last two octets. */
function frameOf({ passage = PASSAGE_UNKNOWN, source = 1, destination = 2, flowLabel }: Around = {}): Frame {
  const frame = new Frame();
  frame.passage = passage;
  frame.linkSourceHigh = source === 0 ? 0 : 0x0200;
  frame.linkSourceLow = source;
  frame.linkDestinationHigh = destination === 0 ? 0 : 0x0200;
  frame.linkDestinationLow = destination;
  frame.ipVersion = flowLabel === undefined ? 4 : 6;
  frame.flowLabel = flowLabel ?? 0;
  return frame;
}

/** Nothing is known yet of any of eight hosts. */
function whereaboutsOfEight(): Whereabouts {
  const rows = new HostRows(8);
  for (let host = 0; host < 8; host++) rows.add(0, 0, 0xffff, host);
  return new Whereabouts(rows);
}

/** The moment of a frame. */
const momentOf = (frame: number): Moment => ({ timeNs: 0, frame });

/** What is known of a host after packets of a kind with these TTLs; frames count from 1. */
function noted(timesToLive: readonly number[], around: Around = {}, kind = TRAVEL_SYN_ACK): Whereabouts {
  const whereabouts = whereaboutsOfEight();
  for (const [index, timeToLive] of timesToLive.entries()) {
    whereabouts.note(HOST, kind, timeToLive, frameOf(around), momentOf(index + 1));
  }
  return whereabouts;
}

describe('the distance that a TTL tells', () => {
  test.each([
    [64, 0],
    [61, 3],
    [128, 0],
    [113, 15],
    [255, 0],
    [129, 126],
    [33, 31],
    [32, 0],
    [30, 2],
  ])('of a packet with %i is %i routers', (timeToLive, hops) => {
    expect(hopDistance(timeToLive)).toBe(hops);
  });

  test('is none for packets that were meant to end early', () => {
    expect([1, 2, 7].map(tellsDistance)).toEqual([false, false, false]);
    expect([8, 32, 255].map(tellsDistance)).toEqual([true, true, true]);
  });
});

describe('the distance of a host', () => {
  test('is the nearest and the farthest of its packets, with their frames', () => {
    expect(noted([61, 60, 62, 61]).distance(HOST, 'syn-ack')).toEqual({
      nearest: 2,
      nearestFrame: 3,
      farthest: 4,
      farthestFrame: 2,
    });
    expect(noted([64]).distance(HOST, 'syn-ack')).toEqual({
      nearest: 0,
      nearestFrame: 1,
      farthest: 0,
      farthestFrame: 1,
    });
  });

  test('is told of each kind of packet by itself', () => {
    const whereabouts = noted([61], {}, TRAVEL_RST);
    expect(TRAVEL_KINDS.filter((kind) => whereabouts.distance(HOST, kind) !== undefined)).toEqual(['rst']);
    for (const host of [-1, 0, HOST - 1, HOST + 1]) expect(whereabouts.distance(host, 'rst')).toBeUndefined();
  });

  test('is not told by the probes of traceroute', () => {
    expect(noted([1, 2, 3], {}, TRAVEL_SYN).distance(HOST, 'syn')).toBeUndefined();
  });

  test('is kept when room is made for more hosts, of which nothing is known', () => {
    const rows = new HostRows(8);
    const whereabouts = new Whereabouts(rows);
    while (rows.count < 8) rows.add(0, 0, 0xffff, rows.count);
    whereabouts.note(HOST, TRAVEL_SYN_ACK, 61, frameOf(), momentOf(1));
    while (rows.count < 64) rows.add(0, 0, 0xffff, rows.count);
    expect(whereabouts.distance(HOST, 'syn-ack')?.nearest).toBe(3);
    for (let host = 8; host < 64; host++) {
      expect(whereabouts.distance(host, 'syn-ack')).toBeUndefined();
      expect(whereabouts.locality(host, 1)).toBe('unknown');
    }
  });

  test('is of real packets: SYN, SYN-ACK, RST, and what is no TCP', () => {
    const { tracker, attempts } = follow([
      ...handshake({ at: 0, timeToLive: 60 }),
      syn({ at: 10, port: 80, clientPort: 2 }),
      rst({ at: 11, port: 80, clientPort: 2, timeToLive: 63 }),
      echoReply({ at: 12 }),
    ]);
    const [{ clientHost, serverHost }] = attempts as [(typeof attempts)[0]];
    const hops = (host: number) =>
      Object.fromEntries(
        TRAVEL_KINDS.flatMap((kind) => {
          const distance = tracker.hosts.distance(host, kind);
          return distance === undefined ? [] : [[kind, [distance.nearest, distance.farthest]]];
        }),
      );
    expect(hops(serverHost)).toEqual({ 'syn-ack': [4, 4], rst: [1, 1], packet: [0, 0] });
    expect(hops(clientHost)).toEqual({ syn: [0, 4], segment: [4, 4] });
  });

  test('is of IPv6 the same, by the hop limit', () => {
    const { tracker, attempts } = follow([syn({ at: 0, ...IPV6 }), synAck({ at: 1, ...IPV6, timeToLive: 57 })]);
    expect(tracker.hosts.distance(attempts[0]!.serverHost, 'syn-ack')?.nearest).toBe(7);
    expect(tracker.hosts.usesFlowLabels(attempts[0]!.serverHost)).toBe(true);
  });
});

describe('whether a host is the machine that captured', () => {
  const near = 64;

  test('is proven if its packets were only ever seen on their way out, and had passed no router', () => {
    expect(noted([near], { passage: PASSAGE_SENT }).locality(HOST, 1)).toBe('proven');
    // A router sends what it forwards.
    expect(noted([near - 1], { passage: PASSAGE_SENT }).locality(HOST, 1)).toBe('excluded');
  });

  test('is excluded if they came in, or had passed a router', () => {
    expect(noted([near], { passage: PASSAGE_RECEIVED }).locality(HOST, 1)).toBe('excluded');
    expect(noted([near - 2]).locality(HOST, 1)).toBe('excluded');
  });

  test('is unknown where packets both come and go, as on a bridge, and of hosts that are not known', () => {
    const whereabouts = noted([near], { passage: PASSAGE_RECEIVED });
    whereabouts.note(HOST, TRAVEL_SYN_ACK, near, frameOf({ passage: PASSAGE_SENT }), momentOf(2));
    expect(whereabouts.locality(HOST, 1)).toBe('unknown');
    expect(whereabouts.locality(-1, 1)).toBe('unknown');
  });

  test('is proven on a loopback interface, where each packet comes as well as goes', () => {
    const whereabouts = noted([near], { passage: PASSAGE_SENT, source: 0, destination: 0 });
    whereabouts.note(
      HOST,
      TRAVEL_SYN_ACK,
      near,
      frameOf({ passage: PASSAGE_RECEIVED, source: 0, destination: 0 }),
      momentOf(2),
    );
    expect(whereabouts.locality(HOST, 1)).toBe('proven');
    expect(whereabouts.linkAddress(HOST)).toBeUndefined();
  });

  /** The host talks from address 1 to each of these, `times` times in all, and they to it. */
  function talking(peers: readonly number[], reference: (number: number) => number = (number) => number): Whereabouts {
    const whereabouts = whereaboutsOfEight();
    for (const [index, peer] of peers.entries()) {
      whereabouts.note(
        HOST,
        TRAVEL_SYN,
        near,
        frameOf({ source: 1, destination: peer }),
        momentOf(reference(2 * index + 1)),
      );
      whereabouts.note(
        peer % 8,
        TRAVEL_SYN_ACK,
        near,
        frameOf({ source: peer, destination: 1 }),
        momentOf(reference(2 * index + 2)),
      );
    }
    return whereabouts;
  }

  test('is presumed if its link-layer address is in every frame, and no other one is', () => {
    expect(talking([6, 7]).locality(HOST, 1)).toBe('presumed');
    expect(talking([6, 7]).locality(6, 1)).toBe('unknown');
  });

  test('is not presumed of the two ends of one cable, nor of a few frames, nor on a mirror port', () => {
    expect(talking([6, 6, 6]).locality(HOST, 1)).toBe('unknown');
    const few = whereaboutsOfEight();
    few.note(HOST, TRAVEL_SYN, near, frameOf({ destination: 6 }), momentOf(1));
    few.note(HOST, TRAVEL_SYN, near, frameOf({ destination: 7 }), momentOf(2));
    expect(few.locality(HOST, 1)).toBe('unknown');
    const mirrored = talking([6, 7]);
    mirrored.note(5, TRAVEL_PACKET, near, frameOf({ source: 8, destination: 9 }), momentOf(9));
    expect(mirrored.locality(HOST, 1)).toBe('unknown');
  });

  test('is not decided by what is sent to all', () => {
    const whereabouts = talking([6, 7]);
    const broadcast = frameOf({ source: 8 });
    broadcast.linkDestinationHigh = 0xffff;
    broadcast.linkDestinationLow = 0xffff_ffff;
    whereabouts.note(5, TRAVEL_PACKET, near, broadcast, momentOf(9));
    expect(whereabouts.locality(HOST, 1)).toBe('presumed');
  });

  test('is asked of each capture by itself', () => {
    const whereabouts = talking([6, 7], (number) => frameReference(2, number));
    expect(whereabouts.locality(HOST, frameReference(2, 1))).toBe('presumed');
    expect(whereabouts.locality(HOST, frameReference(1, 1))).toBe('unknown');
  });
});

describe('the link-layer address of a host', () => {
  test('is that of packets that passed no router, if it was always the same', () => {
    expect(noted([64, 64]).linkAddress(HOST)).toBe(0x0200_0000_0001);
    expect(noted([63]).linkAddress(HOST)).toBeUndefined();
    const several = noted([64]);
    several.note(HOST, TRAVEL_SYN, 64, frameOf({ source: 5 }), momentOf(2));
    expect(several.linkAddress(HOST)).toBeUndefined();
    expect(several.linkAddress(-1)).toBeUndefined();
  });
});

test('a flow label of an RST says nothing of the host: others may have made it', () => {
  expect(noted([64], { flowLabel: 7 }, TRAVEL_RST).usesFlowLabels(HOST)).toBe(false);
  expect(noted([64], { flowLabel: 7 }).usesFlowLabels(HOST)).toBe(true);
  expect(noted([64], { flowLabel: 0 }).usesFlowLabels(HOST)).toBe(false);
});
