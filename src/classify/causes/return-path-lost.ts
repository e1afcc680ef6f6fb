import {
  type Alternative,
  type Context,
  describeSyns,
  type Finding,
  formatDuration,
  framesOf,
  nameFrames,
} from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { endsOf } from '../vantage.js';
import { brokeOff, watchedAfter } from './silence.js';

/** The server said yes again and again, and the handshake did not complete. */
export function returnPathLost(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, attempt, synAcks, syns } = packets;
  if (answer !== 'not-completed' || brokeOff(packets)) return undefined;
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
  const isLostOnTheWay = repeatedSyns.length > 0 && endsOf(attempt, context.hosts).client === 'excluded';
  return {
    confidence: synAcks.length > 1 && isLostOnTheWay ? 'high' : 'medium',
    evidence,
    alternatives: isLostOnTheWay ? [] : [repeatedSyns.length > 0 ? DROPPED_INSIDE : ONLY_A_PROBE],
  };
}

const DROPPED_INSIDE: Alternative = {
  cause: 'client-firewall',
  text: 'if the capture was taken at the client, which it does not show, the SYN-ACK arrived there and its own firewall dropped it',
};
const ONLY_A_PROBE: Alternative = {
  cause: 'half-open-probe',
  text: 'a scanner or a health check that wants to know only whether the port is open may leave the SYN-ACK unanswered',
};
