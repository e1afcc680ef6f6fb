import type { Context, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeRefusal } from './port-closed.js';
import { compareDistance, decidingReset, describeDistance, targetDistance } from './reset-origin.js';

/** A host behind the address refused: NAT or a balancer had passed the SYN on. */
export function forwardedPortClosed(packets: AttemptPackets, context: Context): Finding | undefined {
  const reset = decidingReset(packets);
  const reference = targetDistance(packets, context);
  if (reset === undefined || reference === undefined || compareDistance(reset, reference) !== 'farther')
    return undefined;
  return {
    confidence: 'medium',
    tell: () => ({
      evidence: [...describeRefusal(packets, context), describeDistance(reset, reference, packets, context)],
      alternatives: [
        {
          cause: 'port-closed',
          text: 'the RST may have come by a longer way than the other packets; nothing else of the target did',
        },
      ],
    }),
  };
}
