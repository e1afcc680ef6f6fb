/**
 * Fetches what is needed soon. In a large network each handshake waits for memory some twenty times, one after the other;
 * in a loop that does nothing but read, the processor fetches several places at once. So there is a loop for each step:
 * where something stands has to be there before it can be looked at. It only reads.
 */
import { ACKNOWLEDGEMENT, DESTINATION, PORTS, SOURCE } from '../../decode/plain-header';
import { ADDRESS, MARKS, RECENT_PLACES, WARM_BYTES } from '../layout/hosts';
import { BEHIND, CHAIN, FIRST_EVENT, FRONT, HASH, SETTLED } from '../layout/slots';
import { BEGINS_A_HANDSHAKE, OPENS_AN_ATTEMPT, THROUGH_BYTES } from '../layout/through';
import { packetAt, reasonAt, timeAt } from './clock';
import { hostIndex, hostIndexMask, hostNumberOf, hostRows, recentHash, recentHashes, recentUntil, touchSpans } from './hosts';
import { networkWord } from './packet';
import { through } from './sift';
import { EVENT_BYTES, eventRoom, eventRowOf, headOf, rowOf, slotCounters } from './slots';
import { mix, NONE, seed } from './values';

/** Where it notes what it expects, as plain-packets.ts tells it. */
export let expected: usize = 0;

/** So many attempts are looked ahead; of each some words are noted. */
const AHEAD: i32 = 32;
const EXPECTED_BYTES: usize = 20;
/** The packet, and then the host that it is from, if it is known. */
const SYN: usize = 0;
const CLIENT_HASH: usize = 4;
/** The hash of both ends, and then the head of the chain with it. */
const ENDS_HASH: usize = 8;
/** Of the settled attempt that has to go for it the head of its chain, and its first packet. */
const OLDEST_CHAIN: usize = 12;
const OLDEST_EVENT: usize = 16;

/** Nobody reads it: without it the compiler would see that what is fetched is not needed. */
export let fetchedWords: i32 = 0;

/** True for a SYN that opens an attempt, unless that is known. */
export function hasNewSyn(reason: i32): bool {
  return reason === BEGINS_A_HANDSHAKE || reason === OPENS_AN_ATTEMPT;
}

/**
 * Fetches what those of the packets will need that open attempts, from the one with this index on, as far as it looks
 * ahead; gives the index of the first packet that it has not looked at.
 */
export function fetchAhead(from: i32, end: i32): i32 {
  let index = from;
  let count = 0;
  let words = 0;
  while (index < end && count < AHEAD) {
    const at = through + <usize>index * THROUGH_BYTES;
    const reason = reasonAt(at);
    index++;
    if (!hasNewSyn(reason)) continue;
    const syn = packetAt(at);
    store<u32>(placeOf(count++), <u32>syn);
    words ^= load<i32>(syn, PORTS);
    if (reason !== BEGINS_A_HANDSHAKE) continue;
    words ^= load<i32>(packetAt(at + THROUGH_BYTES), ACKNOWLEDGEMENT);
    words ^= load<i32>(packetAt(at + 2 * THROUGH_BYTES), ACKNOWLEDGEMENT);
    index += 2;
  }
  for (let number = 0; number < count; number++) {
    const place = placeOf(number);
    const syn = <usize>load<u32>(place, SYN);
    const source = networkWord(syn + SOURCE);
    const ports = networkWord(syn + PORTS);
    const clientPort = <i32>(<u32>ports >> 16);
    const clientHash = mix(seed, source);
    const hash = mix(clientHash, clientPort) + mix(mix(seed, networkWord(syn + DESTINATION)), ports & 0xffff);
    store<i32>(place, clientHash, CLIENT_HASH);
    store<i32>(place, hash, ENDS_HASH);
    words ^= load<i32>(hostIndex + (<usize>((clientHash << 1) & hostIndexMask) << 2));
    words ^= load<i32>(headOf(hash));
    const recent = <usize>(recentHash(source, clientPort) & (RECENT_PLACES - 1));
    words ^= load<i32>(recentHashes + recent * 4) ^ load<i32>(recentUntil + recent * 8);
  }
  let oldest = load<i32>(slotCounters, (FRONT + SETTLED) * 4);
  for (let number = 0; number < count; number++) {
    const place = placeOf(number);
    let chain = NONE;
    let event = NONE;
    if (oldest !== NONE) {
      const row = rowOf(oldest);
      chain = load<i32>(headOf(load<i32>(row, HASH * 4)));
      event = load<i32>(row, FIRST_EVENT * 4);
      oldest = load<i32>(row, BEHIND * 4);
    }
    store<i32>(place, chain, OLDEST_CHAIN);
    store<i32>(place, event, OLDEST_EVENT);
  }
  for (let number = 0; number < count; number++) {
    const place = placeOf(number);
    const host = hostNumberOf(load<i32>(place, CLIENT_HASH));
    const slot = load<i32>(headOf(load<i32>(place, ENDS_HASH)));
    const chain = load<i32>(place, OLDEST_CHAIN);
    const event = load<i32>(place, OLDEST_EVENT);
    store<i32>(place, host, CLIENT_HASH);
    if (host !== NONE) {
      const row = hostRows + <usize>host * WARM_BYTES;
      words ^= load<i32>(row, ADDRESS * 4) ^ load<i32>(row, MARKS * 4);
    }
    if (slot !== NONE) words ^= load<i32>(rowOf(slot), HASH * 4);
    if (chain !== NONE) words ^= load<i32>(rowOf(chain), CHAIN * 4);
    // The packets of a handshake lie one behind the other, mostly.
    if (event !== NONE && event + 2 < eventRoom) {
      const row = eventRowOf(event);
      words ^= load<i32>(row) ^ load<i32>(row, EVENT_BYTES) ^ load<i32>(row, 2 * EVENT_BYTES);
    }
  }
  const timeNs = timeAt(through + <usize>from * THROUGH_BYTES);
  for (let number = 0; number < count; number++) {
    const host = load<i32>(placeOf(number), CLIENT_HASH);
    if (host !== NONE) words ^= touchSpans(hostRows + <usize>host * WARM_BYTES, timeNs);
  }
  fetchedWords ^= words;
  return index;
}

function placeOf(number: i32): usize {
  return expected + <usize>number * EXPECTED_BYTES;
}
