import type { PortFacts } from '../../track/ports.js';
import type { Alternative, Context, Evidence, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSelectiveSilence, overflowingPort, portOfLeftOut } from './selective-silence.js';
import { describeSilence } from './silence.js';

/** An attempt that was silent for so many SYNs met more than a queue that was full for a moment. */
const SYNS_OF_A_QUEUE = 3;

const OUTAGE: Alternative = {
  cause: 'host-silent',
  text: 'nobody was answered between the first and the last SYN of this attempt: a short outage looks the same',
};

/** The port accepts others in the same seconds: its backlog overflows, or new connections are rate-limited. */
export function acceptQueueFull(packets: AttemptPackets, context: Context): Finding | undefined {
  const overflowing = overflowingPort(packets, context);
  if (overflowing !== undefined) return overflow(overflowing, packets, context);
  const port = portOfLeftOut(packets, context);
  if (port === undefined) return undefined;
  if (port.lateSynAcks === 0 && packets.syns.length >= SYNS_OF_A_QUEUE) return undefined;
  if (isSilentForGood(packets, port, context)) return undefined;
  return {
    confidence: port.lateSynAcks > 0 && packets.attempt.othersAnswered?.isBetween ? 'medium' : 'low',
    tell: () => ({
      evidence: describeLuck(packets, port, context),
      alternatives: [
        {
          cause: 'backend-silent',
          text:
            port.lateSynAcks > 0
              ? 'one of several backends may be silent, but then no attempt would get through after repeating its SYN'
              : 'one of several backends may be silent; the client gave up too early to tell',
        },
        ...(packets.attempt.othersAnswered?.isBetween ? [] : [OUTAGE]),
      ],
    }),
  };
}

/** The silence, and how others got through. */
function describeLuck(packets: AttemptPackets, port: PortFacts, context: Context): Evidence[] {
  const evidence = describeSelectiveSilence(packets, context);
  if (port.lateSynAcks > 0) {
    evidence.push({
      text: `${port.lateSynAcks === 1 ? 'Another attempt' : `${port.lateSynAcks} other attempts`} at this port got through only after repeating the SYN`,
      frames: [],
    });
  }
  return evidence;
}

/** A queue that lets some in lets one of so many SYNs in. */
const SYNS_OF_LUCK = 5;

/**
 * True if this attempt was silent for more SYNs than luck explains, and more attempts were so than got in after
 * repeating their SYN: those few were packets that got lost.
 */
function isSilentForGood(packets: AttemptPackets, port: PortFacts, { company }: Context): boolean {
  const isForGood = ({ events }: { events: readonly unknown[] }): boolean => events.length >= SYNS_OF_LUCK;
  if (!isForGood(packets.attempt)) return false;
  return company.silentAt(packets.attempt).filter(isForGood).length > port.lateSynAcks;
}

/** The server had no room for a connection whose handshake was complete. */
function overflow(port: PortFacts, packets: AttemptPackets, context: Context): Finding {
  const frame = context.frameNumber(port.lastOverflowFrame);
  return {
    confidence: 'medium',
    tell: () => ({
      evidence: [
        ...describeSilence(packets, context),
        {
          text: `In the same seconds the port sent SYN-ACKs again that their client had acknowledged (frame ${frame}): it had no room for the connection`,
          frames: [port.lastOverflowFrame],
        },
      ],
      alternatives: [
        {
          cause: 'return-path-lost',
          text: "the clients' ACKs may get lost between the capture and the server, and the SYNs with them",
        },
      ],
    }),
  };
}
