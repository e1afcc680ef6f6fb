import { after, type Context, describeSyns, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** No round trip takes so long; a client that resets an answer this old had given up, it was not probing. */
export const LATE_ANSWER_NS = 900e6;
/** An answer this soon after a repeated SYN may be the answer to that one. */
const PROMPT_ANSWER_NS = 200e6;

/** The yes came when nobody waited for it any more. */
export function answeredTooLate(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, firstSyn, syns, synAcks } = packets;
  const synAck = synAcks[0];
  if (
    answer !== 'ended-by-client' ||
    decisive?.kind !== 'client-rst' ||
    synAck === undefined ||
    firstSyn === undefined
  ) {
    return undefined;
  }
  if (synAck.timeNs - firstSyn.timeNs < LATE_ANSWER_NS) return undefined;
  const asked = syns.filter(({ timeNs }) => timeNs <= synAck.timeNs).at(-1) ?? firstSyn;
  const isPrompt = synAck.timeNs - asked.timeNs < PROMPT_ANSWER_NS;
  return {
    confidence: isPrompt ? 'medium' : 'high',
    tell: () => ({
      evidence: [
        describeSyns(packets, context),
        {
          text: `The SYN-ACK of ${nameFrames([synAck], context)} came only ${after(firstSyn, synAck)}, and the client answered it with an RST (${nameFrames([decisive], context)}): it had given up`,
          frames: framesOf([synAck, decisive]),
        },
      ],
      alternatives: isPrompt
        ? [
            {
              cause: 'half-open-probe',
              text: `the SYN-ACK came ${after(asked, synAck)} to the repeated SYN of ${nameFrames([asked], context)}: a probe whose first SYN was lost looks the same`,
            },
          ]
        : [],
    }),
  };
}
