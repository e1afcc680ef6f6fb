/** Signs of life of hosts: the latest few of each, in columns of typed arrays. */
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

const NEVER = Number.NEGATIVE_INFINITY;

/** Signs of life, by host. */
export class SignTable {
  #timeNs: Float64Array<ArrayBuffer>;
  #frame: Float64Array<ArrayBuffer>;
  #port: Int32Array<ArrayBuffer>;
  #kind: Uint8Array<ArrayBuffer>;
  /** Of each host, when it was first heard. */
  #firstNs: Float64Array<ArrayBuffer>;

  constructor(hosts: number) {
    this.#timeNs = new Float64Array(hosts * SIGNS_PER_HOST).fill(NEVER);
    this.#frame = new Float64Array(hosts * SIGNS_PER_HOST);
    this.#port = new Int32Array(hosts * SIGNS_PER_HOST);
    this.#kind = new Uint8Array(hosts * SIGNS_PER_HOST);
    this.#firstNs = new Float64Array(hosts).fill(Number.POSITIVE_INFINITY);
  }

  /** Makes room for more hosts. */
  grow(hosts: number): void {
    const used = this.#timeNs.length;
    const length = hosts * SIGNS_PER_HOST;
    this.#timeNs = grown(this.#timeNs, length).fill(NEVER, used);
    this.#frame = grown(this.#frame, length);
    this.#port = grown(this.#port, length);
    this.#kind = grown(this.#kind, length);
    this.#firstNs = grown(this.#firstNs, hosts).fill(Number.POSITIVE_INFINITY, used / SIGNS_PER_HOST);
  }

  note(host: number, kind: number, port: number, timeNs: number, frame: FrameReference): void {
    if (timeNs < this.#firstNs[host]) this.#firstNs[host] = timeNs;
    const first = host * SIGNS_PER_HOST;
    let at = first + LATEST_TCP;
    if (port === NO_PORT) at = first + (kind === SIGN_NEIGHBOR ? LATEST_NEIGHBOR : LATEST_PACKET);
    else if (this.#port[at] !== port && this.#timeNs[at] !== NEVER) this.#move(at, first + OTHER_TCP);
    this.#timeNs[at] = timeNs;
    this.#frame[at] = frame;
    this.#port[at] = port;
    this.#kind[at] = kind;
  }

  /** The latest sign by TCP or IP, leaving out TCP from `exceptPort`. */
  latest(host: number, exceptPort: number): Sign | undefined {
    const first = host * SIGNS_PER_HOST;
    const tcp = first + (this.#port[first + LATEST_TCP] === exceptPort ? OTHER_TCP : LATEST_TCP);
    const packet = first + LATEST_PACKET;
    return this.#at(this.#timeNs[packet] > this.#timeNs[tcp] ? packet : tcp);
  }

  /** When the host was first heard in any way; Infinity if it never was. */
  firstNs(host: number): number {
    return this.#firstNs[host];
  }

  /** The latest message about the host's link-layer address that it sent itself. */
  latestNeighbor(host: number): Sign | undefined {
    return this.#at(host * SIGNS_PER_HOST + LATEST_NEIGHBOR);
  }

  #at(at: number): Sign | undefined {
    if (this.#timeNs[at] === NEVER) return undefined;
    const port = this.#port[at];
    return {
      kind: SIGN_KINDS[this.#kind[at]],
      timeNs: this.#timeNs[at],
      frame: this.#frame[at],
      ...(port === NO_PORT ? {} : { port }),
    };
  }

  #move(from: number, to: number): void {
    this.#timeNs[to] = this.#timeNs[from];
    this.#frame[to] = this.#frame[from];
    this.#port[to] = this.#port[from];
    this.#kind[to] = this.#kind[from];
  }
}
