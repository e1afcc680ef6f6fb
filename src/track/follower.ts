/** Takes the packets of one capture to the tracker, less those that the sieve lets be passed over. */
import type { Packet } from '../capture/format.js';
import type { SiftableReader } from '../capture/siftable.js';
import { FIN, Frame, RST, SYN } from '../decode/frame.js';
import { glanceAt } from '../decode/glance.js';
import { decodePacket, UNDECODABLE_REASONS } from '../decode/packet.js';
import { frameReference } from './attempt.js';
import { Kernel } from './kernel.js';
import {
  ABOUT_ANYBODY,
  ANSWERS_AN_ATTEMPT,
  BEGINS_A_HANDSHAKE,
  ENDS_A_CONNECTION,
  FIRST_OF_RUN,
  MAY_ESTABLISH,
  MAY_REFUSE,
  ODD_WITH_AN_ATTEMPT,
  OF_A_HANDSHAKE,
  OPENS_AN_ATTEMPT,
  WITH_AN_ATTEMPT,
} from './layout/through.js';
import { runOf, Sieve } from './sieve.js';
import { Sifter } from './sifter.js';
import type { Tracker } from './tracker.js';

/** What all followers of one analysis share. */
export interface Followed {
  readonly tracker: Tracker;
  /** How many packets could not be decoded, by reason. */
  readonly undecodable: Float64Array;
  /** What is looked at in the place of a packet; undefined: the packet itself. */
  readonly disguise: ((packet: Packet) => Packet) | undefined;
  /** With fewer bytes at hand packets are taken one by one, */
  readonly leastSifted: number;
  /** and so are as many as this before any are sifted, unless what is compiled for that is there already. */
  patience: number;
}

/** Counters for `Followed.undecodable`. */
export function createReasonCounts(): Float64Array {
  return new Float64Array(UNDECODABLE_REASONS.length);
}

/** Reasons why packets are let through that compiled code can track, if nothing about them is odd, as bits. */
const PLAIN = [
  BEGINS_A_HANDSHAKE,
  OPENS_AN_ATTEMPT,
  ANSWERS_AN_ATTEMPT,
  MAY_REFUSE,
  ENDS_A_CONNECTION,
  FIRST_OF_RUN,
  WITH_AN_ATTEMPT,
  MAY_ESTABLISH,
].reduce((bits, reason) => bits | (1 << reason), 0);

/** True for segments without SYN, FIN and RST that are let through because an attempt may be open between their ends. */
function isAmongAttempts(reason: number): boolean {
  return reason === WITH_AN_ATTEMPT || reason === ODD_WITH_AN_ATTEMPT || reason === MAY_ESTABLISH;
}

/** Where sifting comes no further than so many packets time and again, others are taken one by one in between. */
const FEW_PACKETS = 16;
const MOST_BETWEEN = 64;

/** Follows one capture, packet by packet or all at once that lie at hand. */
export class Follower {
  readonly #followed: Followed;
  readonly #capture: number;
  readonly #frame = new Frame();
  readonly #sieve = new Sieve();
  /** When the run's two seconds begin, and the latest time in it. */
  #runNs = Number.NaN;
  #latestNs = Number.NEGATIVE_INFINITY;
  /** How many attempts had been opened when this capture's packet before was followed. */
  #opened = 0;

  /** `capture`: the capture's place among all that are analysed. */
  constructor(followed: Followed, capture: number) {
    this.#followed = followed;
    this.#capture = capture;
  }

  /** Takes the next packet. */
  take(packet: Packet): void {
    const { timeNs } = packet;
    if (this.#followed.patience > 0) this.#followed.patience--;
    this.#reach(runOf(timeNs), timeNs);
    const flags = glanceAt(packet.view, packet.offset, packet.capturedBytes, packet.linkType);
    if (flags < 0) {
      this.#follow(packet, ABOUT_ANYBODY, false);
      return;
    }
    const isRepeated = this.#sieve.look(packet);
    if ((flags & (SYN | FIN | RST)) !== 0) {
      if ((flags & SYN) !== 0) this.#sieve.noteSyn();
      this.#follow(packet, OF_A_HANDSHAKE, false);
    } else if (isRepeated) this.#followed.tracker.passOver(1);
    else this.#follow(packet, WITH_AN_ATTEMPT, false);
  }

  /** Takes all packets that are at hand; `packet` gets those that are followed, and the number of the last one. */
  drain(reader: SiftableReader, packet: Packet): void {
    let [between, left] = [0, 0];
    for (;;) {
      if (left-- === 0) {
        const packets = this.#sift(reader, packet);
        left = packets < FEW_PACKETS ? between : 0;
        between = packets < FEW_PACKETS ? Math.min(2 * between + 1, MOST_BETWEEN) : 0;
        if (packets > 0) continue;
      }
      if (!reader.next(packet)) break;
      this.take(packet);
    }
    packet.number = reader.lastFrame;
  }

  /** Takes those that can be sifted where the reader stands; gives their number. */
  #sift(reader: SiftableReader, packet: Packet): number {
    const { tracker, leastSifted, patience } = this.#followed;
    if (reader.bytes.length < leastSifted || (patience > 0 && !Kernel.isThere)) return 0;
    const sifter = Sifter.get();
    this.#noteOthers();
    // Whoever is told of an attempt may feed another analysis, before this one has seen all of its piece.
    if (sifter === undefined || sifter.isInUse) return 0;
    if (!sifter.sift(reader, this.#sieve, this.#runNs, tracker)) return 0;
    sifter.isInUse = true;
    try {
      return this.#followSifted(reader, packet, sifter);
    } finally {
      sifter.isInUse = false;
    }
  }

  /** Takes those that were let through. */
  #followSifted(reader: SiftableReader, packet: Packet, sifter: Sifter): number {
    const { tracker, disguise } = this.#followed;
    const { packets, through, toPosition, latestNs } = sifter;
    if (latestNs > this.#latestNs) this.#latestNs = latestNs;
    const beforeFrame = frameReference(this.#capture, reader.lastFrame);
    const piece = { beforeFrame, capture: this.#capture, sieve: this.#sieve };
    let read = 0;
    for (let index = 0; index < through; index++) {
      const reason = sifter.reason(index);
      if (disguise === undefined && ((PLAIN >>> reason) & 1) !== 0) {
        index = tracker.trackPlain(sifter.kernel, index, through, piece);
        this.#opened = tracker.opened;
        if (index === through) break;
      }
      const before = sifter.packetsBefore(index);
      reader.readAt(sifter.position(index), before - read, packet);
      read = before + 1;
      this.#follow(packet, sifter.reason(index), true);
    }
    reader.passTo(toPosition, packets - read, sifter);
    tracker.passOver(packets - through);
    return packets;
  }

  /** Says that no more packets come, or none for now: whoever looks at the tracker's time has to know of the last one. */
  end(): void {
    this.#endRun();
  }

  /** Goes on to a packet of this time, in the two seconds that begin at `runNs`. */
  #reach(runNs: number, timeNs: number): void {
    if (runNs !== this.#runNs) {
      this.#endRun();
      this.#runNs = runNs;
      this.#latestNs = timeNs;
      this.#sieve.startRun();
      this.#opened = this.#followed.tracker.opened;
    } else {
      if (timeNs > this.#latestNs) this.#latestNs = timeNs;
      this.#noteOthers();
    }
  }

  /** Another capture's packets may have opened attempts. */
  #noteOthers(): void {
    const { opened } = this.#followed.tracker;
    if (this.#opened !== opened) this.#sieve.isUnsure = true;
    this.#opened = opened;
  }

  /** What was passed over showed that the capture went on. */
  #endRun(): void {
    this.#followed.tracker.pass(this.#latestNs);
  }

  /**
   * Follows a packet that the sieve let through, for whatever reason. With `isSifted` those behind it in its piece were
   * sifted as well, before anybody knew what this one would do.
   */
  #follow(packet: Packet, reason: number, isSifted: boolean): void {
    const { tracker, undecodable, disguise } = this.#followed;
    const frame = this.#frame;
    const looked = disguise === undefined ? packet : disguise(packet);
    const reference = frameReference(this.#capture, packet.number);
    const undecodableReason = decodePacket(looked, frame);
    if (undecodableReason !== 0) undecodable[undecodableReason]++;
    if (isAmongAttempts(reason)) this.#followConnection(packet, looked, reference, isSifted);
    // Also a packet without interest moves the clock: it shows that the capture went on.
    else tracker.track(frame, looked, reference);
    if (reason === ABOUT_ANYBODY && tracker.opened !== this.#opened) this.#sieve.isUnsure = true;
    this.#opened = tracker.opened;
  }

  /** Follows a segment without SYN, FIN and RST, which may be a repetition. */
  #followConnection(packet: Packet, looked: Packet, reference: number, isSifted: boolean): void {
    const { tracker } = this.#followed;
    const sieve = this.#sieve;
    // With `take` it has been looked at.
    if (isSifted) sieve.look(packet);
    if (sieve.isRepetition) tracker.trackIfOpen(this.#frame, looked, reference);
    else tracker.track(this.#frame, looked, reference);
    sieve.note(tracker.isOpen, isSifted && Sifter.get()?.mayHaveSyn(sieve.hash) === true);
  }
}
