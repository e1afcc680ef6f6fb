import type { AttemptEvent } from '../../track/attempt.js';
import { hopDistance, tellsDistance } from '../../track/hops.js';
import { TRAIT_SACK, TRAIT_TIMESTAMPS, TRAIT_WINDOW_SCALE } from '../../track/layout/traits.js';
import {
  type Alternative,
  after,
  type Context,
  type Evidence,
  type Finding,
  framesOf,
  nameFrames,
} from '../finding.js';
import type { Confidence } from '../outcome.js';
import { type AttemptPackets, isFromStack } from '../packets.js';
import { LATE_ANSWER_NS } from './answered-too-late.js';

/** The client wanted to know whether the port is open, not to talk. */
export function halfOpenProbe(packets: AttemptPackets, context: Context): Finding | undefined {
  const { answer, decisive, firstSyn, synAcks } = packets;
  const synAck = synAcks[0];
  if (answer !== 'ended-by-client' || decisive?.kind !== 'client-rst' || synAck === undefined) return undefined;
  if (firstSyn !== undefined && synAck.timeNs - firstSyn.timeNs >= LATE_ANSWER_NS) return undefined;
  const foreign = isForeign(decisive, packets);
  return {
    confidence: confidenceIn(foreign, packets),
    tell: () => ({
      evidence: [
        {
          text: `The port is open: the SYN-ACK of ${nameFrames([synAck], context)} came ${after(firstSyn, synAck)}`,
          frames: framesOf([synAck]),
        },
        {
          text: `The client answered it with an RST (${nameFrames([decisive], context)}) ${after(synAck, decisive)}, without an ACK`,
          frames: framesOf([decisive]),
        },
        ...(foreign ? [describeForeign(firstSyn!, decisive, context)] : []),
      ],
      alternatives: [foreign ? MADE_BY_ANOTHER : TOO_LATE],
    }),
  };
}

/** Who looks at the answer does so at once; programs that give up do so after some tenths of a second. */
const PATIENCE_OF_PROGRAMS_NS = 200e6;

/** A SYN of a stack whose answer took that long may be one of a program that gave up, or got another address meanwhile. */
function confidenceIn(isForeign: boolean, { firstSyn, synAcks }: AttemptPackets): Confidence {
  if (isForeign) return 'low';
  if (firstSyn === undefined || !isFromStack(firstSyn)) return 'high';
  return synAcks[0].timeNs - firstSyn.timeNs < PATIENCE_OF_PROGRAMS_NS ? 'high' : 'medium';
}

const TOO_LATE: Alternative = {
  cause: 'answered-too-late',
  text: 'a client whose own time limit is shorter than this round trip would look the same',
};
const MADE_BY_ANOTHER: Alternative = {
  cause: 'middlebox-reset',
  text: "something on the way may have sent this RST in the client's name, to end the connection",
};

/** What stacks offer and scanners do not, which make up the TTLs of their SYNs as well. */
const TRAITS_OF_STACKS = TRAIT_TIMESTAMPS | TRAIT_SACK | TRAIT_WINDOW_SCALE;

/** True if the RST came from farther or nearer than the SYN of a stack. */
function isForeign(reset: AttemptEvent, { firstSyn }: AttemptPackets): boolean {
  if (firstSyn === undefined || (firstSyn.traits & TRAITS_OF_STACKS) === 0) return false;
  if (!tellsDistance(reset.timeToLive) || !tellsDistance(firstSyn.timeToLive)) return false;
  return hopDistance(reset.timeToLive) !== hopDistance(firstSyn.timeToLive);
}

function describeForeign(syn: AttemptEvent, reset: AttemptEvent, context: Context): Evidence {
  return {
    text: `By their TTLs the RST had passed ${hopDistance(reset.timeToLive)} routers and the SYN ${hopDistance(syn.timeToLive)} (${nameFrames([reset, syn], context)}): they were hardly sent by the same host`,
    frames: framesOf([reset, syn]),
  };
}
