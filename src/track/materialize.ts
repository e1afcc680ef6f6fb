/** Makes an object of a slot: the only place where an attempt's columns become something that outlives them. */
import { formatAddress } from '../decode/address.js';
import { type Attempt, type AttemptEnd, type AttemptEvent, EVENT_KINDS } from './attempt.js';
import { NONE } from './events.js';
import type { HostTable } from './hosts.js';
import { ADDRESS_WORDS, ODD_SYN, type PendingTable } from './pending.js';

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
  return {
    client: {
      address: formatAddress(words[at], words[at + 1], words[at + 2], words[at + 3]),
      port: table.ports[slot] >>> 16,
    },
    server: {
      address: formatAddress(words[at + 4], words[at + 5], words[at + 6], words[at + 7]),
      port: table.ports[slot] & 0xffff,
    },
    clientHost: hosts.find(words[at], words[at + 1], words[at + 2], words[at + 3]),
    serverHost: hosts.find(words[at + 4], words[at + 5], words[at + 6], words[at + 7]),
    initialSequence: table.initialSequence[slot],
    isOddSyn: (table.state[slot] & ODD_SYN) !== 0,
    events,
    omittedEvents: table.eventCount[slot] - events.length,
    copies: table.copies[slot],
    end,
    watchedNs,
  };
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
