/** What a rule says when it fits, what it may look at, and how its sentences name frames and times. */
import type { FrameReference } from '../track/attempt.js';
import type { HostFacts } from '../track/hosts.js';
import type { NameFacts } from '../track/names.js';
import type { Company } from './company.js';
import type { Confidence } from './outcome.js';
import type { AttemptPackets } from './packets.js';

/** A sentence without a full stop, and the frames that it rests on. */
export interface Evidence {
  text: string;
  frames: FrameReference[];
}

/** A cause that the same packets also allow, and why it is less likely. */
export interface Alternative {
  cause: string;
  text: string;
}

/** What a rule found. */
export interface Finding {
  confidence: Confidence;
  /** Puts it into words: of millions of attempts that are only counted nobody asks for them. */
  tell: () => Telling;
}

/** What a rule found, in words. */
export interface Telling {
  evidence: Evidence[];
  alternatives: Alternative[];
}

/** What rules know beside the attempt itself. */
export interface Context {
  hosts: HostFacts;
  /** The other attempts. */
  company: Company;
  names: NameFacts;
  capture: CaptureSummary;
  /** The frame's number as Wireshark shows it. */
  frameNumber(reference: FrameReference): number;
}

/** Facts about the whole capture that decide what silence in it means. */
export interface CaptureSummary {
  /** TCP segments without SYN, FIN and RST. */
  plainSegments: number;
  synAcks: number;
}

/** The rule of one cause: pure, and silent about what it does not recognise. */
export type Rule = (packets: AttemptPackets, context: Context) => Finding | undefined;

const FRAMES_NAMED = 6;

/** 'frame 12', 'frames 12 and 13', 'frames 1, 2, 3, 4, 5, 6 and 7 more'. */
export function nameFrames(events: readonly { frame: FrameReference }[], context: Context): string {
  const numbers = events.map(({ frame }) => context.frameNumber(frame));
  if (numbers.length === 1) return `frame ${numbers[0]}`;
  const more = numbers.length - FRAMES_NAMED;
  if (more > 1) return `frames ${numbers.slice(0, FRAMES_NAMED).join(', ')} and ${more} more`;
  return `frames ${numbers.slice(0, -1).join(', ')} and ${numbers[numbers.length - 1]}`;
}

/** A duration for people: '0.004 ms', '0.42 ms', '35 ms', '1.02 s', '12 s', '2 min 5 s'. */
export function formatDuration(durationNs: number): string {
  const ms = Math.abs(durationNs) / 1e6;
  if (ms < 0.1) return `${round(ms, 3)} ms`;
  if (ms < 10) return `${round(ms, 2)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${round(seconds, 2)} s`;
  // Rounded first, so that no unit is ever full.
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${round(seconds / 3600, 1)} h`;
}

function round(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}

/** The time from one event to another, for a sentence. */
export function after(from: { timeNs: number } | undefined, to: { timeNs: number }): string {
  return from === undefined ? 'at an unknown time' : `after ${formatDuration(to.timeNs - from.timeNs)}`;
}

/** 'The SYN of frame 3 was repeated 4 times within 7.1 s (frames …) and nothing came back' and the like. */
export function describeSyns({ syns }: AttemptPackets, context: Context): Evidence {
  const first = syns[0];
  const last = syns[syns.length - 1];
  const text =
    syns.length === 1
      ? `One SYN was sent (${nameFrames(syns, context)})`
      : `The SYN was sent ${syns.length} times within ${formatDuration(last.timeNs - first.timeNs)} (${nameFrames(syns, context)})`;
  return { text, frames: framesOf(syns) };
}

export function framesOf(events: readonly { frame: FrameReference }[]): FrameReference[] {
  return events.map(({ frame }) => frame);
}

/** '10.0.0.5:5432', '[2001:db8::5]:5432'. */
export function formatEndpoint({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
