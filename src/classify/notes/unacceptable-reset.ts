import { type Context, type Evidence, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** An RST came that no client may obey (RFC 9293 section 3.10.7.3). */
export function unacceptableReset(packets: AttemptPackets, context: Context): Evidence | undefined {
  // Behind what shows that the connection was made, an RST is its end.
  const wentOn = packets.attempt.events.find(({ kind }) => kind === 'client-segment' || kind === 'server-segment');
  const untilNs = wentOn?.timeNs ?? Number.POSITIVE_INFINITY;
  const resets = packets.events('ignored-rst').filter(({ timeNs }) => timeNs <= untilNs);
  const [first] = resets;
  if (first === undefined) return undefined;
  const isBehindSynAck = packets.synAcks.some(({ timeNs }) => timeNs <= first.timeNs);
  const why = isBehindSynAck
    ? 'not in the window that the SYN-ACK opened'
    : "without an acknowledgement of the SYN's number";
  const what = resets.length === 1 ? 'An RST' : `${resets.length} RSTs`;
  return {
    text: `${what} came ${why} (${nameFrames(resets, context)}): the client had to ignore ${resets.length === 1 ? 'it' : 'them'}`,
    frames: framesOf(resets),
  };
}
