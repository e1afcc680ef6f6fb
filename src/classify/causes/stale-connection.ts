import { type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The target believes that this connection exists already, and says so with a challenge ACK (RFC 5961 section 4.2). */
export function staleConnection(packets: AttemptPackets, context: Context): Finding | undefined {
  if (packets.answer !== 'challenge') return undefined;
  const challenges = packets.events('bare-ack');
  const evidence = [
    describeSyns(packets, context),
    {
      text: `The target answered with an ACK without SYN (${nameFrames(challenges, context)}): it knows a connection with the same addresses and ports`,
      frames: framesOf(challenges),
    },
  ];
  const resets = packets.events('client-rst');
  if (resets.length > 0) {
    const lastChallenge = challenges[challenges.length - 1];
    const wasInVain = resets[0].timeNs < lastChallenge.timeNs;
    evidence.push({
      text: `The client reset that connection, as it has to (${nameFrames(resets, context)})${wasInVain ? ', and the target did not heed it: the RSTs are lost on the way, or it ignores them' : ''}`,
      frames: framesOf(resets),
    });
  }
  return { confidence: 'high', tell: () => ({ evidence, alternatives: [] }) };
}
