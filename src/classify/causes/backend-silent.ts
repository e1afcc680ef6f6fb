import type { Context, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSelectiveSilence, portOfLeftOut } from './selective-silence.js';

/** Some attempts are answered at once, this one not at all: something decides by the source port. */
export function backendSilent(packets: AttemptPackets, context: Context): Finding | undefined {
  if (portOfLeftOut(packets, context) === undefined || !packets.attempt.othersAnswered?.isBetween) return undefined;
  return {
    confidence: 'medium',
    evidence: [
      ...describeSelectiveSilence(packets, context),
      {
        text: 'No attempt at this port got through after repeating its SYN: it is answered at once or never',
        frames: [],
      },
    ],
    alternatives: [
      {
        cause: 'accept-queue-full',
        text: 'a full accept queue would let some of the repeated SYNs in',
      },
    ],
  };
}
