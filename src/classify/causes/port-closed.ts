import type { AttemptEvent } from '../../track/attempt.js';
import {
  type Alternative,
  after,
  type Context,
  type Evidence,
  type Finding,
  framesOf,
  nameFrames,
} from '../finding.js';
import type { AttemptPackets } from '../packets.js';
import { compareDistance, decidingReset, describeDistance, targetDistance } from './reset-origin.js';

/** The target answered with an RST that acknowledges the SYN (RFC 9293 section 3.5.2). */
export function portClosed(packets: AttemptPackets, context: Context): Finding | undefined {
  const reset = decidingReset(packets);
  if (reset === undefined) return undefined;
  const refusal = () => describeRefusal(packets, context);
  const reference = targetDistance(packets, context);
  if (isLate(reset, packets)) {
    return { confidence: 'medium', tell: () => ({ evidence: refusal(), alternatives: [TIMED_OUT_BEHIND] }) };
  }
  const { client, server } = packets.attempt;
  if (reference === undefined || compareDistance(reset, reference) === undefined) {
    // Between two addresses of one machine nothing stands.
    const alternatives = client.address === server.address ? [] : [UNCOMPARED];
    return { confidence: 'high', tell: () => ({ evidence: refusal(), alternatives }) };
  }
  const known = () => [...refusal(), describeDistance(reset, reference, packets, context)];
  if (!lacksFlowLabel(reset, packets, context)) {
    return { confidence: 'high', tell: () => ({ evidence: known(), alternatives: [] }) };
  }
  const label = {
    text: `The RST has no IPv6 flow label, while other packets of ${server.address} have one`,
    frames: framesOf([reset]),
  };
  return { confidence: 'medium', tell: () => ({ evidence: [...known(), label], alternatives: [MADE_BY_A_RULE] }) };
}

/** No round trip takes so long: whoever sent the RST had waited for something. */
const LATE_RESET_NS = 2e9;

function isLate(reset: AttemptEvent, { syns }: AttemptPackets): boolean {
  const asked = syns.filter(({ timeNs }) => timeNs <= reset.timeNs).at(-1);
  return asked !== undefined && reset.timeNs - asked.timeNs >= LATE_RESET_NS;
}

const TIMED_OUT_BEHIND: Alternative = {
  cause: 'middlebox-reset',
  text: 'a host without a listener refuses at once, and this RST came seconds later: a proxy, a load balancer or a firewall sends one when it has waited in vain for the host behind it',
};
const UNCOMPARED: Alternative = {
  cause: 'middlebox-reset',
  text: 'a firewall on the way can send the same RST, and the capture holds no other packet of the target to compare it with',
};
const MADE_BY_A_RULE: Alternative = {
  cause: 'middlebox-reset',
  text: 'a rule that rejects with a reset leaves the flow label out (nftables and iptables do): it stands at the target itself, or as far away as that',
};

/** Linux gives each RST of its own a flow label, the ones of its firewall none (seen on 6.18). */
function lacksFlowLabel({ identification }: AttemptEvent, { attempt }: AttemptPackets, { hosts }: Context): boolean {
  return attempt.server.address.includes(':') && identification === 0 && hosts.usesFlowLabels(attempt.serverHost);
}

/** The RST and the SYN that it answers, and how often that happened. */
export function describeRefusal(packets: AttemptPackets, context: Context): Evidence[] {
  const { syns } = packets;
  const resets = packets.events('rst');
  const reset = packets.decisive ?? resets[0];
  // The SYN that it answers is the last one before it; recorded out of order, the first one.
  const syn = syns.filter(({ timeNs }) => timeNs <= reset.timeNs).at(-1) ?? syns[0];
  const when = reset.timeNs < syn.timeNs ? 'which the capture recorded just behind it' : after(syn, reset);
  const evidence = [
    {
      text: `The RST of ${nameFrames([reset], context)} acknowledges the SYN of ${nameFrames([syn], context)}, ${when}`,
      frames: framesOf([syn, reset]),
    },
  ];
  if (resets.length > 1) {
    evidence.push({
      text: `The client asked ${syns.length} times and was refused ${resets.length} times (${nameFrames(resets, context)})`,
      frames: framesOf(resets),
    });
  }
  return evidence;
}
