import { describe, expect, test } from 'vitest';
import { LOG_SPACING_NS } from '../../src/track/layout/ports.js';
import { SynAckLog } from '../../src/track/syn-ack-log.js';

const SECOND_NS = 1e9;

describe('the log of a port’s SYN-ACKs', () => {
  test('finds one in a time, its ends included', () => {
    const log = new SynAckLog();
    log.note({ timeNs: 5 * SECOND_NS, frame: 7 }, 1);
    expect(log.between(0, 5 * SECOND_NS)).toBe(7);
    expect(log.between(5 * SECOND_NS, 9 * SECOND_NS)).toBe(7);
    expect(log.between(0, 5 * SECOND_NS - 1)).toBeUndefined();
    expect(log.between(5 * SECOND_NS + 1, 9 * SECOND_NS)).toBeUndefined();
  });

  test('keeps at least the last four minutes of a port that answers all the time', () => {
    const log = new SynAckLog();
    const spacingMs = LOG_SPACING_NS / 1e6;
    for (let ms = 0; ms < 600_000; ms += spacingMs) log.note({ timeNs: ms * 1e6, frame: ms }, 1);
    for (let second = 361; second < 600; second++) {
      expect(log.between((second - 1) * SECOND_NS, second * SECOND_NS)).toBeDefined();
    }
    expect(log.between(0, 300 * SECOND_NS)).toBeUndefined();
  });

  test('tells the first to one client among those to others', () => {
    const log = new SynAckLog();
    log.note({ timeNs: 1 * SECOND_NS, frame: 1 }, 77);
    log.note({ timeNs: 2 * SECOND_NS, frame: 2 }, 88);
    log.note({ timeNs: 3 * SECOND_NS, frame: 3 }, 88);
    expect(log.toClient(88, 0, 9 * SECOND_NS)).toEqual({ timeNs: 2 * SECOND_NS, frame: 2 });
    expect(log.toClient(88, 4 * SECOND_NS, 9 * SECOND_NS)).toBeUndefined();
    expect(log.toClient(99, 0, 9 * SECOND_NS)).toBeUndefined();
  });

  test('goes on after the clock has jumped back', () => {
    const log = new SynAckLog();
    log.note({ timeNs: 500 * SECOND_NS, frame: 1 }, 1);
    log.note({ timeNs: 2 * SECOND_NS, frame: 2 }, 1);
    expect(log.between(0, 10 * SECOND_NS)).toBe(2);
  });
});
