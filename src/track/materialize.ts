/** Makes an object of a slot: the only place where an attempt's columns become something that outlives them. */
import { formatAddress } from '../decode/address.js';
import { type Attempt, type AttemptEnd, type AttemptEvent, EVENT_KINDS } from './attempt.js';
import { NONE } from './events.js';
import type { HostTable } from './hosts.js';
import { EVENT_SYN } from './journal.js';
import { BARE_SYN, HAS_REVERSE_SYN, HAS_SYN, HAS_SYN_ACK, ODD_SYN } from './layout/slots.js';
import type { PendingTable } from './pending.js';

/** The attempt in a slot; `watchedNs` as in Attempt. */
export function materialize(
  table: PendingTable,
  slot: number,
  hosts: HostTable,
  end: AttemptEnd,
  watchedNs: number,
): Attempt {
  const client0 = table.clientWord(slot, 0);
  const client1 = table.clientWord(slot, 1);
  const client2 = table.clientWord(slot, 2);
  const client3 = table.clientWord(slot, 3);
  const server0 = table.serverWord(slot, 0);
  const server1 = table.serverWord(slot, 1);
  const server2 = table.serverWord(slot, 2);
  const server3 = table.serverWord(slot, 3);
  const events = eventsOf(table, slot, hosts);
  const clientHost = hosts.find(client0, client1, client2, client3);
  const serverHost = hosts.find(server0, server1, server2, server3);
  return {
    client: {
      address: formatAddress(client0, client1, client2, client3),
      port: table.clientPort(slot),
    },
    server: {
      address: formatAddress(server0, server1, server2, server3),
      port: table.serverPort(slot),
    },
    clientHost,
    serverHost,
    initialSequence: table.initialSequence(slot) >>> 0,
    isOddSyn: (table.state(slot) & ODD_SYN) !== 0,
    isMirrored: isMirrored(table, slot),
    linkSource: table.linkSource(slot),
    linkDestination: table.linkDestination(slot),
    isBareSyn: (table.state(slot) & BARE_SYN) !== 0,
    othersAnswered: othersAnswered(table, slot, hosts, serverHost),
    clientReached: clientReached(table, slot, hosts, clientHost),
    acceptedBefore: table.acceptedBefore(slot),
    events,
    omittedEvents: table.eventCount(slot) - events.length,
    copies: table.copies(slot),
    ticket: table.ticket(slot),
    end,
    watchedNs,
  };
}

function isMirrored(table: PendingTable, slot: number): boolean {
  return (table.state(slot) & HAS_REVERSE_SYN) !== 0 && table.reverseSequence(slot) === table.initialSequence(slot);
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
  if ((table.state(slot) & (HAS_SYN | HAS_SYN_ACK)) !== HAS_SYN) return undefined;
  const log = hosts.port(server, table.serverPort(slot))?.synAckLog;
  if (log === undefined) return undefined;
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
  if ((table.state(slot) & (HAS_SYN | HAS_SYN_ACK)) !== HAS_SYN) return undefined;
  const { firstNs, lastNs } = timesOfSyns(table, slot);
  return hosts.arrivals(client, firstNs, lastNs, REACHED_NS);
}

function timesOfSyns(table: PendingTable, slot: number): { firstNs: number; lastNs: number } {
  const { events } = table;
  let firstNs = Number.POSITIVE_INFINITY;
  let lastNs = Number.NEGATIVE_INFINITY;
  for (let event = table.firstEvent(slot); event !== NONE; event = events.next(event)) {
    if (events.kind(event) !== EVENT_SYN) continue;
    firstNs = Math.min(firstNs, events.timeNs(event));
    lastNs = Math.max(lastNs, events.timeNs(event));
  }
  return { firstNs, lastNs };
}

function eventsOf(table: PendingTable, slot: number, hosts: HostTable): AttemptEvent[] {
  const pool = table.events;
  const events: AttemptEvent[] = [];
  for (let event = table.firstEvent(slot); event !== NONE; event = pool.next(event)) {
    const kind = EVENT_KINDS[pool.kind(event)];
    const isIcmp = kind === 'icmp' || kind === 'icmp-for-syn-ack';
    const told: AttemptEvent = {
      kind,
      frame: pool.frame(event),
      timeNs: pool.timeNs(event),
      timeToLive: pool.timeToLive(event),
      traits: pool.traits(event),
      options: isIcmp ? 0 : pool.options(event),
      timestamp: pool.timestamp(event),
      echo: isIcmp ? 0 : pool.echo(event),
      identification: pool.identification(event),
      window: pool.window(event),
    };
    if (isIcmp) {
      const host = pool.icmpHost(event);
      told.icmp = {
        version: pool.icmpVersion(event) === 6 ? 6 : 4,
        type: pool.icmpType(event),
        code: pool.icmpCode(event),
        from: host === NONE ? 'unknown' : hosts.address(host),
      };
    }
    events.push(told);
  }
  // An answer that stood in the capture before its SYN was noted after it.
  return events.length < 2 ? events : events.sort((one, other) => one.timeNs - other.timeNs);
}
