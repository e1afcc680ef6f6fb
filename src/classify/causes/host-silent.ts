import { NO_PORT } from '../../track/signs.js';
import { type Alternative, type Context, type Finding, formatDuration } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { unreachableCause } from './icmp-unreachable.js';
import { describeSilence, isRealSilence } from './silence.js';

/** No answer of any kind. */
export function hostSilent(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { server, serverHost } = packets.attempt;
  const evidence = describeSilence(packets, context);
  const sign = context.hosts.lastSign(serverHost, NO_PORT);
  const port = context.hosts.port(serverHost, server.port);
  const alternatives = [
    ...rejectedOthers(packets, context),
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

/** An error so long before or after a silent attempt may be one that it should have got as well. */
const SAME_SECONDS_NS = 5e9;

/** Other attempts at this port got an ICMP error in the same seconds: of those every system sends only some. */
function rejectedOthers({ attempt, firstSyn, lastSyn }: AttemptPackets, context: Context): Alternative[] {
  const rejected = context.company.rejectedAt(attempt).find(({ answer, decisive }) => {
    if (answer !== 'unreachable' || decisive === undefined) return false;
    return (
      decisive.timeNs >= firstSyn!.timeNs - SAME_SECONDS_NS && decisive.timeNs <= lastSyn!.timeNs + SAME_SECONDS_NS
    );
  });
  const cause = rejected === undefined ? undefined : unreachableCause(rejected);
  if (rejected === undefined || cause === undefined) return [];
  const { icmp, frame } = rejected.decisive!;
  const text = `in the same seconds ${icmp!.from} answered another attempt at this port with ICMP type ${icmp!.type} code ${icmp!.code} (frame ${context.frameNumber(frame)}); such errors are limited in number, and the others stay without any`;
  return [{ cause, text }];
}
