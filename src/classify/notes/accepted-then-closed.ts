import type { Context, Evidence } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeEnd } from './ended-by-server.js';

/** The server took the connection and closed it with a FIN, before either side sent data. */
export function acceptedThenClosed({ attempt }: AttemptPackets, context: Context): Evidence | undefined {
  return describeEnd(attempt, 'server-fin', 'closed', context);
}
