import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { SourceError } from '../../src/node/file.js';
import { peekCapture } from '../../src/node/peek.js';
import { join as joined, pcap, pcapng } from '../build/container.js';

const folder = mkdtempSync(join(tmpdir(), 'synwhy-peek-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FIRST_NS = 1_700_000_000_123_456_000n;

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Packets that no compression makes smaller. */
function noisyCapture(packets: number): Uint8Array {
  let state = 1;
  const noise = () =>
    Uint8Array.from({ length: 1400 }, () => {
      state = (state * 48_271) % 0x7fffffff;
      return state & 0xff;
    });
  return pcap(
    { linkType: 1 },
    Array.from({ length: packets }, (_, index) => ({ bytes: noise(), timeNs: FIRST_NS + BigInt(index) * 1_000_000n })),
  );
}

describe('a look at a capture tells when it begins', () => {
  const blocks = pcapng('big');
  const time = FIRST_NS / 1000n;
  test.each([
    ['pcap', noisyCapture(200)],
    ['pcapng', joined(blocks.section(), blocks.interface(), blocks.packet({ bytes: new Uint8Array(60), time }))],
    ['gzip', gzipSync(noisyCapture(200))],
    ['gzip of little', gzipSync(noisyCapture(1))],
  ])('of %s', async (name, bytes) => {
    const peek = await peekCapture(write(name, bytes));
    expect(peek).toMatchObject({ beginsAtNs: FIRST_NS, sizeBytes: bytes.length, problem: undefined });
    expect([peek.compression, peek.isWithoutPackets]).toEqual([name.startsWith('gzip') ? 'gzip' : undefined, false]);
  });

  test('of zstd whose first block is longer than what is read at first', async () => {
    const capture = noisyCapture(90).subarray(0, 120_000);
    const header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    const block = (capture.length << 3) | 1;
    const frame = joined(Uint8Array.of(...header, block & 0xff, (block >> 8) & 0xff, block >> 16), capture);
    expect(await peekCapture(write('zstd', frame))).toMatchObject({ beginsAtNs: FIRST_NS, compression: 'zstd' });
  });
});

test('a look at a capture without packets says so, but not where they are only further behind', async () => {
  const blocks = pcapng('little');
  const empty = joined(blocks.section(), blocks.interface());
  expect(await peekCapture(write('empty', empty))).toMatchObject({ isWithoutPackets: true, beginsAtNs: undefined });
  const names = blocks.block(4, new Uint8Array(70_000));
  const packet = blocks.packet({ bytes: new Uint8Array(60), time: 1n });
  expect(await peekCapture(write('far', joined(empty, names, packet)))).toMatchObject({
    isWithoutPackets: false,
    beginsAtNs: undefined,
  });
});

test('a look at what is no capture, or is not there, says so', async () => {
  const text = new TextEncoder().encode('no capture, but a text');
  expect((await peekCapture(write('text', text))).problem?.code).toBe('not-a-capture');
  expect((await peekCapture(write('nothing', new Uint8Array()))).problem?.code).toBe('empty');
  await expect(peekCapture(join(folder, 'missing'))).rejects.toThrow(SourceError);
});
