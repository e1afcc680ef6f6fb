/** What a group of findings is about: one server, one host with many ports, or one port of many hosts. */
import type { FindingGroup } from '../finding-groups.js';
import type { ReportServer } from '../model.js';
import { formatNumberOf, formatSocket, formatTarget } from '../wording.js';
import { cellCode, cellWord } from './inline.js';

const PORTS_NAMED = 12;
const HOSTS_NAMED = 6;

/** The target in a few words, for tables and headings. */
export function describeTarget({ findings, shared }: FindingGroup): string {
  const [finding] = findings;
  const { server } = finding;
  if (finding.targets !== undefined) return cellCode(formatTarget(finding));
  if (shared === 'server') return describeServer(server);
  if (shared === 'port') {
    const service = server.service === undefined ? '' : ` (${cellWord(server.service)})`;
    return `port ${cellCode(String(server.port))}${service} of ${formatNumberOf(findings.length, 'host')}`;
  }
  const name = server.name === undefined ? '' : ` (${cellCode(server.name)})`;
  return `${cellCode(server.address)}${name}, ${formatNumberOf(findings.length, 'port')}`;
}

/** Address and port, and what else is known of a server. */
export function describeServer(server: ReportServer): string {
  const { name, service } = server;
  const known = [
    ...(name === undefined ? [] : [cellCode(name)]),
    ...(service === undefined ? [] : [cellWord(service)]),
  ].filter((text) => text !== '');
  return `${cellCode(formatSocket(server))}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
}

/** The ports or hosts of a group, as a sentence; nothing for a single server. */
export function listMembers({ findings, shared }: FindingGroup): string {
  if (shared === 'server') return '';
  if (shared === 'address') {
    const ranges = asRanges(findings.map(({ server }) => server.port));
    return `Ports: ${enumerate(ranges, PORTS_NAMED, 'further range')}.`;
  }
  const hosts = findings.map(({ server }) => cellCode(server.address));
  return `Hosts: ${enumerate(hosts, HOSTS_NAMED, 'more')}.`;
}

/** '1-21', '23', '25-79'. */
function asRanges(ports: readonly number[]): string[] {
  const sorted = [...new Set(ports)].sort((one, other) => one - other);
  const ranges: [first: number, last: number][] = [];
  for (const port of sorted) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === port - 1) open[1] = port;
    else ranges.push([port, port]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}

function enumerate(texts: readonly string[], most: number, further: string): string {
  const more = texts.length - most;
  if (more <= 1) return texts.join(', ');
  return `${texts.slice(0, most).join(', ')} and ${more} ${further === 'more' ? 'more' : `${further}s`}`;
}
