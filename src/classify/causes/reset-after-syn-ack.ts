import { after, type Context, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The server said yes, and then no before the client had acknowledged the yes. */
export function resetAfterSynAck(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, synAcks } = packets;
  if (answer !== 'reset-after-syn-ack' || decisive === undefined) return undefined;
  const repeated = packets.syns.filter(({ timeNs }) => timeNs > synAcks[0].timeNs);
  const isLost = repeated.length > 0;
  return {
    confidence: 'medium',
    tell: () => ({
      evidence: [
        {
          text: `The server sent ${synAcks.length === 1 ? 'a SYN-ACK' : `${synAcks.length} SYN-ACKs`} (${nameFrames(synAcks, context)}), and ${after(synAcks[0], decisive)} an RST (${nameFrames([decisive], context)})`,
          frames: framesOf([...synAcks, decisive]),
        },
        isLost
          ? {
              text: `The client repeated its SYN in between (${nameFrames(repeated, context)}): the SYN-ACK did not reach it`,
              frames: framesOf(repeated),
            }
          : { text: "The client's ACK of the SYN-ACK is not in the capture", frames: [] },
      ],
      alternatives: [
        {
          cause: 'return-path-lost',
          text: isLost
            ? 'the answers were being lost on the way back as well; the RST only came before the client gave up'
            : 'the SYN-ACK or its ACK may have been lost, and the server ended the attempt before it had given up repeating it',
        },
      ],
    }),
  };
}
