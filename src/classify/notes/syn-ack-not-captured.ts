import { type Context, type Evidence, framesOf, nameFrames } from '../finding.js';
import type { Decision } from '../notes.js';
import type { AttemptPackets } from '../packets.js';

/** Both sides went on, so there was a SYN-ACK. */
export function synAckNotCaptured(packets: AttemptPackets, context: Context, verdict: Decision): Evidence | undefined {
  const [client] = packets.events('client-segment');
  const [server] = packets.events('server-segment');
  if (verdict.outcome !== 'established' || packets.synAcks.length > 0) return undefined;
  if (client === undefined || server === undefined) return undefined;
  return {
    text: `No SYN-ACK is in the capture, yet the client went on (${nameFrames([client], context)}), and so did the server (${nameFrames([server], context)})`,
    frames: framesOf([client, server]),
  };
}
