/** The packets of a piece that were let through, and the clock that they move on (clock.ts of the tracker). */
import { EARLY_ANSWER_NS } from '../layout/slots';
import { REASON_BITS, REASON_MASK, THROUGH_LABEL, THROUGH_NS } from '../layout/through';

/** The clock's time, what it has jumped, and its era. */
export let nowNs: f64 = 0;
export let jumpedNs: f64 = 0;
export let era: i32 = 0;
let sweepNs: f64 = 0;
/** When an RST came last that nothing known explains. */
let earlyNs: f64 = 0;
/** The reference to the frame of the first packet of the piece. */
let firstFrame: f64 = 0;

/** Takes what `track` was called with. */
export function setClock(
  clockNs: f64,
  nextSweepNs: f64,
  clockJumpedNs: f64,
  clockEra: i32,
  earlyResetNs: f64,
  first: f64,
): void {
  nowNs = clockNs;
  sweepNs = nextSweepNs;
  jumpedNs = clockJumpedNs;
  era = clockEra;
  earlyNs = earlyResetNs;
  firstFrame = first;
}

/** Moves the clock to a packet's time, which has to be timely. */
export function advance(timeNs: f64): void {
  nowNs = timeNs - jumpedNs;
}

/** True if a packet moves the clock on, and not so far that the queues have to be looked at. */
export function isTimely(timeNs: f64): bool {
  const clockNs = timeNs - jumpedNs;
  return clockNs >= nowNs && clockNs < sweepNs;
}

/** True if an RST that nothing known explains may belong to a SYN of this time. */
export function mayHaveEarlyReset(timeNs: f64): bool {
  return timeNs - earlyNs <= EARLY_ANSWER_NS;
}

// Of a packet that was let through, by its row

export function packetAt(at: usize): usize {
  return <usize>load<u32>(at);
}

export function timeAt(at: usize): f64 {
  return load<f64>(at, THROUGH_NS);
}

export function frameAt(at: usize): f64 {
  return firstFrame + <f64>(load<u32>(at, THROUGH_LABEL) >> REASON_BITS);
}

export function reasonAt(at: usize): i32 {
  return load<i32>(at, THROUGH_LABEL) & REASON_MASK;
}
