import { after, type Context, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The server said yes, and then no before the client had acknowledged the yes. */
export function resetAfterSynAck(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, synAcks } = packets;
  if (answer !== 'reset-after-syn-ack' || decisive === undefined) return undefined;
  return {
    confidence: 'medium',
    evidence: [
      {
        text: `The server sent ${synAcks.length === 1 ? 'a SYN-ACK' : `${synAcks.length} SYN-ACKs`} (${nameFrames(synAcks, context)}), and ${after(synAcks[0], decisive)} an RST (${nameFrames([decisive], context)})`,
        frames: framesOf([...synAcks, decisive]),
      },
      { text: "The client's ACK of the SYN-ACK is not in the capture", frames: [] },
    ],
    alternatives: [
      {
        cause: 'return-path-lost',
        text: 'the SYN-ACK may have been lost too, but the server ended the attempt before it had given up repeating it',
      },
    ],
  };
}
