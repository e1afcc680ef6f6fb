import { describe, expect, test } from 'vitest';
import { join, pcapng } from '../build/container.js';
import { u32le, zeros } from '../build/layer.js';
import {
  ack,
  analyze,
  captureOf,
  clientData,
  dataElsewhere,
  elsewhere,
  handshake,
  report,
  rst,
  type Step,
  silence,
  syn,
  synAck,
} from '../build/scenario.js';

function warningsOf(steps: readonly Step[], options: Parameters<typeof report>[1] = {}): string[] {
  return report(steps, options).quality.warnings.map(({ code }) => code);
}

describe('warnings', () => {
  test('are none for a capture without fault', () => {
    expect(
      warningsOf([...handshake({ at: 0 }), ...handshake({ at: 10, clientPort: 2 }), elsewhere({ at: 9000 })]),
    ).toEqual([]);
  });

  test('say where a capture breaks off', () => {
    const content = captureOf(handshake({ at: 0 }));
    const { quality } = analyze([content.subarray(0, content.length - 5)]);
    expect(quality.warnings).toMatchObject([{ code: 'truncated' }]);
    expect(quality.warnings[0]?.text).toContain('capture-1.pcap breaks off at byte');
    expect(quality.truncatedAtByte).toBeGreaterThan(0);
  });

  test('say what was dropped while capturing', () => {
    const blocks = pcapng('little');
    const content = join(
      blocks.section(),
      blocks.interface(),
      blocks.packet({ bytes: syn({ at: 0 }).bytes, time: 1n }),
      blocks.statistics(0, [[5, join(u32le(17), zeros(4))]]),
    );
    const { quality } = analyze([content]);
    expect(quality.droppedByKernel).toBe(17);
    expect(quality.warnings).toMatchObject([{ code: 'dropped', text: expect.stringMatching(/^17 packets/) }]);
  });

  test('say that a selection left nothing, for the captures may hold other handshakes', () => {
    const steps = [...handshake({ at: 0 }), ...handshake({ at: 10, clientPort: 2 }), elsewhere({ at: 9000 })];
    expect(warningsOf(steps, { selection: { ports: [99] } })).toEqual(['none-selected']);
    expect(warningsOf(steps, { selection: { ports: [443] } })).toEqual([]);
  });

  test('say how often the clock jumps', () => {
    const { quality } = report([syn({ at: 0 }), elsewhere({ at: 9_000_000 }), elsewhere({ at: 0 })]);
    expect(quality.warnings).toMatchObject([{ code: 'clock-jump', text: expect.stringContaining('2 times') }]);
  });

  test('say that attempts were judged early', () => {
    const steps = Array.from({ length: 20 }, (_, index) => syn({ at: index, clientPort: 2000 + index }));
    const { quality } = report(steps, { limits: { pending: 5 } });
    expect(quality.warnings).toMatchObject([{ code: 'too-many-pending', text: expect.stringMatching(/^15 attempts/) }]);
  });

  test('say it in the singular where it is one', () => {
    const steps = Array.from({ length: 6 }, (_, index) => syn({ at: index, clientPort: 2000 + index }));
    const texts = (limits: object) => report(steps, { limits }).quality.warnings.map(({ text }) => text);
    expect(texts({ pending: 5 })).toEqual([expect.stringMatching(/^1 attempt was judged early/)]);
    expect(texts({ attempts: 5 })).toEqual([
      'Beyond the first 5 attempts, 1 more is counted but not listed; it was judged by what was known when it ended.',
    ]);
  });

  test('say that a capture filter is presumed, when a verdict rests on it', () => {
    const filtered = [1, 2].flatMap((clientPort) => [syn({ at: 0, clientPort }), synAck({ at: 1, clientPort })]);
    expect(warningsOf([...filtered, elsewhere({ at: 60_000 })])).toEqual(['handshakes-only']);
    expect(warningsOf([...filtered, dataElsewhere({ at: 60_000 })])).toEqual([]);
    expect(warningsOf([syn({ at: 0 }), rst({ at: 1 })])).toEqual([]);
  });

  test('say how many conversations are in the capture in one direction', () => {
    const steps = [syn({ at: 0 }), ack({ at: 10 }), clientData({ at: 11, data: 9 })];
    expect(report(steps).quality.warnings).toMatchObject([{ code: 'one-way', text: expect.stringMatching(/^One/) }]);
  });
});

describe('where the capture was taken', () => {
  const seen = (client: number, server: number) =>
    report([syn({ at: 0, timeToLive: client }), rst({ at: 1, timeToLive: server })]).quality.vantage;

  test.each([
    [64, 57, 'client'],
    [128, 50, 'client'],
    [57, 64, 'server'],
    [57, 255, 'server'],
    [63, 62, 'between'],
    [64, 64, 'unknown'],
  ])('with TTLs of %i and %i is %s', (client, server, vantage) => {
    expect(seen(client, server)).toBe(vantage);
  });

  test('is unknown when nothing was answered', () => {
    expect(report([...silence({ at: 0 }), elsewhere({ at: 60_000 })]).quality.vantage).toBe('unknown');
  });

  test('is mixed when attempts disagree', () => {
    const steps = [
      syn({ at: 0, timeToLive: 64 }),
      rst({ at: 1, timeToLive: 50 }),
      syn({ at: 2, timeToLive: 50, port: 80 }),
      rst({ at: 3, timeToLive: 64, port: 80 }),
    ];
    expect(report(steps).quality.vantage).toBe('mixed');
  });
});
