import { NO_PORT } from '../../track/signs.js';
import {
  type Alternative,
  type Context,
  type Evidence,
  type Finding,
  formatDuration,
  type Telling,
} from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { unreachableCause } from './icmp-unreachable.js';
import { describeSilence, isRealSilence } from './silence.js';

/** No answer of any kind. */
export function hostSilent(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  return { confidence: packets.syns.length > 1 ? 'medium' : 'low', tell: () => tell(packets, context) };
}

function tell(packets: AttemptPackets, context: Context): Telling {
  const alternatives = [
    ...rejectedOthers(packets, context),
    {
      cause: 'port-dropped',
      text: 'a firewall that drops this port looks the same as long as the target sends nothing else that the capture could show',
    },
  ];
  return { evidence: [...describeSilence(packets, context), lastHeard(packets, context)], alternatives };
}

function lastHeard({ attempt }: AttemptPackets, context: Context): Evidence {
  const { server, serverHost } = attempt;
  const sign = context.hosts.lastSign(serverHost, NO_PORT);
  const port = context.hosts.port(serverHost, server.port);
  if (port !== undefined && port.synAcks > 0) {
    return {
      text: `The port answered at other times (its last SYN-ACK is frame ${context.frameNumber(port.lastSynAckFrame)}), but nobody in the seconds of this attempt`,
      frames: [port.lastSynAckFrame],
    };
  }
  if (sign === undefined) return { text: `The capture holds no answer of ${server.address} to anybody`, frames: [] };
  const apartNs = sign.timeNs - attempt.events[0].timeNs;
  return {
    text: `The last that was heard of ${server.address} is frame ${context.frameNumber(sign.frame)}, ${formatDuration(apartNs)} ${apartNs < 0 ? 'before' : 'after'} the first SYN`,
    frames: [sign.frame],
  };
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
