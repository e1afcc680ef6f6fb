/** Signs of life of hosts: the latest few of each, in rows of one typed array. */
import type { FrameReference } from './attempt.js';
import { grown } from './columns.js';

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

/** Of each host are kept: the latest TCP, the latest TCP from another port than that, other IP, and link layer. */
const LATEST_TCP = 0;
const OTHER_TCP = 1;
const LATEST_PACKET = 2;
const LATEST_NEIGHBOR = 3;
const SIGNS_PER_HOST = 4;

/**
 * A host's row: when it was first heard, then of each sign its time, its frame, and kind and port in one number. Side by
 * side they are one access to memory, mostly; in columns of their own they were five.
 */
const FIRST_SIGN = 1;
const SIGN_FIELDS = 3;
const TIME = 0;
const FRAME = 1;
const ORIGIN = 2;
const ROW_FIELDS = FIRST_SIGN + SIGNS_PER_HOST * SIGN_FIELDS;
/** More than there are kinds. */
const PORT_FACTOR = 8;

const NEVER = Number.NEGATIVE_INFINITY;

/** Signs of life, by host. */
export class SignTable {
  #rows: Float64Array<ArrayBuffer>;

  constructor(hosts: number) {
    this.#rows = new Float64Array(hosts * ROW_FIELDS);
    forgetAll(this.#rows, 0);
  }

  /** Makes room for more hosts. */
  grow(hosts: number): void {
    const used = this.#rows.length;
    this.#rows = grown(this.#rows, hosts * ROW_FIELDS);
    forgetAll(this.#rows, used);
  }

  note(host: number, kind: number, port: number, timeNs: number, frame: FrameReference): void {
    const rows = this.#rows;
    const row = host * ROW_FIELDS;
    if (timeNs < rows[row]) rows[row] = timeNs;
    let at = placeOf(host, LATEST_TCP);
    if (port === NO_PORT) at = placeOf(host, kind === SIGN_NEIGHBOR ? LATEST_NEIGHBOR : LATEST_PACKET);
    else if (rows[at + TIME] !== NEVER && portOf(rows[at + ORIGIN]) !== port) {
      rows.copyWithin(placeOf(host, OTHER_TCP), at, at + SIGN_FIELDS);
    }
    rows[at + TIME] = timeNs;
    rows[at + FRAME] = frame;
    rows[at + ORIGIN] = (port + 1) * PORT_FACTOR + kind;
  }

  /** The latest sign by TCP or IP, leaving out TCP from `exceptPort`. */
  latest(host: number, exceptPort: number): Sign | undefined {
    const latest = placeOf(host, LATEST_TCP);
    const tcp = portOf(this.#rows[latest + ORIGIN]) === exceptPort ? placeOf(host, OTHER_TCP) : latest;
    const packet = placeOf(host, LATEST_PACKET);
    return this.#at(this.#rows[packet + TIME] > this.#rows[tcp + TIME] ? packet : tcp);
  }

  /** When the host was first heard in any way; Infinity if it never was. */
  firstNs(host: number): number {
    return this.#rows[host * ROW_FIELDS];
  }

  /** The latest message about the host's link-layer address that it sent itself. */
  latestNeighbor(host: number): Sign | undefined {
    return this.#at(placeOf(host, LATEST_NEIGHBOR));
  }

  #at(at: number): Sign | undefined {
    const rows = this.#rows;
    if (rows[at + TIME] === NEVER) return undefined;
    const port = portOf(rows[at + ORIGIN]);
    return {
      kind: SIGN_KINDS[rows[at + ORIGIN] % PORT_FACTOR],
      timeNs: rows[at + TIME],
      frame: rows[at + FRAME],
      ...(port === NO_PORT ? {} : { port }),
    };
  }
}

/** Where a host's sign begins. */
function placeOf(host: number, sign: number): number {
  return host * ROW_FIELDS + FIRST_SIGN + sign * SIGN_FIELDS;
}

function portOf(origin: number): number {
  return Math.floor(origin / PORT_FACTOR) - 1;
}

/** Makes rows of hosts that were never heard. */
function forgetAll(rows: Float64Array<ArrayBuffer>, from: number): void {
  for (let row = from; row < rows.length; row += ROW_FIELDS) {
    rows[row] = Number.POSITIVE_INFINITY;
    for (let sign = row + FIRST_SIGN; sign < row + ROW_FIELDS; sign += SIGN_FIELDS) rows[sign + TIME] = NEVER;
  }
}
