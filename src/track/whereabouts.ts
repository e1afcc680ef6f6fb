/**
 * Where each host is, seen from the capture: how many hops away by each kind of packet, at which link-layer address,
 * and whether it is the very machine that captured.
 */
import { type Frame, PASSAGE_RECEIVED, PASSAGE_SENT } from '../decode/frame.js';
import { captureOf, type FrameReference } from './attempt.js';
import { CapturePoints } from './capture-points.js';
import { grown } from './columns.js';
import { hopDistance, tellsDistance } from './hops.js';

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
/**
 * Of each host a row of 16 bytes, which is one access to memory: the fewest hops of each kind, the most hops of each
 * kind, and marks. Apart they cost a flood of handshakes a tenth of its time.
 */
const ROW_BYTES = 16;
const FARTHEST = KINDS;
const MARKS = 2 * KINDS;
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
  #rows: Uint8Array<ArrayBuffer>;
  #nearestFrame: Float64Array<ArrayBuffer>;
  #farthestFrame: Float64Array<ArrayBuffer>;
  #linkHigh: Uint16Array<ArrayBuffer>;
  #linkLow: Uint32Array<ArrayBuffer>;
  /** TRAIT_ bits of all SYNs of the host. */
  #synTraits: Uint16Array<ArrayBuffer>;
  readonly #points = new CapturePoints();

  constructor(hosts: number) {
    this.#rows = new Uint8Array(hosts * ROW_BYTES);
    forgetAll(this.#rows, 0);
    this.#nearestFrame = new Float64Array(hosts * KINDS);
    this.#farthestFrame = new Float64Array(hosts * KINDS);
    this.#linkHigh = new Uint16Array(hosts);
    this.#linkLow = new Uint32Array(hosts);
    this.#synTraits = new Uint16Array(hosts);
  }

  /** Makes room for more hosts. */
  grow(hosts: number): void {
    const used = this.#rows.length;
    this.#rows = grown(this.#rows, hosts * ROW_BYTES);
    forgetAll(this.#rows, used);
    this.#nearestFrame = grown(this.#nearestFrame, hosts * KINDS);
    this.#farthestFrame = grown(this.#farthestFrame, hosts * KINDS);
    this.#linkHigh = grown(this.#linkHigh, hosts);
    this.#linkLow = grown(this.#linkLow, hosts);
    this.#synTraits = grown(this.#synTraits, hosts);
  }

  /** Notes a packet that a host sent: a TRAVEL_ kind, the TTL that it had, and the frame around it. */
  note(host: number, kind: number, timeToLive: number, frame: Frame, reference: FrameReference): void {
    const hops = hopDistance(timeToLive);
    if (tellsDistance(timeToLive)) {
      const near = host * ROW_BYTES + kind;
      const far = near + FARTHEST;
      const isFirst = this.#rows[near] === NEVER;
      if (hops < this.#rows[near]) {
        this.#rows[near] = hops;
        this.#nearestFrame[host * KINDS + kind] = reference;
      }
      if (isFirst || hops > this.#rows[far]) {
        this.#rows[far] = hops;
        this.#farthestFrame[host * KINDS + kind] = reference;
      }
    }
    if (frame.ipVersion === 6 && frame.flowLabel > 0 && kind !== TRAVEL_RST) {
      this.#rows[host * ROW_BYTES + MARKS] |= HAS_FLOW_LABELS;
    }
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
    const number = TRAVEL_KINDS.indexOf(kind);
    const near = host * ROW_BYTES + number;
    if (host < 0 || this.#rows[near] === NEVER) return undefined;
    return {
      nearest: this.#rows[near],
      nearestFrame: this.#nearestFrame[host * KINDS + number],
      farthest: this.#rows[near + FARTHEST],
      farthestFrame: this.#farthestFrame[host * KINDS + number],
    };
  }

  /** Whether the host is the machine that captured the frame. */
  locality(host: number, within: FrameReference): Locality {
    if (host < 0) return 'unknown';
    const marks = this.#rows[host * ROW_BYTES + MARKS];
    // A bridge sees the same packet come and go: then neither says anything.
    if ((marks & (WAS_SENT | WAS_RECEIVED)) === WAS_SENT) return 'proven';
    if ((marks & (WAS_SENT | WAS_RECEIVED)) === WAS_RECEIVED || this.#isAfar(host)) return 'excluded';
    const link = this.linkAddress(host);
    return link !== undefined && this.#points.isSole(link, captureOf(within)) ? 'presumed' : 'unknown';
  }

  /** The MAC address from which the host's packets came without passing a router, as a number; if it was always one. */
  linkAddress(host: number): number | undefined {
    const marks = host < 0 ? 0 : this.#rows[host * ROW_BYTES + MARKS];
    if ((marks & (HAS_LINK_ADDRESS | HAS_SEVERAL_LINK_ADDRESSES)) !== HAS_LINK_ADDRESS) {
      return undefined;
    }
    return this.#linkHigh[host] * 2 ** 32 + this.#linkLow[host];
  }

  /** Notes what a SYN of the host offers, as TRAIT_ bits. */
  noteSynTraits(host: number, traits: number): void {
    this.#synTraits[host] |= traits;
  }

  /** What any SYN of the host offered. */
  synTraits(host: number): number {
    return host < 0 ? 0 : this.#synTraits[host];
  }

  /** True if the host's packets, RSTs aside, have IPv6 flow labels. */
  usesFlowLabels(host: number): boolean {
    return host >= 0 && (this.#rows[host * ROW_BYTES + MARKS] & HAS_FLOW_LABELS) !== 0;
  }

  #notePassage(host: number, hops: number, { passage, linkSourceHigh, linkSourceLow }: Frame): void {
    const hasLink = linkSourceHigh >= 0 && (linkSourceHigh !== 0 || linkSourceLow !== 0);
    const known = this.#rows[host * ROW_BYTES + MARKS];
    let marks = known;
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
    if (marks !== known) this.#rows[host * ROW_BYTES + MARKS] = marks;
  }

  /** True if all of the host's packets had passed a router. */
  #isAfar(host: number): boolean {
    let seen = false;
    for (let kind = 0; kind < KINDS; kind++) {
      const nearest = this.#rows[host * ROW_BYTES + kind];
      if (nearest === 0) return false;
      if (nearest !== NEVER) seen = true;
    }
    return seen;
  }
}

/** Makes rows of hosts that nothing is known of. */
function forgetAll(rows: Uint8Array<ArrayBuffer>, from: number): void {
  for (let row = from; row < rows.length; row += ROW_BYTES) rows.fill(NEVER, row, row + KINDS);
}
