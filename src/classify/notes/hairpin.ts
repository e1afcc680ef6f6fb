import { isSameNetwork } from '../../decode/address.js';
import type { Attempt, AttemptEvent } from '../../track/attempt.js';
import { hopDistance } from '../../track/hops.js';
import { type Context, type Evidence, formatEndpoint, framesOf, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { findTwins } from './translated-twin.js';

const NO_LINK = -1;

/** The SYN went to a device that sent it back into the network from which it came. */
export function hairpin(packets: AttemptPackets, context: Context): Evidence | undefined {
  const { firstSyn } = packets;
  if (firstSyn === undefined) return undefined;
  return turnedBack(packets, firstSyn, context) ?? answeredDirectly(packets, firstSyn, context);
}

/** The same SYN before and behind the device. */
interface Passage {
  before: Attempt;
  cameIn: AttemptEvent;
  behind: Attempt;
  wentOn: AttemptEvent;
}

/** The same SYN went on from the device, towards a server of the client's own network. */
function turnedBack(packets: AttemptPackets, syn: AttemptEvent, context: Context): Evidence | undefined {
  const { attempt } = packets;
  const passage = findTwins(packets, context)
    .map(
      (twin): Passage =>
        twin.isBehind
          ? { before: attempt, cameIn: syn, behind: twin.attempt, wentOn: twin.syn }
          : { before: twin.attempt, cameIn: twin.syn, behind: attempt, wentOn: syn },
    )
    .find(isTurnedBack);
  if (passage === undefined) return undefined;
  const { before, cameIn, behind, wentOn } = passage;
  const text = `The SYN to ${formatEndpoint(before.server)} (${nameFrames([cameIn], context)}) was sent back into the client's own network, to ${formatEndpoint(behind.server)} (${nameFrames([wentOn], context)})`;
  return { text, frames: framesOf([cameIn, wentOn]) };
}

/** By the device's link-layer address, at which the SYN came in and went on; without one by the addresses of the ends. */
function isTurnedBack({ before, cameIn, behind }: Passage): boolean {
  if (hopDistance(cameIn.timeToLive) !== 0) return false;
  if (before.linkDestination !== NO_LINK) return before.linkDestination === behind.linkSource;
  return leadsBack(before, behind.server.address);
}

/** True if the client and this address are in one network, and the address that the client asked for is not. */
function leadsBack({ client, server }: Attempt, address: string): boolean {
  return isSameNetwork(client.address, address) && !isSameNetwork(client.address, server.address);
}

/** The device left the client's address in the SYN, so that the server answered the client directly. */
function answeredDirectly(packets: AttemptPackets, syn: AttemptEvent, context: Context): Evidence | undefined {
  const { attempt } = packets;
  if (hopDistance(syn.timeToLive) !== 0) return undefined;
  const answer = packets.events('bad-syn-ack').find((event) => isDirect(event, attempt));
  if (answer?.from === undefined) return undefined;
  const text = `The SYN to ${formatEndpoint(attempt.server)} (${nameFrames([syn], context)}) was answered by ${formatEndpoint(answer.from)}, directly from the client's own network (${nameFrames([answer], context)}): a device had sent it back there with the client's address still in it`;
  return { text, frames: framesOf([syn, answer]) };
}

/** True if the answer had passed no router either, and does not come from the device that the SYN was sent to. */
function isDirect({ from, linkSource = NO_LINK, timeToLive }: AttemptEvent, attempt: Attempt): boolean {
  if (from === undefined || from.address === attempt.server.address) return false;
  if (linkSource === NO_LINK || hopDistance(timeToLive) !== 0) return false;
  if (attempt.linkDestination !== NO_LINK) return linkSource !== attempt.linkDestination;
  return leadsBack(attempt, from.address);
}
