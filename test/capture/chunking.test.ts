import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixture, fixtureNames, readAll } from './read-all.js';

const names = [...fixtureNames('formats'), ...fixtureNames('hostile')].filter(
  (name) => !/in-the-.*header|version/.test(name),
);
const chunkSizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 });

describe('any chunking gives the same packets and the same facts', () => {
  for (const name of names) {
    test(name, () => {
      const bytes = fixture(name);
      const expected = readAll(bytes);
      expect(readAll(bytes, [1])).toEqual(expected);
      fc.assert(
        fc.property(chunkSizes, (sizes) => {
          expect(readAll(bytes, sizes)).toEqual(expected);
        }),
        { numRuns: 30 },
      );
    });
  }

  test('captures that are corrupted in several places', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...names), changes, chunkSizes, (name, changed, sizes) => {
        const bytes = fixture(name);
        if (bytes.length <= 28) return;
        for (const [at, value] of changed) bytes[28 + (at % (bytes.length - 28))] = value;
        const expected = readAll(bytes);
        expect(readAll(bytes, sizes)).toEqual(expected);
        expect(readAll(bytes, [1])).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
