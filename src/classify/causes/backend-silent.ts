import type { Context, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { acceptsOthersMeanwhile, describeSelectiveSilence } from './selective-silence.js';

/** Some attempts are answered at once, this one not at all: something decides by the source port. */
export function backendSilent(packets: AttemptPackets, context: Context): Finding | undefined {
  const port = acceptsOthersMeanwhile(packets, context);
  if (port === undefined) return undefined;
  return {
    confidence: 'medium',
    evidence: [
      ...describeSelectiveSilence(packets, port, context),
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
