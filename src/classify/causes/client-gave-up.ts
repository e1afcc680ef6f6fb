import type { Context, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { stoppedEarly } from '../stack.js';
import { beganBefore, describeSilence, isRealSilence, isSilenceOfOthers } from './silence.js';

/** Who stops within this time has learnt little: two lost packets are possible. */
const SOON_NS = 2.2e9;
/** The longest that any system waits between two SYNs. */
const LONGEST_GAP_NS = 35e9;

/** The program did not wait for what its own system would have waited for. */
export function clientGaveUp(packets: AttemptPackets, context: Context): Finding | undefined {
  const { attempt, firstSyn, lastSyn } = packets;
  if (firstSyn === undefined || lastSyn === undefined || !isRealSilence(packets, context)) return undefined;
  if (attempt.isOddSyn || attempt.isBareSyn || lastSyn.timeNs - firstSyn.timeNs > SOON_NS) return undefined;
  if (beganBefore(packets, context) || !stoppedEarly(packets) || isSilenceOfOthers(packets, context)) return undefined;
  const isHeard = Number.isFinite(context.hosts.firstHeardNs(attempt.serverHost));
  return {
    // So near the beginning of the capture the first SYN may be the repetition of one before it.
    confidence: firstSyn.timeNs < LONGEST_GAP_NS ? 'low' : 'medium',
    tell: () => ({
      evidence: describeSilence(packets, context),
      alternatives: [
        isHeard
          ? {
              cause: 'port-dropped',
              text: `a firewall may drop this port, since ${attempt.server.address} is alive; one lost packet explains it as well`,
            }
          : {
              cause: 'host-silent',
              text: 'nothing was heard of the target, which may be down; the client did not wait to see',
            },
      ],
    }),
  };
}
