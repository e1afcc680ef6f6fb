import { type Context, type Finding, formatDuration } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { describeSilence, isRealSilence } from './silence.js';

/** No answer of any kind. */
export function hostSilent(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { server, serverHost } = packets.attempt;
  const evidence = describeSilence(packets, context);
  const sign = context.hosts.lastSign(serverHost, server.port);
  const port = context.hosts.port(serverHost, server.port);
  const alternatives = [
    {
      cause: 'port-dropped',
      text: 'a firewall that drops this port looks the same as long as the target sends nothing else that the capture could show',
    },
  ];
  if (port !== undefined && port.synAcks > 0) {
    evidence.push({
      text: `The port answered at other times (its last SYN-ACK is frame ${context.frameNumber(port.lastSynAckFrame)}), but nobody in the seconds of this attempt`,
      frames: [port.lastSynAckFrame],
    });
  } else if (sign === undefined) {
    evidence.push({ text: `The capture holds no answer of ${server.address} to anybody`, frames: [] });
  } else {
    const apartNs = sign.timeNs - packets.attempt.events[0].timeNs;
    evidence.push({
      text: `The last that was heard of ${server.address} is frame ${context.frameNumber(sign.frame)}, ${formatDuration(apartNs)} ${apartNs < 0 ? 'before' : 'after'} the first SYN`,
      frames: [sign.frame],
    });
  }
  return { confidence: packets.syns.length > 1 ? 'medium' : 'low', evidence, alternatives };
}
