/**
 * The five causes that an ICMP destination-unreachable error shows (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443
 * section 3.1): they differ in the codes only.
 */
import type { CauseId } from '../catalogue.js';
import { after, type Context, type Evidence, formatDuration, framesOf, nameFrames, type Rule } from '../finding.js';
import type { AttemptPackets } from '../packets.js';

type IcmpCauseId = Extract<
  CauseId,
  | 'admin-prohibited'
  | 'reject-port-unreachable'
  | 'reject-protocol-unreachable'
  | 'host-unreachable'
  | 'network-unreachable'
>;

const IPV4_CODES: Readonly<Record<number, IcmpCauseId>> = {
  0: 'network-unreachable',
  1: 'host-unreachable',
  2: 'reject-protocol-unreachable',
  3: 'reject-port-unreachable',
  5: 'network-unreachable', // source route failed
  6: 'network-unreachable', // destination network unknown
  7: 'host-unreachable', // destination host unknown
  8: 'host-unreachable', // source host isolated
  9: 'admin-prohibited',
  10: 'admin-prohibited',
  11: 'network-unreachable', // for this type of service
  12: 'host-unreachable', // for this type of service
  13: 'admin-prohibited',
  14: 'admin-prohibited', // host precedence violation
  15: 'admin-prohibited', // precedence cutoff in effect
};

const IPV6_CODES: Readonly<Record<number, IcmpCauseId>> = {
  0: 'network-unreachable',
  1: 'admin-prohibited',
  2: 'network-unreachable', // beyond the scope of the source address
  3: 'host-unreachable',
  4: 'reject-port-unreachable',
  5: 'admin-prohibited', // source address failed ingress/egress policy
  6: 'network-unreachable', // reject route to destination
  7: 'network-unreachable', // error in source routing header (RFC 6550)
};

/** The rule for one of them. */
export function icmpRule(cause: IcmpCauseId): Rule {
  return (packets, context) => {
    if (unreachableCause(packets) !== cause) return undefined;
    return { confidence: 'high', tell: () => ({ evidence: describe(packets, context), alternatives: [] }) };
  };
}

/** Which of them an attempt shows; undefined if no such error decided it. */
export function unreachableCause({ answer, decisive }: AttemptPackets): IcmpCauseId | undefined {
  const icmp = decisive?.icmp;
  if (answer !== 'unreachable' || icmp === undefined) return undefined;
  // A code that no RFC assigns is still somebody's no.
  return (icmp.version === 4 ? IPV4_CODES : IPV6_CODES)[icmp.code] ?? 'admin-prohibited';
}

function describe(packets: AttemptPackets, context: Context): Evidence[] {
  const { attempt, decisive, syns } = packets;
  const error = decisive!;
  const icmp = error.icmp!;
  const before = syns.filter(({ timeNs }) => timeNs <= error.timeNs);
  const syn = before.at(-1) ?? syns[0];
  const name = icmp.version === 4 ? 'ICMP' : 'ICMPv6';
  const quoted =
    syn === undefined
      ? 'quotes a SYN that is not in the capture'
      : before.length > 1
        ? // Which of them it quotes is not known: errors come later than their SYN when a neighbour is waited for.
          `quotes the SYN, which was last sent in ${nameFrames([syn], context)}, ${formatDuration(error.timeNs - syn.timeNs)} before`
        : `quotes the SYN of ${nameFrames([syn], context)}, ${after(syn, error)}`;
  const evidence = [
    {
      text: `${name} type ${icmp.type} code ${icmp.code} from ${icmp.from} in ${nameFrames([error], context)} ${quoted}`,
      frames: framesOf(syn === undefined ? [error] : [syn, error]),
    },
    { text: whoSaysSo(icmp.from, attempt.client.address, attempt.server.address), frames: framesOf([error]) },
  ];
  const all = packets.events('icmp');
  if (all.length > 1) {
    evidence.push({
      text: `${all.length} ICMP errors came in all (${nameFrames(all, context)})`,
      frames: framesOf(all),
    });
  }
  return evidence;
}

function whoSaysSo(from: string, client: string, server: string): string {
  if (from === server)
    return `The error bears the target's own address (${from}): it, or what stands in for it, says no`;
  if (from === client) return `The client's own system (${from}) says so: the SYN got no farther`;
  return `${from}, neither client nor target, sent the error: a router or firewall on the way`;
}
