import type { Attempt } from '../../track/attempt.js';
import type { PortFacts } from '../../track/ports.js';
import { type Context, type Finding, formatDuration } from '../finding.js';
import { type AttemptPackets, timeOf } from '../packets.js';
import { findOutage } from './outage.js';
import { overflowingPort } from './selective-silence.js';
import { describeSilence, isLoneSyn, isRealSilence } from './silence.js';

/** Answers to others that are farther away than this say nothing of an attempt: much may have changed meanwhile. */
const STILL_ANSWERING_NS = 60e9;

/** The port answers others and has no word for this client. */
export function sourceDropped(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { client, server, serverHost } = packets.attempt;
  const port = context.hosts.port(serverHost, server.port);
  if (port === undefined || port.synAcks === 0) return undefined;
  if (isLoneSyn(packets, context) || findOutage(packets, context) !== undefined) return undefined;
  if (overflowingPort(packets, context) !== undefined) return undefined;
  if (context.hosts.mayHaveAnswered(packets.attempt)) return shutOut(packets, port, context);
  if (isSilentForKnown(packets, port, context)) return undefined;
  const near = answersNear(packets, port);
  if (!near.meanwhile && !near.before && !near.after) return undefined;
  const isSure = near.meanwhile || (near.before && near.after);
  const others = [...port.answeredClients];
  return {
    confidence: isSure ? 'medium' : 'low',
    tell: () => ({
      evidence: [
        ...describeSilence(packets, context),
        {
          text: `The same port answered ${others.length === 1 ? 'another client' : 'other clients'}, ${others.slice(0, 3).join(', ')} (last SYN-ACK in frame ${context.frameNumber(port.lastSynAckFrame)}), and ${client.address} not once`,
          frames: [port.lastSynAckFrame],
        },
      ],
      alternatives: [
        ...(isSure
          ? []
          : [
              {
                cause: 'host-silent',
                text: near.before
                  ? 'nobody was answered any more once the first SYN was sent, so the target may have gone down just then'
                  : 'nobody was answered before the last SYN, so the target may have come up only then',
              },
            ]),
        {
          cause: 'return-path-lost',
          text: 'the answers to this client alone may be lost on the way back; the capture would show them if it were taken at the server',
        },
      ],
    }),
  };
}

/** Whether the port answered anybody shortly before the attempt, during it, and shortly behind it. */
function answersNear({ firstSyn, lastSyn }: AttemptPackets, { synAckLog }: PortFacts) {
  const has = (fromNs: number, toNs: number): boolean => synAckLog.between(fromNs, toNs) !== undefined;
  const fromNs = firstSyn!.timeNs;
  const toNs = lastSyn!.timeNs;
  return {
    before: has(fromNs - STILL_ANSWERING_NS, fromNs),
    meanwhile: has(fromNs, toNs),
    after: has(toNs, toNs + STILL_ANSWERING_NS),
  };
}

/** A client that was answered at first has to be silent for so long, and so often, before it counts as shut out. */
const LEAST_SHUT_OUT_NS = 10e9;
const LEAST_ATTEMPTS = 2;

/** The client was answered before, and from one moment on for good is not, while others are: it was banned. */
function shutOut(packets: AttemptPackets, port: PortFacts, context: Context): Finding | undefined {
  const { attempt, firstSyn, lastSyn } = packets;
  const { client, server, serverHost } = attempt;
  const isOwn = (other: Attempt): boolean => other.client.address === client.address;
  const own = context.company.silentAt(attempt).filter(isOwn);
  if (own.length < LEAST_ATTEMPTS || attempt.isOddSyn) return undefined;
  const { fromNs, toNs } = timeOf(own);
  if (toNs - fromNs < LEAST_SHUT_OUT_NS || fromNs <= port.leftOutNs) return undefined;
  const since = { fromNs, toNs: Number.POSITIVE_INFINITY };
  if (context.hosts.answered(serverHost, server.port, client.address, since) !== undefined) return undefined;
  const meanwhile = port.synAckLog.between(firstSyn!.timeNs, lastSyn!.timeNs);
  if (meanwhile === undefined) return undefined;
  return {
    confidence: 'medium',
    tell: () => ({
      evidence: [
        ...describeSilence(packets, context),
        {
          text: `The port had answered ${client.address} before; none of its ${own.length} attempts within ${formatDuration(toNs - fromNs)} was answered any more, while others were (frame ${context.frameNumber(meanwhile)})`,
          frames: [own[0].events[0].frame, meanwhile],
        },
      ],
      alternatives: [
        {
          cause: 'backend-silent',
          text: "a balancer that decides by the client's address may send this client to one backend, which is silent",
        },
      ],
    }),
  };
}

/** True if nobody was answered meanwhile, and clients were silent too that the port answers at other times. */
function isSilentForKnown(packets: AttemptPackets, port: PortFacts, { hosts, company }: Context): boolean {
  const { attempt, firstSyn, lastSyn } = packets;
  if (port.synAckLog.between(firstSyn!.timeNs, lastSyn!.timeNs) !== undefined) return false;
  return company.silentAt(attempt).some((other) => {
    const { client, events } = other;
    const isMeanwhile = events[0].timeNs <= lastSyn!.timeNs && events[events.length - 1].timeNs >= firstSyn!.timeNs;
    return isMeanwhile && client.address !== attempt.client.address && hosts.mayHaveAnswered(other);
  });
}
