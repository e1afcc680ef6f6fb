/** Why something is not a capture that can be read. The codes are stable. */
export type CaptureErrorCode =
  /** No bytes at all. */
  | 'empty'
  /** Something that holds no packets. */
  | 'not-a-capture'
  /** It holds packets, or may, in a form that has to be converted or decompressed first. */
  | 'unsupported-format'
  /** It ends within the header of its file. */
  | 'truncated-header'
  | 'unsupported-version';

/**
 * What was given is not a capture that synwhy reads. `message` says what it looks like and what would be accepted.
 *
 * @example
 * try {
 *   input.push(bytes);
 *   input.end();
 * } catch (error) {
 *   if (!(error instanceof CaptureError)) throw error;
 *   console.error(error.code, error.message); // not-a-capture This looks like a JSON file. synwhy reads …
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
