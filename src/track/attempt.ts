/**
 * One client's try to open one TCP connection, as the tracker hands it over once nothing more is expected of it:
 * every packet that belongs to it, in the order in which it was captured.
 */

/**
 * A packet's place in one number, so that typed arrays can hold it: which capture it is in, and its number there.
 * Made by `frameReference`, taken apart by `captureOf` and `numberOf`.
 */
export type FrameReference = number;

/** Packets of one capture that a reference can tell apart. */
const FRAMES_PER_CAPTURE = 2 ** 36;

export function frameReference(captureIndex: number, number: number): FrameReference {
  return captureIndex * FRAMES_PER_CAPTURE + number;
}

export function captureOf(reference: FrameReference): number {
  return Math.floor(reference / FRAMES_PER_CAPTURE);
}

export function numberOf(reference: FrameReference): number {
  return reference % FRAMES_PER_CAPTURE;
}

/** What a packet was to its attempt. */
export type EventKind =
  /** The client's SYN, first or retransmitted. */
  | 'syn'
  /** A SYN-ACK that acknowledges the attempt's SYN. */
  | 'syn-ack'
  /** The client's acknowledgement of the SYN-ACK: the connection is established. */
  | 'ack'
  /** An RST of the server that the client accepts. */
  | 'rst'
  /** An ICMP error that quotes the SYN. */
  | 'icmp'
  /** An ICMP error that quotes the SYN-ACK: somebody would not let the answer through. */
  | 'icmp-for-syn-ack'
  | 'client-rst'
  | 'client-fin'
  /** A SYN-ACK that acknowledges something else. */
  | 'bad-syn-ack'
  /** The server's ACK without SYN, instead of a SYN-ACK: a challenge ACK (RFC 5961 section 4). */
  | 'bare-ack'
  /** An RST that the client has to ignore. */
  | 'ignored-rst'
  /** The server's RST after its SYN-ACK. */
  | 'late-rst'
  /** The peer's own SYN on the same ports: simultaneous open (RFC 9293 section 3.5). */
  | 'reverse-syn'
  | 'reverse-syn-ack'
  /** The connection went on although its SYN-ACK or ACK is not in the capture. */
  | 'client-segment'
  | 'server-segment';

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
  icmp?: IcmpError;
}

export interface Endpoint {
  /** Dotted decimal, or IPv6 as RFC 5952 writes it. */
  address: string;
  port: number;
}

/** Why the tracker stopped following an attempt. */
export type AttemptEnd =
  /** Nothing more was expected: answered, or silent for longer than any client waits. */
  | 'quiet'
  /** The capture ended, or its clock jumped. */
  | 'capture-end'
  /** Room was needed for others (TrackerLimits.pending). */
  | 'evicted';

export interface Attempt {
  client: Endpoint;
  server: Endpoint;
  /** Both ends' entries in the host table. */
  clientHost: number;
  serverHost: number;
  /** The client's initial sequence number. */
  initialSequence: number;
  /** In capture order; the first and the last ones of an attempt with very many. */
  events: AttemptEvent[];
  /** Packets that were seen more than once and left out of `events`. */
  copies: number;
  end: AttemptEnd;
  /** How long the capture went on after the attempt's last SYN, in nanoseconds. */
  watchedNs: number;
}
