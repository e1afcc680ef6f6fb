import {
  type Alternative,
  type Context,
  describeSyns,
  type Evidence,
  type Finding,
  framesOf,
  nameFrames,
} from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { endsOf, isAt } from '../vantage.js';
import { brokeOff } from './silence.js';

const LOST_BEFORE: Alternative = {
  cause: 'return-path-lost',
  text: 'if the capture was taken beside the client (a mirror port, the router of its network), the SYN-ACK may have been lost between there and the client',
};

/** The answer reached the client's machine, and not its TCP. */
export function clientFirewall(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, attempt, synAcks, syns } = packets;
  if (answer !== 'not-completed' || brokeOff(packets)) return undefined;
  const rejections = packets.events('icmp-for-syn-ack').filter(({ icmp }) => icmp?.from === attempt.client.address);
  const { client } = endsOf(attempt, context.hosts);
  const repeated = syns.filter(({ timeNs }) => timeNs > synAcks[0].timeNs);
  if (rejections.length === 0 && (!isAt(client) || repeated.length === 0)) return undefined;
  const evidence: Evidence[] = [
    describeSyns(packets, context),
    {
      text: `The server answered with ${synAcks.length === 1 ? 'a SYN-ACK' : `${synAcks.length} SYN-ACKs`} (${nameFrames(synAcks, context)})`,
      frames: framesOf(synAcks),
    },
  ];
  if (rejections.length > 0) {
    evidence.push({
      text: `The client's own system rejected the SYN-ACK with an ICMP error (${nameFrames(rejections, context)})`,
      frames: framesOf(rejections),
    });
  } else {
    evidence.push(
      {
        text: `The capture was taken at the client: ${client === 'proven' ? 'its packets are marked as sent by the capturing machine' : 'its packets had passed no router, and it is at the end of all that was captured'}`,
        frames: framesOf(syns.slice(0, 1)),
      },
      {
        text: `All the same the client repeated its SYN (${nameFrames(repeated, context)}): the answer got lost inside it, behind the capture point`,
        frames: framesOf(repeated),
      },
    );
  }
  const isProven = rejections.length > 0 || client === 'proven';
  return { confidence: isProven ? 'high' : 'medium', evidence, alternatives: isProven ? [] : [LOST_BEFORE] };
}
