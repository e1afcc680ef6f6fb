/**
 * A window over bytes that arrive in chunks of any size. Mostly it lies over the chunk itself, so that nothing is
 * copied; what spans two chunks is put together in a carry buffer, with only as many bytes as were asked for, and
 * then the window goes back to the chunk.
 */

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
const INITIAL_CARRY_BYTES = 4096;

/** The unread bytes of a stream, as `bytes` (and `view`, with the same offsets) from `position` to `limit`. */
export class ByteWindow {
  bytes: Uint8Array = NO_BYTES;
  view: DataView = NO_VIEW;
  /** Where the next unread byte lies; readers move it forward. */
  position = 0;
  /** Where the bytes at hand end; `has` may bring more. */
  limit = 0;
  /** Whether `end` was called: what is not there by now will never be. */
  ended = false;
  /** Bytes of the stream that were pushed so far. */
  received: number;

  /** Offset in the stream of index 0 of `bytes`; negative where the carry holds the end of what is long read. */
  private base: number;
  /** Whether the window lies over the carry, whose bytes change under one view. */
  carrying = false;
  private carry: Uint8Array = NO_BYTES;
  private carryView: DataView = NO_VIEW;
  private chunk: Uint8Array = NO_BYTES;
  private chunkView: DataView = NO_VIEW;
  /** While carrying: bytes of the chunk that lie in the carry, or were read before. */
  private chunkTaken = 0;
  private readonly queue: Uint8Array[] = [];

  /** `startOffset`: the stream's offset of the first byte that will be pushed. */
  constructor(startOffset = 0) {
    this.base = startOffset;
    this.received = startOffset;
  }

  /** Offset in the stream of the next unread byte. */
  get offset(): number {
    return this.base + this.position;
  }

  /** Adds bytes at the end. They must not change until `has` has returned false. */
  push(bytes: Uint8Array): void {
    this.received += bytes.length;
    if (bytes.length > 0) this.queue.push(bytes);
  }

  /** Says that no more bytes will come. */
  end(): void {
    this.ended = true;
  }

  /**
   * Whether the next `count` bytes are there; if so they lie in one piece from `position` on. `position` and `bytes`
   * may be others than before, the bytes at `position` stay the same.
   */
  has(count: number): boolean {
    return this.limit - this.position >= count || this.gather(count);
  }

  /** Passes over up to `count` bytes without putting them together; returns how many were there. */
  skip(count: number): number {
    let left = count;
    for (;;) {
      const step = Math.min(left, this.limit - this.position);
      this.position += step;
      left -= step;
      if (left === 0 || !this.has(1)) return count - left;
    }
  }

  /**
   * Gives back the bytes at hand that are unread, if they are all there is and at most so many: they are pushed again
   * with what follows them. They stay unchanged until then.
   */
  takeBack(most: number): Uint8Array | undefined {
    const isAll = this.queue.length === 0 && (!this.carrying || this.chunkTaken === this.chunk.length);
    if (!isAll || this.limit - this.position > most) return undefined;
    const unread = this.bytes.subarray(this.position, this.limit);
    this.received -= unread.length;
    this.carrying = false;
    this.chunk = NO_BYTES;
    this.chunkView = NO_VIEW;
    this.chunkTaken = 0;
    this.lieOver(NO_BYTES, NO_VIEW, 0, 0);
    return unread;
  }

  private gather(count: number): boolean {
    if (this.carrying) this.returnToChunk();
    if (!this.carrying && this.position === this.limit) this.takeNextChunk();
    if (this.limit - this.position >= count) return true;
    if (!this.carrying) this.startCarrying();
    while (this.limit - this.position < count) {
      if (this.chunkTaken === this.chunk.length && !this.loadNextChunk()) return false;
      const missing = count - (this.limit - this.position);
      const taken = Math.min(missing, this.chunk.length - this.chunkTaken);
      this.append(this.chunk.subarray(this.chunkTaken, this.chunkTaken + taken));
      this.chunkTaken += taken;
    }
    return true;
  }

  /** Goes back to the chunk if all that is unread in the carry was copied from it. */
  private returnToChunk(): void {
    const unread = this.limit - this.position;
    if (unread > this.chunkTaken) return;
    this.carrying = false;
    this.lieOver(this.chunk, this.chunkView, this.chunkTaken - unread, this.chunk.length);
  }

  private takeNextChunk(): void {
    if (this.loadNextChunk()) this.lieOver(this.chunk, this.chunkView, 0, this.chunk.length);
  }

  /** False: there is none, and the old chunk was let go, because its owner may now use it for something else. */
  private loadNextChunk(): boolean {
    const next = this.queue.shift();
    this.chunk = next ?? NO_BYTES;
    this.chunkView = next === undefined ? NO_VIEW : new DataView(next.buffer, next.byteOffset, next.byteLength);
    this.chunkTaken = 0;
    return next !== undefined;
  }

  /** Moves the window, and what is unread of the chunk, to the carry. */
  private startCarrying(): void {
    const unread = this.bytes.subarray(this.position, this.limit);
    this.chunkTaken = this.chunk.length;
    this.carrying = true;
    this.lieOver(this.carry, this.carryView, 0, 0);
    this.append(unread);
  }

  /** Adds bytes to the carry. It grows by what is there, never by what was asked for. */
  private append(more: Uint8Array): void {
    const unread = this.limit - this.position;
    if (this.limit + more.length > this.carry.length) {
      // Twice as large as what it holds, so that a byte is moved at most once on average.
      const needed = 2 * (unread + more.length);
      const target = needed > this.carry.length ? new Uint8Array(Math.max(needed, INITIAL_CARRY_BYTES)) : this.carry;
      target.set(this.carry.subarray(this.position, this.limit));
      if (target !== this.carry) {
        this.carry = target;
        this.carryView = new DataView(target.buffer);
      }
      this.lieOver(this.carry, this.carryView, 0, unread);
    }
    this.carry.set(more, this.limit);
    this.limit += more.length;
  }

  private lieOver(bytes: Uint8Array, view: DataView, position: number, limit: number): void {
    this.base += this.position - position;
    this.bytes = bytes;
    this.view = view;
    this.position = position;
    this.limit = limit;
  }
}
