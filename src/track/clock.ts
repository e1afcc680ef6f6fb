/**
 * Time as the queues of attempts count it: that of the packets, less the jumps, so that it never leaps. A clock that
 * was set, or captures put one after the other, must not end the waiting for answers; but how long the silence behind
 * such a jump lasted, nobody knows.
 */

/** A clock that runs so far ahead or back between two packets has jumped. */
const JUMP_AHEAD_NS = 3600e9;
const JUMP_BACK_NS = 60e9;
/** So many jumps back it is known when the clock jumped. */
const KEPT_ERAS = 64;
/**
 * How often the queues are to be looked at. At first more often: then V8 knows that this happens when it compiles the
 * tracking of packets, and need not do that again after a second of the capture (50 ms of its threads).
 */
const SWEEP_NS = 1e9;
const FIRST_SWEEP_NS = 1e6;

/** The clock of one tracker. */
export class CaptureClock {
  /** Now. */
  nowNs = Number.NEGATIVE_INFINITY;
  /** How often the clock has jumped. */
  era = 0;
  /** What to take from a packet's time to get the clock's. */
  jumpedNs = 0;
  /** From when on the queues are to be looked at again. */
  sweepNs = Number.NEGATIVE_INFINITY;
  #untilSweepNs = FIRST_SWEEP_NS;
  readonly #eraEndNs = new Float64Array(KEPT_ERAS);

  /** Moves to a packet's time. True about once a second: then it is time to look after what has waited too long. */
  advance(timeNs: number): boolean {
    const nowNs = timeNs - this.jumpedNs;
    if (nowNs >= this.nowNs && nowNs < this.sweepNs) {
      this.nowNs = nowNs;
      return false;
    }
    return this.#advanceFar(timeNs, nowNs);
  }

  /** Now, as the packets tell time; -Infinity before the first one. */
  get timeNs(): number {
    return this.nowNs + this.jumpedNs;
  }

  /**
   * Moves on although no packet came, to a time as packets tell it; not back, and not so far that it would be a jump.
   * True as for `advance`.
   */
  pass(timeNs: number): boolean {
    const aheadNs = timeNs - this.timeNs;
    return aheadNs > 0 && aheadNs <= JUMP_AHEAD_NS && this.advance(timeNs);
  }

  /** For how long the capture was seen to go on after a moment of an era, which may have ended with a jump. */
  sinceNs(momentNs: number, era: number): number {
    return Math.max(0, this.#endOf(era) - momentNs);
  }

  #advanceFar(timeNs: number, nowNs: number): boolean {
    if (nowNs > this.nowNs + JUMP_AHEAD_NS || nowNs < this.nowNs - JUMP_BACK_NS) this.#jump(timeNs);
    else if (nowNs < this.nowNs)
      return false; // interfaces are written in turn: a little out of order
    else this.nowNs = nowNs;
    this.sweepNs = this.nowNs + this.#untilSweepNs;
    this.#untilSweepNs = Math.min(SWEEP_NS, 2 * this.#untilSweepNs);
    return true;
  }

  #jump(timeNs: number): void {
    if (this.nowNs === Number.NEGATIVE_INFINITY) this.nowNs = 0;
    else {
      this.#eraEndNs[this.era % KEPT_ERAS] = this.nowNs;
      this.era++;
    }
    this.jumpedNs = timeNs - this.nowNs;
  }

  /** An era too long ago to be known of gives no time at all. */
  #endOf(era: number): number {
    if (era === this.era) return this.nowNs;
    return this.era - era > KEPT_ERAS ? Number.NEGATIVE_INFINITY : this.#eraEndNs[era % KEPT_ERAS];
  }
}
