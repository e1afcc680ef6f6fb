/** Bytes of a stream that are kept because they can only be read when later ones are known. */

const INITIAL_BYTES = 65_536;

/** Gathers copies of bytes in one piece, up to a limit. */
export class HeldBytes {
  private readonly limit: number;
  private bytes = new Uint8Array(0);
  private used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** What is held so far, in one piece. */
  get held(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }

  /** Adds a copy of `more`; false, and nothing added, where that would be more than the limit. */
  append(more: Uint8Array): boolean {
    const needed = this.used + more.length;
    if (needed > this.limit) return false;
    if (needed > this.bytes.length) {
      // Twice as large as before, so that a byte is moved at most once on average.
      const larger = new Uint8Array(Math.min(this.limit, Math.max(needed, 2 * this.bytes.length, INITIAL_BYTES)));
      larger.set(this.held);
      this.bytes = larger;
    }
    this.bytes.set(more, this.used);
    this.used = needed;
    return true;
  }

  /** Lets go of everything. */
  release(): void {
    this.bytes = new Uint8Array(0);
    this.used = 0;
  }
}
