import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Groups } from '../../src/classify/groups.js';

describe('groups', () => {
  test('hold the members with one key, in the order in which they were given', () => {
    const key = fc.oneof(fc.nat(9), fc.nat(2 ** 32), fc.integer({ min: 0, max: 2 ** 52 }));
    fc.assert(
      fc.property(fc.array(key), fc.integer({ min: 0, max: 2 ** 52 }), (keys, other) => {
        const groups = new Groups(Int32Array.from(keys.keys()), (member) => keys[member]!);
        const membersOf = (wanted: number) => [...keys.keys()].filter((member) => keys[member] === wanted);
        for (const wanted of [...keys, other]) {
          expect([...groups.of(wanted)]).toEqual(membersOf(wanted));
          expect(groups.countOf(wanted)).toBe(membersOf(wanted).length);
        }
        expect([...groups.all()].map((group) => [...group])).toEqual([...new Set(keys)].map(membersOf));
        expect(groups.isEmpty).toBe(keys.length === 0);
      }),
    );
  });
});
