/** The buffers that captures are read into: used again from file to file, and bounded for all of them together. */

import { Kernel, SIFTED_CHUNK_BYTES } from '../track/kernel.js';

/** Chunks of one capture alone: with 1 MiB reading takes longer, with 4 MiB no less. */
const LARGEST_CHUNK = SIFTED_CHUNK_BYTES;
const SMALLEST_CHUNK = 64 << 10;
/** What the buffers of all captures together may take, as long as no chunk has to be smaller than the smallest for it. */
const BUFFER_BUDGET = 64 << 20;
/** Of what is left of it one capture gets this part at most: nobody knows how many more will be open at once. */
const SHARES = 8;
/** What is kept for the next capture when one has ended. */
const SPARE_BYTES = 2 * LARGEST_CHUNK;

/** How large the chunks of a capture should be while the buffers of others take so many bytes. */
export function chunkBytesFor(takenBytes: number): number {
  const share = Math.max(1, (BUFFER_BUDGET - takenBytes) / SHARES);
  return Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, 2 ** Math.floor(Math.log2(share))));
}

let takenBytes = 0;
let spareBytes = 0;
/** By their length. Of a ring of 3,000 files of 200 kB the peak of the memory is a third with them. */
const spares = new Map<number, Uint8Array<ArrayBuffer>[]>();

/** The buffers of one capture. */
export class ChunkBuffers {
  /** How large they are. */
  readonly chunkBytes: number;
  readonly #taken: Uint8Array<ArrayBuffer>[] = [];
  /** Those that lie where they can be sifted. */
  readonly #sifted: Uint8Array[] = [];
  #isReleased = false;

  /** For a file of this size, in chunks of `chunkBytes` where that was told; a small file is read in one. */
  constructor(sizeBytes: number, chunkBytes?: number) {
    const most = chunkBytes ?? chunkBytesFor(takenBytes);
    // One byte more shows that there are no more; powers of two, so that the next file can use them.
    this.chunkBytes = Math.min(most, Math.max(SMALLEST_CHUNK, 2 ** Math.ceil(Math.log2(sizeBytes + 1))));
    takenBytes += this.chunkBytes;
  }

  /** A buffer, with whatever was in it before. */
  take(): Uint8Array {
    const sifted = this.chunkBytes === SIFTED_CHUNK_BYTES ? Kernel.get()?.takeChunk() : undefined;
    if (sifted !== undefined) {
      this.#sifted.push(sifted);
      return sifted;
    }
    const spare = spares.get(this.chunkBytes)?.pop();
    if (spare !== undefined) spareBytes -= spare.length;
    const buffer = spare ?? new Uint8Array(this.chunkBytes);
    this.#taken.push(buffer);
    return buffer;
  }

  /** Gives all of them back. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    takenBytes -= this.chunkBytes;
    for (const buffer of this.#sifted) Kernel.get()?.returnChunk(buffer);
    for (const buffer of this.#taken) {
      if (spareBytes + buffer.length > SPARE_BYTES) return;
      spareBytes += buffer.length;
      spares.set(buffer.length, [...(spares.get(buffer.length) ?? []), buffer]);
    }
  }
}
