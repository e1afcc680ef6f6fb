/**
 * One client's try to open one TCP connection, as the tracker hands it over once nothing more is expected of it:
 * every packet that belongs to it, in the order of time.
 */

/**
 * A packet's place in one number, so that typed arrays can hold it: which capture it is in, and its number there.
 * Made by `frameReference`, taken apart by `captureOf` and `numberOf`.
 */
export type FrameReference = number;

/** How many packets of one capture a reference can tell apart: its number stays an exact double for 2^17 captures. */
const FRAMES_PER_CAPTURE = 2 ** 36;

/** The place of packet `number` (from 1) of the capture with this index. */
export function frameReference(captureIndex: number, number: number): FrameReference {
  return captureIndex * FRAMES_PER_CAPTURE + number;
}

/** The index of the capture that a reference points into. */
export function captureOf(reference: FrameReference): number {
  return Math.floor(reference / FRAMES_PER_CAPTURE);
}

/** The number (from 1) that the packet has in its capture. */
export function numberOf(reference: FrameReference): number {
  return reference - captureOf(reference) * FRAMES_PER_CAPTURE;
}

/** What a packet was to its attempt; the order is the one in which the tracker stores them as small numbers. */
export const EVENT_KINDS = [
  /** The client's SYN, first or retransmitted. */
  'syn',
  /** A SYN-ACK that acknowledges the attempt's SYN. */
  'syn-ack',
  /** The client's acknowledgement of the SYN-ACK: the connection is established. */
  'ack',
  /** An RST of the server that the client accepts. */
  'rst',
  /** An ICMP error that quotes the SYN. */
  'icmp',
  /** An ICMP error that quotes the SYN-ACK: somebody would not let the answer through. */
  'icmp-for-syn-ack',
  'client-rst',
  'client-fin',
  /** A SYN-ACK that acknowledges something else. */
  'bad-syn-ack',
  /** The server's ACK without SYN where a SYN-ACK was due: a challenge ACK (RFC 5961 section 4). */
  'bare-ack',
  /** An RST that the client has to ignore. */
  'ignored-rst',
  /** The server's RST after its SYN-ACK; behind the client's ACK: before either side has sent data. */
  'late-rst',
  /** The peer's own SYN on the same ports: simultaneous open (RFC 9293 section 3.5). */
  'reverse-syn',
  /** The client's SYN-ACK for it. */
  'reverse-syn-ack',
  /** The client went on although no SYN-ACK is in the capture. */
  'client-segment',
  /** The server went on although its SYN-ACK, or what it acknowledges, is not in the capture. */
  'server-segment',
  /** The server's FIN behind a complete handshake, before either side has sent data. */
  'server-fin',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** An ICMP or ICMPv6 error message (RFC 792, RFC 4443). */
export interface IcmpError {
  version: 4 | 6;
  type: number;
  code: number;
  /** Who sent it. */
  from: string;
}

export interface AttemptEvent {
  kind: EventKind;
  frame: FrameReference;
  /** Nanoseconds since the time origin. */
  timeNs: number;
  timeToLive: number;
  /** TRAIT_ bits of a SYN or SYN-ACK (traits.ts); 0 for other packets. */
  traits: number;
  /** A fingerprint of its TCP options in their order; 0 for other packets. */
  options: number;
  /** The value of its time-stamp option; 0 without one. */
  timestamp: number;
  /** The value that it echoes, of a SYN-ACK that of the SYN which it answers; 0 without one. */
  echo: number;
  /** IPv4 identification or IPv6 flow label; -1 when not known. */
  identification: number;
  /** The TCP window, unscaled; -1 when not known. */
  window: number;
  icmp?: IcmpError;
  /** Where a SYN-ACK came from that came from somewhere else than the SYN was sent to. */
  from?: Endpoint;
  /** And its link-layer source, as in Attempt. */
  linkSource?: number;
}

export interface Endpoint {
  /** Dotted decimal, or IPv6 as RFC 5952 writes it. */
  address: string;
  port: number;
}

/**
 * Why the tracker stopped following an attempt. 'quiet': nothing more was expected; 'capture-end': the capture ended;
 * 'clock-jump': its clock jumped after the attempt's last SYN; 'evicted': room was needed for newer ones.
 */
export type AttemptEnd = 'quiet' | 'capture-end' | 'clock-jump' | 'evicted';

export interface Attempt {
  client: Endpoint;
  server: Endpoint;
  /** Both ends' entries in the host table; -1 for a host that nothing is known of. */
  clientHost: number;
  serverHost: number;
  /** The client's initial sequence number. */
  initialSequence: number;
  /** True if its SYN has FIN, PSH or URG as well: no stack sends that, probes do. */
  isOddSyn: boolean;
  /** True if a SYN came back that has the client's own sequence number: something mirrors what it is sent. */
  isMirrored: boolean;
  /** Link-layer addresses of its first packet, as numbers; -1 where there is none. */
  linkSource: number;
  linkDestination: number;
  /** True if its SYN has no options at all: scanners and floods send that, stacks offer a segment size at least. */
  isBareSyn: boolean;
  /**
   * SYN-ACKs of the same port to other attempts, shortly before this one began and while it was silent; whether that
   * was between its first and last SYN.
   */
  othersAnswered: { before: FrameReference; meanwhile: FrameReference; isBetween: boolean } | undefined;
  /**
   * What came to the client from anybody: last before its first SYN, whether anything did until its last SYN, and what
   * came first behind that. Undefined when nothing ever did.
   */
  clientReached:
    | { before: FrameReference | undefined; meanwhile: boolean; after: FrameReference | undefined }
    | undefined;
  /** How many attempts the same port had accepted when this one began. */
  acceptedBefore: number;
  /** In the order of time. */
  events: AttemptEvent[];
  /** Packets beyond the number that is kept of one attempt. */
  omittedEvents: number;
  /** Packets that were seen more than once and left out of `events`. */
  copies: number;
  /** What somebody who looked at it while it was followed noted; 0 if nobody did (look.ts). */
  ticket: number;
  end: AttemptEnd;
  /** For how many nanoseconds the capture went on after the attempt's last SYN (its first packet, without a SYN). */
  watchedNs: number;
}

/** Who an attempt was between. */
export type AttemptEnds = Pick<Attempt, 'client' | 'server' | 'clientHost' | 'serverHost'>;
