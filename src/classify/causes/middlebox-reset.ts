import type { AttemptEvent } from '../../track/attempt.js';
import {
  type Alternative,
  type Context,
  type Evidence,
  type Finding,
  formatDuration,
  framesOf,
  nameFrames,
} from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeRefusal } from './port-closed.js';
import {
  compareDistance,
  decidingReset,
  describeDistance,
  describeRoundTrip,
  soonerThanRoundTrip,
  targetDistance,
} from './reset-origin.js';

/** Something on the way refused in the target's name. */
export function middleboxReset(packets: AttemptPackets, context: Context): Finding | undefined {
  const reset = decidingReset(packets);
  if (reset === undefined) return undefined;
  const contradiction = contradictingSynAck(reset, packets);
  const reference = targetDistance(packets, context);
  const isNearer = compareDistance(reset, reference) === 'nearer';
  const tooSoon = soonerThanRoundTrip(reset, packets, context);
  if (contradiction === undefined && !isNearer && tooSoon === undefined) return undefined;
  const describe = (): Evidence[] => {
    const evidence = describeRefusal(packets, context);
    if (contradiction !== undefined) {
      evidence.push({
        text: `The target answered the same SYN with a SYN-ACK (${nameFrames([contradiction], context)}), ${formatDuration(contradiction.timeNs - reset.timeNs)} after the RST: it did not refuse`,
        frames: framesOf([contradiction]),
      });
    }
    if (isNearer && reference !== undefined) evidence.push(describeDistance(reset, reference, packets, context));
    if (tooSoon !== undefined) evidence.push(describeRoundTrip(reset, tooSoon, packets));
    return evidence;
  };
  const isProven = contradiction !== undefined || (isNearer && tooSoon !== undefined);
  return {
    confidence: isProven ? 'high' : 'medium',
    tell: () => ({
      evidence: describe(),
      alternatives: isProven ? [] : [doubt(isNearer, packets)],
    }),
  };
}

/** A SYN-ACK behind the RST, unless the client asked again in between: then it may have changed its mind. */
function contradictingSynAck(reset: AttemptEvent, { syns, synAcks }: AttemptPackets): AttemptEvent | undefined {
  const answer = synAcks.find(({ timeNs }) => timeNs >= reset.timeNs);
  if (answer === undefined) return undefined;
  return syns.some(({ timeNs }) => timeNs > reset.timeNs && timeNs < answer.timeNs) ? undefined : answer;
}

function doubt(isNearer: boolean, { attempt }: AttemptPackets): Alternative {
  return {
    cause: 'port-closed',
    text: isNearer
      ? `if ${attempt.server.address} is a gateway that forwards other ports, the RST may be its own; a packet may also take a shorter way by chance`
      : 'the other ports may be served by a host farther behind the same address',
  };
}
