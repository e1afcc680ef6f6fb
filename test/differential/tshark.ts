/**
 * What tshark says of a capture's TCP, frame by frame, in the shape in which it can be compared with a Frame.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '../tools.js';

/** One TCP segment: plain, or quoted by an ICMP error. */
export interface SeenSegment {
  /** '192.0.2.1:50000 > 192.0.2.2:443' */
  tuple: string;
  sequence: number | undefined;
  /** Undefined where an ICMP error quotes too little. */
  flags: number | undefined;
  isQuoted: boolean;
}

/** Plain decoding: no reassembly, no numbers relative to anything. */
const PREFERENCES = [
  'tcp.relative_sequence_numbers:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
  'tcp.try_heuristic_first:FALSE',
  'ip.defragment:FALSE',
  'ipv6.defragment:FALSE',
];

const FIELDS = [
  'frame.number',
  'frame.protocols',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'icmpv6.type',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.flags',
  'tcp.seq_raw',
  'tcp.seq',
] as const;

/** Shows the packet that made it, but reports no error (RFC 4861 section 4.5). */
const NEIGHBOR_REDIRECT = '137';

/** The first TCP segment of every frame that has one, by frame number. Frames without one are undefined. */
export async function readWithTshark(path: string): Promise<Map<number, SeenSegment | undefined>> {
  const options = PREFERENCES.flatMap((preference) => ['-o', preference]);
  const output = ['-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=,', '-E', 'occurrence=a'];
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  return parseFields(await run(['-n', '-r', path, ...options, ...output, ...fields]));
}

/** Reads what tshark printed of FIELDS. */
function parseFields(text: string): Map<number, SeenSegment | undefined> {
  return new Map(text.split('\n').filter(Boolean).map(readLine));
}

/** tshark exits with an error where a capture breaks off; what it printed before counts. */
async function run(parameters: string[]): Promise<string> {
  const program = findProgram('tshark') ?? 'tshark';
  const limits = { maxBuffer: 1 << 28, timeout: 120_000 };
  try {
    return (await promisify(execFile)(program, parameters, limits)).stdout;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}

/**
 * Fields are lists over the whole frame: the nth `ip` in frame.protocols has the nth ip.src. Of TCP only the first is
 * read, as what TCP carries is nobody's matter here.
 */
function readLine(line: string): [number, SeenSegment | undefined] {
  const values = line.split('\t').map((value) => (value === '' ? [] : value.split(',')));
  const field = (name: (typeof FIELDS)[number]): string[] => values[FIELDS.indexOf(name)] ?? [];
  const frame = Number(field('frame.number')[0]);
  const layers = (field('frame.protocols')[0] ?? '').split(':');
  const untilTcp = layers.slice(0, layers.indexOf('tcp'));
  const port = field('tcp.srcport')[0];
  if (port === undefined || !layers.includes('tcp')) return [frame, undefined];
  if (untilTcp.includes('icmpv6') && field('icmpv6.type')[0] === NEIGHBOR_REDIRECT) return [frame, undefined];

  const version = untilTcp.findLast((layer) => layer === 'ip' || layer === 'ipv6');
  const index = untilTcp.filter((layer) => layer === version).length - 1;
  const source = field(version === 'ipv6' ? 'ipv6.src' : 'ip.src')[index];
  const destination = field(version === 'ipv6' ? 'ipv6.dst' : 'ip.dst')[index];
  const sequence = field('tcp.seq_raw')[0] ?? field('tcp.seq')[0];
  const flags = field('tcp.flags')[0];
  const segment: SeenSegment = {
    tuple: `${source}:${port} > ${destination}:${field('tcp.dstport')[0]}`,
    sequence: sequence === undefined ? undefined : Number(sequence),
    flags: flags === undefined ? undefined : Number(flags) & 0xff,
    isQuoted: untilTcp.includes('icmp') || untilTcp.includes('icmpv6'),
  };
  return [frame, segment];
}
