import type { AttemptEvent } from '../../track/attempt.js';
import { type Context, type Evidence, formatDuration, formatEndpoint } from '../finding.js';
import type { Decision } from '../notes.js';
import type { AttemptPackets } from '../packets.js';
import { isAt } from '../vantage.js';

/** The other address may have been preferred, and this one only tried beside it (RFC 8305 section 5). */
const BEFORE_NS = 2e9;
/** Who tries addresses in turn goes on with the next one as soon as this one was given up. */
const AFTER_NS = 5e9;
/** A name rarely has more addresses; a hostile answer may give hundreds for each of many names. */
const MOST_SIBLINGS = 32;

/** An answer that the client got from another address of the same name. */
interface Winner {
  server: string;
  client: string;
  timeNs: number;
  frame: number;
}

/** The client reached another address of the same name at the time. */
export function superseded(packets: AttemptPackets, context: Context, verdict: Decision): Evidence | undefined {
  const { attempt, firstSyn } = packets;
  if (verdict.outcome === 'established' || firstSyn === undefined) return undefined;
  const last = attempt.events[attempt.events.length - 1];
  for (const address of context.names.siblingsOf(attempt.server.address).slice(0, MOST_SIBLINGS)) {
    const winner = findWinner(packets, address, firstSyn, last, context);
    if (winner !== undefined) return describe(packets, winner, firstSyn, context);
  }
  return undefined;
}

function findWinner(
  { attempt }: AttemptPackets,
  server: string,
  first: AttemptEvent,
  last: AttemptEvent,
  context: Context,
): Winner | undefined {
  const { hosts } = context;
  const host = hosts.findByAddress(server);
  const port = hosts.port(host, attempt.server.port);
  if (port === undefined) return undefined;
  const own = attempt.client.address;
  for (const client of [own, ...port.answeredClients]) {
    if (client !== own && !isSameMachine(attempt.clientHost, hosts.findByAddress(client), first, context)) continue;
    const answer = hosts.answered(host, attempt.server.port, client, {
      fromNs: first.timeNs - BEFORE_NS,
      toNs: last.timeNs + AFTER_NS,
    });
    if (answer !== undefined) return { server, client, ...answer };
  }
  return undefined;
}

/** A machine has other addresses for other servers, above all for another version of IP. */
function isSameMachine(one: number, other: number, { frame }: AttemptEvent, { hosts }: Context): boolean {
  const link = hosts.linkAddress(one);
  if (link !== undefined && link === hosts.linkAddress(other)) return true;
  return isAt(hosts.locality(one, frame)) && isAt(hosts.locality(other, frame));
}

function describe(
  { attempt }: AttemptPackets,
  { server, client, timeNs, frame }: Winner,
  firstSyn: AttemptEvent,
  context: Context,
): Evidence {
  const apartNs = timeNs - firstSyn.timeNs;
  const when = `${formatDuration(apartNs)} ${apartNs < 0 ? 'before' : 'after'} the first SYN here`;
  const whose = client === attempt.client.address ? 'the client' : `the client, as ${client},`;
  const other = formatEndpoint({ address: server, port: attempt.server.port });
  return {
    text: `${other}, another address of the same name, answered ${whose} with a SYN-ACK (frame ${context.frameNumber(frame)}, ${when})`,
    frames: [frame],
  };
}
