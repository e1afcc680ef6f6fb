/**
 * What goes into an excerpt: the attempts that it tells, the frames that their evidence names, and what is said of each
 * of these. Pure; which other packets are needed beside them excerpt-selector.ts says, and src/node/excerpt.ts copies.
 */
import type { EventKind } from '../track/attempt.js';
import { escapeAllStrings } from './escape.js';
import type { Report, ReportAttempt, ReportFinding } from './model.js';
import { VERSION } from './version.js';
import { formatCount, formatDuration, formatNumberOf, formatServer, formatSocket } from './wording.js';

/** What an excerpt is to hold. */
export interface ExcerptPlan {
  /** Those whose packets are in it. */
  attempts: readonly ReportAttempt[];
  /** Listed attempts that are left out, because there are too many alike. */
  omitted: readonly ReportAttempt[];
  /** What is said of a frame, by its number in the report; also those that are only named. */
  comments: ReadonlyMap<number, string>;
  /** Names of the attempts' ends, in lower case. */
  names: ReadonlySet<string>;
}

/** Of each finding so many attempts from its beginning, and so many from its end. */
const ATTEMPTS_AT_EITHER_END = 100;
/** Of one frame; a SYN-ACK may show for thousands of attempts that its sender lives. */
const SUBJECTS_PER_FRAME = 4;
const LONGEST_LIST = 20;
/** What a comment of pcapng gets from us at most, of the 65535 bytes that it can have. */
const LONGEST_COMMENT = 3500;

const KINDS: Readonly<Record<EventKind, string>> = {
  syn: 'SYN of the client',
  'syn-ack': 'SYN-ACK of the server',
  ack: 'ACK of the client: the connection is established',
  rst: 'RST of the server, which the client accepts',
  icmp: 'ICMP error that quotes the SYN',
  'icmp-for-syn-ack': 'ICMP error that quotes the SYN-ACK',
  'client-rst': 'RST of the client',
  'client-fin': 'FIN of the client',
  'bad-syn-ack': 'SYN-ACK that does not answer the SYN',
  'bare-ack': 'ACK where a SYN-ACK was due',
  'ignored-rst': 'RST that the client has to ignore',
  'late-rst': 'RST of the server after its SYN-ACK',
  'reverse-syn': "the server's own SYN on the same ports",
  'reverse-syn-ack': "the client's SYN-ACK for it",
  'client-segment': 'the client goes on',
  'server-segment': 'the server goes on',
  'server-fin': 'FIN of the server',
};

/** Plans the excerpt of a report: all of its attempts, or of a large finding the first and the last. */
export function planExcerpt(report: Report): ExcerptPlan {
  const left = new Set(report.findings.flatMap(omittedOf));
  const attempts = report.attempts.filter(({ id }) => !left.has(id));
  const names = attempts.flatMap(({ client, server }) => [client.name, server.name]);
  return {
    attempts,
    omitted: report.attempts.filter(({ id }) => left.has(id)),
    // Comments are shown by programs on terminals too.
    comments: new Comments(escapeAllStrings(report.observations), escapeAllStrings(attempts)).all,
    names: new Set(names.flatMap((name) => name?.toLowerCase() ?? [])),
  };
}

function omittedOf({ attemptIds }: ReportFinding): number[] {
  return attemptIds.slice(ATTEMPTS_AT_EITHER_END, -ATTEMPTS_AT_EITHER_END);
}

/** The sentences about frames, under what each is about: an attempt with its verdict, or nothing. */
class Comments {
  readonly #sentences = new Map<number, Map<string, string[]>>();

  constructor(observations: Report['observations'], attempts: readonly ReportAttempt[]) {
    for (const attempt of attempts) this.#addAttempt(attempt);
    for (const { frames, text } of observations) this.#add(frames, '', text.replace(/\.$/, ''));
  }

  get all(): Map<number, string> {
    return new Map([...this.#sentences].map(([frame, subjects]) => [frame, commentOf(frame, subjects)]));
  }

  #addAttempt(attempt: ReportAttempt): void {
    const { outcome, cause, evidence, notes, frames } = attempt;
    const ends = `${formatSocket(attempt.client)} to ${formatServer(attempt.server)}`;
    const subject = `${ends}: ${outcome}${cause === null ? '' : ` (${cause})`}. `;
    for (const { text, frames: shown } of [...evidence, ...notes]) this.#add(shown, subject, text.replace(/\.$/, ''));
    for (const { frame, kind, atMs } of frames) {
      const after = atMs === 0 ? '' : `, ${formatDuration(atMs)} after the first packet`;
      // What a sentence names needs no other one.
      if (!this.#sentences.has(frame)) this.#add([frame], subject, `${KINDS[kind]}${after}`);
    }
  }

  #add(frames: readonly number[], subject: string, sentence: string): void {
    for (const frame of frames) {
      const subjects = this.#sentences.get(frame) ?? new Map<string, string[]>();
      this.#sentences.set(frame, subjects);
      const sentences = subjects.get(subject);
      if (sentences !== undefined) sentences.push(sentence);
      else if (subjects.size < SUBJECTS_PER_FRAME) subjects.set(subject, [sentence]);
    }
  }
}

function commentOf(frame: number, subjects: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...subjects].map(([subject, sentences]) => `${subject}${[...new Set(sentences)].join('. ')}.`);
  return `Frame ${frame} of the original. ${lines.join('\n')}`.slice(0, LONGEST_COMMENT);
}

/** How much of each packet an excerpt holds. */
export type PayloadLimit = 'headers' | 'full';

/** What the section's comment says of an excerpt as a whole. */
export interface ExcerptFacts {
  limit: PayloadLimit;
  isAnonymized: boolean;
  /** Attempts that synwhy judges differently when it sees nothing but the excerpt. */
  different: number;
}

/** The comment of the section: what this file is, what was found, and what it does not hold. */
export function sectionComment(report: Report, plan: ExcerptPlan, facts: ExcerptFacts): string {
  const { captures, observations } = escapeAllStrings({ captures: report.captures, observations: report.observations });
  const findings = escapeAllStrings(report.findings.slice(0, LONGEST_LIST));
  const further = report.findings.length - findings.length;
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  const what = captures.length === 1 ? fileName(captures[0].name) : `${captures.length} captures`;
  const lines = [
    `Excerpt by synwhy ${VERSION} of ${what}, ${formatNumberOf(packets, 'packet')}: ${formatNumberOf(plan.attempts.length, 'attempt')} to connect, and the packets that show what became of them.`,
    ...findings.map(describeFinding),
    ...(further > 0 ? [`- ${further} more findings`] : []),
    ...observations.slice(0, LONGEST_LIST).map(({ text }) => `- ${text}`),
    'Comments stand on the packets that decide; frame numbers in them are those of the original.',
    ...describeLeftOut(plan, facts),
  ];
  return shorten(lines);
}

/** Folders are nobody's business, and of no use to others. */
function fileName(path: string): string {
  return path.slice(1 + Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
}

function describeFinding({ outcome, cause, confidence, server, attempts, title }: ReportFinding): string {
  const count = formatNumberOf(attempts, 'attempt');
  return `- ${formatServer(server)} ${outcome}: ${title} (${cause}, ${confidence} confidence), ${count}`;
}

function describeLeftOut({ omitted }: ExcerptPlan, { limit, isAnonymized, different }: ExcerptFacts): string[] {
  const lines: string[] = [];
  if (omitted.length > 0) {
    lines.push(
      `Of each finding the first ${ATTEMPTS_AT_EITHER_END} and the last ${ATTEMPTS_AT_EITHER_END} attempts are here, ${formatCount(omitted.length)} are left out.`,
    );
  }
  if (limit === 'headers') lines.push('Payload is cut off, except that of DNS; the lengths are the original ones.');
  if (isAnonymized) {
    lines.push(
      'Addresses and names are not the real ones; which share a network, ports and times are kept. Packets in tunnels and of rare link types stand here as plain Ethernet.',
    );
  }
  lines.push(
    'What has nothing to do with these attempts is left out: silence in between is not silence of the network.',
  );
  if (different > 0) {
    lines.push(
      `Judged from this excerpt alone, ${formatNumberOf(different, 'verdict')} would differ: the whole capture shows more.`,
    );
  }
  return lines;
}

/** As many of the lines as a comment takes. The last ones matter most: they say how to read it. */
function shorten(lines: readonly string[]): string {
  const closing = lines.slice(-4).join('\n');
  const opening = lines.slice(0, -4).join('\n');
  return `${opening.slice(0, LONGEST_COMMENT - Math.min(LONGEST_COMMENT / 2, closing.length))}\n${closing}`;
}
