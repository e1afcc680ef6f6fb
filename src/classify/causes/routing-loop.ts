import { type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import { type AttemptPackets, isTimeExceeded } from '../packets.js';
import { isRealSilence } from './silence.js';

/** Stacks start with 64 at least (RFC 1340); a traceroute goes up to 30, and its SYNs die on the way on purpose. */
const LARGEST_TTL_OF_A_TRACEROUTE = 32;

/** A router threw the SYN away because it had passed too many. */
export function routingLoop(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const errors = packets.events('icmp').filter(isTimeExceeded);
  const syn = packets.firstSyn;
  if (errors.length === 0 || syn === undefined || syn.timeToLive <= LARGEST_TTL_OF_A_TRACEROUTE) return undefined;
  const isIpv6 = errors[0].icmp!.version === 6;
  const [protocol, field] = isIpv6 ? ['ICMPv6', 'hop limit'] : ['ICMP', 'TTL'];
  const routers = [...new Set(errors.map(({ icmp }) => icmp!.from))];
  return {
    confidence: 'high',
    tell: () => ({
      evidence: [
        describeSyns(packets, context),
        {
          text: `${protocol} time exceeded from ${routers.slice(0, 3).join(', ')} (${nameFrames(errors, context)}): the SYN had a ${field} of ${syn.timeToLive} when it was captured, and used it up on the way`,
          frames: framesOf([syn, ...errors]),
        },
      ],
      alternatives: [],
    }),
  };
}
