/** How the ports of hosts answered SYNs: which, when, whom, how soon, and whether their queue overflowed. */
import { formatAddress, parseAddress } from '../decode/address.js';
import type { Frame } from '../decode/frame.js';
import { AnsweredClients } from './answered-clients.js';
import type { FrameReference } from './attempt.js';
import { doublesIn, grown, HEAP, moved, type Room, wordsIn, wordsOf } from './columns.js';
import { addressKey, hashPort } from './hash.js';
import { type HostRows, NEVER, NONE } from './host-rows.js';
import { COLD_WORDS, LATEST_PORT } from './layout/hosts.js';
import {
  ACCEPTED,
  BEFORE,
  CLIENT_WORDS,
  CLIENTS,
  CLIENTS_WORDS,
  FIRST_SYN_ACK,
  HOST,
  KEPT_CLIENTS,
  LAST_OVERFLOW,
  LAST_SYN_ACK,
  LATE_SYN_ACKS,
  LEFT_OUT_NS,
  LOG_SPACING_NS,
  LOGGED_NS,
  MOST_QUEUED,
  OVERFLOWS,
  PORT,
  PORT_DOUBLES,
  PORT_WORDS,
  QUEUE_ENTRIES,
  QUEUED_CLIENT,
  QUEUED_DOUBLES,
  QUEUED_FRAME,
  QUEUED_NS,
  QUEUED_PORT,
  ROUND_TRIP_NS,
  ROUND_TRIPS,
  SYN_ACKS,
} from './layout/ports.js';
import type { Moment } from './moment.js';
import { SynAckLog } from './syn-ack-log.js';

/** How a port of a host answered SYNs. */
export interface PortFacts {
  readonly synAcks: number;
  readonly firstSynAckNs: number;
  readonly firstSynAckFrame: FrameReference;
  readonly lastSynAckNs: number;
  readonly lastSynAckFrame: FrameReference;
  /** Attempts that got their first SYN-ACK only after they had repeated the SYN. */
  readonly lateSynAcks: number;
  /** SYN-ACKs that it sent again and again although the client had acknowledged them, and the last one. */
  readonly overflows: number;
  readonly lastOverflowNs: number;
  readonly lastOverflowFrame: FrameReference;
  /** Attempts that it accepted, as told by their first SYN-ACK. */
  readonly accepted: number;
  /** The shortest time from a first SYN to its SYN-ACK, and of how many; Infinity while there are none. */
  readonly roundTripNs: number;
  readonly roundTrips: number;
  readonly synAckLog: SynAckLog;
  /** The latest SYN-ACK that is not in the log, or no longer; -Infinity: all of them are. */
  readonly leftOutNs: number;
  /** Client addresses that got a SYN-ACK; the first few. */
  readonly answeredClients: Set<string>;
}

const MAXIMUM_PORTS = 1 << 18;
const FIRST_PORTS = 1 << 6;

/** Behind the time of a SYN-ACK is its frame. */
const FRAME = 1;

/**
 * Facts about ports, by number: in rows, which are found by host and port. Whoever asks gets an object that reads them;
 * to keep one of each port would be too much where a scan finds a quarter of a million open.
 */
export class PortTable {
  readonly #hosts: HostRows;
  /** By layout/ports.ts. */
  rows = doublesIn(HEAP, FIRST_PORTS * PORT_DOUBLES);
  #words = wordsOf(this.rows);
  /** Open addressing, by the hash of host and port. */
  index = wordsIn(HEAP, FIRST_PORTS * 2).fill(NONE);
  /** The addresses of the first clients that got a SYN-ACK. */
  clients = wordsIn(HEAP, FIRST_PORTS * CLIENTS_WORDS);
  readonly #logs: SynAckLog[] = [];
  #count = 0;
  /** What waits to be logged, by layout/ports.ts. */
  queue = doublesIn(HEAP, QUEUE_ENTRIES + MOST_QUEUED * QUEUED_DOUBLES);
  /** Which port answered which client. */
  readonly answered = new AnsweredClients();
  #room = HEAP;

  constructor(hosts: HostRows) {
    this.#hosts = hosts;
  }

  /** Moves all to other memory. */
  moveTo(room: Room): void {
    this.#room = room;
    this.#takeRows(moved(this.rows, room));
    this.index = moved(this.index, room);
    this.clients = moved(this.clients, room);
    this.queue = moved(this.queue, room);
    this.answered.moveTo(room);
  }

  /** True once there are more ports than are told apart. */
  get isFull(): boolean {
    return this.#count === MAXIMUM_PORTS;
  }

  /** What is known of a port; undefined if it never answered. */
  get(host: number, port: number): PortFacts | undefined {
    const number = this.find(host, port);
    return number === NONE ? undefined : new Port(this, number);
  }

  /** The number of a port; NONE if it never answered. */
  find(host: number, port: number): number {
    if (host === NONE) return NONE;
    const words = this.#words;
    const mask = this.index.length - 1;
    for (let at = hashPort(host, port) & mask; ; at = (at + 1) & mask) {
      const number = this.index[at];
      if (number === NONE) return NONE;
      if (words[number * PORT_WORDS + HOST] === host && words[number * PORT_WORDS + PORT] === port) return number;
    }
  }

  /** The number of a port that answers now; NONE if there are too many. */
  intern(host: number, port: number): number {
    const known = this.find(host, port);
    if (known !== NONE || host === NONE || this.isFull) return known;
    if (this.#count * PORT_WORDS === this.#words.length) this.#grow();
    const number = this.#count++;
    const row = number * PORT_WORDS;
    const latest = host * COLD_WORDS + LATEST_PORT;
    this.#words[row + HOST] = host;
    this.#words[row + PORT] = port;
    this.#words[row + BEFORE] = this.#hosts.coldWords[latest];
    this.#hosts.coldWords[latest] = number;
    const at = number * PORT_DOUBLES;
    this.rows[at + ROUND_TRIP_NS] = Number.POSITIVE_INFINITY;
    this.rows[at + LOGGED_NS] = NEVER;
    this.rows[at + LEFT_OUT_NS] = NEVER;
    this.#logs.push(new SynAckLog());
    this.#enter(number);
    return number;
  }

  /** Notes a SYN-ACK of a port, which is `frame`. */
  noteSynAck(number: number, frame: Frame, moment: Moment): void {
    const words = this.#words;
    const row = number * PORT_WORDS;
    if (words[row + SYN_ACKS] === 0) this.#setMoment(number, FIRST_SYN_ACK, moment);
    words[row + SYN_ACKS]++;
    this.#setMoment(number, LAST_SYN_ACK, moment);
    const client = addressKey(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
    this.#log(number, client, moment);
    this.answered.add(number, client);
    if (words[row + CLIENTS] < KEPT_CLIENTS) this.#noteClient(number, frame);
  }

  /** SYN-ACKs that come fast one behind the other are not all in the log. */
  #log(number: number, client: number, moment: Moment): void {
    const { rows } = this;
    const at = number * PORT_DOUBLES;
    const { timeNs } = moment;
    let leftOutNs = timeNs;
    if (Math.abs(timeNs - rows[at + LOGGED_NS]) >= LOG_SPACING_NS) {
      rows[at + LOGGED_NS] = timeNs;
      leftOutNs = this.#logs[number].note(moment, client);
    }
    if (leftOutNs > rows[at + LEFT_OUT_NS]) rows[at + LEFT_OUT_NS] = leftOutNs;
  }

  /** Logs and adds what waits for it. */
  takeQueued(): void {
    this.answered.makeRoom();
    const { queue, rows } = this;
    const count = queue[0];
    if (count === 0) return;
    const words = wordsOf(queue);
    for (let entry = 0; entry < count; entry++) {
      const at = QUEUE_ENTRIES + entry * QUEUED_DOUBLES;
      const number = words[at * 2 + QUEUED_PORT];
      const moment = { timeNs: queue[at + QUEUED_NS], frame: queue[at + QUEUED_FRAME] };
      const leftOutNs = this.#logs[number].note(moment, words[at * 2 + QUEUED_CLIENT] >>> 0);
      const row = number * PORT_DOUBLES;
      if (leftOutNs > rows[row + LEFT_OUT_NS]) rows[row + LEFT_OUT_NS] = leftOutNs;
    }
    queue[0] = 0;
  }

  /** How many attempts a port accepted; of no port none. */
  acceptedBy(number: number): number {
    return number === NONE ? 0 : this.#words[number * PORT_WORDS + ACCEPTED];
  }

  /**
   * Notes that a port accepted an attempt: the time from its only SYN, -1 if that was repeated, or Infinity if the
   * capture shows the SYN behind its answer.
   */
  noteAccepted(number: number, roundTripNs: number): void {
    const row = number * PORT_WORDS;
    this.#words[row + ACCEPTED]++;
    if (roundTripNs < 0) this.#words[row + LATE_SYN_ACKS]++;
    else if (roundTripNs !== Number.POSITIVE_INFINITY) {
      const at = number * PORT_DOUBLES + ROUND_TRIP_NS;
      this.#words[row + ROUND_TRIPS]++;
      if (roundTripNs < this.rows[at]) this.rows[at] = roundTripNs;
    }
  }

  /** Notes that a port sent a SYN-ACK once more that its client had acknowledged already. */
  noteOverflow(number: number, moment: Moment): void {
    this.#words[number * PORT_WORDS + OVERFLOWS]++;
    this.#setMoment(number, LAST_OVERFLOW, moment);
  }

  /**
   * False if the host's port sent no SYN-ACK to the client whose address has this key; true also when there were too
   * many to know.
   */
  mayHaveAnswered(host: number, port: number, client: number): boolean {
    const number = this.find(host, port);
    if (number === NONE) return this.isFull;
    return this.answered.isFull || this.answered.has(number, client);
  }

  /** A SYN-ACK of the port to this client address within a time. */
  synAckTo(
    host: number,
    port: number,
    client: string,
    { fromNs, toNs }: { fromNs: number; toNs: number },
  ): { timeNs: number; frame: FrameReference } | undefined {
    const words = parseAddress(client);
    const number = this.find(host, port);
    if (words === undefined || number === NONE) return undefined;
    return this.log(number).toClient(addressKey(words[0], words[1], words[2], words[3]), fromNs, toNs);
  }

  /** The shortest round trip to any port of the host, and of how many it is the shortest. */
  roundTrip(host: number): { shortestNs: number; count: number } | undefined {
    if (host === NONE) return undefined;
    let shortestNs = Number.POSITIVE_INFINITY;
    let count = 0;
    let number = this.#hosts.coldWords[host * COLD_WORDS + LATEST_PORT];
    for (; number !== NONE; number = this.word(number, BEFORE)) {
      shortestNs = Math.min(shortestNs, this.double(number, ROUND_TRIP_NS));
      count += this.word(number, ROUND_TRIPS);
    }
    return count === 0 ? undefined : { shortestNs, count };
  }

  /** A word of a port's row. */
  word(number: number, field: number): number {
    return this.#words[number * PORT_WORDS + field];
  }

  /** A double of a port's row. */
  double(number: number, field: number): number {
    return this.rows[number * PORT_DOUBLES + field];
  }

  /** The log of a port's SYN-ACKs. */
  log(number: number): SynAckLog {
    return this.#logs[number];
  }

  /** The first clients that got a SYN-ACK of a port. */
  clientsOf(number: number): Set<string> {
    const { clients } = this;
    const addresses = new Set<string>();
    const from = number * CLIENTS_WORDS;
    const end = from + this.word(number, CLIENTS) * CLIENT_WORDS;
    for (let at = from; at < end; at += CLIENT_WORDS) {
      const words = clients.subarray(at, at + CLIENT_WORDS);
      addresses.add(formatAddress(words[0] >>> 0, words[1] >>> 0, words[2] >>> 0, words[3] >>> 0));
    }
    return addresses;
  }

  #setMoment(number: number, field: number, { timeNs, frame }: Moment): void {
    this.rows[number * PORT_DOUBLES + field] = timeNs;
    this.rows[number * PORT_DOUBLES + field + FRAME] = frame;
  }

  #noteClient(number: number, { destination0, destination1, destination2, destination3 }: Frame): void {
    const { clients } = this;
    const count = this.word(number, CLIENTS);
    const from = number * CLIENTS_WORDS;
    const end = from + count * CLIENT_WORDS;
    for (let at = from; at < end; at += CLIENT_WORDS) {
      if (
        clients[at + 3] === (destination3 | 0) &&
        clients[at + 2] === (destination2 | 0) &&
        clients[at + 1] === (destination1 | 0) &&
        clients[at] === (destination0 | 0)
      ) {
        return;
      }
    }
    clients[end] = destination0;
    clients[end + 1] = destination1;
    clients[end + 2] = destination2;
    clients[end + 3] = destination3;
    this.#words[number * PORT_WORDS + CLIENTS]++;
  }

  #enter(number: number): void {
    const mask = this.index.length - 1;
    let at = hashPort(this.word(number, HOST), this.word(number, PORT)) & mask;
    while (this.index[at] !== NONE) at = (at + 1) & mask;
    this.index[at] = number;
  }

  #grow(): void {
    const room = this.#room;
    this.#takeRows(grown(this.rows, this.rows.length * 2, room));
    this.clients = grown(this.clients, this.clients.length * 2, room);
    room.free(this.index);
    this.index = wordsIn(room, this.index.length * 2).fill(NONE);
    for (let number = 0; number < this.#count; number++) this.#enter(number);
  }

  #takeRows(rows: Float64Array): void {
    this.rows = rows;
    this.#words = wordsOf(rows);
  }
}

/** What is known of one port by now; it grows as the table does. */
class Port implements PortFacts {
  readonly #table: PortTable;
  readonly #number: number;

  constructor(table: PortTable, number: number) {
    this.#table = table;
    this.#number = number;
  }

  get synAcks(): number {
    return this.#table.word(this.#number, SYN_ACKS);
  }

  get firstSynAckNs(): number {
    return this.#table.double(this.#number, FIRST_SYN_ACK);
  }

  get firstSynAckFrame(): FrameReference {
    return this.#table.double(this.#number, FIRST_SYN_ACK + FRAME);
  }

  get lastSynAckNs(): number {
    return this.#table.double(this.#number, LAST_SYN_ACK);
  }

  get lastSynAckFrame(): FrameReference {
    return this.#table.double(this.#number, LAST_SYN_ACK + FRAME);
  }

  get lateSynAcks(): number {
    return this.#table.word(this.#number, LATE_SYN_ACKS);
  }

  get overflows(): number {
    return this.#table.word(this.#number, OVERFLOWS);
  }

  get lastOverflowNs(): number {
    return this.#table.double(this.#number, LAST_OVERFLOW);
  }

  get lastOverflowFrame(): FrameReference {
    return this.#table.double(this.#number, LAST_OVERFLOW + FRAME);
  }

  get accepted(): number {
    return this.#table.word(this.#number, ACCEPTED);
  }

  get roundTripNs(): number {
    return this.#table.double(this.#number, ROUND_TRIP_NS);
  }

  get roundTrips(): number {
    return this.#table.word(this.#number, ROUND_TRIPS);
  }

  get synAckLog(): SynAckLog {
    return this.#table.log(this.#number);
  }

  get leftOutNs(): number {
    return this.#table.double(this.#number, LEFT_OUT_NS);
  }

  get answeredClients(): Set<string> {
    return this.#table.clientsOf(this.#number);
  }
}
