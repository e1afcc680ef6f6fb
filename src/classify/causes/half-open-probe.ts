import { after, type Context, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { LATE_ANSWER_NS } from './answered-too-late.js';

/** The client wanted to know whether the port is open, not to talk. */
export function halfOpenProbe(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, firstSyn, synAcks } = packets;
  const synAck = synAcks[0];
  if (answer !== 'ended-by-client' || decisive?.kind !== 'client-rst' || synAck === undefined) return undefined;
  if (firstSyn !== undefined && synAck.timeNs - firstSyn.timeNs >= LATE_ANSWER_NS) return undefined;
  return {
    confidence: 'high',
    evidence: [
      {
        text: `The port is open: the SYN-ACK of ${nameFrames([synAck], context)} came ${after(firstSyn, synAck)}`,
        frames: framesOf([synAck]),
      },
      {
        text: `The client answered it with an RST (${nameFrames([decisive], context)}) ${after(synAck, decisive)}, without an ACK`,
        frames: framesOf([decisive]),
      },
    ],
    alternatives: [
      {
        cause: 'answered-too-late',
        text: 'a client whose own time limit is shorter than this round trip would look the same',
      },
    ],
  };
}
