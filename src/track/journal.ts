/** Writes packets into the lists of their attempts, and keeps copies of one packet out of them. */
import type { Packet } from '../capture/format.js';
import { isIpv4 } from '../decode/address.js';
import { Frame } from '../decode/frame.js';
import { readTcpOptions, TcpOptions } from '../decode/tcp-options.js';
import { EVENT_KINDS, type EventKind } from './attempt.js';
import { COPY_AFTER_ANSWER_NS, COPY_WINDOW_NS, segmentSignature } from './copies.js';
import { NONE } from './events.js';
import type { Moment } from './moment.js';
import type { PendingTable } from './pending.js';
import { traitsOf } from './traits.js';

const kindNumber = (kind: EventKind): number => EVENT_KINDS.indexOf(kind);

export const EVENT_SYN = kindNumber('syn');
export const EVENT_SYN_ACK = kindNumber('syn-ack');
export const EVENT_ACK = kindNumber('ack');
export const EVENT_RST = kindNumber('rst');
export const EVENT_ICMP = kindNumber('icmp');
export const EVENT_ICMP_FOR_SYN_ACK = kindNumber('icmp-for-syn-ack');
export const EVENT_CLIENT_RST = kindNumber('client-rst');
export const EVENT_CLIENT_FIN = kindNumber('client-fin');
export const EVENT_BAD_SYN_ACK = kindNumber('bad-syn-ack');
export const EVENT_BARE_ACK = kindNumber('bare-ack');
export const EVENT_IGNORED_RST = kindNumber('ignored-rst');
export const EVENT_LATE_RST = kindNumber('late-rst');
export const EVENT_REVERSE_SYN = kindNumber('reverse-syn');
export const EVENT_REVERSE_SYN_ACK = kindNumber('reverse-syn-ack');
export const EVENT_CLIENT_SEGMENT = kindNumber('client-segment');
export const EVENT_SERVER_SEGMENT = kindNumber('server-segment');
export const EVENT_SERVER_FIN = kindNumber('server-fin');

/** Packets that are kept of one attempt. */
const EVENTS_PER_ATTEMPT = 256;

/** Answers that no client accepts, after which it may repeat its SYN at once. */
function isUnacceptable(kind: number): boolean {
  return kind === EVENT_BAD_SYN_ACK || kind === EVENT_BARE_ACK || kind === EVENT_IGNORED_RST;
}

/** The packet at hand, and the lists that it may be written into. */
export class Journal {
  frame = new Frame();
  readonly moment: Moment;
  /** The value of its time-stamp option; 0 when it has none. */
  timestamp = 0;
  /** The value that it echoes; 0 when it has none. */
  echo = 0;
  /** Its TRAIT_ bits, and the fingerprint of its options. */
  traits = 0;
  options = 0;
  /** True if it has no TCP options at all. */
  isBare = false;
  /** How many copies were kept out. */
  copies = 0;
  #signature = 0;
  readonly #options = new TcpOptions();
  readonly #table: PendingTable;

  /** `moment` is that of the packet at hand. */
  constructor(table: PendingTable, moment: Moment) {
    this.#table = table;
    this.moment = moment;
  }

  /** Takes a packet in hand; `signature` is the same for all of its copies (copies.ts). */
  open(frame: Frame, signature: number): void {
    this.frame = frame;
    this.timestamp = 0;
    this.echo = 0;
    this.traits = 0;
    this.options = 0;
    this.#signature = signature;
  }

  /** The same of a SYN or SYN-ACK, whose options matter. */
  openWithOptions(frame: Frame, packet: Packet): void {
    const options = this.#options;
    this.open(frame, segmentSignature(frame));
    readTcpOptions(packet.view, frame.optionsOffset, frame.optionsBytes, options);
    if (options.hasTimestamp) {
      this.timestamp = options.timestampValue;
      this.echo = options.timestampEcho;
    }
    this.isBare = hasNoOptions(frame, packet);
    this.traits = traitsOf(frame, options);
    this.options = options.fingerprint;
  }

  /** Adds the packet at hand to an attempt; false if it is a copy of one that the attempt has. */
  note(slot: number, kind: number): boolean {
    if (this.#isCopy(slot, kind)) {
      this.#table.addCopy(slot);
      this.copies++;
      return false;
    }
    const event = this.write(slot, kind, this.moment, this.frame.timeToLive);
    if (event !== NONE) this.#describe(event);
    return true;
  }

  /** The same for an ICMP error, of which `sender` is the host. */
  noteIcmp(slot: number, kind: number, sender: number): void {
    if (this.#isCopy(slot, kind)) {
      this.#table.addCopy(slot);
      this.copies++;
      return;
    }
    const { frame } = this;
    const event = this.write(slot, kind, this.moment, frame.errorTimeToLive);
    if (event === NONE) return;
    const version = isIpv4(frame.errorSource0, frame.errorSource1, frame.errorSource2) ? 4 : 6;
    this.#table.events.describeIcmp(event, sender, version, frame.icmpType, frame.icmpCode);
  }

  /** Adds a packet that is not the one at hand; NONE if the attempt has too many already, else its event. */
  write(slot: number, kind: number, moment: Moment, timeToLive: number): number {
    const table = this.#table;
    const hasRoom = table.eventCount(slot) < EVENTS_PER_ATTEMPT;
    table.countEvent(slot);
    if (!hasRoom) return NONE;
    const event = table.addEvent(slot, kind);
    table.events.fill(event, kind, timeToLive, this.#signature, this.timestamp);
    table.events.place(event, moment);
    return event;
  }

  /** Adds what only the packet at hand has. */
  #describe(event: number): void {
    const { frame } = this;
    const identification = frame.ipVersion === 4 ? frame.ipId : frame.flowLabel;
    this.#table.events.describe(event, this.echo, this.traits, this.options, identification, frame.window);
  }

  #isCopy(slot: number, kind: number): boolean {
    const table = this.#table;
    // Mostly the first of its kind: that spares a walk through the others.
    if (!table.hasKind(slot, kind)) return false;
    const { events } = table;
    let wasAnswered = false;
    let isCopy = false;
    for (let event = table.firstEvent(slot); event !== NONE; event = events.next(event)) {
      const seen = events.kind(event);
      const apartNs = Math.abs(this.moment.timeNs - events.timeNs(event));
      if (seen === kind && events.signature(event) === this.#signature && apartNs <= COPY_WINDOW_NS) {
        isCopy = this.#hasTimestampOf(event);
        wasAnswered = false;
        if (isCopy && apartNs <= COPY_AFTER_ANSWER_NS) return true;
      } else if (isUnacceptable(seen)) wasAnswered = true;
    }
    return isCopy && !wasAnswered;
  }

  /** The option may be cut off in one of the copies. */
  #hasTimestampOf(event: number): boolean {
    const seen = this.#table.events.timestamp(event);
    return seen === this.timestamp || seen === 0 || this.timestamp === 0;
  }
}

/** From the options, which begin behind 20 bytes of header, back to the data offset. */
const DATA_OFFSET_BEFORE_OPTIONS = 8;
const LEAST_DATA_OFFSET = 5;

/** By the header's own length: in a packet that was cut the options are only missing. */
function hasNoOptions({ optionsOffset }: Frame, { view }: Packet): boolean {
  return view.getUint8(optionsOffset - DATA_OFFSET_BEFORE_OPTIONS) >> 4 === LEAST_DATA_OFFSET;
}
