import type { Attempt, AttemptEvent } from '../../track/attempt.js';
import { hopDistance } from '../../track/hops.js';
import { type Context, type Evidence, formatEndpoint, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { findTwins } from './translated-twin.js';

/** The SYN went to a device that sent it back into the network from which it came. */
export function hairpin(packets: AttemptPackets, context: Context): Evidence | undefined {
  return turnedBack(packets, context) ?? answeredDirectly(packets, context);
}

/** The device sent the SYN on with the very link-layer address at which it had come in. */
function turnedBack(packets: AttemptPackets, context: Context): Evidence | undefined {
  const { attempt, firstSyn } = packets;
  if (firstSyn === undefined) return undefined;
  for (const twin of findTwins(packets, context)) {
    const before = twin.isBehind ? { attempt, syn: firstSyn } : twin;
    const behind = twin.isBehind ? twin : { attempt, syn: firstSyn };
    if (!cameFromLink(before.attempt, before.syn) || before.attempt.linkDestination !== behind.attempt.linkSource) {
      continue;
    }
    const text = `The SYN to ${formatEndpoint(before.attempt.server)} (${nameFrames([before.syn], context)}) was sent back into the client's own network, to ${formatEndpoint(behind.attempt.server)} (${nameFrames([behind.syn], context)}), by the device that it had been sent to`;
    return { text, frames: framesOf([before.syn, behind.syn]) };
  }
  return undefined;
}

/** The device sent the SYN back without its own address in it, so that the server answered the client directly. */
function answeredDirectly(packets: AttemptPackets, context: Context): Evidence | undefined {
  const { attempt, firstSyn } = packets;
  if (firstSyn === undefined || !cameFromLink(attempt, firstSyn)) return undefined;
  const answer = packets.events('bad-syn-ack').find((event) => isDirect(event, attempt));
  if (answer?.from === undefined) return undefined;
  return {
    text: `${formatEndpoint(answer.from)}, a host of the client's own network, answered the SYN (${nameFrames([firstSyn], context)}) that the client had sent to ${formatEndpoint(attempt.server)} by way of a router (${nameFrames([answer], context)}): the SYN had been sent back into that network with the client's address still in it`,
    frames: framesOf([firstSyn, answer]),
  };
}

/** True if the SYN had passed no router, and shows which device it was sent to. */
function cameFromLink({ linkDestination }: Attempt, syn: AttemptEvent): boolean {
  return linkDestination !== NO_LINK && hopDistance(syn.timeToLive) === 0;
}

/** True if the answer had passed no router either, and does not come from the one that the SYN was sent to. */
function isDirect({ from, linkSource = NO_LINK, timeToLive }: AttemptEvent, attempt: Attempt): boolean {
  if (from === undefined || from.address === attempt.server.address || hopDistance(timeToLive) !== 0) return false;
  return linkSource !== NO_LINK && linkSource !== attempt.linkDestination;
}

const NO_LINK = -1;
