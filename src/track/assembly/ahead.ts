/**
 * Fetches what is needed soon. In a large network each packet waits for memory several times, one after the other, a
 * handshake some twenty times; in a loop that does nothing but read, the processor fetches several places at once. So
 * there is a loop for each step: where something stands has to be there before it can be looked at. It only reads.
 */
import { ACKNOWLEDGEMENT, DESTINATION, PORTS, SOURCE } from '../../decode/plain-header';
import { ADDRESS, MARKS, RECENT_PLACES, WARM_BYTES } from '../layout/hosts';
import { BEHIND, CHAIN, FIRST_EVENT, FRONT, HASH, SETTLED } from '../layout/slots';
import { BEGINS_A_HANDSHAKE, FIRST_OF_RUN, OPENS_AN_ATTEMPT, THROUGH_BYTES } from '../layout/through';
import { packetAt, reasonAt, timeAt } from './clock';
import {
  hostIndex,
  hostIndexMask,
  hostNumberOf,
  hostRows,
  recentHash,
  recentHashes,
  recentUntil,
  touchSpans,
} from './hosts';
import { networkWord } from './packet';
import { through } from './sift';
import { EVENT_BYTES, eventRoom, eventRowOf, headOf, rowOf, slotCounters } from './slots';
import { mix, NONE, seed } from './values';

/** Where it notes what it expects, as plain-packets.ts tells it. */
export let expected: usize = 0;

/** So many packets are looked ahead, those of a handshake as one; of each some words are noted. */
const AHEAD: i32 = 32;
const EXPECTED_BYTES: usize = 28;
const PACKET: usize = 0;
const REASON: usize = 4;
/** The hashes of its ends, and then their hosts, if they are known. */
const SENDER: usize = 8;
const RECEIVER: usize = 12;
/** The hash of both together. */
const ENDS: usize = 16;
/** Of the settled attempt that has to go for the one that it opens: the head of its chain, and its first packet. */
const OLDEST_CHAIN: usize = 20;
const OLDEST_EVENT: usize = 24;

/** Nobody reads it: without it the compiler would see that what is fetched is not needed. */
export let fetchedWords: i32 = 0;

/**
 * Fetches what tracking the packets from the one with this index on will need, as far as it looks ahead; gives the index of
 * the first one that it has not looked at.
 */
export function fetchAhead(from: i32, end: i32): i32 {
  let index = from;
  let count = 0;
  let words = 0;
  for (; index < end && count < AHEAD; count++) {
    const at = through + <usize>index * THROUGH_BYTES;
    const packet = packetAt(at);
    const reason = reasonAt(at);
    const place = placeOf(count);
    store<u32>(place, <u32>packet, PACKET);
    store<i32>(place, reason, REASON);
    words ^= load<i32>(packet, PORTS);
    index++;
    if (reason !== BEGINS_A_HANDSHAKE) continue;
    words ^= load<i32>(packetAt(at + THROUGH_BYTES), ACKNOWLEDGEMENT);
    words ^= load<i32>(packetAt(at + 2 * THROUGH_BYTES), ACKNOWLEDGEMENT);
    index += 2;
  }
  for (let number = 0; number < count; number++) {
    const place = placeOf(number);
    const packet = <usize>load<u32>(place, PACKET);
    const source = networkWord(packet + SOURCE);
    const ports = networkWord(packet + PORTS);
    const port = <i32>(<u32>ports >> 16);
    const sender = mix(seed, source);
    const receiver = mix(seed, networkWord(packet + DESTINATION));
    const hash = mix(sender, port) + mix(receiver, ports & 0xffff);
    store<i32>(place, sender, SENDER);
    store<i32>(place, receiver, RECEIVER);
    store<i32>(place, hash, ENDS);
    const recent = <usize>(recentHash(source, port) & (RECENT_PLACES - 1));
    words ^= load<i32>(recentHashes + recent * 4) ^ load<i32>(recentUntil + recent * 8);
    words ^= load<i32>(indexPlaceOf(sender)) ^ load<i32>(indexPlaceOf(receiver));
    if (load<i32>(place, REASON) !== FIRST_OF_RUN) words ^= load<i32>(headOf(hash));
  }
  let oldest = load<i32>(slotCounters, (FRONT + SETTLED) * 4);
  for (let number = 0; number < count; number++) {
    const place = placeOf(number);
    let chain = NONE;
    let event = NONE;
    if (oldest !== NONE && isNewSyn(load<i32>(place, REASON))) {
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
    const sender = hostNumberOf(load<i32>(place, SENDER));
    const receiver = hostNumberOf(load<i32>(place, RECEIVER));
    store<i32>(place, sender, SENDER);
    store<i32>(place, receiver, RECEIVER);
    words ^= touchHost(sender) ^ touchHost(receiver);
    if (load<i32>(place, REASON) === FIRST_OF_RUN) continue;
    const slot = load<i32>(headOf(load<i32>(place, ENDS)));
    const chain = load<i32>(place, OLDEST_CHAIN);
    const event = load<i32>(place, OLDEST_EVENT);
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
    const place = placeOf(number);
    // Ends of other segments are mostly heard again and again.
    if (!isNewSyn(load<i32>(place, REASON))) continue;
    const sender = load<i32>(place, SENDER);
    const receiver = load<i32>(place, RECEIVER);
    if (sender !== NONE) words ^= touchSpans(warmRowOf(sender), timeNs);
    if (receiver !== NONE) words ^= touchSpans(warmRowOf(receiver), timeNs);
  }
  fetchedWords ^= words;
  return index;
}

function placeOf(number: i32): usize {
  return expected + <usize>number * EXPECTED_BYTES;
}

/** True for a SYN that opens an attempt, unless that is known. */
function isNewSyn(reason: i32): bool {
  return reason === BEGINS_A_HANDSHAKE || reason === OPENS_AN_ATTEMPT;
}

/** Where the index says first which host has this hash. */
function indexPlaceOf(hash: i32): usize {
  return hostIndex + (<usize>((hash << 1) & hostIndexMask) << 2);
}

function warmRowOf(host: i32): usize {
  return hostRows + <usize>host * WARM_BYTES;
}

function touchHost(host: i32): i32 {
  if (host === NONE) return 0;
  const row = warmRowOf(host);
  return load<i32>(row, ADDRESS * 4) ^ load<i32>(row, MARKS * 4);
}
