/**
 * Where each host is, seen from the capture: how many hops away by each kind of packet, at which link-layer address,
 * and whether it is the very machine that captured.
 */
import { type Frame, PASSAGE_RECEIVED, PASSAGE_SENT } from '../decode/frame.js';
import type { FrameReference } from './attempt.js';
import { CapturePoints } from './capture-points.js';
import { grown } from './columns.js';
import { hopDistance } from './hops.js';

/** Kinds of packet that hosts and what stands in front of them send differently. */
export const TRAVEL_KINDS = ['syn', 'syn-ack', 'rst', 'segment', 'packet', 'icmp-error'] as const;

export type TravelKind = (typeof TRAVEL_KINDS)[number];

export const TRAVEL_SYN = TRAVEL_KINDS.indexOf('syn');
export const TRAVEL_SYN_ACK = TRAVEL_KINDS.indexOf('syn-ack');
export const TRAVEL_RST = TRAVEL_KINDS.indexOf('rst');
export const TRAVEL_SEGMENT = TRAVEL_KINDS.indexOf('segment');
export const TRAVEL_PACKET = TRAVEL_KINDS.indexOf('packet');
export const TRAVEL_ICMP_ERROR = TRAVEL_KINDS.indexOf('icmp-error');

/** How many routers a host's packets of one kind had passed when they were captured. */
export interface Distance {
  nearest: number;
  nearestFrame: FrameReference;
  farthest: number;
  farthestFrame: FrameReference;
}

/** How sure it is that a host is the machine that captured. */
export type Locality = 'proven' | 'presumed' | 'excluded' | 'unknown';

const KINDS = TRAVEL_KINDS.length;
/** No packet of this kind yet. */
const NEVER = 255;

/** The host's packets were seen on their way out of the capturing machine, and had passed no router. */
const WAS_SENT = 1;
/** They were seen coming into it. */
const WAS_RECEIVED = 2;
/** They were seen with a link-layer address of their own network, and it was always the same. */
const HAS_LINK_ADDRESS = 4;
const HAS_SEVERAL_LINK_ADDRESSES = 8;
/** They have IPv6 flow labels; RSTs are not looked at. */
const HAS_FLOW_LABELS = 16;

/** Whereabouts, by host. */
export class Whereabouts {
  #nearest: Uint8Array<ArrayBuffer>;
  #farthest: Uint8Array<ArrayBuffer>;
  #nearestFrame: Float64Array<ArrayBuffer>;
  #farthestFrame: Float64Array<ArrayBuffer>;
  #marks: Uint8Array<ArrayBuffer>;
  #linkHigh: Uint16Array<ArrayBuffer>;
  #linkLow: Uint32Array<ArrayBuffer>;
  readonly #points = new CapturePoints();

  constructor(hosts: number) {
    this.#nearest = new Uint8Array(hosts * KINDS).fill(NEVER);
    this.#farthest = new Uint8Array(hosts * KINDS);
    this.#nearestFrame = new Float64Array(hosts * KINDS);
    this.#farthestFrame = new Float64Array(hosts * KINDS);
    this.#marks = new Uint8Array(hosts);
    this.#linkHigh = new Uint16Array(hosts);
    this.#linkLow = new Uint32Array(hosts);
  }

  /** Makes room for more hosts. */
  grow(hosts: number): void {
    const used = this.#nearest.length;
    this.#nearest = grown(this.#nearest, hosts * KINDS).fill(NEVER, used);
    this.#farthest = grown(this.#farthest, hosts * KINDS);
    this.#nearestFrame = grown(this.#nearestFrame, hosts * KINDS);
    this.#farthestFrame = grown(this.#farthestFrame, hosts * KINDS);
    this.#marks = grown(this.#marks, hosts);
    this.#linkHigh = grown(this.#linkHigh, hosts);
    this.#linkLow = grown(this.#linkLow, hosts);
  }

  /** Notes a packet that a host sent: a TRAVEL_ kind, the TTL that it had, and the frame around it. */
  note(host: number, kind: number, timeToLive: number, frame: Frame, reference: FrameReference): void {
    const at = host * KINDS + kind;
    const hops = hopDistance(timeToLive);
    const isFirst = this.#nearest[at] === NEVER;
    if (isFirst || hops < this.#nearest[at]) {
      this.#nearest[at] = hops;
      this.#nearestFrame[at] = reference;
    }
    if (isFirst || hops > this.#farthest[at]) {
      this.#farthest[at] = hops;
      this.#farthestFrame[at] = reference;
    }
    if (frame.ipVersion === 6 && frame.flowLabel > 0 && kind !== TRAVEL_RST) this.#marks[host] |= HAS_FLOW_LABELS;
    this.#notePassage(host, hops, frame);
    this.#points.note(frame, reference);
  }

  /** Notes a message about the host's own link-layer address, which no router passes on. */
  noteLink(host: number, frame: Frame, reference: FrameReference): void {
    this.#notePassage(host, 0, frame);
    this.#points.note(frame, reference);
  }

  /** How far away the host's packets of a kind came from; undefined if there were none. */
  distance(host: number, kind: TravelKind): Distance | undefined {
    const at = host * KINDS + TRAVEL_KINDS.indexOf(kind);
    if (host < 0 || this.#nearest[at] === NEVER) return undefined;
    return {
      nearest: this.#nearest[at],
      nearestFrame: this.#nearestFrame[at],
      farthest: this.#farthest[at],
      farthestFrame: this.#farthestFrame[at],
    };
  }

  /** Whether the host is the machine that captured. */
  locality(host: number): Locality {
    if (host < 0) return 'unknown';
    const marks = this.#marks[host];
    // A bridge sees the same packet come and go: then neither says anything.
    if ((marks & (WAS_SENT | WAS_RECEIVED)) === WAS_SENT) return 'proven';
    if ((marks & (WAS_SENT | WAS_RECEIVED)) === WAS_RECEIVED || this.#isAfar(host)) return 'excluded';
    const link = this.linkAddress(host);
    return link !== undefined && this.#points.isSole(link) ? 'presumed' : 'unknown';
  }

  /** The MAC address from which the host's packets came without passing a router, as a number; if it was always one. */
  linkAddress(host: number): number | undefined {
    if (host < 0 || (this.#marks[host] & (HAS_LINK_ADDRESS | HAS_SEVERAL_LINK_ADDRESSES)) !== HAS_LINK_ADDRESS) {
      return undefined;
    }
    return this.#linkHigh[host] * 2 ** 32 + this.#linkLow[host];
  }

  /** True if the host's packets, RSTs aside, have IPv6 flow labels. */
  usesFlowLabels(host: number): boolean {
    return host >= 0 && (this.#marks[host] & HAS_FLOW_LABELS) !== 0;
  }

  #notePassage(host: number, hops: number, { passage, linkSourceHigh, linkSourceLow }: Frame): void {
    const hasLink = linkSourceHigh >= 0 && (linkSourceHigh !== 0 || linkSourceLow !== 0);
    let marks = this.#marks[host];
    // On a loopback interface each packet comes and goes, without addresses.
    if (passage === PASSAGE_RECEIVED && (hasLink || linkSourceHigh < 0)) marks |= WAS_RECEIVED;
    if (hops === 0) {
      if (passage === PASSAGE_SENT) marks |= WAS_SENT;
      if (hasLink && (marks & HAS_LINK_ADDRESS) === 0) {
        marks |= HAS_LINK_ADDRESS;
        this.#linkHigh[host] = linkSourceHigh;
        this.#linkLow[host] = linkSourceLow;
      } else if (hasLink && (this.#linkHigh[host] !== linkSourceHigh || this.#linkLow[host] !== linkSourceLow)) {
        marks |= HAS_SEVERAL_LINK_ADDRESSES;
      }
    }
    this.#marks[host] = marks;
  }

  /** True if all of the host's packets had passed a router. */
  #isAfar(host: number): boolean {
    let seen = false;
    for (let kind = 0; kind < KINDS; kind++) {
      const nearest = this.#nearest[host * KINDS + kind];
      if (nearest === 0) return false;
      if (nearest !== NEVER) seen = true;
    }
    return seen;
  }
}
