/** What the causes have in common in which a port is silent for some attempts while it accepts others. */
import type { PortFacts } from '../../track/ports.js';
import { type Context, type Evidence, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSilence, isRealSilence } from './silence.js';

/** What is known of the port, if it answered others shortly before a silent attempt of a real client, and meanwhile. */
export function portOfLeftOut(packets: AttemptPackets, context: Context): PortFacts | undefined {
  const { othersAnswered, isOddSyn, serverHost, server } = packets.attempt;
  if (othersAnswered === undefined || isOddSyn || !isRealSilence(packets, context)) return undefined;
  return context.hosts.port(serverHost, server.port);
}

/** A queue that was full so long before or after an attempt may well have been full during it. */
const SAME_OVERFLOW_NS = 30e9;

/**
 * The port that meets an attempt with silence, if its accept queue was full at the time: then the server takes no
 * notice of the ACKs that should complete a handshake, and sends its SYN-ACK again.
 */
export function overflowingPort(packets: AttemptPackets, context: Context): PortFacts | undefined {
  const { attempt, firstSyn, lastSyn } = packets;
  const port = context.hosts.port(attempt.serverHost, attempt.server.port);
  if (port === undefined || port.overflows === 0 || firstSyn === undefined || lastSyn === undefined) return undefined;
  if (!isRealSilence(packets, context)) return undefined;
  const { lastOverflowNs } = port;
  const isMeanwhile =
    lastOverflowNs >= firstSyn.timeNs - SAME_OVERFLOW_NS && lastOverflowNs <= lastSyn.timeNs + SAME_OVERFLOW_NS;
  return isMeanwhile ? port : undefined;
}

/** The silence, and who was answered meanwhile. */
export function describeSelectiveSilence(packets: AttemptPackets, context: Context): Evidence[] {
  const { othersAnswered } = packets.attempt;
  const answers =
    othersAnswered === undefined ? [] : [othersAnswered.before, othersAnswered.meanwhile].map((frame) => ({ frame }));
  return [
    ...describeSilence(packets, context),
    {
      text: `The same port accepted other attempts shortly before this one and while it was silent (SYN-ACKs in ${nameFrames(answers, context)})`,
      frames: framesOf(answers),
    },
  ];
}
