import { describe, expect, test } from 'vitest';
import { findAttempts, lazyAttempts, mapAttempts } from '../../src/report/attempt-list.js';
import type { ReportAttempt } from '../../src/report/model.js';
import { report, rst, syn } from '../build/scenario.js';

const [sample] = report([syn({ at: 0 }), rst({ at: 1 })]).attempts;
const plain = [5, 6, 9].map((id): ReportAttempt => ({ ...sample!, id }));

/** The same as a list that makes its attempts, and which it made. */
function lazy() {
  const made: number[] = [];
  const list = lazyAttempts({
    length: plain.length,
    idAt: (index) => plain[index]!.id,
    at(index) {
      made.push(index);
      return { ...plain[index]! };
    },
  });
  return { list, made };
}

describe('a list of attempts that are made when they are asked for', () => {
  test('is an array to whoever reads it', () => {
    const { list } = lazy();
    expect(Array.isArray(list)).toBe(true);
    expect(list.length).toBe(3);
    expect(list[1]).toEqual(plain[1]);
    expect(list[3]).toBeUndefined();
    expect(list.at(-1)).toEqual(plain[2]);
    expect([...list]).toEqual(plain);
    expect(list.map(({ id }) => id)).toEqual([5, 6, 9]);
    expect(list.filter(({ id }) => id > 5).length).toBe(2);
    expect(list.find(({ id }) => id === 9)).toEqual(plain[2]);
    expect([...list.entries()]).toEqual([...plain.entries()]);
    expect(list.slice(1)).toEqual(plain.slice(1));
    expect(1 in list).toBe(true);
    expect(3 in list).toBe(false);
    expect(Object.keys(list)).toEqual(['0', '1', '2']);
    expect(JSON.stringify(list)).toBe(JSON.stringify(plain));
    expect(list).toEqual(plain);
  });

  test('cannot be written to', () => {
    const { list } = lazy();
    expect(() => {
      list[0] = plain[1]!;
    }).toThrow(TypeError);
    expect(() => list.push(plain[0]!)).toThrow(TypeError);
    expect(() => list.pop()).toThrow(TypeError);
    expect([...list]).toEqual(plain);
  });

  test('makes only those that are looked for by their ids', () => {
    const { list, made } = lazy();
    expect(findAttempts(list, new Set([9, 77]))).toEqual(new Map([[9, plain[2]]]));
    expect(made).toEqual([2]);
    expect(findAttempts(plain, new Set([9, 77]))).toEqual(new Map([[9, plain[2]]]));
  });

  test('can be changed as it is made', () => {
    const { list, made } = lazy();
    const change = (attempt: ReportAttempt) => ({ ...attempt, syns: 77 });
    const changed = mapAttempts(list, change);
    expect(made).toEqual([]);
    expect([...changed]).toEqual(plain.map(change));
    expect(findAttempts(changed, new Set([6]))).toEqual(new Map([[6, change(plain[1]!)]]));
    expect(mapAttempts(plain, change)).toEqual(plain.map(change));
  });
});
