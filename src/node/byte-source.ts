/** Reading chunks that come one after another as if they were one piece, a little at a time. */

const NO_BYTES = new Uint8Array(0);

/** Bytes of an asynchronous sequence of chunks, with a look ahead. Holds no more than was asked for and one chunk. */
export class ByteSource {
  /** What is at hand and not yet taken. */
  rest: Uint8Array = NO_BYTES;
  private readonly chunks: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** Whether there is at least one more byte; it is then in `rest`. */
  async more(): Promise<boolean> {
    while (this.rest.length === 0) {
      const { done, value } = await this.chunks.next();
      if (done) return false;
      this.rest = value;
    }
    return true;
  }

  /** Brings the next `count` bytes together in `rest`; false if there are not so many. */
  async has(count: number): Promise<boolean> {
    if (this.rest.length >= count) return true;
    // A copy, as the chunk may be used again for the next one.
    const parts: Uint8Array[] = this.rest.length === 0 ? [] : [this.rest.slice()];
    let length = this.rest.length;
    let whole = true;
    while (whole && length < count) {
      const { done, value } = await this.chunks.next();
      if (done) whole = false;
      else {
        parts.push(length + value.length < count ? value.slice() : value);
        length += value.length;
      }
    }
    // Nearly always the first chunk is longer than what is asked for, and need not be copied.
    this.rest = parts.length === 1 ? parts[0] : Buffer.concat(parts, length);
    return whole;
  }

  /** Takes the first `count` bytes of `rest`. */
  take(count: number): Uint8Array {
    const taken = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return taken;
  }

  /** Says that no more is wanted, so that whoever gives the chunks can clean up. */
  async close(): Promise<void> {
    this.rest = NO_BYTES;
    await this.chunks.return?.();
  }
}
