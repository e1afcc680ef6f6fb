/** Runs the rules that find notes over an attempt whose verdict is known. */
import type { Attempt } from '../track/attempt.js';
import type { Judgement } from './classify.js';
import { NOTES, type NoteCode } from './descriptions/notes.js';
import type { Context, Evidence } from './finding.js';
import { acceptedThenClosed } from './notes/accepted-then-closed.js';
import { acceptedThenReset } from './notes/accepted-then-reset.js';
import { answerAfterGiveUp } from './notes/answer-after-give-up.js';
import { hairpin } from './notes/hairpin.js';
import { optionFallback } from './notes/option-fallback.js';
import { selfConnect } from './notes/self-connect.js';
import { simultaneousOpen } from './notes/simultaneous-open.js';
import { slowHandshake } from './notes/slow-handshake.js';
import { superseded } from './notes/superseded.js';
import { synAckNotCaptured } from './notes/syn-ack-not-captured.js';
import { translatedTwin } from './notes/translated-twin.js';
import { unacceptableReset } from './notes/unacceptable-reset.js';
import { type AttemptPackets, sortPackets } from './packets.js';

/** Something else worth knowing about an attempt: a sentence without a full stop, and the frames that it rests on. */
export interface Note extends Evidence {
  code: NoteCode;
}

/** What rules of notes know of the verdict. */
export type Decision = Pick<Judgement, 'outcome' | 'cause'>;

/** The rule of one note: pure, and silent about what it does not recognise. */
export type NoteRule = (packets: AttemptPackets, context: Context, verdict: Decision) => Evidence | undefined;

/** The rule of every note; the order in which they are told is that of NOTES. */
const RULES: Readonly<Record<NoteCode, NoteRule>> = {
  'slow-handshake': slowHandshake,
  'accepted-then-reset': acceptedThenReset,
  'accepted-then-closed': acceptedThenClosed,
  'syn-ack-not-captured': synAckNotCaptured,
  'option-fallback': optionFallback,
  'unacceptable-reset': unacceptableReset,
  'answer-after-give-up': answerAfterGiveUp,
  superseded,
  hairpin,
  'self-connect': selfConnect,
  'simultaneous-open': simultaneousOpen,
  'translated-twin': translatedTwin,
};

const ORDERED_RULES = NOTES.map(({ code }) => ({ code, rule: RULES[code] }));

/** What else is worth knowing about an attempt. */
export function findNotes(attempt: Attempt, verdict: Decision, context: Context): Note[] {
  return findNotesIn(sortPackets(attempt), verdict, context);
}

/** The same, of packets that are sorted already; `mayHave` tells which notes it may have, where that is known. */
export function findNotesIn(
  packets: AttemptPackets,
  verdict: Decision,
  context: Context,
  mayHave: (code: NoteCode) => boolean = () => true,
): Note[] {
  const notes: Note[] = [];
  for (const { code, rule } of ORDERED_RULES) {
    if (!mayHave(code)) continue;
    const found = rule(packets, context, verdict);
    if (found !== undefined) notes.push({ code, ...found });
  }
  return notes;
}
