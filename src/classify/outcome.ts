/** What became of an attempt; `refused`, `filtered` and `timed-out` are the labels of a failed one. */
export type Outcome = 'established' | 'refused' | 'filtered' | 'timed-out' | 'aborted' | 'inconclusive';

/** `high` only when the packets alone prove it. */
export type Confidence = 'high' | 'medium' | 'low';

/** The outcomes that are failures of the target, or of the way to it. */
export const FAILURES: readonly Outcome[] = ['refused', 'filtered', 'timed-out'];

/** True for 'refused', 'filtered' and 'timed-out'. */
export function isFailure(outcome: Outcome): boolean {
  return FAILURES.includes(outcome);
}
