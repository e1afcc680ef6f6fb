/** Why something is not a capture that can be read. The codes are stable. */
export type CaptureErrorCode =
  | 'empty'
  | 'not-a-capture'
  | 'unsupported-format'
  | 'truncated-header'
  | 'unsupported-version'
  | 'damaged-compression';

/**
 * What was given is not a capture that synwhy reads. `message` says what it looks like and what would be accepted.
 *
 * @example
 * try { analyzer.push(bytes); } catch (error) {
 *   if (error instanceof CaptureError && error.code === 'empty') …
 * }
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureErrorCode;

  constructor(code: CaptureErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
