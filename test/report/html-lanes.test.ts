import { describe, expect, test } from 'vitest';
import { assignLanes, type LaneKeys } from '../../src/report/html/lanes.js';

function attempts(count: number, of: (index: number) => Partial<LaneKeys>): LaneKeys[] {
  return Array.from({ length: count }, (_, index) => ({
    outcome: 'refused',
    target: '10.0.0.1:80',
    host: '10.0.0.1',
    ...of(index),
  }));
}

describe('the picture of attempts', () => {
  test('has a lane for each target, the one with the most failures first', () => {
    const keys = [
      ...attempts(5, () => ({ target: '10.0.0.2:443', outcome: 'established' })),
      ...attempts(2, () => ({ target: '10.0.0.1:80' })),
      ...attempts(3, () => ({ target: '10.0.0.1:22', outcome: 'filtered' })),
    ];
    const { lanes, laneOf } = assignLanes(keys);
    expect(lanes.map(({ name }) => name)).toEqual(['10.0.0.1:22', '10.0.0.1:80', '10.0.0.2:443']);
    expect([...laneOf]).toEqual([2, 2, 2, 2, 2, 1, 1, 0, 0, 0]);
  });

  test('has a lane for each host where targets are too many, as in a scan of ports', () => {
    const keys = attempts(1000, (index) => ({ target: `10.0.0.1:${index}` }));
    const { lanes } = assignLanes(keys);
    expect(lanes.map(({ name, attempts }) => [name, attempts])).toEqual([['10.0.0.1', 1000]]);
  });

  test('puts what is left over into the last lane, and forgets no attempt', () => {
    const keys = attempts(300, (index) => {
      const host = `10.0.0.${Math.floor(Math.sqrt(index * 20))}`;
      return { target: `${host}:${index}`, host };
    });
    const { lanes, laneOf } = assignLanes(keys);
    expect(lanes).toHaveLength(16);
    expect(lanes.at(-1)?.name).toMatch(/^\d+ more targets$/);
    expect(lanes.reduce((total, lane) => total + lane.attempts, 0)).toBe(300);
    for (const [lane, { attempts: count }] of lanes.entries()) {
      expect(laneOf.filter((each) => each === lane)).toHaveLength(count);
    }
  });

  test('has one lane where every host was tried once, as in a scan of hosts', () => {
    const keys = attempts(200, (index) => ({ target: `10.0.0.${index}:22`, host: `10.0.0.${index}` }));
    expect(assignLanes(keys).lanes.map(({ name, attempts }) => [name, attempts])).toEqual([['200 targets', 200]]);
  });

  test('has no lane without attempts', () => {
    expect(assignLanes([]).lanes).toEqual([]);
  });
});
