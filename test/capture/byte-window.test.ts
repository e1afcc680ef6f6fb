import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWindow } from '../../src/capture/byte-window.js';

/** Bytes of which each tells where it lies. */
function counted(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index * 7);
}

test('bytes inside one chunk are read where they lie', () => {
  const window = new ByteWindow();
  const chunk = counted(100).subarray(10, 60);
  window.push(chunk);
  expect(window.has(50)).toBe(true);
  expect(window.bytes).toBe(chunk);
  expect(window.view.getUint8(window.position)).toBe(70);
});

test('what spans two chunks is put together, and reading goes on inside the second chunk', () => {
  const window = new ByteWindow();
  const second = counted(50);
  window.push(counted(10));
  expect(window.has(20)).toBe(false);
  window.push(second);
  expect(window.has(20)).toBe(true);
  expect(window.bytes).not.toBe(second);
  window.position += 20;
  expect(window.has(1)).toBe(true);
  expect(window.bytes).toBe(second);
  expect(window.position).toBe(10);
  expect(window.offset).toBe(20);
});

test('bytes that were waited for are kept when their owner uses the chunk again', () => {
  const window = new ByteWindow();
  const chunk = Uint8Array.of(1, 2, 3);
  window.push(chunk);
  expect(window.has(4)).toBe(false);
  chunk.fill(0);
  window.push(Uint8Array.of(4));
  expect(window.has(4)).toBe(true);
  expect([...window.bytes.subarray(window.position, window.limit)]).toEqual([1, 2, 3, 4]);
});

test('asking for a gigabyte that is not there allocates nothing for it', () => {
  const window = new ByteWindow();
  window.push(counted(1000));
  expect(window.has(2 ** 30)).toBe(false);
  expect(window.bytes.length).toBeLessThan(10_000);
});

test('any order of looking, reading and passing over gives the bytes of the stream', () => {
  const steps = fc.array(fc.record({ look: fc.nat(40), move: fc.nat(40), passOver: fc.boolean() }));
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
  fc.assert(
    fc.property(steps, sizes, (moves, chunkSizes) => {
      const stream = counted(500);
      const window = new ByteWindow();
      let pushed = 0;
      const pushOne = (turn: number) => {
        const chunk = stream.slice(pushed, pushed + chunkSizes[turn % chunkSizes.length]);
        pushed += chunk.length;
        window.push(chunk);
      };
      let offset = 0;
      moves.forEach(({ look, move, passOver }, turn) => {
        pushOne(turn);
        expect(window.has(look)).toBe(pushed - offset >= look);
        const step = Math.min(move, passOver ? pushed - offset : window.limit - window.position);
        if (passOver) expect(window.skip(step)).toBe(step);
        else window.position += step;
        offset += step;
        expect(window.offset).toBe(offset);
        const atHand = window.bytes.subarray(window.position, window.limit);
        expect(atHand).toEqual(stream.subarray(offset, offset + atHand.length));
      });
    }),
  );
});
