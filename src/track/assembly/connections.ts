/**
 * Segments between ends between which an attempt may be open, and what the sieve notes of them (sieve.ts). Where
 * connections are short that is most packets: in the piece that has their SYN they are all let through.
 */
import { DESTINATION, PORTS, SOURCE } from '../../decode/plain-header';
import {
  BOTH_PORTS,
  FIRST_END,
  MARK,
  MAY_BE_OPEN,
  PLACES_PER_CONNECTION,
  SECOND,
} from '../layout/sieve';
import { packetAt } from './clock';
import { networkWord } from './packet';
import { trackSegment } from './segments';
import { factor1, factor2, factor3, findPlace, hasSyn, PLACE_BYTES, placeCount, places } from './sift';
import { hashOf, isKnown, openHeadCount, openHeads } from './slots';

/** The run of the piece at hand, and how many connections the sieve knows of it. */
let run: i32 = 0;
export let connections: i32 = 0;

/** Takes what the sieve knows when `track` is called. */
export function setRun(number: i32, known: i32): void {
  run = number;
  connections = known;
}

/** A segment without SYN, FIN and RST: the first of its connection and direction in the run, or a repetition. */
export function trackConnection(at: usize): bool {
  const packet = packetAt(at);
  // Without places the sieve has moved out of reach.
  if (placeCount === 0 || isOpen(packet)) return false;
  // The sieve has its ends as they lie in the packet, in the same order for both directions.
  const source = load<i32>(packet, SOURCE);
  const destination = load<i32>(packet, DESTINATION);
  const ends = load<i32>(packet, PORTS);
  const back = rotl<i32>(ends, 16);
  const isTurned = source > destination || (source === destination && ends > back);
  const first = isTurned ? destination : source;
  const second = isTurned ? source : destination;
  const ports = isTurned ? back : ends;
  const hash = first * factor1 + second * factor2 + ports * factor3;
  const last = places + (<usize>(placeCount - 1)) * PLACE_BYTES;
  const from = places + (<usize>(<u32>hash >> clz<i32>(placeCount - 1))) * PLACE_BYTES;
  const place = findPlace(from, places, last, run, first, second, ports);
  const mark = load<i32>(place, MARK * 4);
  const sender = FIRST_END + i32(isTurned);
  const open = hasSyn(hash) ? MAY_BE_OPEN : 0;
  if (mark >= run) {
    if ((mark & sender) === 0 && !trackSegment(at)) return false;
    store<i32>(place, (mark & ~MAY_BE_OPEN) | open | sender, MARK * 4);
    return true;
  }
  if ((connections + 1) * PLACES_PER_CONNECTION >= placeCount || !trackSegment(at)) return false;
  store<i32>(place, first);
  store<i32>(place, second, SECOND * 4);
  store<i32>(place, ports, BOTH_PORTS * 4);
  store<i32>(place, run | sender | open, MARK * 4);
  connections++;
  return true;
}

/** True if an attempt between a segment's ends is open. */
function isOpen(packet: usize): bool {
  const source = networkWord(packet + SOURCE);
  const destination = networkWord(packet + DESTINATION);
  const ports = networkWord(packet + PORTS);
  return isKnown(openHeads, openHeadCount, hashOf(source, destination, ports), source, destination, ports);
}
