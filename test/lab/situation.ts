/**
 * What a situation is: hosts, what happens between them, where it is captured, and the truth about it. The lab knows
 * nothing of the program that is tested with its captures; that its words are the catalogue's is a test's business.
 */
import type { Network } from './network.js';

type Outcome = 'established' | 'refused' | 'filtered' | 'timed-out' | 'aborted' | 'inconclusive';

/** Attempts of which the capture shows `count`, and what became of them in truth, whatever a program makes of it. */
export interface Expectation {
  client: string;
  server: string;
  port: number;
  outcome: Outcome;
  cause: string | null;
  count: number;
}

/** Where and with what the packets are taken. */
export interface Recording {
  host: string;
  interface: string;
  /** tcpdump writes pcap, dumpcap pcapng. */
  tool: 'tcpdump' | 'dumpcap';
  /** Further options of the tool. */
  options?: readonly string[];
  /** Instead of the lab's own filter, which leaves out nothing but the kernels' small talk. */
  filter?: string;
  /** The situation starts the recording itself, in the middle of what happens. */
  startsLate?: boolean;
  /** How many packets are cut off the beginning afterwards, with editcap. */
  cutFirst?: number;
  gzip?: boolean;
}

export interface Situation {
  /** A cause's id, or 'established': the folder under fixtures/causes. */
  cause: string;
  /** The file's name, as a sentence. */
  name: string;
  title: string;
  /** How it was made, with the essential commands. */
  made: string;
  vantage: 'client' | 'server' | 'between';
  recording: Recording;
  expect: readonly Expectation[];
  notes?: string;
  build: (network: Network) => Promise<void>;
  act: (network: Network, startRecording: () => Promise<void>) => Promise<void>;
}
