import { Readable } from 'node:stream';
import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress } from '../../src/node/decompress.js';
import { join } from '../build/container.js';

/** Compresses badly in some places and well in others. */
const content = Uint8Array.from({ length: 300_000 }, (_, index) =>
  index % 5000 < 2500 ? 7 : Math.imul(index, index) >> 7,
);

/** A zstd frame by hand, of stored and repeating blocks: Node 20 can't compress with zstd. */
function zstdFrame(...blocks: readonly { raw?: Uint8Array; repeat?: [byte: number, times: number] }[]): Uint8Array {
  // RFC 8878 section 3.1.1.1: no single segment, a window of 1 MiB.
  const pieces = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50)];
  blocks.forEach(({ raw, repeat }, index) => {
    const last = index === blocks.length - 1 ? 1 : 0;
    const [type, size] = raw === undefined ? [1, repeat?.[1] ?? 0] : [0, raw.length];
    const header = last | (type << 1) | (size << 3);
    const stored = raw === undefined ? Uint8Array.of(repeat?.[0] ?? 0) : Uint8Array.from(raw);
    pieces.push(Uint8Array.of(header, header >> 8, header >> 16), stored);
  });
  return join(...pieces);
}

interface Result {
  bytes: Uint8Array;
  compression: string | undefined;
  damage: string | undefined;
}

async function unpack(bytes: Uint8Array, chunkBytes = 1000): Promise<Result> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(chunkBytes);
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      // One buffer for all, as a caller may do.
      const part = bytes.subarray(at, at + chunkBytes);
      chunk.set(part);
      yield chunk.subarray(0, part.length);
    }
  }
  const opened = await decompress(chunks());
  const outputs: Uint8Array[] = [];
  for await (const chunk of opened.chunks) outputs.push(chunk.slice());
  return { bytes: join(...outputs), compression: opened.compression, damage: opened.damage };
}

describe('gzip', () => {
  const compressed = new Uint8Array(gzipSync(content));

  test('comes out as it went in, for any size of chunks', async () => {
    for (const chunkBytes of [1, 17, 65_536, 1_000_000]) {
      const result = await unpack(compressed, chunkBytes);
      expect(result).toMatchObject({ compression: 'gzip', damage: undefined });
      expect(Buffer.compare(result.bytes, content)).toBe(0);
    }
  });

  test('several members are one', async () => {
    const result = await unpack(join(compressed, compressed, compressed));
    expect(result.damage).toBeUndefined();
    expect(result.bytes).toHaveLength(3 * content.length);
  });

  test('every field that a header may have is passed over', async () => {
    const head = Uint8Array.of(0x1f, 0x8b, 8, 0b11110, 0, 0, 0, 0, 0, 3);
    const extra = Uint8Array.of(3, 0, 1, 2, 3);
    const texts = new TextEncoder().encode('name\0comment\0');
    const checkSum = Uint8Array.of(0, 0);
    const member = new Uint8Array(gzipSync('data'));
    const result = await unpack(join(head, extra, texts, checkSum, deflateRawSync('data'), member.subarray(-8)), 3);
    expect(result.damage).toBeUndefined();
    expect(Buffer.from(result.bytes).toString()).toBe('data');
  });

  test('of data that breaks off, all that is there is read, and the break is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: compressed.length - 1 }), async (length) => {
        const result = await unpack(compressed.subarray(0, length), 4096);
        expect(result.damage).toBe('the gzip data breaks off');
        const expected = gunzipSync(compressed.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
        expect(Buffer.compare(result.bytes, expected)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('a wrong check value is told, and the data is there', async () => {
    const wrong = compressed.slice();
    wrong[wrong.length - 6] ^= 1;
    const result = await unpack(wrong);
    expect(result.damage).toBe('the gzip data is damaged');
    expect(result.bytes).toHaveLength(content.length);
  });

  test('what follows the end is told, unless it is padding', async () => {
    const followed = await unpack(join(compressed, new TextEncoder().encode('something else')));
    expect(followed).toMatchObject({ damage: 'something else follows the gzip data' });
    expect(followed.bytes).toHaveLength(content.length);
    const padded = await unpack(join(compressed, new Uint8Array(512)));
    expect(padded.damage).toBeUndefined();
  });

  test('damage in the middle ends it without an error', async () => {
    const damaged = compressed.slice();
    damaged.fill(0xff, 20_000, 20_100);
    expect((await unpack(damaged)).damage).toMatch(/^the gzip data (is damaged|breaks off)$/);
  });
});

describe('zstd', () => {
  const raw = content.subarray(0, 100_000);
  const frame = zstdFrame({ raw }, { repeat: [9, 100_000] }, { raw: Uint8Array.of(1, 2, 3) });
  const unpacked = join(raw, new Uint8Array(100_000).fill(9), Uint8Array.of(1, 2, 3));

  test('comes out as it went in, for any size of chunks', async () => {
    for (const chunkBytes of [1, 17, 65_536]) {
      const result = await unpack(frame, chunkBytes);
      expect(result).toMatchObject({ compression: 'zstd', damage: undefined });
      expect(Buffer.compare(result.bytes, unpacked)).toBe(0);
    }
  });

  test('several frames are one, skippable ones among them', async () => {
    const skippable = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
    const tiny = zstdFrame({ raw: Uint8Array.of(42) });
    const result = await unpack(join(skippable, frame, skippable, frame, tiny));
    expect(result.damage).toBeUndefined();
    expect(result.bytes).toHaveLength(2 * unpacked.length + 1);
    expect(result.bytes.at(-1)).toBe(42);
  });

  test('of data that breaks off, the whole blocks are read, and the break is told', async () => {
    const result = await unpack(frame.subarray(0, frame.length - 2));
    expect(result.damage).toBe('the zstd data breaks off');
    expect(result.bytes).toHaveLength(200_000);
  });

  test('what follows the end is told', async () => {
    const result = await unpack(join(frame, new TextEncoder().encode('something else')));
    expect(result.damage).toBe('something else follows the zstd data');
    expect(result.bytes).toHaveLength(unpacked.length);
  });

  test('a frame that asks for a window of gigabytes is refused', async () => {
    const greedy = frame.slice();
    greedy[5] = 0xa0;
    expect(await unpack(greedy)).toMatchObject({ damage: expect.stringContaining('window'), bytes: new Uint8Array(0) });
  });

  test('damaged blocks end it without an error', async () => {
    const damaged = zstdFrame({ raw });
    damaged[6] |= 0b100;
    expect((await unpack(damaged)).damage).toBe('the zstd data is damaged');
  });
});

describe('whatever comes', () => {
  test('a small file that unpacks to gigabytes is handed out piece by piece', async () => {
    const bomb = zstdFrame(...Array.from({ length: 8192 }, () => ({ repeat: [0, 131_072] as [number, number] })));
    const opened = await decompress(Readable.from([bomb]));
    let largest = 0;
    let total = 0;
    for await (const chunk of opened.chunks) {
      largest = Math.max(largest, chunk.length);
      total += chunk.length;
      if (total > 50_000_000) break;
    }
    expect(largest).toBeLessThanOrEqual(131_072);
  });

  test('what is not compressed passes through', async () => {
    const result = await unpack(content);
    expect(result).toMatchObject({ compression: undefined, damage: undefined });
    expect(Buffer.compare(result.bytes, content)).toBe(0);
  });

  test('nothing at all is nothing', async () => {
    expect(await unpack(new Uint8Array(0))).toMatchObject({ compression: undefined, damage: undefined });
  });

  test('an error of the source passes through', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(gzipSync(content)).subarray(0, 2000);
      throw new Error('the disk is gone');
    }
    const opened = await decompress(failing());
    await expect(async () => {
      for await (const chunk of opened.chunks) expect(chunk.length).toBeGreaterThan(0);
    }).rejects.toThrow('the disk is gone');
  });

  test('random bytes behind a magic number throw nothing', async () => {
    const magics = fc.constantFrom([0x1f, 0x8b, 8], [0x28, 0xb5, 0x2f, 0xfd]);
    await fc.assert(
      fc.asyncProperty(magics, fc.uint8Array({ maxLength: 300 }), async (magic, noise) => {
        await unpack(join(Uint8Array.from(magic), noise), 50);
      }),
      { numRuns: 200 },
    );
  });
});
