/** What became of an attempt; `refused`, `filtered` and `timed-out` are the labels of a failed one. */
export type Outcome = 'established' | 'refused' | 'filtered' | 'timed-out' | 'aborted' | 'inconclusive';

/** `high` only when the packets alone prove it. */
export type Confidence = 'high' | 'medium' | 'low';
