import { type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The target believes that this connection exists already, and says so with a challenge ACK (RFC 5961 section 4.2). */
export function staleConnection(packets: AttemptPackets, context: Context): Finding | undefined {
  if (packets.answer !== 'challenge') return undefined;
  const challenges = packets.events('bare-ack');
  return {
    confidence: 'high',
    evidence: [
      describeSyns(packets, context),
      {
        text: `The target answered with an ACK without SYN (${nameFrames(challenges, context)}): it knows a connection with the same addresses and ports`,
        frames: framesOf(challenges),
      },
    ],
    alternatives: [],
  };
}
