import { type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { brokeOff, isDeaf } from './silence.js';

/** The other direction is missing from the capture, so that silence in it means nothing. */
export function oneWayCapture(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, attempt } = packets;
  if (answer === 'one-way' && decisive !== undefined) {
    const wentOn = attempt.events.filter(({ kind }) => kind === 'client-segment' || kind === 'server-segment');
    return {
      confidence: 'high',
      evidence: [
        {
          text: `The conversation went on (${nameFrames(wentOn, context)}), but what the ${wentOn[0].kind === 'client-segment' ? 'server' : 'client'} sent is not in the capture, or not all of it`,
          frames: framesOf(wentOn),
        },
      ],
      alternatives: [],
    };
  }
  if (answer !== 'silence' || brokeOff(packets) || !isDeaf(packets, context)) return undefined;
  return {
    confidence: 'medium',
    evidence: [
      describeSyns(packets, context),
      {
        text: `The capture holds nothing that was sent to ${attempt.client.address}, although its other connections went on: an answer would not have been seen`,
        frames: [],
      },
    ],
    alternatives: [],
  };
}
