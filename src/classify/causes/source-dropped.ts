import type { Context, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSilence, isRealSilence } from './silence.js';

/** The port answers others and has no word for this client. */
export function sourceDropped(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { client, server, serverHost } = packets.attempt;
  const port = context.hosts.port(serverHost, server.port);
  if (port === undefined || port.synAcks === 0) return undefined;
  if (context.hosts.mayHaveAnswered(serverHost, server.port, client.address)) return undefined;
  const others = [...port.answeredClients];
  return {
    confidence: 'medium',
    evidence: [
      ...describeSilence(packets, context),
      {
        text: `The same port answered ${others.length === 1 ? 'another client' : 'other clients'}, ${others.slice(0, 3).join(', ')} (last SYN-ACK in frame ${context.frameNumber(port.lastSynAckFrame)}), and ${client.address} not once`,
        frames: [port.lastSynAckFrame],
      },
    ],
    alternatives: [
      {
        cause: 'return-path-lost',
        text: 'the answers to this client alone may be lost on the way back; the capture would show them if it were taken at the server',
      },
    ],
  };
}
