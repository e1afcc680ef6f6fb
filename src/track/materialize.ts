/** Makes an object of a slot: the only place where an attempt's columns become something that outlives them. */
import { formatAddress } from '../decode/address.js';
import { type Attempt, type AttemptEnd, type AttemptEvent, EVENT_KINDS } from './attempt.js';
import { NONE } from './events.js';
import type { HostTable } from './hosts.js';
import { EVENT_SYN } from './journal.js';
import {
  ADDRESS_WORDS,
  BARE_SYN,
  HAS_REVERSE_SYN,
  HAS_SYN,
  HAS_SYN_ACK,
  ODD_SYN,
  type PendingTable,
} from './pending.js';

/** The attempt in a slot; `watchedNs` as in Attempt. */
export function materialize(
  table: PendingTable,
  slot: number,
  hosts: HostTable,
  end: AttemptEnd,
  watchedNs: number,
): Attempt {
  const at = slot * ADDRESS_WORDS;
  const words = table.address;
  const events = eventsOf(table, slot, hosts);
  const clientHost = hosts.find(words[at], words[at + 1], words[at + 2], words[at + 3]);
  const serverHost = hosts.find(words[at + 4], words[at + 5], words[at + 6], words[at + 7]);
  return {
    client: {
      address: formatAddress(words[at], words[at + 1], words[at + 2], words[at + 3]),
      port: table.ports[slot] >>> 16,
    },
    server: {
      address: formatAddress(words[at + 4], words[at + 5], words[at + 6], words[at + 7]),
      port: table.ports[slot] & 0xffff,
    },
    clientHost,
    serverHost,
    initialSequence: table.initialSequence[slot],
    isOddSyn: (table.state[slot] & ODD_SYN) !== 0,
    isMirrored: isMirrored(table, slot),
    linkSource: table.linkSource[slot],
    linkDestination: table.linkDestination[slot],
    isBareSyn: (table.state[slot] & BARE_SYN) !== 0,
    othersAnswered: othersAnswered(table, slot, hosts, serverHost),
    clientReached: clientReached(table, slot, hosts, clientHost),
    acceptedBefore: table.acceptedBefore[slot],
    events,
    omittedEvents: table.eventCount[slot] - events.length,
    copies: table.copies[slot],
    ticket: table.ticket[slot],
    end,
    watchedNs,
  };
}

function isMirrored({ state, reverseSequence, initialSequence }: PendingTable, slot: number): boolean {
  return (state[slot] & HAS_REVERSE_SYN) !== 0 && reverseSequence[slot] === initialSequence[slot];
}

/** How long before an attempt, and after its last SYN, an answer to others belongs to the same time. */
const SHORTLY_BEFORE_NS = 30e9;
const SHORTLY_AFTER_NS = 5e9;

/** Asked when the attempt is decided: later the log may have gone on too far. */
function othersAnswered(
  table: PendingTable,
  slot: number,
  hosts: HostTable,
  server: number,
): Attempt['othersAnswered'] {
  const log = hosts.port(server, table.ports[slot] & 0xffff)?.synAckLog;
  if (log === undefined || (table.state[slot] & (HAS_SYN | HAS_SYN_ACK)) !== HAS_SYN) return undefined;
  const { firstNs, lastNs } = timesOfSyns(table, slot);
  const before = log.between(firstNs - SHORTLY_BEFORE_NS, firstNs);
  const between = log.between(firstNs, lastNs);
  const meanwhile = between ?? log.between(lastNs, lastNs + SHORTLY_AFTER_NS);
  if (before === undefined || meanwhile === undefined) return undefined;
  return { before, meanwhile, isBetween: between !== undefined };
}

/** So long before an attempt, and after its last SYN, what came to the client says that its network worked. */
const REACHED_NS = 120e9;

/** Of interest for silent attempts only; asked when they are decided, as above. */
function clientReached(table: PendingTable, slot: number, hosts: HostTable, client: number): Attempt['clientReached'] {
  if ((table.state[slot] & (HAS_SYN | HAS_SYN_ACK)) !== HAS_SYN) return undefined;
  const { firstNs, lastNs } = timesOfSyns(table, slot);
  return hosts.arrivals(client, firstNs, lastNs, REACHED_NS);
}

function timesOfSyns(table: PendingTable, slot: number): { firstNs: number; lastNs: number } {
  const { timeNs, kind, next } = table.events;
  let firstNs = Number.POSITIVE_INFINITY;
  let lastNs = Number.NEGATIVE_INFINITY;
  for (let event = table.firstEvent[slot]; event !== NONE; event = next[event]) {
    if (kind[event] !== EVENT_SYN) continue;
    firstNs = Math.min(firstNs, timeNs[event]);
    lastNs = Math.max(lastNs, timeNs[event]);
  }
  return { firstNs, lastNs };
}

function eventsOf(table: PendingTable, slot: number, hosts: HostTable): AttemptEvent[] {
  const pool = table.events;
  const events: AttemptEvent[] = [];
  for (let event = table.firstEvent[slot]; event !== NONE; event = pool.next[event]) {
    const kind = EVENT_KINDS[pool.kind[event]];
    const told: AttemptEvent = {
      kind,
      frame: pool.frame[event],
      timeNs: pool.timeNs[event],
      timeToLive: pool.timeToLive[event],
      traits: pool.traits[event],
      options: pool.options[event],
      timestamp: pool.timestamp[event],
      echo: pool.echo[event],
      identification: pool.identification[event],
      window: pool.window[event],
    };
    if (kind === 'icmp' || kind === 'icmp-for-syn-ack') {
      const host = pool.icmpHost[event];
      told.icmp = {
        version: pool.icmpVersion[event] === 6 ? 6 : 4,
        type: pool.icmpType[event],
        code: pool.icmpCode[event],
        from: host === NONE ? 'unknown' : hosts.address(host),
      };
    }
    events.push(told);
  }
  // An answer that stood in the capture before its SYN was noted after it.
  return events.sort((one, other) => one.timeNs - other.timeNs);
}
