/** Segments of connections that were made, as plain.ts has them tracked: the first ones of a run, and FINs. */
import { DESTINATION, PORTS, SOURCE, TOTAL_LENGTH } from '../../decode/plain-header';
import { advance, frameAt, isTimely, packetAt, timeAt } from './clock';
import {
  addHost,
  canAddHost,
  canNoteArrival,
  canNotePoint,
  findHost,
  hostOf,
  isSpared,
  isUnicast,
  noteArrival,
  noteLately,
  noteSign,
  noteTravel,
  recentHash,
  signSegment,
  travelSegment,
  wasNotedLately,
} from './hosts';
import { IP_HEADER_BYTES, networkHalf, networkWord, tcpHeaderBytes } from './packet';
import { close, OTHERS, slotToClose } from './slots';
import { mix, NONE, seed } from './values';

/**
 * A FIN: of a connection that was used or is not known, or the client's first packet behind the handshake. Where one packet
 * in 500 begins a connection that spares 5% of all time.
 */
export function trackEnd(at: usize): bool {
  const packet = packetAt(at);
  const slot = slotToClose(packet);
  if (slot === OTHERS) return false;
  // With it the client may say whom it wants to talk to.
  const hasData = networkHalf(packet + TOTAL_LENGTH) > <i32>(IP_HEADER_BYTES + tcpHeaderBytes(packet));
  if (slot !== NONE && hasData) return false;
  if (!trackSegment(at)) return false;
  if (slot !== NONE) close(slot);
  return true;
}

/** A segment of whose connection no attempt is open. */
export function trackSegment(at: usize): bool {
  const timeNs = timeAt(at);
  if (!isTimely(timeNs)) return false;
  const packet = packetAt(at);
  const source = networkWord(packet + SOURCE);
  const port = networkHalf(packet + PORTS);
  const recent = recentHash(source, port);
  if (!wasNotedLately(recent, timeNs)) {
    const sourceHash = mix(seed, source);
    let sender = findHost(sourceHash, source);
    // Of TCP the end with the lower port is mostly the server.
    const isAdded = sender === 0 && (port <= networkHalf(packet + PORTS + 2) || !isSpared());
    if (isAdded && !canAddHost()) return false;
    if (sender !== 0 && !canNoteArrival(sender, timeNs, true)) return false;
    const destination = networkWord(packet + DESTINATION);
    if (isAdded && source === destination) return false;
    const addressed = hostOf(destination);
    if (addressed !== 0 && !canNoteArrival(addressed, timeNs, false)) return false;
    if (isUnicast(destination) && !canNotePoint(packet)) return false;
    noteLately(recent, timeNs);
    if (isAdded) sender = addHost(sourceHash, source);
    noteSegment(sender, addressed, packet, timeNs, frameAt(at));
  }
  advance(timeNs);
  return true;
}

/** What a segment without SYN and RST tells of its ends, as far as they are known. */
export function noteSegment(sender: usize, addressed: usize, packet: usize, timeNs: f64, frame: f64): void {
  if (sender !== 0) {
    noteSign(sender, signSegment, networkHalf(packet + PORTS), timeNs, frame);
    noteArrival(sender, timeNs, frame, true);
    if (isUnicast(networkWord(packet + DESTINATION))) noteTravel(sender, travelSegment, packet, frame);
  }
  if (addressed !== 0) noteArrival(addressed, timeNs, frame, false);
}
