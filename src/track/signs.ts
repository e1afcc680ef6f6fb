/** Signs of life of hosts: the latest few of each, in their rows. */
import type { FrameReference } from './attempt.js';
import { type HostRows, NEVER } from './host-rows.js';
import {
  COLD_DOUBLES,
  COLD_WORDS,
  FIRST_NS,
  LATEST_NEIGHBOR,
  LATEST_NEIGHBOR_ORIGIN,
  LATEST_PACKET,
  LATEST_PACKET_ORIGIN,
  LATEST_TCP,
  LATEST_TCP_ORIGIN,
  ORIGIN_PORT_SHIFT,
  OTHER_TCP,
  OTHER_TCP_ORIGIN,
  WARM_DOUBLES,
  WARM_WORDS,
} from './layout/hosts.js';
import type { Moment } from './moment.js';

/** How a host showed that it is alive; the order is the one in which they are stored as small numbers. */
export const SIGN_KINDS = ['syn-ack', 'rst', 'segment', 'packet', 'neighbor'] as const;

/** A SYN-ACK, an RST, another TCP segment, an IP packet that is no TCP, or a message about its link-layer address. */
export type SignKind = (typeof SIGN_KINDS)[number];

/** Proof that a host was alive at a moment. */
export interface Sign {
  kind: SignKind;
  timeNs: number;
  frame: FrameReference;
  /** The TCP port that it came from; undefined for anything but TCP. */
  port?: number;
}

export const SIGN_SYN_ACK = SIGN_KINDS.indexOf('syn-ack');
export const SIGN_RST = SIGN_KINDS.indexOf('rst');
export const SIGN_SEGMENT = SIGN_KINDS.indexOf('segment');
export const SIGN_PACKET = SIGN_KINDS.indexOf('packet');
export const SIGN_NEIGHBOR = SIGN_KINDS.indexOf('neighbor');

/** The port of a sign that was no TCP. */
export const NO_PORT = -1;

/** Behind the time of a sign is its frame. */
const FRAME = 1;
/** Kind and port are in one word. */
const KIND_MASK = (1 << ORIGIN_PORT_SHIFT) - 1;

/**
 * Signs of life, by host. Of each are kept: the latest TCP, the latest TCP from another port than that, other IP, and
 * link layer.
 */
export class SignTable {
  readonly #rows: HostRows;

  constructor(rows: HostRows) {
    this.#rows = rows;
  }

  /** Notes a sign by TCP. */
  noteTcp(host: number, kind: number, port: number, moment: Moment): void {
    const { doubles, words } = this.#rows;
    const row = host * WARM_WORDS;
    const at = host * WARM_DOUBLES;
    const { timeNs } = moment;
    if (timeNs < doubles[at + FIRST_NS]) doubles[at + FIRST_NS] = timeNs;
    const origin = words[row + LATEST_TCP_ORIGIN];
    if (doubles[at + LATEST_TCP] !== NEVER && portOf(origin) !== port) {
      doubles[at + OTHER_TCP] = doubles[at + LATEST_TCP];
      doubles[at + OTHER_TCP + FRAME] = doubles[at + LATEST_TCP + FRAME];
      words[row + OTHER_TCP_ORIGIN] = origin;
    }
    doubles[at + LATEST_TCP] = timeNs;
    doubles[at + LATEST_TCP + FRAME] = moment.frame;
    words[row + LATEST_TCP_ORIGIN] = originOf(kind, port);
  }

  /** Notes a sign by anything else. */
  notePacket(host: number, kind: number, { timeNs, frame }: Moment): void {
    const { doubles, coldDoubles, coldWords } = this.#rows;
    const first = host * WARM_DOUBLES + FIRST_NS;
    if (timeNs < doubles[first]) doubles[first] = timeNs;
    const isNeighbor = kind === SIGN_NEIGHBOR;
    const at = host * COLD_DOUBLES + (isNeighbor ? LATEST_NEIGHBOR : LATEST_PACKET);
    coldDoubles[at] = timeNs;
    coldDoubles[at + FRAME] = frame;
    coldWords[host * COLD_WORDS + (isNeighbor ? LATEST_NEIGHBOR_ORIGIN : LATEST_PACKET_ORIGIN)] = originOf(
      kind,
      NO_PORT,
    );
  }

  /** The latest sign by TCP or IP, leaving out TCP from `exceptPort`. */
  latest(host: number, exceptPort: number): Sign | undefined {
    const { doubles, words, coldDoubles, coldWords } = this.#rows;
    const row = host * WARM_WORDS;
    const isOther = portOf(words[row + LATEST_TCP_ORIGIN]) === exceptPort;
    const tcp = host * WARM_DOUBLES + (isOther ? OTHER_TCP : LATEST_TCP);
    const packet = host * COLD_DOUBLES + LATEST_PACKET;
    if (coldDoubles[packet] > doubles[tcp]) {
      return signAt(coldDoubles, packet, coldWords[host * COLD_WORDS + LATEST_PACKET_ORIGIN]);
    }
    return signAt(doubles, tcp, words[row + (isOther ? OTHER_TCP_ORIGIN : LATEST_TCP_ORIGIN)]);
  }

  /** When the host was first heard in any way; Infinity if it never was. */
  firstNs(host: number): number {
    return this.#rows.doubles[host * WARM_DOUBLES + FIRST_NS];
  }

  /** The latest message about the host's link-layer address that it sent itself. */
  latestNeighbor(host: number): Sign | undefined {
    const { coldDoubles, coldWords } = this.#rows;
    return signAt(
      coldDoubles,
      host * COLD_DOUBLES + LATEST_NEIGHBOR,
      coldWords[host * COLD_WORDS + LATEST_NEIGHBOR_ORIGIN],
    );
  }
}

function signAt(doubles: Float64Array, at: number, origin: number): Sign | undefined {
  if (doubles[at] === NEVER) return undefined;
  const port = portOf(origin);
  return {
    kind: SIGN_KINDS[origin & KIND_MASK],
    timeNs: doubles[at],
    frame: doubles[at + FRAME],
    ...(port === NO_PORT ? {} : { port }),
  };
}

function originOf(kind: number, port: number): number {
  return ((port + 1) << ORIGIN_PORT_SHIFT) | kind;
}

function portOf(origin: number): number {
  return (origin >>> ORIGIN_PORT_SHIFT) - 1;
}
