import type { Arrivals } from '../../track/arrival-log.js';
import { NO_PORT, type Sign } from '../../track/signs.js';
import { type Alternative, type Context, type Evidence, type Finding, formatDuration, nameFrames } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { findOutage } from './outage.js';
import { overflowingPort } from './selective-silence.js';
import { describeSilence, isLoneSyn, isRealSilence } from './silence.js';

/** So many ports of one host are not silent for services that hang. */
const PORTS_OF_A_FILTER = 3;
/** A sign of life up to so much behind the last SYN is one of the same seconds. */
const SOON_AFTER_NS = 5e9;

/** A sign of life up to so much before the first SYN still says that the target was alive. */
const STILL_ALIVE_NS = 3e9;

/** The target is alive, and this port of it is silent. */
export function portDropped(packets: AttemptPackets, context: Context): Finding | undefined {
  const { firstSyn, attempt } = packets;
  if (!isRealSilence(packets, context) || firstSyn === undefined) return undefined;
  const { hosts } = context;
  if (isLeftOut(packets, context) || isLoneSyn(packets, context)) return undefined;
  if (findOutage(packets, context) !== undefined || overflowingPort(packets, context) !== undefined) return undefined;
  // Its neighbours may have looked for it in vain since.
  const lostNs = hosts.unansweredNeighbor(attempt.serverHost)?.lastNs ?? Number.NEGATIVE_INFINITY;
  const isTimely = (sign: Sign | undefined): sign is Sign =>
    sign !== undefined && sign.timeNs >= firstSyn.timeNs - STILL_ALIVE_NS && sign.timeNs > lostNs;
  const sign = [
    hosts.lastSign(attempt.serverHost, attempt.server.port),
    olderConnection(packets, context),
    hosts.lastNeighborSign(attempt.serverHost),
  ].find(isTimely);
  if (sign === undefined) return undefined;
  const lull = findLull(sign, packets, context);
  // Afterwards the port answered as well: it was not the port that was silent, but its host.
  if (lull !== undefined && answersAgain(packets, context)) return undefined;
  const alternatives = doubts(sign, lull, packets, context);
  return {
    confidence: alternatives.length === 0 && packets.syns.length > 1 ? 'high' : 'medium',
    tell: () => ({
      evidence: [...describeSilence(packets, context), describeSign(sign, packets, context)],
      alternatives,
    }),
  };
}

/** True if the port does not drop everybody: it answered others between the SYNs, or after repetitions. */
function isLeftOut({ attempt }: AttemptPackets, { hosts }: Context): boolean {
  const { othersAnswered, serverHost, server } = attempt;
  if (othersAnswered === undefined) return false;
  return othersAnswered.isBetween || (hosts.port(serverHost, server.port)?.lateSynAcks ?? 0) > 0;
}

/** A segment of a connection that was made before the port fell silent for good: a rule may let that one go on. */
function olderConnection({ attempt, firstSyn }: AttemptPackets, { hosts }: Context): Sign | undefined {
  const port = hosts.port(attempt.serverHost, attempt.server.port);
  if (port !== undefined && port.lastSynAckNs >= firstSyn!.timeNs) return undefined;
  const sign = hosts.lastSign(attempt.serverHost, NO_PORT);
  return sign?.kind === 'segment' ? sign : undefined;
}

/** The time around the attempt in which the host was not heard at all; undefined if it was. */
function findLull(
  sign: Sign,
  { attempt, firstSyn, lastSyn }: AttemptPackets,
  { hosts }: Context,
): Arrivals | undefined {
  const fromNs = firstSyn!.timeNs - STILL_ALIVE_NS;
  const toNs = lastSyn!.timeNs + SOON_AFTER_NS;
  if (sign.timeNs <= toNs) return undefined;
  const heard = hosts.heard(attempt.serverHost, fromNs, toNs);
  return heard === undefined || heard.meanwhile ? undefined : heard;
}

/** True if the port accepted an attempt after this one. */
function answersAgain({ attempt, lastSyn }: AttemptPackets, { hosts }: Context): boolean {
  const port = hosts.port(attempt.serverHost, attempt.server.port);
  return port !== undefined && port.synAcks > 0 && port.lastSynAckNs > lastSyn!.timeNs;
}

function doubts(sign: Sign, lull: Arrivals | undefined, packets: AttemptPackets, context: Context): Alternative[] {
  const isFilter = context.company.silentPorts(packets.attempt) >= PORTS_OF_A_FILTER;
  return [...doubtsOfLife(sign, lull, packets, context), ...(isFilter ? [] : [HUNG_SERVICE])];
}

const HUNG_SERVICE: Alternative = {
  cause: 'accept-queue-full',
  text: 'a service that hangs, with its accept queue full all the time, looks the same; `ss -ltn` at the server shows its queue',
};

/** Why the target may not have been alive when it was asked. */
function doubtsOfLife(
  sign: Sign,
  lull: Arrivals | undefined,
  { attempt, firstSyn, lastSyn }: AttemptPackets,
  context: Context,
): Alternative[] {
  const { hosts } = context;
  const maybeDown = (text: string) => [{ cause: 'host-silent', text }];
  if (sign.kind === 'neighbor') {
    return maybeDown('only its link-layer address was told, which a router can do for a host that is down (proxy ARP)');
  }
  if (sign.timeNs < firstSyn!.timeNs) {
    return maybeDown('nothing was heard of the target once the first SYN was sent, so it may have gone down just then');
  }
  if (hosts.firstHeardNs(attempt.serverHost) > lastSyn!.timeNs) {
    return maybeDown('nothing was heard of the target before the last SYN, so it may have come up only then');
  }
  if (lull?.before !== undefined && lull.after !== undefined) {
    const frames = nameFrames([{ frame: lull.before }, { frame: lull.after }], context);
    return maybeDown(`nothing was heard of the target between ${frames}, so it may have been down meanwhile`);
  }
  return [];
}

function describeSign(sign: Sign, { attempt, firstSyn }: AttemptPackets, context: Context): Evidence {
  const kinds = {
    'syn-ack': `a SYN-ACK from port ${sign.port}`,
    rst: `an RST from port ${sign.port}`,
    segment: `a segment from port ${sign.port}`,
    packet: 'an IP packet that is not TCP',
    neighbor: attempt.server.address.includes(':') ? 'a neighbour discovery message' : 'an ARP message',
  };
  const apartNs = sign.timeNs - firstSyn!.timeNs;
  const when = `${formatDuration(apartNs)} ${apartNs < 0 ? 'before' : 'after'} the first SYN`;
  return {
    text: `${attempt.server.address} is alive: it sent ${kinds[sign.kind]} (frame ${context.frameNumber(sign.frame)}, ${when})`,
    frames: [sign.frame],
  };
}
