/**
 * Every cause as data: the one place that the table, the JSON, `explain` and the README's table read. A cause's rule is
 * in causes/<id>.ts; this file holds what people are told about it.
 */
import type { Outcome } from './outcome.js';

/** The stable id of a cause. */
export type CauseId = (typeof CATALOGUE)[number]['id'];

/** What a person can do to decide between this cause and its alternatives. */
export interface NextStep {
  /** Where to do it. */
  where: 'server' | 'client' | 'path' | 'capture';
  /** A command to paste; {server}, {port} and {client} are filled in. */
  command?: string;
  /** What to do or, with a command, what each result would mean; same placeholders. */
  text: string;
}

/** What the packets of an attempt meant for its application (see system-errors.ts). */
export type ApplicationErrorKind = 'reset' | 'silence' | 'icmp' | 'neighbor' | 'none';

export interface CauseDescription {
  id: string;
  outcome: Exclude<Outcome, 'established'>;
  /** One short sentence without a full stop, as a heading: 'Nothing listens on the port'. */
  title: string;
  /** What in the packets shows it, in a sentence (the README's table). */
  shownBy: string;
  /** What happened and what brings it about, in paragraphs. */
  explanation: readonly string[];
  /** What it looks like on the wire, drawn in ASCII, up to 72 columns. */
  ladder: string;
  /** Causes that look alike, and what tells them apart. */
  lookAlikes: readonly { cause: string; difference: string }[];
  nextSteps: readonly NextStep[];
  applicationError: ApplicationErrorKind;
}
