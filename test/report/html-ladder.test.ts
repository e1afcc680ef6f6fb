import { describe, expect, test } from 'vitest';
import { watchedAfter } from '../../src/report/html/attempt.js';
import { describeLadder, layOutLadder } from '../../src/report/html/ladder-layout.js';
import type { ReportAttempt, ReportFrame } from '../../src/report/model.js';
import { establishedAttempt, filteredAttempt, refusedAttempt, silentAttempt } from './sample-reports.js';

function sentAt(...seconds: number[]): ReportAttempt {
  const frames = seconds.map((second, index): ReportFrame => ({ frame: index + 1, kind: 'syn', atMs: second * 1000 }));
  return { ...silentAttempt, frames, durationMs: (seconds.at(-1) ?? 0) * 1000 };
}

function gapsOf(attempt: ReportAttempt, watchedMs = 0): number[] {
  const { arrows } = layOutLadder(attempt, watchedMs);
  return arrows.slice(1).map(({ y }, index) => y - arrows[index].y);
}

describe('a ladder diagram', () => {
  test('is to scale in time', () => {
    const [first, second, third] = gapsOf(sentAt(0, 1, 3, 7));
    expect(second / first).toBeCloseTo(2);
    expect(third / first).toBeCloseTo(4);
    expect(layOutLadder(sentAt(0, 1, 3, 7), 0).stretched).toEqual([]);
  });

  test('is stretched where packets would stand on each other, and tells where', () => {
    const { arrows, stretched } = layOutLadder(sentAt(0, 0.001, 30), 0);
    expect(arrows[1].y - arrows[0].y).toBeGreaterThan(20);
    expect(stretched).toEqual([{ y: arrows[0].y, height: arrows[1].y - arrows[0].y }]);
  });

  test('says how long a sender waited before it repeated itself', () => {
    const waits = layOutLadder(sentAt(0, 1, 3), 0).arrows.map(({ wait }) => wait?.text);
    expect(waits).toEqual([undefined, '1 s', '2 s']);
    expect(layOutLadder(establishedAttempt, 0).arrows.every(({ wait, again }) => wait ?? again === undefined)).toBe(
      true,
    );
    const frames: ReportFrame[] = [
      { frame: 1, kind: 'syn', atMs: 0 },
      { frame: 2, kind: 'bad-syn-ack', atMs: 10 },
      { frame: 3, kind: 'syn', atMs: 1000 },
    ];
    expect(layOutLadder({ ...silentAttempt, frames }, 0).arrows.map(({ again }) => again)).toEqual([
      undefined,
      undefined,
      '1 s',
    ]);
  });

  test('shows the silence up to the end of the capture, and that it is cut where it is long', () => {
    const short = layOutLadder(sentAt(0, 1, 3), 2000).silence;
    expect(short).toMatchObject({ text: 'no answer for 2 s', isCut: false });
    const [gap] = gapsOf(sentAt(0, 1, 3), 2000);
    expect((short?.height ?? 0) / gap).toBeCloseTo(2);
    expect(layOutLadder(sentAt(0, 1, 3), 3_600_000).silence?.isCut).toBe(true);
    expect(layOutLadder(refusedAttempt, 2000).silence).toBeUndefined();
  });

  test('lets an ICMP error set out from who sent it', () => {
    const [, error] = layOutLadder(filteredAttempt, 0).arrows;
    expect(error).toMatchObject({ from: 'between', sender: '10.0.0.254', to: 'client', label: 'ICMP 3/13' });
    const frames = filteredAttempt.frames.map((frame) =>
      frame.icmp === undefined ? frame : { ...frame, icmp: { ...frame.icmp, from: filteredAttempt.server.address } },
    );
    expect(layOutLadder({ ...filteredAttempt, frames }, 0).arrows[1].from).toBe('server');
  });

  test('does not claim that a SYN arrived which nothing answers', () => {
    expect(layOutLadder(silentAttempt, 0).arrows.every(({ isLost }) => isLost)).toBe(true);
    expect(layOutLadder(refusedAttempt, 0).arrows.some(({ isLost }) => isLost)).toBe(false);
  });

  test('stays small for an attempt of very many packets', () => {
    const layout = layOutLadder(sentAt(...Array.from({ length: 256 }, (_, index) => index)), 0);
    expect(layout.arrows).toHaveLength(24);
    expect(layout.omitted?.count).toBe(232);
    expect(layout.height).toBeLessThan(1500);
  });

  test('is told in words too', () => {
    expect(describeLadder(layOutLadder(sentAt(0, 1), 5000))).toBe(
      'At 0 ms, SYN to the server in frame 1. At 1 s, SYN to the server in frame 2, again after 1 s. ' +
        'Then no answer for 5 s, until the capture ends.',
    );
    expect(describeLadder(layOutLadder(filteredAttempt, 0))).toContain(
      'At 3.1 ms, ICMP 3/13 from 10.0.0.254 to the client in frame 31.',
    );
  });

  test('knows to the nanosecond how long the capture went on', () => {
    const attempt = { ...silentAttempt, startedAt: '2026-11-20T23:59:59.999999999Z', durationMs: 1 };
    expect(watchedAfter(attempt, '2026-11-21T00:00:01.000000000Z')).toBeCloseTo(999.000001, 6);
    expect(watchedAfter(attempt, null)).toBe(0);
  });
});
