/** Takes the packets of one capture to the tracker, less those that the sieve lets be passed over. */
import type { EnterableReader } from '../capture/enterable.js';
import type { Packet } from '../capture/format.js';
import { Frame } from '../decode/frame.js';
import { decodePacket, UNDECODABLE_REASONS } from '../decode/packet.js';
import { frameReference } from './attempt.js';
import { createColumns, type PartColumns, type PartScan, scanAtHand } from './part-scan.js';
import { runOf, Sieve, SingleSegment } from './sieve.js';
import type { Tracker } from './tracker.js';

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

/** Packets that are looked at together: their columns fit the second-level cache. */
const DRAINED_PACKETS = 4096;

/** Follows one capture, packet by packet or part by part. */
export class Follower {
  readonly #followed: Followed;
  readonly #capture: number;
  readonly #frame = new Frame();
  readonly #sieve = new Sieve();
  readonly #single = new SingleSegment();
  /** Made when it is needed: not for captures that are merged with others, of which there may be thousands. */
  #columns: PartColumns | undefined;
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
    const single = this.#single;
    this.#reach(runOf(timeNs), timeNs);
    single.fill(packet);
    if (this.#sieve.next(single, 0, 1) === 0) this.#follow(packet, single.flags[0] < 0);
    else this.#followed.tracker.passOver(1);
  }

  /** Takes all packets that are at hand; `packet` gets those that are followed, and the number of the last one. */
  drain(reader: EnterableReader, packet: Packet): void {
    this.#columns ??= createColumns(DRAINED_PACKETS);
    for (;;) {
      const scan = scanAtHand(reader, this.#columns);
      if (scan.packets > 0) this.takePart(reader, packet, scan, this.#columns);
      else if (reader.next(packet)) this.take(packet);
      else break;
    }
    packet.number = reader.lastFrame;
  }

  /**
   * Takes a part that was scanned, of which the bytes lie under the reader. All packets before it have been taken. Only
   * those that are followed are read; `packet` gets them.
   */
  takePart(reader: EnterableReader, packet: Packet, scan: PartScan, columns: PartColumns): void {
    const { positions, runStarts, runFromNs, runLatestNs } = columns;
    let [read, passedOver] = [0, 0];
    for (let run = 0; run < scan.runs; run++) {
      this.#reach(runFromNs[run], runLatestNs[run]);
      const end = run + 1 < scan.runs ? runStarts[run + 1] : scan.packets;
      for (let index = runStarts[run]; index < end; index++) {
        const next = this.#sieve.next(columns, index, end);
        passedOver += next - index;
        index = next;
        if (next === end) break;
        reader.jump(scan.partOffset + positions[next], next - read);
        read = next + 1;
        if (!reader.nextInPlace(packet)) throw new Error('a record changed after it was scanned');
        this.#follow(packet, columns.flags[next] < 0);
      }
    }
    reader.jump(scan.toOffset, scan.packets - read);
    reader.count(scan);
    this.#followed.tracker.passOver(passedOver);
  }

  /** Says that no more packets come, or none for now: whoever looks at the tracker's time has to know of the last one. */
  end(): void {
    this.#endRun();
  }

  /** Goes on to a packet, or some, of which the latest is of this time, in the two seconds that begin at `runNs`. */
  #reach(runNs: number, latestNs: number): void {
    if (runNs !== this.#runNs) {
      this.#endRun();
      this.#runNs = runNs;
      this.#latestNs = latestNs;
      this.#sieve.startRun();
    } else {
      if (latestNs > this.#latestNs) this.#latestNs = latestNs;
      // By a packet of another capture.
      if (this.#opened !== this.#followed.tracker.opened) this.#sieve.isUnsure = true;
    }
    this.#opened = this.#followed.tracker.opened;
  }

  /** What was passed over showed that the capture went on. */
  #endRun(): void {
    this.#followed.tracker.pass(this.#latestNs);
  }

  /** Follows the packet that the sieve has found; `isUnknown`: it may be about anybody. */
  #follow(packet: Packet, isUnknown: boolean): void {
    const { tracker, undecodable, disguise } = this.#followed;
    const frame = this.#frame;
    const looked = disguise === undefined ? packet : disguise(packet);
    const reference = frameReference(this.#capture, packet.number);
    const reason = decodePacket(looked, frame);
    if (reason !== 0) undecodable[reason]++;
    if (this.#sieve.isRepetition) tracker.trackIfOpen(frame, looked, reference);
    // Also a packet without interest moves the clock: it shows that the capture went on.
    else tracker.track(frame, looked, reference);
    if (!isUnknown) this.#sieve.note(tracker.isOpen);
    else if (tracker.opened !== this.#opened) this.#sieve.isUnsure = true;
    this.#opened = tracker.opened;
  }
}
