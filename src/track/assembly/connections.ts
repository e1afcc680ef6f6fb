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
  PLACE_WORDS,
  SECOND,
} from '../layout/sieve';
import { packetAt } from './clock';
import { networkWord } from './packet';
import { trackSegment } from './segments';
import { factor1, factor2, factor3, hasSyn, placeCount, places } from './sift';
import { hashOf, isKnown, openHeadCount, openHeads } from './slots';

const PLACE_BYTES: usize = PLACE_WORDS * 4;

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
  const from = networkWord(packet + SOURCE);
  const to = networkWord(packet + DESTINATION);
  const ownPorts = networkWord(packet + PORTS);
  if (isKnown(openHeads, openHeadCount, hashOf(from, to, ownPorts), from, to, ownPorts)) return false;
  // The sieve has them as they lie in the packet, in the same order for both directions.
  const source = load<i32>(packet, SOURCE);
  const destination = load<i32>(packet, DESTINATION);
  const ends = load<i32>(packet, PORTS);
  const back = rotl<i32>(ends, 16);
  const isTurned = source > destination || (source === destination && ends > back);
  const first = isTurned ? destination : source;
  const second = isTurned ? source : destination;
  const ports = isTurned ? back : ends;
  const hash = first * factor1 + second * factor2 + ports * factor3;
  const place = findPlace(first, second, ports, hash);
  if (place === 0) return false;
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

/** Where a connection stands in the table of the sieve, or would stand; 0: the table is out of reach. */
function findPlace(first: i32, second: i32, ports: i32, hash: i32): usize {
  if (placeCount === 0) return 0;
  const end = places + <usize>placeCount * PLACE_BYTES;
  let place = places + (<usize>(<u32>hash >> clz<i32>(placeCount - 1))) * PLACE_BYTES;
  while (load<i32>(place, MARK * 4) >= run) {
    if (
      load<i32>(place) === first &&
      load<i32>(place, SECOND * 4) === second &&
      load<i32>(place, BOTH_PORTS * 4) === ports
    )
      break;
    place += PLACE_BYTES;
    if (place === end) place = places;
  }
  return place;
}
