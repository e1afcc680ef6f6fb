import type { Context, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSelectiveSilence, portOfLeftOut } from './selective-silence.js';

/** Some attempts are answered at once, this one not at all: something decides by the source port. */
export function backendSilent(packets: AttemptPackets, context: Context): Finding | undefined {
  if (portOfLeftOut(packets, context) === undefined || !packets.attempt.othersAnswered?.isBetween) return undefined;
  const { serverHost, server } = packets.attempt;
  const late = context.hosts.port(serverHost, server.port)?.lateSynAcks ?? 0;
  return {
    confidence: 'medium',
    tell: () => ({
      evidence: [
        ...describeSelectiveSilence(packets, context),
        {
          text:
            late === 0
              ? 'No attempt at this port got through after repeating its SYN: it is answered at once or never'
              : `Fewer attempts at this port (${late}) got through after repeating their SYN than stayed without any answer: mostly it is answered at once or never`,
          frames: [],
        },
      ],
      alternatives: [
        {
          cause: 'accept-queue-full',
          text: 'a full accept queue would let some of the repeated SYNs in',
        },
      ],
    }),
  };
}
