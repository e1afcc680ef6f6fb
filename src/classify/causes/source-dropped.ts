import type { Context, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { findOutage } from './outage.js';
import { overflowingPort } from './selective-silence.js';
import { describeSilence, isLoneSyn, isRealSilence } from './silence.js';

/** An answer to others that is older than this, with none since, says nothing of a later attempt. */
const STILL_ANSWERING_NS = 60e9;

/** The port answers others and has no word for this client. */
export function sourceDropped(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { client, server, serverHost, events } = packets.attempt;
  const port = context.hosts.port(serverHost, server.port);
  if (port === undefined || port.synAcks === 0) return undefined;
  if (isLoneSyn(packets, context) || findOutage(packets, context) !== undefined) return undefined;
  if (overflowingPort(packets, context) !== undefined) return undefined;
  if (context.hosts.mayHaveAnswered(serverHost, server.port, client.address)) return undefined;
  const sinceNs = port.lastSynAckNs - events[0].timeNs;
  if (sinceNs < -STILL_ANSWERING_NS) return undefined;
  const others = [...port.answeredClients];
  return {
    confidence: sinceNs < 0 ? 'low' : 'medium',
    evidence: [
      ...describeSilence(packets, context),
      {
        text: `The same port answered ${others.length === 1 ? 'another client' : 'other clients'}, ${others.slice(0, 3).join(', ')} (last SYN-ACK in frame ${context.frameNumber(port.lastSynAckFrame)}), and ${client.address} not once`,
        frames: [port.lastSynAckFrame],
      },
    ],
    alternatives: [
      ...(sinceNs < 0
        ? [
            {
              cause: 'host-silent',
              text: 'nobody was answered any more once the first SYN was sent, so the target may have gone down just then',
            },
          ]
        : []),
      {
        cause: 'return-path-lost',
        text: 'the answers to this client alone may be lost on the way back; the capture would show them if it were taken at the server',
      },
    ],
  };
}
