/** What every way of capturing has in common: what is asked for, what comes of it, and why it could not begin. */

/** The programs and libraries that can capture, in the order in which 'auto' tries them. */
export const BACKENDS = ['dumpcap', 'tcpdump', 'cap'] as const;
export type Backend = (typeof BACKENDS)[number];

export interface LiveOptions {
  /** As the system calls it; undefined: every interface where the system can do that, or else the one that libpcap takes. */
  interfaceName?: string;
  /** In the language of libpcap. */
  filter?: string;
  /** So many bytes of each packet at the most; undefined: all of them. */
  snapLength?: number;
  /** Ends the capture after so many packets. */
  packets?: number;
  backend: Backend | 'auto';
}

/** What became of the packets. null: that cannot be known, and `why` says so in a sentence. */
export interface CaptureStatistics {
  /** Packets that passed the filter. */
  received: number | null;
  /** Of these, how many were lost for want of room or of time. */
  dropped: number | null;
  /** What the interface or its driver lost before that. */
  droppedByInterface: number | null;
  why?: string;
}

/** A capture that runs. */
export interface CaptureSession {
  readonly backend: Backend;
  readonly interfaceName: string;
  /** Which backend was taken, and why those before it were not: sentences for standard error. */
  readonly choice: readonly string[];
  /**
   * The bytes of one pcap or pcapng stream. A chunk stays as it is. Whoever is slow in asking makes the capture lose
   * packets, which `statistics` counts, but does not make it hold more than a bounded number of bytes. It ends when the
   * capture has ended, in order or not; leaving the loop early ends the capture.
   */
  chunks(): AsyncIterable<Uint8Array>;
  /**
   * Ends the capture: what was captured until now still comes out of `chunks`, which has to be read meanwhile. Resolves
   * when it has ended.
   */
  stop(): Promise<void>;
  /** As far as it is known by now; nothing is until it has ended. */
  statistics(): CaptureStatistics;
  /** Why it ended although nobody stopped it, in words without a full stop; undefined otherwise. */
  readonly failure: string | undefined;
}

/** Why a capture did not begin. */
export type StartProblem =
  /** This user may not capture. */
  | 'permission'
  | 'no-such-interface'
  /** The interface is there, but is down. */
  | 'interface-down'
  /** libpcap does not understand the filter; this is wrong usage. */
  | 'bad-filter'
  /** The backend is not installed or not usable. */
  | 'no-backend'
  /** Anything else. */
  | 'failed';

/** Thrown when a capture does not begin; the message says what was found and what to do, in one or several lines. */
export class CaptureStartError extends Error {
  override readonly name = 'CaptureStartError';
  readonly code: StartProblem;

  constructor(code: StartProblem, message: string) {
    super(message);
    this.code = code;
  }
}
