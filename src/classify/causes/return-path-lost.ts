import {
  type Alternative,
  type Context,
  describeSyns,
  type Evidence,
  type Finding,
  formatDuration,
  framesOf,
  nameFrames,
} from '../finding.js';
import type { Confidence } from '../outcome.js';
import { type AttemptPackets, resetsInVain } from '../packets.js';
import { patienceOf } from '../stack.js';
import { endsOf } from '../vantage.js';
import { brokeOff, isScan, watchedAfter } from './silence.js';

/** The server said yes again and again, and the handshake did not complete. */
export function returnPathLost(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, attempt, synAcks, syns } = packets;
  if (answer !== 'not-completed' || brokeOff(packets)) return undefined;
  const isRepeated = syns.some(({ timeNs }) => timeNs > synAcks[0].timeNs);
  const isLostOnTheWay = isRepeated && endsOf(attempt, context.hosts).client === 'excluded';
  return {
    confidence: confidenceIn(synAcks.length > 1 && isLostOnTheWay, !isRepeated && isScan(packets, context)),
    tell: () => ({
      evidence: describeLoss(packets, context),
      alternatives: isLostOnTheWay ? [] : doubts(packets, isRepeated),
    }),
  };
}

function describeLoss(packets: AttemptPackets, context: Context): Evidence[] {
  const { synAcks, syns } = packets;
  const firstAnswer = synAcks[0];
  const repeatedSyns = syns.filter(({ timeNs }) => timeNs > firstAnswer.timeNs);
  const errors = packets.events('icmp-for-syn-ack');
  const evidence = [
    describeSyns(packets, context),
    {
      text:
        synAcks.length === 1
          ? `The server answered with a SYN-ACK (${nameFrames(synAcks, context)}), and no ACK of it came within ${formatDuration(watchedAfter(firstAnswer, packets))}`
          : `The server sent its SYN-ACK ${synAcks.length} times (${nameFrames(synAcks, context)}), and no ACK of it came`,
      frames: framesOf(synAcks),
    },
  ];
  if (errors.length > 0) {
    evidence.push({
      text: `ICMP errors quote the SYN-ACK (${nameFrames(errors, context)}, from ${errors[0].icmp!.from}): it did not get through to the client`,
      frames: framesOf(errors),
    });
  }
  const resets = resetsInVain(packets);
  if (resets.length > 0) {
    evidence.push({
      text: `It was rejected with ${resets.length === 1 ? 'an RST' : 'RSTs'} in the client's name (${nameFrames(resets, context)}), which by ${resets.length === 1 ? 'its TTL' : 'their TTLs'} came from another place than the SYN`,
      frames: framesOf([...resets, ...syns.slice(0, 1)]),
    });
  }
  evidence.push(
    repeatedSyns.length > 0
      ? {
          text: `The client repeated its SYN after that (${nameFrames(repeatedSyns, context)}): the SYN-ACK did not reach it`,
          frames: framesOf(repeatedSyns),
        }
      : {
          text: 'The client did not repeat its SYN after that: either it got the SYN-ACK and its ACK was lost, or it is gone',
          frames: [],
        },
  );
  return evidence;
}

/** A scanner leaves answers alone on purpose. */
function confidenceIn(isProven: boolean, isProbe: boolean): Confidence {
  if (isProbe) return 'low';
  return isProven ? 'high' : 'medium';
}

/** What else leaves SYN-ACKs unanswered. */
function doubts(packets: AttemptPackets, isRepeated: boolean): Alternative[] {
  if (isRepeated) return [DROPPED_INSIDE];
  const { lastSyn, synAcks, syns } = packets;
  const isLate = lastSyn !== undefined && synAcks[0].timeNs - lastSyn.timeNs > patienceOf(syns).nextSynNs;
  return isLate ? [GAVE_UP_BEFORE] : [ONLY_A_PROBE];
}

const DROPPED_INSIDE: Alternative = {
  cause: 'client-firewall',
  text: 'if the capture was taken at the client, which it does not show, the SYN-ACK arrived there and its own firewall dropped it',
};
const GAVE_UP_BEFORE: Alternative = {
  cause: 'answered-too-late',
  text: 'the next SYN of the client was due before the SYN-ACK came, and was not sent: it may have given up by then, and its firewall may keep it from saying so',
};
const ONLY_A_PROBE: Alternative = {
  cause: 'half-open-probe',
  text: 'a scanner or a health check that wants to know only whether the port is open may leave the SYN-ACK unanswered, and so does a flood of SYNs whose senders are made up',
};
