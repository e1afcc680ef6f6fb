import type { AttemptEvent } from '../../track/attempt.js';
import { hopDistance } from '../../track/hops.js';
import {
  type Alternative,
  type Context,
  describeSyns,
  type Evidence,
  type Finding,
  framesOf,
  nameFrames,
} from '../finding.js';
import { type AttemptPackets, resetsInVain } from '../packets.js';
import { endsOf, isAt } from '../vantage.js';
import { brokeOff } from './silence.js';

const LOST_BEFORE: Alternative = {
  cause: 'return-path-lost',
  text: 'if the capture was taken beside the client (a mirror port, the router of its network), the SYN-ACK may have been lost between there and the client',
};

const REJECTED_BEFORE: Alternative = {
  cause: 'return-path-lost',
  text: "something beside the client, which passes its packets on without lowering their TTL, may have rejected the answer in the client's name",
};

/** The answer reached the client's machine, and not its TCP. */
export function clientFirewall(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, attempt, synAcks, syns } = packets;
  if (answer !== 'not-completed' || brokeOff(packets)) return undefined;
  const rejections = packets.events('icmp-for-syn-ack').filter(({ icmp }) => icmp?.from === attempt.client.address);
  const resets = resetsInVain(packets).filter((reset) => isAsFar(reset, syns[0]));
  const { client } = endsOf(attempt, context.hosts);
  const repeated = syns.filter(({ timeNs }) => timeNs > synAcks[0].timeNs);
  const isSeenThere = isAt(client) && repeated.length > 0;
  if (rejections.length === 0 && resets.length === 0 && !isSeenThere) return undefined;
  const evidence: Evidence[] = [
    describeSyns(packets, context),
    {
      text: `The server answered with ${synAcks.length === 1 ? 'a SYN-ACK' : `${synAcks.length} SYN-ACKs`} (${nameFrames(synAcks, context)})`,
      frames: framesOf(synAcks),
    },
  ];
  if (resets.length > 0) {
    evidence.push({
      text: `It was rejected in the client's name with ${resets.length === 1 ? 'an RST' : 'RSTs'} (${nameFrames(resets, context)}), yet the client repeated its SYN (${nameFrames(repeated, context)}): its TCP had not seen the answer`,
      frames: framesOf([...resets, ...repeated]),
    });
  }
  if (rejections.length > 0) {
    evidence.push({
      text: `The client's own system rejected the SYN-ACK with an ICMP error (${nameFrames(rejections, context)})`,
      frames: framesOf(rejections),
    });
  } else if (isSeenThere) {
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
  if (isProven) return { confidence: 'high', tell: () => ({ evidence, alternatives: [] }) };
  return {
    confidence: 'medium',
    tell: () => ({ evidence, alternatives: [isSeenThere ? LOST_BEFORE : REJECTED_BEFORE] }),
  };
}

/** True if the RST had passed as many routers as the client's SYN. */
function isAsFar(reset: AttemptEvent, syn: AttemptEvent): boolean {
  return hopDistance(reset.timeToLive) === hopDistance(syn.timeToLive);
}
