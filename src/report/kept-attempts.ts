/**
 * Attempts that are kept to be listed, as columns of typed arrays: a hundred thousand of them as objects took 140 MB,
 * and 600 with the texts of their verdicts. An attempt becomes an object again whenever it is asked for.
 */
import {
  type Attempt,
  type AttemptEnd,
  type AttemptEnds,
  type AttemptEvent,
  EVENT_KINDS,
  type EventKind,
  type FrameReference,
} from '../track/attempt.js';
import { grown } from '../track/columns.js';

const ENDS: readonly AttemptEnd[] = ['quiet', 'capture-end', 'clock-jump', 'evicted'];
const KIND_NUMBERS = new Map(EVENT_KINDS.map((kind, number) => [kind, number]));

const SYN = KIND_NUMBERS.get('syn')!;
const SYN_ACK = KIND_NUMBERS.get('syn-ack')!;
const ANSWERED_KINDS = bitsOf(['syn', 'syn-ack']);
const NO_HOST = -1;

const FIRST_ATTEMPTS = 64;
const FIRST_EVENTS = 256;

/** What of an attempt is yes or no. */
const ODD_SYN = 1;
const MIRRORED = 2;
const BARE_SYN = 4;
const REACHED_MEANWHILE = 8;
const OTHERS_BETWEEN = 16;

/** Columns of numbers of any size, side by side in a row. */
const WATCHED_NS = 0;
const LINK_SOURCE = 1;
const LINK_DESTINATION = 2;
const ACCEPTED_BEFORE = 3;
const OMITTED_EVENTS = 4;
const COPIES = 5;
const TICKET = 6;
const CLIENT_HOST = 7;
const SERVER_HOST = 8;
const OTHERS_BEFORE = 9;
const OTHERS_MEANWHILE = 10;
const REACHED_BEFORE = 11;
const REACHED_AFTER = 12;
const ROW_FIELDS = 13;

/** In place of a frame: there is none, and nothing else of that kind either. */
const NO_FRAME = -1;
const NOTHING = -2;

/** What few packets have. */
type RareFields = Pick<AttemptEvent, 'icmp' | 'from' | 'linkSource'>;

/** A list of attempts that takes little memory. */
export class KeptAttempts {
  #length = 0;
  #packets = 0;
  /** Where the events of the first attempt begin: those before belonged to attempts that have left. */
  #base = 0;
  #clients: string[] = [];
  #servers: string[] = [];
  #ports = new Uint32Array(FIRST_ATTEMPTS);
  #sequence = new Uint32Array(FIRST_ATTEMPTS);
  #flags = new Uint8Array(FIRST_ATTEMPTS);
  #end = new Uint8Array(FIRST_ATTEMPTS);
  /** A bit for each kind of event that it has. */
  #kinds = new Uint32Array(FIRST_ATTEMPTS);
  #rows = new Float64Array(FIRST_ATTEMPTS * ROW_FIELDS);
  /** Behind its last event. */
  #eventsEnd = new Float64Array(FIRST_ATTEMPTS);
  #kind = new Uint8Array(FIRST_EVENTS);
  #timeToLive = new Uint8Array(FIRST_EVENTS);
  #traits = new Uint16Array(FIRST_EVENTS);
  #options = new Uint32Array(FIRST_EVENTS);
  #timestamp = new Uint32Array(FIRST_EVENTS);
  #echo = new Uint32Array(FIRST_EVENTS);
  #identification = new Int32Array(FIRST_EVENTS);
  #window = new Int32Array(FIRST_EVENTS);
  #timeNs = new Float64Array(FIRST_EVENTS);
  #frame = new Float64Array(FIRST_EVENTS);
  /** By the event's number since the beginning. */
  readonly #rare = new Map<number, RareFields>();

  get length(): number {
    return this.#length;
  }

  /** The events of all of them together. */
  get packets(): number {
    return this.#packets;
  }

  add(attempt: Attempt): void {
    const index = this.#length;
    if (index === this.#flags.length) this.#growAttempts();
    this.#length++;
    this.#clients[index] = attempt.client.address;
    this.#servers[index] = attempt.server.address;
    this.#ports[index] = attempt.client.port * 0x10000 + attempt.server.port;
    this.#sequence[index] = attempt.initialSequence;
    this.#flags[index] = flagsOf(attempt);
    this.#end[index] = ENDS.indexOf(attempt.end);
    this.#fillRow(index * ROW_FIELDS, attempt);
    let kinds = 0;
    for (const event of attempt.events) kinds |= 1 << this.#addEvent(event);
    this.#kinds[index] = kinds;
    this.#eventsEnd[index] = this.#base + this.#packets;
  }

  /** The attempt at this place, as a new object. */
  at(index: number): Attempt | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    const rows = this.#rows;
    const row = index * ROW_FIELDS;
    const flags = this.#flags[index];
    const { client, server, clientHost, serverHost } = this.ends(index);
    const has = (flag: number) => (flags & flag) !== 0;
    return {
      client,
      server,
      clientHost,
      serverHost,
      initialSequence: this.#sequence[index],
      isOddSyn: has(ODD_SYN),
      isMirrored: has(MIRRORED),
      linkSource: rows[row + LINK_SOURCE],
      linkDestination: rows[row + LINK_DESTINATION],
      isBareSyn: has(BARE_SYN),
      othersAnswered:
        rows[row + OTHERS_BEFORE] === NOTHING
          ? undefined
          : {
              before: rows[row + OTHERS_BEFORE],
              meanwhile: rows[row + OTHERS_MEANWHILE],
              isBetween: has(OTHERS_BETWEEN),
            },
      clientReached:
        rows[row + REACHED_BEFORE] === NOTHING
          ? undefined
          : {
              before: frameOr(rows[row + REACHED_BEFORE]),
              meanwhile: has(REACHED_MEANWHILE),
              after: frameOr(rows[row + REACHED_AFTER]),
            },
      acceptedBefore: rows[row + ACCEPTED_BEFORE],
      events: this.#eventsOf(index),
      omittedEvents: rows[row + OMITTED_EVENTS],
      copies: rows[row + COPIES],
      ticket: rows[row + TICKET],
      end: ENDS[this.#end[index]],
      watchedNs: rows[row + WATCHED_NS],
    };
  }

  /** When its first packet came, and which that is. */
  startNs(index: number): number {
    return this.#timeNs[this.#firstEvent(index)];
  }

  firstFrame(index: number): FrameReference {
    return this.#frame[this.#firstEvent(index)];
  }

  /** What it was told under; 0 if it was not. */
  ticket(index: number): number {
    return this.#rows[index * ROW_FIELDS + TICKET];
  }

  /** Who it was between, for those who need no more of it. */
  ends(index: number): AttemptEnds {
    const row = index * ROW_FIELDS;
    const ports = this.#ports[index];
    return {
      client: { address: this.#clients[index], port: ports >>> 16 },
      server: { address: this.#servers[index], port: ports & 0xffff },
      clientHost: this.#rows[row + CLIENT_HOST],
      serverHost: this.#rows[row + SERVER_HOST],
    };
  }

  clientAddress(index: number): string {
    return this.#clients[index];
  }

  /** The client's end and its sequence number, which translation of the server's end leaves alone. */
  clientKey(index: number): string {
    return `${this.#clients[index]} ${this.#ports[index] >>> 16} ${this.#sequence[index]}`;
  }

  serverAddress(index: number): string {
    return this.#servers[index];
  }

  serverPort(index: number): number {
    return this.#ports[index] & 0xffff;
  }

  acceptedBefore(index: number): number {
    return this.#rows[index * ROW_FIELDS + ACCEPTED_BEFORE];
  }

  /** When its first SYN-ACK came; undefined if it has no SYN, or no SYN-ACK. */
  answeredNs(index: number): number | undefined {
    if ((this.#kinds[index] & ANSWERED_KINDS) !== ANSWERED_KINDS) return undefined;
    let at = this.#firstEvent(index);
    while (this.#kind[at] !== SYN_ACK) at++;
    return this.#timeNs[at];
  }

  /** Looks again for hosts that were unknown when their attempts were decided: they may have been heard since. */
  findHosts(find: (address: string) => number): void {
    const rows = this.#rows;
    for (let index = 0; index < this.#length; index++) {
      const row = index * ROW_FIELDS;
      if (rows[row + CLIENT_HOST] === NO_HOST) rows[row + CLIENT_HOST] = find(this.#clients[index]);
      if (rows[row + SERVER_HOST] === NO_HOST) rows[row + SERVER_HOST] = find(this.#servers[index]);
    }
  }

  /** True if it has several SYNs. */
  isRepeated(index: number): boolean {
    let syns = 0;
    const end = this.#eventsEnd[index] - this.#base;
    for (let at = this.#firstEvent(index); at < end; at++) if (this.#kind[at] === SYN) syns++;
    return syns > 1;
  }

  end(index: number): AttemptEnd {
    return ENDS[this.#end[index]];
  }

  /** True if all its packets are of these kinds. */
  consistsOf(index: number, ...kinds: EventKind[]): boolean {
    return (this.#kinds[index] & ~bitsOf(kinds)) === 0;
  }

  firstKind(index: number): EventKind {
    return EVENT_KINDS[this.#kind[this.#firstEvent(index)]];
  }

  /** Those that have a packet of this kind, in the order in which they were added. */
  *having(kind: EventKind): Generator<Attempt> {
    const bit = bitsOf([kind]);
    for (let index = 0; index < this.#length; index++) {
      if ((this.#kinds[index] & bit) !== 0) yield this.at(index)!;
    }
  }

  /** Takes the first `count` away. */
  leave(count: number): Attempt[] {
    const leaving = Array.from({ length: count }, (_, index) => this.at(index)!);
    const packets = this.#eventsEnd[count - 1] - this.#base;
    for (let event = 0; event < packets && this.#rare.size > 0; event++) this.#rare.delete(this.#base + event);
    this.#clients = this.#clients.slice(count);
    this.#servers = this.#servers.slice(count);
    for (const column of [this.#ports, this.#sequence, this.#flags, this.#end, this.#kinds, this.#eventsEnd]) {
      column.copyWithin(0, count, this.#length);
    }
    this.#rows.copyWithin(0, count * ROW_FIELDS, this.#length * ROW_FIELDS);
    for (const column of this.#eventColumns()) column.copyWithin(0, packets, this.#packets);
    this.#length -= count;
    this.#packets -= packets;
    this.#base += packets;
    return leaving;
  }

  #firstEvent(index: number): number {
    return index === 0 ? 0 : this.#eventsEnd[index - 1] - this.#base;
  }

  #fillRow(row: number, attempt: Attempt): void {
    const rows = this.#rows;
    const { othersAnswered: others, clientReached: reached } = attempt;
    rows[row + WATCHED_NS] = attempt.watchedNs;
    rows[row + LINK_SOURCE] = attempt.linkSource;
    rows[row + LINK_DESTINATION] = attempt.linkDestination;
    rows[row + ACCEPTED_BEFORE] = attempt.acceptedBefore;
    rows[row + OMITTED_EVENTS] = attempt.omittedEvents;
    rows[row + COPIES] = attempt.copies;
    rows[row + TICKET] = attempt.ticket;
    rows[row + CLIENT_HOST] = attempt.clientHost;
    rows[row + SERVER_HOST] = attempt.serverHost;
    rows[row + OTHERS_BEFORE] = others?.before ?? NOTHING;
    rows[row + OTHERS_MEANWHILE] = others?.meanwhile ?? NOTHING;
    rows[row + REACHED_BEFORE] = reached === undefined ? NOTHING : (reached.before ?? NO_FRAME);
    rows[row + REACHED_AFTER] = reached?.after ?? NO_FRAME;
  }

  #addEvent(event: AttemptEvent): number {
    const at = this.#packets;
    if (at === this.#kind.length) this.#growEvents();
    this.#packets++;
    const kind = KIND_NUMBERS.get(event.kind)!;
    this.#kind[at] = kind;
    this.#timeToLive[at] = event.timeToLive;
    this.#traits[at] = event.traits;
    this.#options[at] = event.options;
    this.#timestamp[at] = event.timestamp;
    this.#echo[at] = event.echo;
    this.#identification[at] = event.identification;
    this.#window[at] = event.window;
    this.#timeNs[at] = event.timeNs;
    this.#frame[at] = event.frame;
    const { icmp, from, linkSource } = event;
    if (icmp !== undefined || from !== undefined || linkSource !== undefined) {
      this.#rare.set(this.#base + at, {
        ...(icmp === undefined ? {} : { icmp }),
        ...(from === undefined ? {} : { from }),
        ...(linkSource === undefined ? {} : { linkSource }),
      });
    }
    return kind;
  }

  #eventsOf(index: number): AttemptEvent[] {
    const events: AttemptEvent[] = [];
    const end = this.#eventsEnd[index] - this.#base;
    for (let at = this.#firstEvent(index); at < end; at++) {
      const event: AttemptEvent = {
        kind: EVENT_KINDS[this.#kind[at]],
        frame: this.#frame[at],
        timeNs: this.#timeNs[at],
        timeToLive: this.#timeToLive[at],
        traits: this.#traits[at],
        options: this.#options[at],
        timestamp: this.#timestamp[at],
        echo: this.#echo[at],
        identification: this.#identification[at],
        window: this.#window[at],
      };
      if (this.#rare.size > 0) Object.assign(event, this.#rare.get(this.#base + at));
      events.push(event);
    }
    return events;
  }

  #growAttempts(): void {
    const length = this.#flags.length * 2;
    this.#ports = grown(this.#ports, length);
    this.#sequence = grown(this.#sequence, length);
    this.#flags = grown(this.#flags, length);
    this.#end = grown(this.#end, length);
    this.#kinds = grown(this.#kinds, length);
    this.#eventsEnd = grown(this.#eventsEnd, length);
    this.#rows = grown(this.#rows, length * ROW_FIELDS);
  }

  #growEvents(): void {
    const length = this.#kind.length * 2;
    this.#kind = grown(this.#kind, length);
    this.#timeToLive = grown(this.#timeToLive, length);
    this.#traits = grown(this.#traits, length);
    this.#options = grown(this.#options, length);
    this.#timestamp = grown(this.#timestamp, length);
    this.#echo = grown(this.#echo, length);
    this.#identification = grown(this.#identification, length);
    this.#window = grown(this.#window, length);
    this.#timeNs = grown(this.#timeNs, length);
    this.#frame = grown(this.#frame, length);
  }

  #eventColumns() {
    return [
      this.#kind,
      this.#timeToLive,
      this.#traits,
      this.#options,
      this.#timestamp,
      this.#echo,
      this.#identification,
      this.#window,
      this.#timeNs,
      this.#frame,
    ];
  }
}

function flagsOf({ isOddSyn, isMirrored, isBareSyn, clientReached, othersAnswered }: Attempt): number {
  return (
    (isOddSyn ? ODD_SYN : 0) |
    (isMirrored ? MIRRORED : 0) |
    (isBareSyn ? BARE_SYN : 0) |
    (clientReached?.meanwhile ? REACHED_MEANWHILE : 0) |
    (othersAnswered?.isBetween ? OTHERS_BETWEEN : 0)
  );
}

function bitsOf(kinds: readonly EventKind[]): number {
  return kinds.reduce((bits, kind) => bits | (1 << KIND_NUMBERS.get(kind)!), 0);
}

function frameOr(frame: number): FrameReference | undefined {
  return frame === NO_FRAME ? undefined : frame;
}
