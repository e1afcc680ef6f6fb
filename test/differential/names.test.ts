/**
 * tshark and we read the same names out of the same frames of the corpus: what DNS messages ask and answer, and the
 * server names of TLS and HTTP.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/errors.js';
import { Packet } from '../../src/capture/format.js';
import { AnyCaptureReader } from '../../src/capture/reader.js';
import { parseAddress } from '../../src/decode/address.js';
import { readDns } from '../../src/decode/dns.js';
import { FRAME_DNS, FRAME_TCP, Frame } from '../../src/decode/frame.js';
import { decodePacket } from '../../src/decode/packet.js';
import { readServerName } from '../../src/decode/server-name.js';
import { findProgram, needsTool } from '../tools.js';

/** By frame: 'db.lan 10.0.0.5, fd00::5', or 'asks shop.example'. */
type Told = Map<number, string>;

const FIELDS = [
  'frame.number',
  'dns.qry.name',
  'dns.a',
  'dns.aaaa',
  'tls.handshake.extensions_server_name',
  'http.host',
] as const;

/** DNS over UDP; of TCP what clients say first. What is damaged on purpose is nobody's to agree on. */
const FILTER =
  '((udp && dns) || (tcp && (tls.handshake.extensions_server_name || http.host))) && !_ws.malformed && !icmp && !icmpv6';

/** How tshark shows names that are none, and by which we tell them apart. */
const NO_NAMES = /^(?:<root>|<name contains a pointer that loops>)$/i;

/** Files (by their name) and the frames in which we differ. */
const EXPLAINED = new Map([
  // We escape dots in labels, tshark shows NUL as digits.
  ['sample-rfc1035escape.pcap.gz', [5, 6, 9]],
  // A second ClientHello, behind another record: no client begins so.
  ['quic_reordered_frames.pcap', [716]],
]);
function readWithTshark(path: string): Told {
  const output = ['-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=|', '-E', 'occurrence=a'];
  const preferences = [
    '-o',
    'tcp.desegment_tcp_streams:FALSE',
    '-o',
    'ip.defragment:FALSE',
    '-o',
    'ipv6.defragment:FALSE',
  ];
  const parameters = [
    '-n',
    '-r',
    path,
    ...preferences,
    ...output,
    ...FIELDS.flatMap((field) => ['-e', field]),
    '-Y',
    FILTER,
  ];
  let text: string;
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    text = execFileSync(findProgram('tshark')!, parameters, { maxBuffer: 1 << 28, encoding: 'utf8', stdio });
  } catch (error) {
    text = String((error as { stdout?: unknown }).stdout ?? '');
  }
  const told: Told = new Map();
  for (const line of text.split('\n').filter(Boolean)) {
    const [frame, query, ipv4, ipv6, tls, http] = line.split('\t').map((value) => value.split('|').filter(Boolean));
    const name = tls[0] ?? http[0]?.replace(/:\d+$/, '');
    // Addresses are no names.
    if (name !== undefined && parseAddress(name) !== undefined) continue;
    const addresses = [...ipv4, ...ipv6].sort().join(', ');
    const text =
      name === undefined
        ? `${query.length === 1 && !NO_NAMES.test(query[0]) ? query[0] : ''} ${addresses}`
        : `asks ${name}`;
    told.set(Number(frame[0]), text.toLowerCase());
  }
  return told;
}

function readOurselves(path: string): Told | undefined {
  const content = readFileSync(path);
  const told: Told = new Map();
  const reader = new AnyCaptureReader({ epochNs: undefined });
  const packet = new Packet();
  const frame = new Frame();
  try {
    reader.push(content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content);
    reader.end();
    while (reader.next(packet)) {
      if (decodePacket(packet, frame) !== 0) continue;
      const text = describePacket(packet, frame);
      if (text !== undefined) told.set(packet.number, text);
    }
  } catch (error) {
    if (error instanceof CaptureError || (error as { code?: string }).code?.startsWith('Z_')) return undefined;
    throw error;
  }
  return told;
}

function describePacket(packet: Packet, frame: Frame): string | undefined {
  const end = Math.min(frame.payloadOffset + frame.payloadBytes, packet.offset + packet.capturedBytes);
  if (frame.kind === FRAME_TCP) {
    const name = readServerName(packet.view, frame.payloadOffset, end);
    return name === undefined ? undefined : `asks ${name}`;
  }
  if (frame.kind !== FRAME_DNS) return undefined;
  const message = readDns(packet.view, frame.payloadOffset, end, true);
  if (message === undefined) return undefined;
  const addresses = message.records.filter(({ isAlias }) => !isAlias).map(({ value }) => value);
  return `${message.question?.name ?? ''} ${addresses.sort().join(', ')}`;
}
describe('tshark', () => {
  test('reads the same names and addresses in the same frames of the corpus', (context) => {
    needsTool(context, 'tshark', '$SYNWHY_CORPUS');
    const root = join(process.env.SYNWHY_CORPUS ?? '', 'captures');
    const lines: string[] = [];
    let compared = 0;
    for (const name of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const path = join(name.parentPath, name.name);
      const ours = readOurselves(path);
      if (ours === undefined) continue;
      const frames = ours.size === 0 ? new Map<number, string>() : readWithTshark(path);
      for (const [frame, theirs] of frames) {
        compared++;
        if (ours.get(frame) !== theirs && !EXPLAINED.get(name.name)?.includes(frame))
          lines.push(`${name.name} #${frame}: ${ours.get(frame)} / ${theirs}`);
      }
    }
    expect(lines).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  }, 900_000);
});
