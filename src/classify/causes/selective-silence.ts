/** What the causes have in common in which a port is silent for some attempts while it accepts others. */
import type { PortFacts } from '../../track/hosts.js';
import { type Context, type Evidence, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSilence, isRealSilence } from './silence.js';

/** Answers so long before the attempt say nothing of its time any more. */
const SAME_TIME_NS = 60e9;

/** The port's facts, if it answered this client or others shortly before the attempt began, and again after that. */
export function acceptsOthersMeanwhile(packets: AttemptPackets, context: Context): PortFacts | undefined {
  const { attempt, firstSyn } = packets;
  if (firstSyn === undefined || attempt.isOddSyn || !isRealSilence(packets, context)) return undefined;
  const port = context.hosts.port(attempt.serverHost, attempt.server.port);
  if (port === undefined || port.synAcks < 2) return undefined;
  const isBefore = port.firstSynAckNs < firstSyn.timeNs;
  const isAfter =
    port.lastSynAckNs > firstSyn.timeNs && port.lastSynAckNs < firstSyn.timeNs + SAME_TIME_NS + lastedNs(packets);
  return isBefore && isAfter ? port : undefined;
}

function lastedNs({ attempt, firstSyn, lastSyn }: AttemptPackets): number {
  return (lastSyn?.timeNs ?? 0) - (firstSyn?.timeNs ?? 0) + attempt.watchedNs;
}

/** The silence, and who was answered meanwhile. */
export function describeSelectiveSilence(packets: AttemptPackets, port: PortFacts, context: Context): Evidence[] {
  const answers = [{ frame: port.firstSynAckFrame }, { frame: port.lastSynAckFrame }];
  return [
    ...describeSilence(packets, context),
    {
      text: `The same port sent ${port.synAcks} SYN-ACKs to others, before this attempt and after it began (first and last in ${nameFrames(answers, context)})`,
      frames: framesOf(answers),
    },
  ];
}
