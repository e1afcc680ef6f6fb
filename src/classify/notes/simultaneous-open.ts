import { type Context, type Evidence, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** The server sent a SYN too, and the client answered that (RFC 9293 section 3.5). */
export function simultaneousOpen(packets: AttemptPackets, context: Context): Evidence | undefined {
  const { attempt, firstSyn } = packets;
  const [reverseSyn] = packets.events('reverse-syn');
  const [reverseSynAck] = packets.events('reverse-syn-ack');
  if (firstSyn === undefined || reverseSyn === undefined || reverseSynAck === undefined) return undefined;
  // The client met its own SYN.
  if (attempt.isMirrored) return undefined;
  const syns = [firstSyn, reverseSyn];
  const answers = [...packets.synAcks.slice(0, 1), reverseSynAck].sort((one, other) => one.timeNs - other.timeNs);
  const whose = answers.length === 2 ? 'each answered the one of the other' : 'the client answered the other one';
  return {
    text: `Both ends sent a SYN (${nameFrames(syns, context)}), and ${whose} with a SYN-ACK (${nameFrames(answers, context)})`,
    frames: framesOf([...syns, ...answers]),
  };
}
