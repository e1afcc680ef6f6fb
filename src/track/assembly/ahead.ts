/**
 * Fetches what is needed soon. In a large network each packet waits for memory several times, one after the other, a
 * handshake some twenty times; in a loop that does nothing but read, the processor fetches several places at once. So
 * there is a loop for each step: where something stands has to be there before it can be looked at. It only reads.
 */
import { ACKNOWLEDGEMENT, DESTINATION, PORTS, SOURCE } from '../../decode/plain-header';
import { BEHIND, CHAIN, FIRST_EVENT, FRONT, HASH, SETTLED } from '../layout/slots';
import { BEGINS_A_HANDSHAKE, FIRST_OF_RUN, OPENS_AN_ATTEMPT, THROUGH_BYTES } from '../layout/through';
import { packetAt, reasonAt, timeAt } from './clock';
import { hostOf, readIndex, readRecent, readRow, readSpans } from './hosts';
import { networkWord } from './packet';
import { through } from './sift';
import { EVENT_BYTES, eventRoom, eventRowOf, hashOf, headOf, rowOf, slotCounters } from './slots';
import { NONE } from './values';

/** Where it notes what it expects, as plain-packets.ts tells it. */
export let expected: usize = 0;

/** So many packets are looked ahead, those of a handshake as one; of each some words are noted. */
const AHEAD: i32 = 32;
const EXPECTED_BYTES: usize = 28;
const PACKET: usize = 0;
const REASON: usize = 4;
/** The rows of its hosts; 0: they are not known. */
const SENDER: usize = 8;
const RECEIVER: usize = 12;
/** The hash of its ends. */
const ENDS: usize = 16;
/** Of the settled attempt that has to go for the one that it opens: the head of its chain, and its first packet. */
const OLDEST_CHAIN: usize = 20;
const OLDEST_EVENT: usize = 24;

/** What was read, as one word. Nobody wants it: without it the compiler would see that nothing has to be read. */
export let fetchedWords: i32 = 0;

/**
 * Fetches what tracking the packets from the one with this index on will need, as far as it looks ahead; gives the index of
 * the first one that it has not looked at. Where it did less of that, and for SYNs alone, nothing but handshakes took 15%
 * longer, and small packets of old connections 5%.
 */
export function fetchAhead(from: i32, end: i32): i32 {
  const timeNs = timeAt(through + <usize>from * THROUGH_BYTES);
  let words = 0;
  let index = from;
  let count = 0;
  for (; index < end && count < AHEAD; count++) {
    const at = through + <usize>index * THROUGH_BYTES;
    const place = placeOf(count);
    store<u32>(place, <u32>packetAt(at), PACKET);
    store<i32>(place, reasonAt(at), REASON);
    const isHandshake = reasonAt(at) === BEGINS_A_HANDSHAKE;
    words ^= isHandshake ? readHandshake(at) : load<i32>(packetAt(at), PORTS);
    index += isHandshake ? 3 : 1;
  }
  for (let number = 0; number < count; number++) words ^= readHeads(placeOf(number));
  expectOldest(count);
  for (let number = 0; number < count; number++) words ^= readRows(placeOf(number));
  for (let number = 0; number < count; number++) words ^= readWhatEnds(placeOf(number), timeNs);
  fetchedWords = words;
  return index;
}

/** The packets of a handshake, by the row of the first. */
function readHandshake(at: usize): i32 {
  const syn = load<i32>(packetAt(at), PORTS);
  const synAck = load<i32>(packetAt(at + THROUGH_BYTES), ACKNOWLEDGEMENT);
  return syn ^ synAck ^ load<i32>(packetAt(at + 2 * THROUGH_BYTES), ACKNOWLEDGEMENT);
}

/** Where a look for its sender, its receiver and its attempt begins. */
function readHeads(place: usize): i32 {
  const packet = <usize>load<u32>(place, PACKET);
  const source = networkWord(packet + SOURCE);
  const destination = networkWord(packet + DESTINATION);
  const ports = networkWord(packet + PORTS);
  const hash = hashOf(source, destination, ports);
  store<i32>(place, hash, ENDS);
  const head = mayHaveAttempt(place) ? load<i32>(headOf(hash)) : 0;
  return head ^ readRecent(source, <i32>(<u32>ports >> 16)) ^ readIndex(source) ^ readIndex(destination);
}

/** Notes which settled attempts have to go for those that are opened: a list, which leads from one to the next. */
function expectOldest(count: i32): void {
  let oldest = load<i32>(slotCounters, (FRONT + SETTLED) * 4);
  for (let number = 0; number < count; number++) {
    const place = placeOf(number);
    let chain = NONE;
    let event = NONE;
    if (oldest !== NONE && opensAnAttempt(place)) {
      const row = rowOf(oldest);
      chain = load<i32>(headOf(load<i32>(row, HASH * 4)));
      event = load<i32>(row, FIRST_EVENT * 4);
      oldest = load<i32>(row, BEHIND * 4);
    }
    store<i32>(place, chain, OLDEST_CHAIN);
    store<i32>(place, event, OLDEST_EVENT);
  }
}

/** What stands there. */
function readRows(place: usize): i32 {
  const packet = <usize>load<u32>(place, PACKET);
  const sender = hostOf(networkWord(packet + SOURCE));
  const receiver = hostOf(networkWord(packet + DESTINATION));
  store<u32>(place, <u32>sender, SENDER);
  store<u32>(place, <u32>receiver, RECEIVER);
  let words = readRow(sender) ^ readRow(receiver);
  if (!mayHaveAttempt(place)) return words;
  const slot = load<i32>(headOf(load<i32>(place, ENDS)));
  const chain = load<i32>(place, OLDEST_CHAIN);
  const event = load<i32>(place, OLDEST_EVENT);
  if (slot !== NONE) words ^= load<i32>(rowOf(slot), HASH * 4);
  if (chain !== NONE) words ^= load<i32>(rowOf(chain), CHAIN * 4);
  // The packets of a handshake lie one behind the other, mostly.
  if (event === NONE || event + 2 >= eventRoom) return words;
  const row = eventRowOf(event);
  return words ^ load<i32>(row) ^ load<i32>(row, EVENT_BYTES) ^ load<i32>(row, 2 * EVENT_BYTES);
}

/** The spans of time that end with it. Ends of connections that were made are mostly heard again and again. */
function readWhatEnds(place: usize, timeNs: f64): i32 {
  if (!opensAnAttempt(place)) return 0;
  return readSpans(<usize>load<u32>(place, SENDER), timeNs) ^ readSpans(<usize>load<u32>(place, RECEIVER), timeNs);
}

function placeOf(number: i32): usize {
  return expected + <usize>number * EXPECTED_BYTES;
}

/** True for a SYN that opens an attempt, unless that is known. */
function opensAnAttempt(place: usize): bool {
  const reason = load<i32>(place, REASON);
  return reason === BEGINS_A_HANDSHAKE || reason === OPENS_AN_ATTEMPT;
}

/** True unless it is known of a packet that no attempt between its ends is open. */
function mayHaveAttempt(place: usize): bool {
  return load<i32>(place, REASON) !== FIRST_OF_RUN;
}
