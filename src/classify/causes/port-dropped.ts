import type { Sign } from '../../track/hosts.js';
import { type Context, type Evidence, type Finding, formatDuration } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSilence, isRealSilence } from './silence.js';

/** A sign of life up to so much before the first SYN still says that the target was alive. */
const STILL_ALIVE_NS = 3e9;

/** The target is alive, and this port of it is silent. */
export function portDropped(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context) || packets.firstSyn === undefined) return undefined;
  const { server, serverHost } = packets.attempt;
  const sign = context.hosts.lastSign(serverHost, server.port);
  if (sign === undefined || sign.timeNs < packets.firstSyn.timeNs - STILL_ALIVE_NS) return undefined;
  // Its neighbours have looked for it in vain since.
  const neighbor = context.hosts.unansweredNeighbor(serverHost);
  if (neighbor !== undefined && neighbor.lastNs > sign.timeNs) return undefined;
  const wasDuring = sign.timeNs >= packets.firstSyn.timeNs;
  return {
    confidence: wasDuring && packets.syns.length > 1 ? 'high' : 'medium',
    evidence: [...describeSilence(packets, context), describeSign(sign, packets, context)],
    alternatives: wasDuring
      ? []
      : [
          {
            cause: 'host-silent',
            text: 'nothing was heard of the target once the first SYN was sent, so it may have gone down just then',
          },
        ],
  };
}

function describeSign(sign: Sign, { attempt, firstSyn }: AttemptPackets, context: Context): Evidence {
  const kinds = {
    'syn-ack': `a SYN-ACK from port ${sign.port}`,
    rst: `an RST from port ${sign.port}`,
    segment: `a segment from port ${sign.port}`,
    packet: 'a packet that is no TCP',
  };
  const apartNs = sign.timeNs - firstSyn!.timeNs;
  const when = `${formatDuration(apartNs)} ${apartNs < 0 ? 'before' : 'after'} the first SYN`;
  return {
    text: `${attempt.server.address} is alive: it sent ${kinds[sign.kind]} (frame ${context.frameNumber(sign.frame)}, ${when})`,
    frames: [sign.frame],
  };
}
