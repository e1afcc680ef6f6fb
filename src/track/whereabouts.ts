/**
 * Where each host is, seen from the capture: how many hops away by each kind of packet, at which link-layer address,
 * and whether it is the very machine that captured.
 */
import { type Frame, PASSAGE_RECEIVED, PASSAGE_SENT } from '../decode/frame.js';
import { captureOf, type FrameReference } from './attempt.js';
import { CapturePoints } from './capture-points.js';
import { hopDistance, tellsDistance } from './hops.js';
import type { HostRows } from './host-rows.js';
import {
  COLD_DOUBLES,
  FARTHEST,
  FARTHEST_FRAME,
  HAS_FLOW_LABELS,
  HAS_LINK_ADDRESS,
  HAS_SEVERAL_LINK_ADDRESSES,
  LINK_HIGH_AND_TRAITS,
  LINK_HIGH_MASK,
  LINK_LOW,
  MARKS,
  NEAREST,
  NEAREST_FRAME,
  NO_HOPS,
  TRAITS_SHIFT,
  TRAVELS,
  WARM_BYTES,
  WARM_WORDS,
  WAS_RECEIVED,
  WAS_SENT,
} from './layout/hosts.js';
import type { Moment } from './moment.js';

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

/** Whereabouts, by host. */
export class Whereabouts {
  readonly #rows: HostRows;
  readonly points = new CapturePoints();

  constructor(rows: HostRows) {
    this.#rows = rows;
  }

  /** Notes a packet that a host sent: a TRAVEL_ kind, the TTL that it had, and the frame around it. */
  note(host: number, kind: number, timeToLive: number, frame: Frame, moment: Moment): void {
    const hops = hopDistance(timeToLive);
    if (tellsDistance(timeToLive)) this.#noteHops(host, kind, hops, moment);
    if (frame.ipVersion === 6 && frame.flowLabel > 0 && kind !== TRAVEL_RST) {
      this.#rows.words[host * WARM_WORDS + MARKS] |= HAS_FLOW_LABELS;
    }
    this.#notePassage(host, hops, frame);
    this.points.note(frame, moment.frame);
  }

  #noteHops(host: number, kind: number, hops: number, moment: Moment): void {
    const { bytes, coldDoubles } = this.#rows;
    const near = host * WARM_BYTES + NEAREST + kind;
    const far = host * WARM_BYTES + FARTHEST + kind;
    const nearest = bytes[near];
    if (hops < nearest) {
      bytes[near] = hops;
      coldDoubles[host * COLD_DOUBLES + NEAREST_FRAME + kind] = moment.frame;
    }
    if (nearest === NO_HOPS || hops > bytes[far]) {
      bytes[far] = hops;
      coldDoubles[host * COLD_DOUBLES + FARTHEST_FRAME + kind] = moment.frame;
    }
  }

  /** Notes a message about the host's own link-layer address, which no router passes on. */
  noteLink(host: number, frame: Frame, moment: Moment): void {
    this.#notePassage(host, 0, frame);
    this.points.note(frame, moment.frame);
  }

  /** How far away the host's packets of a kind came from; undefined if there were none. */
  distance(host: number, kind: TravelKind): Distance | undefined {
    const number = TRAVEL_KINDS.indexOf(kind);
    const { bytes, coldDoubles } = this.#rows;
    const row = host * WARM_BYTES + number;
    if (host < 0 || bytes[row + NEAREST] === NO_HOPS) return undefined;
    return {
      nearest: bytes[row + NEAREST],
      nearestFrame: coldDoubles[host * COLD_DOUBLES + NEAREST_FRAME + number],
      farthest: bytes[row + FARTHEST],
      farthestFrame: coldDoubles[host * COLD_DOUBLES + FARTHEST_FRAME + number],
    };
  }

  /** Whether the host is the machine that captured the frame. */
  locality(host: number, within: FrameReference): Locality {
    if (host < 0) return 'unknown';
    const marks = this.#rows.words[host * WARM_WORDS + MARKS];
    // A bridge sees the same packet come and go: then neither says anything.
    if ((marks & (WAS_SENT | WAS_RECEIVED)) === WAS_SENT) return 'proven';
    if ((marks & (WAS_SENT | WAS_RECEIVED)) === WAS_RECEIVED || this.#isAfar(host)) return 'excluded';
    const link = this.linkAddress(host);
    return link !== undefined && this.points.isSole(link, captureOf(within)) ? 'presumed' : 'unknown';
  }

  /** The MAC address from which the host's packets came without passing a router, as a number; if it was always one. */
  linkAddress(host: number): number | undefined {
    const marks = host < 0 ? 0 : this.#rows.words[host * WARM_WORDS + MARKS];
    if ((marks & (HAS_LINK_ADDRESS | HAS_SEVERAL_LINK_ADDRESSES)) !== HAS_LINK_ADDRESS) {
      return undefined;
    }
    const { words } = this.#rows;
    const row = host * WARM_WORDS;
    return (words[row + LINK_HIGH_AND_TRAITS] & LINK_HIGH_MASK) * 2 ** 32 + (words[row + LINK_LOW] >>> 0);
  }

  /** Notes what a SYN of the host offers, as TRAIT_ bits. */
  noteSynTraits(host: number, traits: number): void {
    this.#rows.words[host * WARM_WORDS + LINK_HIGH_AND_TRAITS] |= traits << TRAITS_SHIFT;
  }

  /** What any SYN of the host offered. */
  synTraits(host: number): number {
    return host < 0 ? 0 : this.#rows.words[host * WARM_WORDS + LINK_HIGH_AND_TRAITS] >>> TRAITS_SHIFT;
  }

  /** True if the host's packets, RSTs aside, have IPv6 flow labels. */
  usesFlowLabels(host: number): boolean {
    return host >= 0 && (this.#rows.words[host * WARM_WORDS + MARKS] & HAS_FLOW_LABELS) !== 0;
  }

  #notePassage(host: number, hops: number, { passage, linkSourceHigh, linkSourceLow }: Frame): void {
    const { words } = this.#rows;
    const row = host * WARM_WORDS;
    const hasLink = linkSourceHigh >= 0 && (linkSourceHigh !== 0 || linkSourceLow !== 0);
    const known = words[row + MARKS];
    let marks = known;
    // On a loopback interface each packet comes and goes, without addresses.
    if (passage === PASSAGE_RECEIVED && (hasLink || linkSourceHigh < 0)) marks |= WAS_RECEIVED;
    if (hops === 0) {
      if (passage === PASSAGE_SENT) marks |= WAS_SENT;
      const high = words[row + LINK_HIGH_AND_TRAITS];
      if (hasLink && (marks & HAS_LINK_ADDRESS) === 0) {
        marks |= HAS_LINK_ADDRESS;
        words[row + LINK_HIGH_AND_TRAITS] = (high & ~LINK_HIGH_MASK) | linkSourceHigh;
        words[row + LINK_LOW] = linkSourceLow;
      } else if (
        hasLink &&
        ((high & LINK_HIGH_MASK) !== linkSourceHigh || words[row + LINK_LOW] !== (linkSourceLow | 0))
      ) {
        marks |= HAS_SEVERAL_LINK_ADDRESSES;
      }
    }
    if (marks !== known) words[row + MARKS] = marks;
  }

  /** True if all of the host's packets had passed a router. */
  #isAfar(host: number): boolean {
    let seen = false;
    for (let kind = 0; kind < TRAVELS; kind++) {
      const nearest = this.#rows.bytes[host * WARM_BYTES + NEAREST + kind];
      if (nearest === 0) return false;
      if (nearest !== NO_HOPS) seen = true;
    }
    return seen;
  }
}
