import { type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { brokeOff, findDeafness } from './silence.js';

/** The other direction is missing from the capture, so that silence in it means nothing. */
export function oneWayCapture(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, attempt } = packets;
  if (answer === 'one-way' && decisive !== undefined) {
    const wentOn = attempt.events.filter(({ kind }) => kind === 'client-segment' || kind === 'server-segment');
    return {
      confidence: 'high',
      tell: () => ({
        evidence: [
          {
            text: `The conversation went on (${nameFrames(wentOn, context)}), but what the ${wentOn[0].kind === 'client-segment' ? 'server' : 'client'} sent is not in the capture, or not all of it`,
            frames: framesOf(wentOn),
          },
        ],
        alternatives: [],
      }),
    };
  }
  if (answer !== 'silence' || brokeOff(packets)) return undefined;
  const deafness = findDeafness(packets, context);
  if (deafness === undefined) return undefined;
  return {
    confidence: 'medium',
    tell: () => ({
      evidence: [describeSyns(packets, context), { text: deafness, frames: [] }],
      alternatives: [],
    }),
  };
}
