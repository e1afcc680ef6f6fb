/** Which of several SYNs the server answered. */
import type { AttemptEvent } from '../../track/attempt.js';
import type { Context } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

/** An answer in less than this share of the shortest round trip is one to an earlier SYN. */
const TOO_SOON_SHARE = 0.5;

/**
 * The SYN that the first SYN-ACK answers: the one whose time stamp it echoes. Without time stamps it is the latest
 * before it, unless the server never answered anybody as fast.
 */
export function answeredSyn(packets: AttemptPackets, { hosts }: Context): AttemptEvent | undefined {
  const { attempt, syns, synAcks } = packets;
  const [synAck] = synAcks;
  if (synAck === undefined) return undefined;
  if (synAck.echo !== 0) {
    const echoed = syns.find(({ timestamp }) => timestamp === synAck.echo);
    if (echoed !== undefined) return echoed;
  }
  // It may have been recorded in front of its SYN.
  const latest = syns.findLastIndex(({ timeNs }) => timeNs <= synAck.timeNs);
  if (latest <= 0) return syns[0];
  const port = hosts.port(attempt.serverHost, attempt.server.port);
  const soonestNs = port === undefined || port.roundTrips === 0 ? 0 : TOO_SOON_SHARE * port.roundTripNs;
  return syns[synAck.timeNs - syns[latest].timeNs < soonestNs ? latest - 1 : latest];
}
