/**
 * Packets of which nothing is odd, tracked by compiled code (assembly/plain.ts): once the tables of the tracker lie in the
 * memory of that, it writes into them.
 */
import type { CaptureClock } from './clock.js';
import { HEAP, type Room } from './columns.js';
import type { EarlyResets } from './early.js';
import { NONE } from './events.js';
import { SEED } from './hash.js';
import type { HostTable } from './hosts.js';
import { EVENT_ACK, EVENT_RST, EVENT_SYN, EVENT_SYN_ACK } from './journal.js';
import { EXPECTED, type Kernel, type Tenant, TRACKED } from './kernel.js';
import { SPAN_DOUBLES, WARM_DOUBLES } from './layout/hosts.js';
import { EVENT_DOUBLES, SLOT_DOUBLES } from './layout/slots.js';
import {
  TRACKED_ANSWERS,
  TRACKED_CONNECTIONS,
  TRACKED_ESTABLISHED,
  TRACKED_FULL_QUEUE,
  TRACKED_HANDSHAKES,
  TRACKED_NOW_NS,
  TRACKED_OPENED,
  TRACKED_SEGMENTS,
} from './layout/through.js';
import type { PendingTable } from './pending.js';
import type { Sieve } from './sieve.js';
import { SIGN_RST, SIGN_SEGMENT, SIGN_SYN_ACK } from './signs.js';
import { TRAVEL_RST, TRAVEL_SEGMENT, TRAVEL_SYN, TRAVEL_SYN_ACK } from './whereabouts.js';

/** What of a tracker plain packets change. */
interface Tracked {
  readonly table: PendingTable;
  readonly clock: CaptureClock;
  readonly hosts: HostTable;
  readonly early: EarlyResets;
  /** How many attempts may wait, how many settled ones are remembered; are plain successes handed over like others? */
  readonly pendingLimit: number;
  readonly settledLimit: number;
  readonly keepsEstablished: boolean;
}

/** A piece of a capture whose packets were sifted. */
export interface PlainPiece {
  /** The reference to the frame before the first one of the piece, and its capture. */
  readonly beforeFrame: number;
  readonly capture: number;
  /** The sieve that they were let through by. */
  readonly sieve: Sieve;
}

/** Tracks plain packets. */
export class PlainPackets implements Tenant {
  /**
   * Of those that were tracked last: segments without SYN, FIN and RST, handshakes, other attempts that were opened, other
   * SYN-ACKs, and successes that were forgotten for them.
   */
  segments = 0;
  handshakes = 0;
  opened = 0;
  answers = 0;
  established = 0;
  /** The queue in which there is one attempt more than may be; NONE: there is none. */
  fullQueue = NONE;
  readonly #tracked: Tracked;
  readonly #kernel: Kernel;
  readonly #view: DataView;
  /** False: tables may lie elsewhere than the compiled code was told, and out of its reach. */
  #isTold = false;
  #isUsable = true;

  /** Moves the tables of a tracker to the kernel's memory. */
  constructor(kernel: Kernel, tracked: Tracked) {
    this.#kernel = kernel;
    this.#tracked = tracked;
    this.#view = new DataView(kernel.bytes.buffer, 0, kernel.bytes.length);
    const room = kernel.lend(this);
    this.#moveTo({
      bytes: (count) => {
        this.#isTold = false;
        return room.bytes(count);
      },
      free: (column) => room.free(column),
    });
  }

  /** Moves the tables to where no compiled code can reach them, for good: two trackers would only drive each other out. */
  moveOut(): void {
    this.#moveTo(HEAP);
    this.#isTold = false;
  }

  /** True if all tables lie where the compiled code was told that they do. */
  get isReady(): boolean {
    return this.#isTold && this.#isUsable;
  }

  /**
   * Tracks those of the packets that the sifter let through which are plain, from one on; gives the index of the first one
   * that is for the tracker, at most `end`.
   */
  track(from: number, end: number, { beforeFrame, capture, sieve }: PlainPiece): number {
    const { clock, early, hosts } = this.#tracked;
    if (!this.#isTold) this.#tell();
    if (!this.#isUsable) return from;
    const { nowNs, sweepNs, jumpedNs, era } = clock;
    const point = hosts.whereabouts.points.rowOf(capture);
    const { latestNs } = early;
    const { call } = this.#kernel;
    const { run, connections } = sieve;
    const to = call.track(from, end, beforeFrame, nowNs, sweepNs, jumpedNs, era, latestNs, point, run, connections);
    const view = this.#view;
    clock.nowNs = view.getFloat64(TRACKED + TRACKED_NOW_NS, true);
    sieve.connections = view.getInt32(TRACKED + TRACKED_CONNECTIONS, true);
    this.segments = view.getInt32(TRACKED + TRACKED_SEGMENTS, true);
    this.handshakes = view.getInt32(TRACKED + TRACKED_HANDSHAKES, true);
    this.established = view.getInt32(TRACKED + TRACKED_ESTABLISHED, true);
    this.opened = view.getInt32(TRACKED + TRACKED_OPENED, true);
    this.answers = view.getInt32(TRACKED + TRACKED_ANSWERS, true);
    this.fullQueue = view.getInt32(TRACKED + TRACKED_FULL_QUEUE, true);
    hosts.ports.takeQueued();
    return to;
  }

  #moveTo(room: Room): void {
    const { table, hosts } = this.#tracked;
    table.moveTo(room);
    hosts.moveTo(room);
  }

  /** Tells the compiled code where the tables lie; they may have grown out of its memory. */
  #tell(): void {
    const { table, hosts, pendingLimit, settledLimit, keepsEstablished } = this.#tracked;
    const { rows, ports, arrived, heardLog, whereabouts } = hosts;
    const columns = {
      hostIndex: hosts.index,
      hostCounter: rows.counters,
      hostRows: rows.doubles,
      coldRows: rows.coldDoubles,
      recentHashes: hosts.recentHash,
      recentUntil: hosts.recentUntilNs,
      heardSpans: heardLog.ended.rows,
      heardCounters: heardLog.ended.counters,
      arrivedSpans: arrived.ended.rows,
      arrivedCounters: arrived.ended.counters,
      pointRows: whereabouts.points.rows,
      portIndex: ports.index,
      portRows: ports.rows,
      portClients: ports.clients,
      logQueue: ports.queue,
      answered: ports.answered.counters,
      slotRows: table.rows,
      slotLinks: table.links,
      slotCounters: table.counters,
      openHeads: table.open,
      closedHeads: table.closed,
      eventRows: table.events.rows,
      eventCounters: table.events.counters,
    };
    const addresses = Object.entries(columns).map(([name, column]) => [name, this.#kernel.addressOf(column)] as const);
    this.#isUsable = addresses.every(([, address]) => address >= 0);
    this.#isTold = true;
    if (!this.#isUsable) return;
    this.#kernel.tell(Object.fromEntries(addresses));
    this.#kernel.tell({
      tracked: TRACKED,
      expected: EXPECTED,
      seed: SEED,
      signSynAck: SIGN_SYN_ACK,
      signSegment: SIGN_SEGMENT,
      signRst: SIGN_RST,
      travelSyn: TRAVEL_SYN,
      travelSynAck: TRAVEL_SYN_ACK,
      travelSegment: TRAVEL_SEGMENT,
      travelRst: TRAVEL_RST,
      eventSyn: EVENT_SYN,
      eventSynAck: EVENT_SYN_ACK,
      eventAck: EVENT_ACK,
      eventRst: EVENT_RST,
      hostIndexMask: hosts.index.length - 1,
      hostRoom: rows.doubles.length / WARM_DOUBLES,
      heardSpanRoom: heardLog.ended.rows.length / SPAN_DOUBLES,
      arrivedSpanRoom: arrived.ended.rows.length / SPAN_DOUBLES,
      portIndexMask: ports.index.length - 1,
      slotRoom: table.rows.length / SLOT_DOUBLES,
      openHeadCount: table.open.length,
      closedHeadCount: table.closed.length,
      eventRoom: table.events.rows.length / EVENT_DOUBLES,
      pendingLimit,
      settledLimit,
      keepsEstablished: Number(keepsEstablished),
    });
  }
}
