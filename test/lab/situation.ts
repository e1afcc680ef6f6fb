/**
 * What a situation is: hosts, what happens between them, where it is captured, and the truth about it. The lab knows
 * nothing of the program that is tested with its captures; that its words are the catalogue's is a test's business.
 */
import type { Network } from './network.js';

/** The folders of fixtures that hold labelled captures. */
export const FIXTURE_KINDS = ['causes', 'notes', 'observations'] as const;
export type FixtureKind = (typeof FIXTURE_KINDS)[number];

type Outcome = 'established' | 'refused' | 'filtered' | 'timed-out' | 'aborted' | 'inconclusive';

/** Attempts of which the capture shows `count`, and what became of them in truth, whatever a program makes of it. */
export interface Expectation {
  client: string;
  server: string;
  port: number;
  outcome: Outcome;
  cause: string | null;
  count: number;
  /** Codes of the notes that each of them must have, and no others; none, if left out. */
  notes?: readonly string[];
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

/** What a situation is there to show: one of the three is given, and names its folder under fixtures. */
interface Subject {
  /** A cause's id, or 'established': a folder under fixtures/causes. */
  cause?: string;
  /** A note's code: a folder under fixtures/notes. */
  note?: string;
  /** An observation's code: a folder under fixtures/observations. */
  observation?: string;
}

export interface Situation extends Subject {
  /** The file's name, as a sentence. */
  name: string;
  title: string;
  /** How it was made, with the essential commands. */
  made: string;
  vantage: 'client' | 'server' | 'between';
  recording: Recording;
  expect: readonly Expectation[];
  /** Codes of all observations that a report must have beside its attempts; none, if left out. */
  observations?: readonly string[];
  /** The cause that one might take it for at first sight, and that no attempt of it may be said to have. */
  nearMiss?: string;
  notes?: string;
  build: (network: Network) => Promise<void>;
  act: (network: Network, startRecording: () => Promise<void>) => Promise<void>;
}

/** Where a situation belongs: the kind of its subject is a folder of fixtures, the subject one in that. */
export function subjectOf({ name, cause, note, observation }: Situation): { kind: FixtureKind; id: string } {
  if (cause !== undefined) return { kind: 'causes', id: cause };
  if (note !== undefined) return { kind: 'notes', id: note };
  if (observation !== undefined) return { kind: 'observations', id: observation };
  throw new Error(`${name} says neither cause nor note nor observation`);
}

/** '<subject>/<name>', as tests and the lab's own messages call a situation. */
export function callSituation(situation: Situation): string {
  return `${subjectOf(situation).id}/${situation.name}`;
}
