import { type Context, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** It began before the capture did. */
export function captureStartedLate({ answer, attempt }: AttemptPackets, context: Context): Finding | undefined {
  if (answer !== 'no-syn') return undefined;
  const first = attempt.events.slice(0, 1);
  return {
    confidence: 'high',
    tell: () => ({
      evidence: [
        {
          text: `The first packet of this attempt is ${nameFrames(first, context)}; its SYN is not in the capture`,
          frames: framesOf(first),
        },
      ],
      alternatives: [],
    }),
  };
}
