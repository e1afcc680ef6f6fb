/**
 * Wires the stages together: bytes in, a report out. The only file that knows all of them.
 */
import type { Report } from './report/model.js';

export interface AnalyzeOptions {
  /** List established, aborted and inconclusive attempts too; false unless told. */
  all?: boolean;
}

/** One capture that is being fed to an analyzer. */
export interface CaptureInput {
  readonly name: string;
  /**
   * Gives the next bytes, in chunks of any size. They must stay unchanged until this input is starving again.
   * Throws CaptureError when this is not a capture.
   */
  push(bytes: Uint8Array): void;
  /** Says that all bytes were given. Throws CaptureError when this is not a capture. */
  end(): void;
}

/**
 * Follows the handshakes of one or several captures, which are read as one in order of time.
 *
 * @example
 * const analyzer = new Analyzer();
 * const input = analyzer.addCapture('web.pcapng');
 * for (const chunk of chunks) input.push(chunk);
 * input.end();
 * const report = analyzer.finish();
 */
export interface AnalyzerShape {
  addCapture(name: string): CaptureInput;
  /** The input that has to be fed (or ended) before anything more can be read; undefined: all were ended. */
  starving(): CaptureInput | undefined;
  finish(): Report;
}
