import type { Attempt } from '../../track/attempt.js';
import { type Context, type Evidence, formatEndpoint, framesOf, nameFrames } from '../finding.js';
import type { Decision } from '../notes.js';
import type { AttemptPackets } from '../packets.js';

/** True if both ends of the attempt are the same. */
export function isSelfConnected({ client, server }: Attempt): boolean {
  return client.port === server.port && client.address === server.address;
}

/** One socket connected to itself: its SYN came back to it, as in a simultaneous open. */
export function selfConnect({ attempt }: AttemptPackets, context: Context, verdict: Decision): Evidence | undefined {
  if (verdict.outcome !== 'established' || !isSelfConnected(attempt)) return undefined;
  return {
    text: `Both ends are ${formatEndpoint(attempt.client)}: one socket, connected to itself (${nameFrames(attempt.events, context)})`,
    frames: framesOf(attempt.events),
  };
}
