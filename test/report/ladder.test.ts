import { describe, expect, test } from 'vitest';
import { drawLadder } from '../../src/report/ladder.js';
import { EVENT_KINDS } from '../../src/track/attempt.js';
import { establishedAttempt, refusedAttempt, silentAttempt } from './sample-reports.js';

describe('a ladder', () => {
  test('has the client on the left, the server on the right and time downwards', () => {
    expect(drawLadder(establishedAttempt)).toEqual([
      '        10.0.0.1:50000              10.0.0.5:5432',
      '     0 ms |------------ SYN ------------>|  frame 40',
      '  12.3 ms |<--------- SYN, ACK ----------|  frame 41',
      '  12.4 ms |------------ ACK ------------>|  frame 42',
    ]);
  });

  test('leaves the head off the arrow of a SYN that nothing answers, and tells how long its sender waited', () => {
    expect(drawLadder(silentAttempt).slice(2, 4)).toEqual([
      '     0 ms |------------ SYN ---------- ? |  frame 14',
      '   1.02 s |------------ SYN ---------- ? |  frame 15, again after 1.02 s',
    ]);
  });

  test('draws every kind of packet with its arrow in the same place', () => {
    const frames = EVENT_KINDS.map((kind, index) => ({ frame: index + 1, kind, atMs: index }));
    const rows = drawLadder({ ...refusedAttempt, frames }).slice(1);
    for (const row of rows) expect(row).toMatch(/^.{9} \|[-<].{28}[->]\| {2}frame \d+/);
  });

  test('is cut in the middle when an attempt has very many packets', () => {
    const frames = Array.from({ length: 1000 }, (_, index) => ({
      frame: index + 1,
      kind: 'syn' as const,
      atMs: index,
    }));
    const ladder = drawLadder({ ...refusedAttempt, frames });
    expect(ladder).toHaveLength(26);
    expect(ladder[13]).toContain('976 more packets');
  });
});
