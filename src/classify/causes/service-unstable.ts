import { type Context, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeRefusal } from './port-closed.js';

/** The port refused this attempt and accepted others: a service that comes and goes, or one backend of several. */
export function serviceUnstable(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, attempt } = packets;
  const port = context.hosts.port(attempt.serverHost, attempt.server.port);
  if (answer !== 'reset' || port === undefined || port.synAcks === 0) return undefined;
  const accepted = [{ frame: port.firstSynAckFrame }, { frame: port.lastSynAckFrame }].slice(0, port.synAcks);
  const { address } = attempt.client;
  const { timeNs } = packets.decisive!;
  const isMeanwhile = port.firstSynAckNs < timeNs && port.lastSynAckNs > timeNs;
  const isLeftOut = isMeanwhile && !context.hosts.mayHaveAnswered(attempt);
  return {
    confidence: isLeftOut ? 'medium' : 'high',
    tell: () => ({
      evidence: [
        ...describeRefusal(packets, context),
        {
          text: `The same port accepted connections at other times (SYN-ACK in ${nameFrames(accepted, context)}${port.synAcks > 2 ? ` and others, ${port.synAcks} in all` : ''})`,
          frames: framesOf(accepted),
        },
      ],
      alternatives: [
        ...(isLeftOut
          ? [
              {
                cause: 'middlebox-reset',
                text: `the port accepted others and ${address} not once: a rule that rejects this client with a reset looks the same`,
              },
            ]
          : []),
        {
          cause: 'port-closed',
          text: 'nothing listened at that moment, but the port is not closed for good: it accepted others',
        },
      ],
    }),
  };
}
