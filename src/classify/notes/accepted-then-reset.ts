import type { Context, Evidence } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeEnd } from './ended-by-server.js';

/** The server took the connection and reset it, before either side sent data. */
export function acceptedThenReset({ attempt }: AttemptPackets, context: Context): Evidence | undefined {
  return describeEnd(attempt, 'late-rst', 'reset', context);
}
