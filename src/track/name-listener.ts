/** Listens for names in the packets of DNS and in the first data of connections. */
import type { Packet } from '../capture/format.js';
import { formatAddress } from '../decode/address.js';
import { type DnsMessage, readDns } from '../decode/dns.js';
import type { Frame } from '../decode/frame.js';
import { readServerName } from '../decode/server-name.js';
import { PORT_LLMNR, PORT_MULTICAST_DNS } from '../decode/udp.js';
import type { FrameReference } from './attempt.js';
import type { CaptureClock } from './clock.js';
import { NAME_FROM_CLIENT, NAME_FROM_DNS, NAME_FROM_HOST, NameTable } from './names.js';
import { ResolutionLog } from './resolutions.js';

/** What name servers give for names that are not to be reached; and each host has its own loopback address. */
const IS_NOBODY = /^(?:127\.|0\.0\.0\.0$|::1?$)/;
/** Aliases that lead on to each other; resolvers give up after as many. */
const MAXIMUM_ALIASES = 16;

/** What the packets of one capture tell of names. */
export class NameListener {
  readonly names = new NameTable();
  readonly resolutions: ResolutionLog;

  constructor(clock: CaptureClock) {
    this.resolutions = new ResolutionLog(clock);
  }

  /** Takes a datagram of DNS. */
  noteDatagram(frame: Frame, packet: Packet, reference: FrameReference): void {
    const isToHosts = isMulticastPort(frame.sourcePort) || isMulticastPort(frame.destinationPort);
    const message = readDns(packet.view, frame.payloadOffset, endOfPayload(frame, packet), isToHosts);
    if (message === undefined) return;
    const source = formatAddress(frame.source0, frame.source1, frame.source2, frame.source3);
    const destination = formatAddress(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
    const { timeNs } = packet;
    if (message.isResponse) this.#noteNames(message, isToHosts ? '' : destination, timeNs, reference);
    if (isToHosts) return;
    const [client, server] = message.isResponse ? [destination, source] : [source, destination];
    const clientPort = message.isResponse ? frame.destinationPort : frame.sourcePort;
    this.resolutions.note(message, { client, clientPort, server, timeNs, frame: reference });
  }

  /** Takes the first data that a client sends to its server. */
  noteFirstData(frame: Frame, packet: Packet, reference: FrameReference): void {
    const name = readServerName(packet.view, frame.payloadOffset, endOfPayload(frame, packet));
    if (name === undefined) return;
    const client = formatAddress(frame.source0, frame.source1, frame.source2, frame.source3);
    const server = formatAddress(frame.destination0, frame.destination1, frame.destination2, frame.destination3);
    const telling = { name, source: NAME_FROM_CLIENT, client, timeNs: packet.timeNs, frame: reference };
    this.names.note(server, telling);
  }

  #noteNames({ question, records }: DnsMessage, client: string, timeNs: number, frame: FrameReference): void {
    const isAsked = client !== '' && question !== undefined;
    const wanted = isAsked ? aliasesOf(question.name, records) : undefined;
    for (const { name: owner, isAlias, value } of records) {
      if (isAlias || IS_NOBODY.test(value) || (wanted !== undefined && !wanted.has(owner))) continue;
      const name = isAsked ? question.name : owner;
      if (name === '') continue;
      const source = client === '' ? NAME_FROM_HOST : NAME_FROM_DNS;
      this.names.note(value, { name, source, client, timeNs, frame });
    }
  }
}

/** A name and all that it is an alias of (RFC 1034 section 3.6.2). */
function aliasesOf(name: string, records: DnsMessage['records']): Set<string> {
  const names = new Set([name]);
  let last = name;
  while (names.size <= MAXIMUM_ALIASES) {
    const alias = records.find((record) => record.isAlias && record.name === last);
    if (alias === undefined || names.has(alias.value)) break;
    last = alias.value;
    names.add(last);
  }
  return names;
}

function isMulticastPort(port: number): boolean {
  return port === PORT_MULTICAST_DNS || port === PORT_LLMNR;
}

/** Where the captured part of the payload ends. */
function endOfPayload({ payloadOffset, payloadBytes }: Frame, { offset, capturedBytes }: Packet): number {
  return Math.min(payloadOffset + payloadBytes, offset + capturedBytes);
}
