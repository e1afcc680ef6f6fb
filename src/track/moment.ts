/** When something was, and in which frame. */
import type { FrameReference } from './attempt.js';

/** A packet's time and place. */
export interface Moment {
  readonly timeNs: number;
  readonly frame: FrameReference;
}

/**
 * The packet's that is being tracked. One object is handed on and filled anew: a time that is an argument by itself is
 * one that V8 allocates wherever it does not inline the call.
 */
export class CurrentMoment implements Moment {
  timeNs = Number.NEGATIVE_INFINITY;
  frame: FrameReference = 0;
}
