/**
 * Takes the packets of one capture to the tracker, repetitions aside (sieve.ts): those are passed over unless an attempt
 * between their ends is open, which only the tracker knows.
 */
import type { Packet } from '../capture/format.js';
import type { EnterableReader } from '../capture/enterable.js';
import { Frame } from '../decode/frame.js';
import { decodePacket, UNDECODABLE_REASONS } from '../decode/packet.js';
import { frameReference } from './attempt.js';
import type { PartScan } from './part-scan.js';
import { connectionOf, isCertain, type SiftedColumns, SingleSieve, UNKNOWN_ENDS } from './sieve.js';
import type { Tracker } from './tracker.js';

/** Connections of a run that room is made for at first. */
const FIRST_CONNECTIONS = 1 << 10;

/** What all followers of one analysis share. */
export interface Followed {
  readonly tracker: Tracker;
  /** How many packets could not be decoded, by reason. */
  readonly undecodable: Float64Array;
  /** What is looked at in the place of a packet; undefined: the packet itself. */
  readonly disguise: ((packet: Packet) => Packet) | undefined;
}

/** Counters for `Followed.undecodable`. */
export function createReasonCounts(): Float64Array {
  return new Float64Array(UNDECODABLE_REASONS.length);
}

/** Follows one capture, packet by packet or part by part. */
export class Follower {
  readonly #followed: Followed;
  readonly #capture: number;
  readonly #frame = new Frame();
  readonly #single = new SingleSieve();
  /** Of each connection of the run: 0 if no attempt between its ends is open, for certain. */
  #mayBeOpen = new Uint8Array(FIRST_CONNECTIONS);
  /** True if an attempt was opened since the run began, and nobody knows between which of the ends. */
  #isUnsure = false;
  /** How many attempts had been opened when this capture's packet before was followed. */
  #opened = 0;
  /** The latest time in the run. */
  #latestNs = Number.NEGATIVE_INFINITY;

  /** `capture`: the capture's place among all that are analysed. */
  constructor(followed: Followed, capture: number) {
    this.#followed = followed;
    this.#capture = capture;
  }

  /** Takes the next packet. */
  take(packet: Packet): void {
    const single = this.#single;
    if (single.sift(packet)) this.#startRun();
    else if (this.#opened !== this.#followed.tracker.opened) this.#isUnsure = true; // by a packet of another capture
    this.#latestNs = single.latestNs;
    const { code } = single;
    if (isCertain(code)) this.#follow(packet, code);
    else if (this.#mayBeOpen[connectionOf(code)] === 0 && !this.#isUnsure) this.#followed.tracker.passOver(1);
    else this.#followIfOpen(packet, code);
    this.#opened = this.#followed.tracker.opened;
  }

  /**
   * Takes a part that was scanned, of which the bytes lie under the reader. All packets before it have been taken. Only
   * those that are followed are read; `packet` gets them.
   */
  takePart(reader: EnterableReader, packet: Packet, scan: PartScan, columns: SiftedColumns): void {
    let [index, read, passedOver] = [0, 0, 0];
    for (let run = 0; run < scan.runs; run++) {
      this.#startRun();
      this.#latestNs = columns.runLatestNs[run];
      const end = run + 1 < scan.runs ? columns.runStarts[run + 1] : scan.packets;
      for (;;) {
        const next = this.#nextToFollow(columns.codes, index, end);
        passedOver += next - index;
        if (next === end) break;
        reader.jump(scan.partOffset + columns.positions[next], next - read);
        index = read = next + 1;
        if (!reader.nextInPlace(packet)) throw new Error('a record changed after it was scanned');
        const code = columns.codes[next];
        if (isCertain(code)) this.#follow(packet, code);
        else this.#followIfOpen(packet, code);
      }
      index = end;
    }
    reader.jump(scan.toOffset, scan.packets - read);
    reader.count(scan);
    this.#followed.tracker.passOver(passedOver);
    this.#opened = this.#followed.tracker.opened;
  }

  /**
   * The index of the next packet that is no repetition, or one of a connection whose attempt may be open; `end` if there
   * is none. Most packets of most captures are passed over here, in 2 ns each; a loop around more than this is compiled
   * anew for each part.
   */
  #nextToFollow(codes: Int32Array, from: number, end: number): number {
    const mayBeOpen = this.#mayBeOpen;
    if (this.#isUnsure) return from;
    for (let index = from; index < end; index++) {
      const code = codes[index];
      if (isCertain(code) || mayBeOpen[connectionOf(code)] !== 0) return index;
    }
    return end;
  }

  /** Says that no more packets come. */
  end(): void {
    this.#startRun();
  }

  #startRun(): void {
    // What was passed over showed that the capture went on.
    this.#followed.tracker.pass(this.#latestNs);
    this.#isUnsure = false;
  }

  #follow(packet: Packet, code: number): void {
    const { tracker, undecodable } = this.#followed;
    const frame = this.#frame;
    const looked = this.#lookAt(packet);
    const opened = tracker.opened;
    const reason = decodePacket(looked, frame);
    if (reason !== 0) undecodable[reason]++;
    // Also a packet without interest moves the clock: it shows that the capture went on.
    tracker.track(frame, looked, frameReference(this.#capture, packet.number));
    if (code >= 0) this.#note(connectionOf(code), tracker.isOpen);
    else if (code === UNKNOWN_ENDS && tracker.opened !== opened) this.#isUnsure = true;
  }

  /** Follows a repetition if an attempt between its ends is open. */
  #followIfOpen(packet: Packet, code: number): void {
    const { tracker } = this.#followed;
    const frame = this.#frame;
    const looked = this.#lookAt(packet);
    decodePacket(looked, frame);
    tracker.trackIfOpen(frame, looked, frameReference(this.#capture, packet.number));
    this.#note(connectionOf(code), tracker.isOpen);
  }

  #lookAt(packet: Packet): Packet {
    return this.#followed.disguise === undefined ? packet : this.#followed.disguise(packet);
  }

  #note(connection: number, mayBeOpen: boolean): void {
    if (connection >= this.#mayBeOpen.length) {
      const grown = new Uint8Array(connection * 2);
      grown.set(this.#mayBeOpen);
      this.#mayBeOpen = grown;
    }
    this.#mayBeOpen[connection] = mayBeOpen ? 1 : 0;
  }
}
