/** Floods and scans: very many attempts that are told as one finding, whatever became of each. */
import { type CauseId, describeCause } from '../classify/catalogue.js';
import { fillNextSteps } from '../classify/next-steps.js';
import { isFailure } from '../classify/outcome.js';
import { type AttemptGroup, Counts, type Crowd, type GroupedAttempt } from './attempt-groups.js';
import { hostFilter, portFilter, serverFilter } from './display-filter.js';
import { DistinctCount, hashText, PortCount } from './distinct-count.js';
import { byFrequency, describeEarly, type FindingsInput } from './findings.js';
import type { ReportFinding } from './model.js';
import { formatCount, formatEstimate, formatNumberOf, formatSocket } from './wording.js';

/** So many SYNs at one port that nobody completes are a flood, if they come so fast and are hardly ever repeated. */
const LEAST_FLOOD = 1000;
const LEAST_PER_SECOND = 10;
const REPEATED_SHARE = 0.1;
const NS_PER_SECOND = 1e9;
/** Who tries fewer ports is not after ports. */
const PORTS_OF_A_SCAN = 5;

/** What became of SYNs that nobody meant to make a connection of: no answer, or one that was not taken. */
const CAUSES_OF_A_FLOOD: ReadonlySet<CauseId> = new Set<CauseId>([
  'server-firewall',
  'source-dropped',
  'port-dropped',
  'return-path-lost',
  'neighbor-unresolved',
  'path-outage',
  'accept-queue-full',
  'backend-silent',
  'client-gave-up',
  'host-silent',
  'capture-ended',
]);

/**
 * Takes those groups apart that make up a flood towards one server's port. There is none as long as all attempts are
 * listed.
 */
export function findFloods(input: FindingsInput): { floods: Crowd[]; others: AttemptGroup[] } {
  const all = [...input.groups.groups];
  const byPort = new Map<string, AttemptGroup[]>();
  for (const group of all) {
    if (!CAUSES_OF_A_FLOOD.has(group.cause)) continue;
    const key = formatSocket(group.server);
    const known = byPort.get(key);
    if (known === undefined) byPort.set(key, [group]);
    else known.push(group);
  }
  const floods: Crowd[] = [];
  const taken = new Set<AttemptGroup>();
  for (const groups of byPort.values()) {
    if (!groups.some(({ unlisted }) => unlisted.attempts > 0)) continue;
    const crowd = joinGroups(groups, (place) => groupedAttempt(place, input));
    if (!isFlood(crowd.counts)) continue;
    floods.push(crowd);
    for (const group of groups) taken.add(group);
  }
  return { floods, others: all.filter((group) => !taken.has(group)) };
}

/** A listed attempt as the groups take it. */
export function groupedAttempt(place: number, { judged }: Pick<FindingsInput, 'judged'>): GroupedAttempt {
  return {
    client: judged.clientAddress(place),
    server: { address: judged.serverAddress(place), port: judged.serverPort(place) },
    outcome: judged.outcome(place),
    cause: judged.cause(place)!,
    startNs: judged.startNs(place),
    isRepeated: judged.isRepeated(place),
    isEarly: judged.isEarly(place),
  };
}

function joinGroups(groups: readonly AttemptGroup[], tell: (place: number) => GroupedAttempt): Crowd {
  const [{ server }] = groups;
  const counts = new Counts();
  const servers = new DistinctCount();
  const ports = new PortCount();
  servers.add(hashText(server.address));
  ports.add(server.port);
  const causes = new Map<CauseId, number>();
  for (const { cause, listed, unlisted } of groups) {
    for (const place of listed) counts.add(tell(place));
    counts.addAll(unlisted);
    causes.set(cause, (causes.get(cause) ?? 0) + listed.length + unlisted.attempts);
  }
  const listed = groups.flatMap((group) => group.listed).sort((one, other) => one - other);
  return { sharing: 'server', client: '', server, listed, counts, servers, ports, causes };
}

function isFlood({ attempts, repeated, firstNs, lastNs }: Counts): boolean {
  const seconds = (lastNs - firstNs) / NS_PER_SECOND;
  return attempts >= LEAST_FLOOD && attempts >= LEAST_PER_SECOND * seconds && repeated <= REPEATED_SHARE * attempts;
}

/** The finding of a crowd: of its most frequent failure, or inconclusive if nothing else is known. */
export function describeCrowd(crowd: Crowd, input: FindingsInput): ReportFinding {
  const { server: end, counts, causes } = crowd;
  const frequent = byFrequency(causes);
  const [cause] = frequent.find(([id]) => isFailure(describeCause(id).outcome)) ?? frequent[0];
  const { title, extent, nextSteps } = nameCrowd(crowd);
  const tale = frequent.map(([id, count]) => `${formatCount(count)} ${describeCause(id).outcome} (${id})`).join(', ');
  const unlisted = counts.attempts - crowd.listed.length;
  const left = unlisted === 0 ? '' : ` ${formatCount(unlisted)} ${unlisted === 1 ? 'is' : 'are'} not listed.`;
  return {
    outcome: describeCause(cause).outcome,
    cause,
    confidence: 'low',
    title,
    server: input.server(end),
    clients: counts.clients.count,
    attempts: counts.attempts,
    firstAt: input.timeOf(counts.firstNs),
    lastAt: input.timeOf(counts.lastNs),
    text: `${formatNumberOf(counts.attempts, 'attempt')} ${extent}: ${tale}.${left}${describeEarly(counts)}`,
    nextSteps: nextSteps ?? fillNextSteps(cause, { server: end.address, port: end.port }),
    attemptIds: crowd.listed.map((place) => input.idOf(place)),
    displayFilter: filterOf(crowd),
    ...(crowd.servers.count === 1 && crowd.ports.count === 1
      ? {}
      : { targets: { servers: crowd.servers.count, ports: crowd.ports.count } }),
  };
}

/** What a crowd is called, what it consists of, and what to do about it where it is no failure of a service. */
interface CrowdName {
  title: string;
  extent: string;
  nextSteps?: string[];
}

/** Whether it is a flood or a scan shows in who asks, and how often. */
function nameCrowd(crowd: Crowd): CrowdName {
  const { sharing, client, server, counts, ports } = crowd;
  const from = `from ${formatEstimate(counts.clients, 'address', 'addresses')}`;
  const hosts = formatEstimate(crowd.servers, 'host');
  const at = `${hosts}, ${formatEstimate(ports, 'port')}`;
  if (sharing === 'nothing') return { title: 'Failures at many hosts and ports', extent: `${from} at ${at}` };
  const [what, extent] = {
    client: [`by ${client}`, `at ${at}`],
    port: [`port ${server.port} of many hosts`, `${from} at ${hosts}`],
    server: [server.address, `${from} at ${formatEstimate(ports, 'port')}`],
  }[sharing];
  // Who means to connect asks again.
  const isOnce = counts.repeated <= REPEATED_SHARE * counts.attempts;
  if (!isOnce) return { title: `Many failures ${sharing === 'client' ? what : `at ${what}`}`, extent };
  if (sharing === 'client') {
    const scan = ports.count >= PORTS_OF_A_SCAN ? 'Port scan' : 'Scan of many hosts';
    return { title: `${scan} ${what}`, extent, nextSteps: stepsOfScan(client) };
  }
  if (crowd.servers.count === 1 && ports.count === 1) {
    return {
      title: `SYN flood towards ${formatSocket(server)}`,
      extent: from,
      nextSteps: stepsOfFlood(server.address),
    };
  }
  if (counts.clients.count >= LEAST_FLOOD && isUnanswered(crowd)) {
    return { title: `SYN flood towards ${what}`, extent, nextSteps: stepsOfFlood(server.address) };
  }
  return { title: `${sharing === 'server' ? 'Port scan' : 'Scan'} of ${what}`, extent };
}

function stepsOfFlood(server: string): string[] {
  return [
    `On ${server}, \`nstat -az TcpExtSyncookiesSent TcpExtTCPReqQFullDrop TcpExtListenDrops\`: numbers that rise: its queue of half-open connections is full, and real clients go unanswered too.`,
    `On ${server}, \`sysctl net.ipv4.tcp_syncookies\`: 0 means that it keeps state for each SYN; 1 answers on when the queue is full.`,
    'The addresses of a flood are mostly made up: SYNs are limited on the way (a firewall, the provider), not address by address.',
  ];
}

function stepsOfScan(client: string): string[] {
  return [
    `Find out whether ${client} is a scanner or a monitoring of your own; if not, limit or block it where it comes in.`,
    `\`synwhy CAPTURE --host ${client} --outcome established,aborted\`: the ports that answered it, which is what it was looking for.`,
  ];
}

/** True if hardly any of them was answered by a no. */
function isUnanswered({ causes, counts }: Crowd): boolean {
  let unanswered = 0;
  for (const [cause, count] of causes) if (CAUSES_OF_A_FLOOD.has(cause)) unanswered += count;
  return unanswered >= (1 - REPEATED_SHARE) * counts.attempts;
}

function filterOf({ sharing, client, server, ports }: Crowd): string {
  if (sharing === 'client') return hostFilter(client);
  if (sharing === 'port') return portFilter(server.port);
  if (sharing === 'nothing') return 'tcp.flags.syn == 1 || tcp.flags.reset == 1 || icmp || icmpv6';
  return ports.count === 1 ? serverFilter(server) : hostFilter(server.address);
}
