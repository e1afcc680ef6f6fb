import { describe, expect, test } from 'vitest';
import { elsewhere, follow, handshake, rst, type Step, silence, syn, synAck } from '../build/scenario.js';

/** SYNs from so many addresses and ports. */
function flood(count: number, at = (index: number) => index * 0.01): Step[] {
  return Array.from({ length: count }, (_, index) =>
    syn({ at: at(index), client: `10.1.${(index >>> 8) & 255}.${index & 255}`, clientPort: 1024 + (index % 60_000) }),
  );
}

describe('many attempts at once', () => {
  test('are all kept, whatever has to grow for them', () => {
    const steps = flood(5000);
    const { attempts, tracker } = follow([...steps, elsewhere({ at: 4000 })]);
    expect(new Set(attempts.map(({ client }) => `${client.address} ${client.port}`)).size).toBe(5000);
    expect(attempts.every(({ events }) => events.length === 1)).toBe(true);
    expect(tracker.counts.evicted).toBe(0);
  });

  test('keep their packets apart while the tables grow', () => {
    const ports = Array.from({ length: 3000 }, (_, index) => 1024 + index);
    const steps = [
      ...ports.map((clientPort, index) => syn({ at: index * 0.1, clientPort, isn: clientPort * 7 })),
      ...ports.map((clientPort, index) => syn({ at: 1000 + index * 0.1, clientPort, isn: clientPort * 7 })),
      ...ports.map((clientPort, index) => rst({ at: 2000 + index * 0.1, clientPort, isn: clientPort * 7 })),
    ];
    const { attempts } = follow(steps);
    expect(attempts).toHaveLength(3000);
    for (const { client, events } of attempts) {
      const index = client.port - 1024;
      expect(events.map(({ frame }) => frame)).toEqual([index + 1, index + 3001, index + 6001]);
    }
  });

  test('that come and go use the same places again', () => {
    const steps = Array.from({ length: 3000 }, (_, index) => [
      syn({ at: index * 200, clientPort: 1024 + index }),
      rst({ at: index * 200 + 1, clientPort: 1024 + index }),
    ]).flat();
    const { attempts } = follow(steps);
    expect(attempts).toHaveLength(3000);
    for (const { events } of attempts) expect(events.map(({ kind }) => kind)).toEqual(['syn', 'rst']);
  });

  test('beyond the limit make the oldest give way, which says so', () => {
    const { attempts, tracker } = follow(flood(100), { limits: { pending: 10 } });
    expect(attempts).toHaveLength(100);
    expect(attempts.map(({ end }) => end)).toEqual([
      ...Array.from({ length: 90 }, () => 'evicted'),
      ...Array.from({ length: 10 }, () => 'capture-end'),
    ]);
    expect(tracker.counts.evicted).toBe(90);
  });

  test('that one four-tuple has by SYN-ACKs alone make its oldest give way', () => {
    const answers = Array.from({ length: 200 }, (_, index) => synAck({ at: index, isn: index * 100_000 }));
    const { attempts, tracker } = follow(answers);
    expect(attempts.map(({ end }) => end)).toEqual([
      ...Array.from({ length: 192 }, () => 'evicted'),
      ...Array.from({ length: 8 }, () => 'capture-end'),
    ]);
    expect(tracker.counts.evicted).toBe(192);
  });

  test('beyond the limit spare those that had a packet lately', () => {
    const kept = syn({ at: 0, port: 80 });
    const repeated = syn({ at: 900, port: 80 });
    const steps = [kept, ...flood(9, (index) => 1 + index), repeated, ...flood(15, (index) => 1000 + index).slice(9)];
    const { attempts } = follow(steps, { limits: { pending: 10 } });
    expect(attempts.find(({ server }) => server.port === 80)).toMatchObject({ end: 'capture-end' });
  });

  test('are followed even if nothing may be remembered', () => {
    const { attempts } = follow([...flood(5), ...handshake({ at: 5 })], { limits: { pending: 0, settled: 0 } });
    expect(attempts).toHaveLength(6);
  });

  test('that are decided give way without a word', () => {
    const steps = Array.from({ length: 50 }, (_, index) => handshake({ at: index, clientPort: 2000 + index })).flat();
    const { attempts, tracker } = follow(steps, { limits: { settled: 10 } });
    expect(attempts).toHaveLength(50);
    expect(tracker.counts.evicted).toBe(0);
  });
});

describe('one four-tuple with ever new sequence numbers', () => {
  const COUNT = 20_000;
  const steps = Array.from({ length: COUNT }, (_, index) => syn({ at: index * 0.01, isn: index * 100_000 }));

  test('is as many attempts', () => {
    expect(follow(steps).attempts).toHaveLength(COUNT);
  });

  test('has its latest few followed at once', () => {
    const answers = [rst({ at: 300, isn: (COUNT - 1) * 100_000 }), rst({ at: 301, isn: (COUNT - 3) * 100_000 })];
    const { attempts } = follow([...steps, ...answers]);
    expect(attempts.filter(({ events }) => events.length === 2)).toHaveLength(2);
  });

  test('says of those that had to give way that they did', () => {
    const { attempts, tracker } = follow(steps.slice(0, 20));
    expect(tracker.counts.evicted).toBe(12);
    expect(attempts.map(({ end }) => end)).toEqual([
      ...Array.from({ length: 12 }, () => 'evicted'),
      ...Array.from({ length: 8 }, () => 'capture-end'),
    ]);
  });
});

describe('very many packets of one attempt', () => {
  const steps = [
    ...Array.from({ length: 1000 }, (_, index) => syn({ at: index * 100 })),
    synAck({ at: 100_001 }),
    elsewhere({ at: 300_000 }),
  ];

  test('are counted and not all kept', () => {
    const [attempt, ...others] = follow(steps).attempts;
    expect(others).toEqual([]);
    expect(attempt?.events.length).toBeLessThan(300);
    expect((attempt?.events.length ?? 0) + (attempt?.omittedEvents ?? 0)).toBe(1001);
  });

  test('are all kept when they are as many as any stack sends', () => {
    const times = [0, 1000, 2000, 3000, 4000, 5000, 7000, 11_000, 19_000, 35_000, 69_000];
    expect(follow(silence({ at: 0 }, times)).attempts[0]).toMatchObject({ omittedEvents: 0, events: { length: 11 } });
  });
});
