import { type Context, type Evidence, type Finding, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { findOutage, type Outage } from './outage.js';
import { describeSilence } from './silence.js';

/** Nobody answered this client for a while: it is not this target. */
export function pathOutage(packets: AttemptPackets, context: Context): Finding | undefined {
  const outage = findOutage(packets, context);
  if (outage === undefined) return undefined;
  const { attempt } = packets;
  const isTargetKnown = Number.isFinite(context.hosts.firstHeardNs(attempt.serverHost));
  return {
    confidence: isTargetKnown ? 'medium' : 'low',
    tell: () => ({
      evidence: [...describeSilence(packets, context), describeOthers(outage, context), describeReach(outage, context)],
      alternatives: [
        {
          cause: 'host-silent',
          text: isTargetKnown
            ? 'this target and the others may have been down at the same time, each for itself'
            : `nothing was ever heard of ${attempt.server.address}: it may be down for a reason of its own`,
        },
      ],
    }),
  };
}

function describeOthers({ others }: Outage, context: Context): Evidence {
  const servers = [...new Set(others.map(({ server }) => server.address))];
  const syns = others.map(({ events }) => events[0]);
  return {
    text: `In the same seconds the client tried ${servers.length === 1 ? 'another target' : `${servers.length} other targets`} in vain, ${servers.slice(0, 3).join(', ')} (${syns.length === 1 ? 'SYN' : 'SYNs'} in ${nameFrames(syns, context)}), and heard nothing from anybody`,
    frames: framesOf(syns),
  };
}

function describeReach({ before, after }: Outage, context: Context): Evidence {
  const told = [
    ...(before === undefined ? [] : [`the last packet before came in frame ${context.frameNumber(before)}`]),
    ...(after === undefined ? [] : [`the first one after in frame ${context.frameNumber(after)}`]),
  ];
  return {
    text: `At other times it was answered: ${told.join(', ')}`,
    frames: [before, after].filter((frame) => frame !== undefined),
  };
}
