import type { UnansweredNeighbor } from '../../track/hosts.js';
import { type Context, type Evidence, type Finding, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSilence, isRealSilence } from './silence.js';

/** Requests so long before the first SYN still belong to it: they go out before it does. */
const BEFORE_SYN_NS = 5e9;
/** Requests may stand in the capture a little before the SYN that asks for them. */
const ASKED_AT_ONCE_NS = 50e6;
/** One request may be lost; kernels send three (Linux mcast_solicit, RFC 4861 MAX_MULTICAST_SOLICIT). */
const ENOUGH_REQUESTS = 2;

/** Somebody asked for the link-layer address of the target, or of the gateway, and nobody answered. */
export function neighborUnresolved(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { attempt } = packets;
  const target = context.hosts.unansweredNeighbor(attempt.serverHost);
  if (target !== undefined && belongs(target, packets) && isSeenInFull(target, packets, context)) {
    return found(packets, context, target, `the target ${attempt.server.address}`, 'high');
  }
  const sought = context.hosts.soughtInVain(attempt.clientHost);
  if (sought?.neighbor.asker === attempt.clientHost && belongs(sought.neighbor, packets)) {
    // Whatever it is that nobody answers for, the client got answers without it, or sent its SYN without it: until the
    // gateway's address is known, nothing goes out.
    const { firstSyn } = packets;
    if (firstSyn !== undefined && sought.neighbor.firstNs < firstSyn.timeNs - ASKED_AT_ONCE_NS) return undefined;
    if (context.hosts.lastAddressedNs(attempt.clientHost) >= sought.neighbor.firstNs) return undefined;
    return found(packets, context, sought.neighbor, `${sought.address}, presumably the client's gateway`, 'medium');
  }
  return undefined;
}

/**
 * Requests are broadcast and replies are not: on a switch the reply to somebody else stays unseen. So the requests of
 * others count only while the target has replied to nobody at all.
 */
function isSeenInFull({ asker }: UnansweredNeighbor, { attempt }: AttemptPackets, { hosts }: Context): boolean {
  return asker === attempt.clientHost || hosts.lastNeighborSign(attempt.serverHost) === undefined;
}

function belongs({ requests, lastNs }: UnansweredNeighbor, { firstSyn, lastSyn, attempt }: AttemptPackets): boolean {
  if (firstSyn === undefined || lastSyn === undefined || requests < ENOUGH_REQUESTS) return false;
  return lastNs >= firstSyn.timeNs - BEFORE_SYN_NS && lastNs <= lastSyn.timeNs + attempt.watchedNs;
}

function found(
  packets: AttemptPackets,
  context: Context,
  neighbor: UnansweredNeighbor,
  whom: string,
  confidence: 'high' | 'medium',
): Finding {
  const requests = () => describeRequests(packets, context, neighbor, whom);
  const evidence = () => [...describeSilence(packets, context), requests()];
  return { confidence, tell: () => ({ evidence: evidence(), alternatives: [] }) };
}

function describeRequests(
  packets: AttemptPackets,
  context: Context,
  neighbor: UnansweredNeighbor,
  whom: string,
): Evidence {
  const frames = [neighbor.firstFrame, neighbor.lastFrame];
  const protocol = packets.attempt.server.address.includes(':') ? 'Neighbour solicitations' : 'ARP requests';
  return {
    text: `${protocol} for ${whom} were sent ${neighbor.requests} times and never answered (first and last in ${nameFrames(
      frames.map((frame) => ({ frame })),
      context,
    )})`,
    frames,
  };
}
