/** How the ports of hosts answered SYNs: which, when, whom, how soon, and whether their queue overflowed. */
import { formatAddress, parseAddress } from '../decode/address.js';
import type { Frame } from '../decode/frame.js';
import type { FrameReference } from './attempt.js';
import { FingerprintSet } from './fingerprints.js';
import { hashAddress, hashPair } from './hash.js';
import { SynAckLog } from './syn-ack-log.js';

const NONE = -1;

/** How a port of a host answered SYNs. */
export interface PortFacts {
  synAcks: number;
  firstSynAckNs: number;
  firstSynAckFrame: FrameReference;
  lastSynAckNs: number;
  lastSynAckFrame: FrameReference;
  /** Attempts that got their first SYN-ACK only after they had repeated the SYN. */
  lateSynAcks: number;
  /** SYN-ACKs that it sent again and again although the client had acknowledged them, and the last one. */
  overflows: number;
  lastOverflowNs: number;
  lastOverflowFrame: FrameReference;
  /** Attempts that it accepted, as told by their first SYN-ACK. */
  accepted: number;
  /** The shortest time from a first SYN to its SYN-ACK, and of how many; Infinity while there are none. */
  roundTripNs: number;
  roundTrips: number;
  readonly synAckLog: SynAckLog;
  /** Client addresses that got a SYN-ACK; the first few. */
  readonly answeredClients: Set<string>;
}

/** So many client addresses are kept of each port: enough to say 'others were answered'. */
export const KEPT_CLIENTS = 8;
const MAXIMUM_PORTS = 1 << 18;

/** Facts about ports, by host. */
export class PortTable {
  /** Of each host what its ports did; Maps with small integers as keys, which V8 hashes several times faster. */
  readonly #ports: (Map<number, PortFacts> | undefined)[] = [];
  #count = 0;
  readonly #answered = new FingerprintSet();

  /** True once there are more ports than are told apart. */
  get isFull(): boolean {
    return this.#count === MAXIMUM_PORTS;
  }

  /** What is known of a port; undefined if it never answered. */
  get(host: number, port: number): PortFacts | undefined {
    return this.#ports[host]?.get(port);
  }

  /** Notes a SYN-ACK of a host's port, which is `frame`; gives what is known of the port. */
  noteSynAck(host: number, frame: Frame, timeNs: number, reference: FrameReference): PortFacts | undefined {
    const facts = this.#portFacts(host, frame.sourcePort);
    if (facts === undefined) return undefined;
    if (facts.synAcks === 0) {
      facts.firstSynAckNs = timeNs;
      facts.firstSynAckFrame = reference;
    }
    facts.synAcks++;
    facts.lastSynAckNs = timeNs;
    facts.lastSynAckFrame = reference;
    const { destination0, destination1, destination2, destination3 } = frame;
    const client = hashAddress(destination0, destination1, destination2, destination3);
    facts.synAckLog.note(timeNs, reference, client);
    this.#answered.add(hashPair(portKey(host, frame.sourcePort), client));
    if (facts.answeredClients.size < KEPT_CLIENTS) {
      facts.answeredClients.add(formatAddress(destination0, destination1, destination2, destination3));
    }
    return facts;
  }

  /**
   * Notes that a port accepted an attempt: the time from its only SYN, -1 if that was repeated, or Infinity if the
   * capture shows the SYN behind its answer.
   */
  noteAccepted(facts: PortFacts, roundTripNs: number): void {
    facts.accepted++;
    if (roundTripNs < 0) facts.lateSynAcks++;
    else if (roundTripNs !== Number.POSITIVE_INFINITY) {
      facts.roundTrips++;
      facts.roundTripNs = Math.min(facts.roundTripNs, roundTripNs);
    }
  }

  /** Notes that a port sent a SYN-ACK once more that its client had acknowledged already. */
  noteOverflow(port: PortFacts, timeNs: number, reference: FrameReference): void {
    port.overflows++;
    port.lastOverflowNs = timeNs;
    port.lastOverflowFrame = reference;
  }

  /** False if the host's port sent no SYN-ACK to this client address; true also when there were too many to know. */
  mayHaveAnswered(host: number, port: number, client: string): boolean {
    const words = parseAddress(client);
    if (host === NONE || words === undefined) return false;
    const hash = hashPair(portKey(host, port), hashAddress(words[0], words[1], words[2], words[3]));
    return this.#answered.isFull || this.#answered.has(hash);
  }

  /** A SYN-ACK of the port to this client address within a time. */
  answered(
    host: number,
    port: number,
    client: string,
    { fromNs, toNs }: { fromNs: number; toNs: number },
  ): { timeNs: number; frame: FrameReference } | undefined {
    const words = parseAddress(client);
    if (words === undefined) return undefined;
    const hash = hashAddress(words[0], words[1], words[2], words[3]);
    return this.get(host, port)?.synAckLog.toClient(hash, fromNs, toNs);
  }

  /** The shortest round trip to any port of the host, and of how many it is the shortest. */
  roundTrip(host: number): { shortestNs: number; count: number } | undefined {
    let shortestNs = Number.POSITIVE_INFINITY;
    let count = 0;
    for (const { roundTripNs, roundTrips } of this.#ports[host]?.values() ?? []) {
      shortestNs = Math.min(shortestNs, roundTripNs);
      count += roundTrips;
    }
    return count === 0 ? undefined : { shortestNs, count };
  }

  #portFacts(host: number, port: number): PortFacts | undefined {
    if (host === NONE) return undefined;
    let ports = this.#ports[host];
    if (ports === undefined) {
      ports = new Map();
      this.#ports[host] = ports;
    }
    const known = ports.get(port);
    if (known !== undefined || this.isFull) return known;
    const facts: PortFacts = {
      synAcks: 0,
      firstSynAckNs: 0,
      firstSynAckFrame: 0,
      lastSynAckNs: 0,
      lastSynAckFrame: 0,
      lateSynAcks: 0,
      overflows: 0,
      lastOverflowNs: 0,
      lastOverflowFrame: 0,
      accepted: 0,
      roundTripNs: Number.POSITIVE_INFINITY,
      roundTrips: 0,
      synAckLog: new SynAckLog(),
      answeredClients: new Set(),
    };
    ports.set(port, facts);
    this.#count++;
    return facts;
  }
}

function portKey(host: number, port: number): number {
  return host * 0x10000 + port;
}
