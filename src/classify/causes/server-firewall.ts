import { TRAIT_AUTHENTICATED } from '../../track/layout/traits.js';
import type { Alternative, Context, Evidence, Finding } from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { endsOf, isAt } from '../vantage.js';
import { overflowingPort } from './selective-silence.js';
import { describeSilence, isRealSilence } from './silence.js';

const FULL_QUEUE: Alternative = {
  cause: 'accept-queue-full',
  text: 'a service that hangs, with its accept queue full all the time, looks the same; `ss -ltn` at the server shows its queue',
};
const DROPPED_BEFORE: Alternative = {
  cause: 'port-dropped',
  text: 'if the capture was taken beside the server (a mirror port, a switch), something between there and the server may have dropped the SYN',
};
const DOWN: Alternative = {
  cause: 'host-silent',
  text: 'nothing was heard of the server since: if the capture was taken beside it, the server itself may have gone down',
};

/** The SYN reached the server's machine, and not its TCP: a TCP that gets a SYN always answers. */
export function serverFirewall(packets: AttemptPackets, context: Context): Finding | undefined {
  if (!isRealSilence(packets, context)) return undefined;
  const { attempt, firstSyn } = packets;
  const { server } = endsOf(attempt, context.hosts);
  if (!isAt(server) || firstSyn === undefined) return undefined;
  const port = context.hosts.port(attempt.serverHost, attempt.server.port);
  if (port !== undefined && port.lastSynAckNs >= firstSyn.timeNs) return undefined;
  if (overflowingPort(packets, context) !== undefined) return undefined;
  return {
    confidence: 'medium',
    tell: () => ({
      evidence: [...describeSilence(packets, context), ...describeVantage(packets, context, server === 'proven')],
      alternatives:
        server === 'proven'
          ? [FULL_QUEUE]
          : [DROPPED_BEFORE, ...(isHeardSince(packets, context) ? [] : [DOWN]), FULL_QUEUE],
    }),
  };
}

function isHeardSince({ attempt, firstSyn }: AttemptPackets, { hosts }: Context): boolean {
  return hosts.heard(attempt.serverHost, firstSyn!.timeNs, Number.POSITIVE_INFINITY)?.meanwhile === true;
}

function describeVantage({ attempt, syns }: AttemptPackets, context: Context, isProven: boolean): Evidence[] {
  const { address } = attempt.server;
  const sign = context.hosts.lastSign(attempt.serverHost, attempt.server.port);
  const frames = sign === undefined ? [] : [sign.frame];
  const proof = isProven
    ? `packets of ${address} are marked as sent by the capturing machine`
    : `packets of ${address} had passed no router when they were captured`;
  const evidence: Evidence[] = [
    {
      text: `The capture was taken at the server (${proof}${sign === undefined ? '' : `, such as frame ${context.frameNumber(sign.frame)}`}), so the SYN arrived there`,
      frames,
    },
    { text: `${address} answered nobody on port ${attempt.server.port} from then on`, frames: [] },
  ];
  if (syns.some(({ traits }) => (traits & TRAIT_AUTHENTICATED) !== 0)) {
    evidence.push({
      text: 'The SYN is signed (TCP-MD5 or TCP-AO): a server with another key, or none, drops it without a word',
      frames: [],
    });
  }
  return evidence;
}
