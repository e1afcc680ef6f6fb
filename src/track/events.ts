/** The packets of pending attempts, as columns of typed arrays. */
import { grown } from './columns.js';

/** No slot, no event. */
export const NONE = -1;

const FIRST_EVENTS = 1 << 15;

/** The packets of pending attempts: singly linked lists in columns. */
export class EventPool {
  kind = new Uint8Array(FIRST_EVENTS);
  timeToLive = new Uint8Array(FIRST_EVENTS);
  icmpVersion = new Uint8Array(FIRST_EVENTS);
  icmpType = new Uint8Array(FIRST_EVENTS);
  icmpCode = new Uint8Array(FIRST_EVENTS);
  /** The sender of an ICMP error, in the host table. */
  icmpHost = new Int32Array(FIRST_EVENTS);
  timeNs = new Float64Array(FIRST_EVENTS);
  frame = new Float64Array(FIRST_EVENTS);
  /** What tells copies of one packet from its retransmission; see copies.ts. */
  signature = new Uint32Array(FIRST_EVENTS);
  timestamp = new Uint32Array(FIRST_EVENTS);
  echo = new Uint32Array(FIRST_EVENTS);
  /** TRAIT_ bits, and the fingerprint of the options in their order (tcp-options.ts). */
  traits = new Uint16Array(FIRST_EVENTS);
  options = new Uint32Array(FIRST_EVENTS);
  /** IPv4 identification or IPv6 flow label; -1 when not known. */
  identification = new Int32Array(FIRST_EVENTS);
  /** Unscaled; -1 when not known. */
  window = new Int32Array(FIRST_EVENTS);
  next = new Int32Array(FIRST_EVENTS);
  #used = 0;
  #free = NONE;

  allocate(): number {
    let event = this.#free;
    if (event !== NONE) this.#free = this.next[event];
    else {
      if (this.#used === this.kind.length) this.#grow();
      event = this.#used++;
    }
    this.next[event] = NONE;
    return event;
  }

  /** Takes back a whole list. */
  release(first: number, last: number): void {
    if (first === NONE) return;
    this.next[last] = this.#free;
    this.#free = first;
  }

  #grow(): void {
    const length = this.kind.length * 2;
    this.kind = grown(this.kind, length);
    this.timeToLive = grown(this.timeToLive, length);
    this.icmpVersion = grown(this.icmpVersion, length);
    this.icmpType = grown(this.icmpType, length);
    this.icmpCode = grown(this.icmpCode, length);
    this.icmpHost = grown(this.icmpHost, length);
    this.timeNs = grown(this.timeNs, length);
    this.frame = grown(this.frame, length);
    this.signature = grown(this.signature, length);
    this.timestamp = grown(this.timestamp, length);
    this.echo = grown(this.echo, length);
    this.traits = grown(this.traits, length);
    this.options = grown(this.options, length);
    this.identification = grown(this.identification, length);
    this.window = grown(this.window, length);
    this.next = grown(this.next, length);
  }
}
