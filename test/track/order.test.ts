import { describe, expect, test } from 'vitest';
import {
  ack,
  CLIENT_ISN,
  elsewhere,
  follow,
  followed,
  handshake,
  IPV6,
  icmpError,
  rst,
  syn,
  synAck,
} from '../build/scenario.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('an answer that the capture recorded before its SYN', () => {
  test('belongs to the attempt when it is a SYN-ACK', () => {
    expect(followed([synAck({ at: 0 }), syn({ at: 50 }), ack({ at: 51 })])).toEqual(['syn-ack 1, syn 2, ack 3']);
  });

  test('belongs to the attempt when it is an RST', () => {
    expect(followed([rst({ at: 0 }), syn({ at: 0.2 })])).toEqual(['rst 1, syn 2']);
    expect(followed([rst({ at: 0, ...IPV6 }), syn({ at: 50, ...IPV6 })])).toEqual(['rst 1, syn 2']);
  });

  test('belongs to the attempt when it is an ICMP error', () => {
    expect(followed([icmpError({ at: 0 }), syn({ at: 3 })])).toEqual(['icmp 1, syn 2']);
  });

  test('has the time at which it was recorded, also when the packets are in the order of time but not of the file', () => {
    const [attempt] = follow([rst({ at: 1 }), syn({ at: 0.5 })]).attempts;
    expect(attempt?.events.map(({ kind, timeNs }) => [kind, timeNs])).toEqual([
      ['syn', 500_000],
      ['rst', 1_000_000],
    ]);
  });

  test('may be one of an older attempt on the same ports', () => {
    const steps = [syn({ at: 0, isn: 5 }), rst({ at: 500 }), syn({ at: 500.2 })];
    expect(followed(steps)).toEqual(['syn 1, ignored-rst 2', 'rst 2, syn 3']);
  });

  test('is not an RST that came more than 50 ms before', () => {
    expect(followed([rst({ at: 0 }), syn({ at: 50.1 })])).toEqual(['syn 2']);
  });

  test('is not an RST that acknowledges something else, or comes from elsewhere', () => {
    const others = [
      rst({ at: 0, acknowledgement: CLIENT_ISN + 2 }),
      rst({ at: 0, port: 444 }),
      rst({ at: 0, client: '192.0.2.9' }),
      rst({ at: 0, server: '198.51.100.9' }),
      rst({ at: 0, clientPort: 50_009 }),
    ];
    expect(followed([...others, syn({ at: 0.2 })])).toEqual(['syn 6']);
  });

  test('answers one SYN only', () => {
    expect(followed([rst({ at: 0 }), syn({ at: 0.2 }), syn({ at: 500 })])).toEqual(['rst 1, syn 2, syn 3']);
  });

  test('may acknowledge Fast Open data', () => {
    expect(followed([rst({ at: 0, acknowledgement: CLIENT_ISN + 11 }), syn({ at: 0.2, data: 10 })])).toEqual([
      'rst 1, syn 2',
    ]);
  });
});

describe('packets that are out of order by a little', () => {
  test('are told in the order of time', () => {
    expect(followed([syn({ at: 1000 }), syn({ at: 0 }), rst({ at: 1001 })])).toEqual(['syn 2, syn 1, rst 3']);
  });

  test('do not make the clock jump', () => {
    const steps = [elsewhere({ at: 60_000 }), syn({ at: 0.5 }), elsewhere({ at: 60_100 })];
    expect(follow(steps).tracker.counts.clockJumps).toBe(0);
  });
});

describe('how long an attempt was watched', () => {
  test('is until the end of the capture', () => {
    const [attempt] = follow([syn({ at: 0 }), syn({ at: 1000 }), elsewhere({ at: 1750 })]).attempts;
    expect(attempt).toMatchObject({ end: 'capture-end', watchedNs: 750e6 });
  });

  test('ends when nothing more is expected of it', () => {
    const { attempts } = follow([syn({ at: 0 }), elsewhere({ at: 129_000 }), elsewhere({ at: 131_000 })]);
    expect(attempts[0]).toMatchObject({ end: 'quiet', watchedNs: 131e9 });
  });

  test('is as long as its client keeps trying', () => {
    const times = [0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 127_000];
    const steps = [...times.map((at) => syn({ at })), elsewhere({ at: 260_000 })];
    expect(followed(steps)).toHaveLength(1);
  });
});

describe('a clock that jumps', () => {
  for (const [direction, later] of [
    ['ahead', 2 * HOUR_MS],
    ['back', -2 * HOUR_MS],
  ] as const) {
    test(`${direction} ends what was being watched, as if the capture had ended there`, () => {
      const { attempts, tracker } = follow([
        syn({ at: 0 }),
        elsewhere({ at: 400 }),
        elsewhere({ at: later }),
        elsewhere({ at: later + 200_000 }),
      ]);
      expect(tracker.counts.clockJumps).toBe(1);
      expect(attempts[0]).toMatchObject({ end: 'clock-jump', watchedNs: 400e6 });
    });

    test(`${direction} does not keep new attempts from being followed`, () => {
      const steps = [...handshake({ at: 0 }), ...handshake({ at: later, clientPort: 50_001 })];
      expect(followed(steps)).toHaveLength(2);
      const { attempts } = follow([...steps, syn({ at: later + 5, port: 80 }), elsewhere({ at: later + 140_000 })]);
      expect(attempts.find(({ server }) => server.port === 80)).toMatchObject({ end: 'quiet' });
    });
  }

  test('over an attempt still lets its answer find it', () => {
    expect(followed([syn({ at: 0 }), rst({ at: -DAY_MS })])).toEqual(['rst 2, syn 1']);
  });

  test('again and again is followed all the same', () => {
    const steps = Array.from({ length: 200 }, (_, index) =>
      syn({ at: (index % 2) * DAY_MS + index, clientPort: 1024 + index }),
    );
    const { attempts, tracker } = follow(steps);
    expect(attempts).toHaveLength(200);
    expect(tracker.counts.clockJumps).toBe(199);
    expect(attempts.every(({ watchedNs }) => watchedNs >= 0)).toBe(true);
  });
});
