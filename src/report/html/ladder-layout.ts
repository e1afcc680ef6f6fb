/**
 * Where the packets of an attempt stand in its ladder diagram. Time runs downwards and to scale; only where packets
 * follow each other more closely than can be drawn is it stretched, and those places are told.
 */
import { ARROWS } from '../ladder.js';
import type { ReportAttempt, ReportFrame } from '../model.js';
import { formatDuration } from '../wording.js';

/** One packet in the diagram. */
export interface LadderArrow {
  y: number;
  frame: number;
  time: string;
  label: string;
  to: 'client' | 'server';
  /** Where it set out; 'between': at a router, which `sender` names. */
  from: 'client' | 'server' | 'between';
  sender: string | undefined;
  /** Nobody saw it arrive. */
  isLost: boolean;
  /** How long its sender had waited since it sent the same before, if nothing stands between. */
  wait: { y: number; text: string } | undefined;
  /** The same where something stands between. */
  again: string | undefined;
}

/** A diagram; lengths are in units of its own, which the drawing scales. */
export interface LadderLayout {
  height: number;
  arrows: LadderArrow[];
  /** From where to where time is stretched. */
  stretched: { y: number; height: number }[];
  /** The silence behind the last packet. */
  silence: { y: number; height: number; text: string; isCut: boolean } | undefined;
  /** Packets that are left out, and where. */
  omitted: { y: number; count: number } | undefined;
}

const TOP = 26;
const BOTTOM = 20;
/** Room for two lines of text between two arrows. */
const SMALLEST_GAP = 34;
const ROOM_PER_PACKET = 48;
const LEAST_ROOM = 72;
const MOST_ROOM = 440;
const LONGEST_SILENCE = 200;
const SHORTEST_SILENCE = 44;
/** More packets are drawn as the first and the last ones. */
const MOST_ROWS = 24;

/** Lays out an attempt; `watchedMs` is how long the capture goes on after the attempt's last packet. */
export function layOutLadder(attempt: ReportAttempt, watchedMs: number): LadderLayout {
  const { frames } = attempt;
  const left = Math.max(0, frames.length - MOST_ROWS);
  const shown = left === 0 ? frames : [...frames.slice(0, MOST_ROWS / 2), ...frames.slice(-MOST_ROWS / 2)];
  const scale = unitsPerMs(shown);
  const stretched: LadderLayout['stretched'] = [];
  const arrows: LadderArrow[] = [];
  let omitted: LadderLayout['omitted'];
  let y = TOP;
  for (const [index, frame] of shown.entries()) {
    const previous = shown[index - 1];
    if (previous !== undefined) {
      const toScale = (frame.atMs - previous.atMs) * scale;
      const gap = Math.max(SMALLEST_GAP, toScale);
      if (gap > toScale) stretched.push({ y, height: gap });
      y += gap;
      if (left > 0 && index === MOST_ROWS / 2) omitted = { y: y - gap / 2, count: left };
    }
    arrows.push(layOutArrow(frame, y, attempt, shown.slice(0, index), arrows[index - 1]?.y));
  }
  const silence = layOutSilence(attempt, watchedMs, y, scale);
  return { height: y + (silence?.height ?? 0) + BOTTOM, arrows, stretched, silence, omitted };
}

/** So that an ordinary attempt is neither a line nor a page, and as many gaps as possible need not be stretched. */
function unitsPerMs(frames: readonly ReportFrame[]): number {
  const durationMs = frames.length === 0 ? 0 : frames[frames.length - 1].atMs - frames[0].atMs;
  if (durationMs <= 0) return 0;
  const ordinary = Math.min(MOST_ROOM, Math.max(LEAST_ROOM, (frames.length - 1) * ROOM_PER_PACKET)) / durationMs;
  const gapsMs = frames.slice(1).map(({ atMs }, index) => atMs - frames[index].atMs);
  const fitting = gapsMs.map((gapMs) => SMALLEST_GAP / gapMs).filter((scale) => scale * durationMs <= MOST_ROOM);
  return Math.max(ordinary, ...fitting);
}

function layOutArrow(
  { frame, kind, atMs, icmp }: ReportFrame,
  y: number,
  attempt: ReportAttempt,
  before: readonly ReportFrame[],
  previousY: number | undefined,
): LadderArrow {
  const { to, label } = ARROWS[kind];
  const same = before.findLast((other) => other.kind === kind);
  const waited = same === undefined ? undefined : formatDuration(atMs - same.atMs);
  const isNext = previousY !== undefined && same === before.at(-1);
  return {
    y,
    frame,
    time: formatDuration(atMs),
    label: icmp === undefined ? label : `ICMP${icmp.version === 6 ? 'v6' : ''} ${icmp.type}/${icmp.code}`,
    to,
    from: originOf(icmp?.from, to, attempt),
    sender: icmp?.from,
    isLost: isUnanswered(attempt),
    wait: isNext && waited !== undefined ? { y: previousY, text: waited } : undefined,
    again: isNext ? undefined : waited,
  };
}

function originOf(
  sender: string | undefined,
  to: 'client' | 'server',
  { client, server }: ReportAttempt,
): LadderArrow['from'] {
  const opposite = to === 'client' ? 'server' : 'client';
  if (sender === undefined) return opposite;
  return sender === (opposite === 'server' ? server : client).address ? opposite : 'between';
}

/** Nobody saw a SYN arrive that nothing answers. */
function isUnanswered({ frames }: ReportAttempt): boolean {
  return frames.every(({ kind }) => ARROWS[kind].to === 'server');
}

const WAITED_FOR: readonly string[] = ['filtered', 'timed-out', 'inconclusive'];

function layOutSilence(
  { frames, outcome }: ReportAttempt,
  watchedMs: number,
  y: number,
  scale: number,
): LadderLayout['silence'] {
  const last = frames[frames.length - 1];
  if (last === undefined || last.kind !== 'syn' || !WAITED_FOR.includes(outcome) || watchedMs <= 0) return undefined;
  const toScale = watchedMs * scale;
  const height = scale === 0 ? LONGEST_SILENCE / 2 : Math.min(LONGEST_SILENCE, Math.max(SHORTEST_SILENCE, toScale));
  const text = `no answer for ${formatDuration(watchedMs)}`;
  return { y, height, text, isCut: toScale > LONGEST_SILENCE };
}

/** The diagram in words, a sentence a packet. */
export function describeLadder({ arrows, silence, omitted }: LadderLayout): string {
  const sentences = arrows.map(({ time, label, to, sender, frame, wait, again = wait?.text }) => {
    const whose = sender === undefined ? '' : ` from ${sender}`;
    return `At ${time}, ${label}${whose} to the ${to} in frame ${frame}${again === undefined ? '' : `, again after ${again}`}.`;
  });
  if (omitted !== undefined) sentences.splice(MOST_ROWS / 2, 0, `${omitted.count} more packets.`);
  if (silence !== undefined) sentences.push(`Then ${silence.text}, until the capture ends.`);
  return sentences.join(' ');
}
