/** Which pending attempts a segment may belong to, found in one walk along a hash chain. */
import type { Frame } from '../decode/frame.js';
import { NONE } from './events.js';
import { ESTABLISHED } from './layout/slots.js';
import type { PendingTable } from './pending.js';

/** The window of SYN and SYN-ACK is never scaled (RFC 7323 section 2.2): so far the first segments may reach. */
export const UNSCALED_WINDOW = 0xffff;

/** The outcome of a search; one instance is used again and again. Every field is a slot or NONE. */
export class Matches {
  /** The newest attempt of the segment's sender. */
  forwardNewest = NONE;
  /** The sender's attempt whose initial sequence number is the segment's own. */
  forwardSame = NONE;
  /** The sender's undecided attempt that the segment may continue, and its connection that it may. */
  forwardContinued = NONE;
  forwardEstablished = NONE;
  /** The sender's oldest attempt, and how many there are. */
  forwardOldest = NONE;
  forwardCount = 0;
  /** The newest attempt towards the segment's sender. */
  reverseNewest = NONE;
  /** The oldest one, and how many there are. */
  reverseOldest = NONE;
  reverseCount = 0;
  /** The attempt towards the sender whose SYN the segment acknowledges. */
  reverseAcknowledged = NONE;

  /** Looks among the open attempts only, as for data, or among the closed ones too. */
  find(table: PendingTable, hash: number, frame: Frame, withClosed: boolean): void {
    this.forwardNewest = NONE;
    this.forwardSame = NONE;
    this.forwardContinued = NONE;
    this.forwardEstablished = NONE;
    this.forwardOldest = NONE;
    this.forwardCount = 0;
    this.reverseNewest = NONE;
    this.reverseOldest = NONE;
    this.reverseCount = 0;
    this.reverseAcknowledged = NONE;
    this.#walk(table, table.openHead(hash), hash, frame);
    // An answer to an open attempt is no closed one's: that spares every SYN-ACK a walk through a large table.
    if (withClosed && this.reverseAcknowledged === NONE) this.#walk(table, table.closedHead(hash), hash, frame);
  }

  #walk(table: PendingTable, head: number, hash: number, frame: Frame): void {
    const there = (frame.sourcePort << 16) | frame.destinationPort;
    const back = (frame.destinationPort << 16) | frame.sourcePort;
    for (let slot = head; slot !== NONE; slot = table.next(slot)) {
      if (table.hash(slot) !== hash) continue;
      const ports = table.ports(slot);
      if (ports === there && table.isFromClient(slot, frame)) this.#addForward(table, slot, frame);
      if (ports === back && table.isFromServer(slot, frame)) this.#addReverse(table, slot, frame);
    }
  }

  /** The attempt that an answer belongs to: the one that it acknowledges, else the latest. */
  get answered(): number {
    return this.reverseAcknowledged === NONE ? this.reverseNewest : this.reverseAcknowledged;
  }

  #addForward(table: PendingTable, slot: number, frame: Frame): void {
    if (this.forwardNewest === NONE) this.forwardNewest = slot;
    const ahead = (frame.sequence - table.initialSequence(slot)) >>> 0;
    if (ahead === 0 && this.forwardSame === NONE) this.forwardSame = slot;
    if (ahead > 0 && ahead - 1 <= UNSCALED_WINDOW) {
      if ((table.state(slot) & ESTABLISHED) !== 0) {
        if (this.forwardEstablished === NONE) this.forwardEstablished = slot;
      } else if (this.forwardContinued === NONE) this.forwardContinued = slot;
    }
    this.forwardOldest = slot;
    this.forwardCount++;
  }

  #addReverse(table: PendingTable, slot: number, frame: Frame): void {
    if (this.reverseNewest === NONE) this.reverseNewest = slot;
    if (this.reverseAcknowledged === NONE && acknowledgesSyn(table, slot, frame)) this.reverseAcknowledged = slot;
    this.reverseOldest = slot;
    this.reverseCount++;
  }
}

/** True if the segment acknowledges the attempt's SYN, and its Fast Open data in part or in full (RFC 7413). */
export function acknowledgesSyn(table: PendingTable, slot: number, frame: Frame): boolean {
  return (frame.acknowledgement - table.initialSequence(slot) - 1) >>> 0 <= table.synPayloadBytes(slot);
}
