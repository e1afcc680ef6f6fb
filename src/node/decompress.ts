/** Compressed captures as streams, recognised by their content. */

import { COMPRESSION_MAGIC_BYTES, recognizeCompression } from '../capture/recognize.js';
import { ByteSource } from './byte-source.js';

/** How something is compressed. */
export type Compression = 'gzip' | 'zstd';

/** A capture's bytes, decompressed if they were compressed. */
export interface Decompressed {
  /** Undefined: it was not compressed, the chunks are the given bytes. */
  readonly compression: Compression | undefined;
  /**
   * The bytes; to be gone through once. A chunk is the consumer's own until it asks for the next one. Nothing is held
   * back and nothing is read ahead but a chunk, however much a few compressed bytes promise. Damaged data throws
   * nothing: the chunks end where it could not be read any further.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /**
   * Once the chunks have ended: what was wrong with the compressed data, in words without a full stop ('the gzip data
   * breaks off'); undefined if nothing was.
   */
  readonly damage: string | undefined;
  /** Says that no more is wanted; also where nothing was asked for. */
  close(): Promise<void>;
}

/**
 * Looks at the first bytes and decompresses what is compressed. Errors of `chunks` itself (reading a file) pass
 * through. A chunk that was given may be written to again as soon as the next one is asked for.
 *
 * @example
 * const opened = await decompress(createReadStream(path));
 * for await (const chunk of opened.chunks) analyzer.push(chunk);
 * if (opened.damage !== undefined) warn(opened.damage);
 */
export async function decompress(chunks: AsyncIterable<Uint8Array>): Promise<Decompressed> {
  const source = new ByteSource(chunks);
  await source.has(COMPRESSION_MAGIC_BYTES);
  return new DecompressedChunks(source, recognizeCompression(source.rest));
}

class DecompressedChunks implements Decompressed {
  readonly compression: Compression | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
  damage: string | undefined;

  constructor(source: ByteSource, compression: Compression | undefined) {
    this.compression = compression;
    this.chunks = this.read(source);
    this.close = () => source.close();
  }

  private async *read(source: ByteSource): AsyncGenerator<Uint8Array> {
    try {
      // Most captures are not compressed, and are read without loading what would be needed for that.
      if (this.compression === undefined) yield* plain(source);
      else if (this.compression === 'gzip') this.damage = yield* (await import('./gunzip.js')).gunzip(source);
      else this.damage = yield* (await import('./zstd.js')).unzstd(source);
    } finally {
      await source.close();
    }
  }
}

async function* plain(source: ByteSource): AsyncGenerator<Uint8Array> {
  while (await source.more()) yield source.take(source.rest.length);
}
