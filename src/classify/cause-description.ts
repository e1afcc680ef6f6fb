/**
 * The shape of what people are told about a cause. The texts themselves are in descriptions/<cause-id>.ts.
 */
import type { Outcome } from './outcome.js';

/** What a person can do to decide between this cause and its alternatives. */
export interface NextStep {
  /** Where to do it; the reporter is whoever sent the ICMP error. */
  where: 'server' | 'client' | 'reporter' | 'path' | 'capture';
  /** A command to paste; placeholders are filled in (next-steps.ts lists them). */
  command?: string;
  /** The system that the command is for, where it is not Linux. */
  system?: 'macOS' | 'Windows';
  /** The version of IP that the step is about, where it makes no sense for the other. */
  ipVersion?: 4 | 6;
  /** What to do, as a sentence; with a command, what each result would mean. Same placeholders. */
  text: string;
}

/**
 * What the packets of an attempt meant for its application (see system-errors.ts). 'own-limit' is no error of the system:
 * the program gave up by itself.
 */
export type ApplicationErrorKind = 'reset' | 'silence' | 'icmp' | 'neighbor' | 'own-limit' | 'none';

/** Where a cause has a manner of its own: three systems, containers and what orchestrates them, and clouds. */
export const PLATFORMS = ['linux', 'macos', 'windows', 'containers', 'clouds'] as const;

export type Platform = (typeof PLATFORMS)[number];

/** Everything that is said about one cause. */
export interface CauseDescription {
  id: string;
  outcome: Exclude<Outcome, 'established'>;
  /** One short sentence without a full stop, as a heading: 'Nothing listens on the port'. */
  title: string;
  /** What in the packets shows it, in a sentence (the README's table). */
  shownBy: string;
  /** What happened and what brings it about anywhere, in paragraphs. */
  explanation: readonly string[];
  /** What it looks like on the wire, drawn in ASCII, up to 72 columns. */
  ladder: string;
  /** Causes that look alike, and what tells them apart. */
  lookAlikes: readonly { cause: string; difference: string }[];
  /** What brings it about there, how it shows and how to see it, in paragraphs; only where there is something to say. */
  platforms: Readonly<Partial<Record<Platform, readonly string[]>>>;
  /** At most five, the most telling first. */
  nextSteps: readonly NextStep[];
  applicationError: ApplicationErrorKind;
}
