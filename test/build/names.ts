/**
 * What names stand in: DNS messages (RFC 1035), and the first data of clients of TLS and HTTP.
 *
 *     dnsQuery({ at: 0, name: 'db.lan' })                                       steps of a scenario
 *     dnsAnswer({ at: 1, name: 'db.lan', records: [{ address: '10.0.0.5' }] })
 *     dnsAnswer({ at: 1, name: 'db.lan', responseCode: NAME_ERROR })
 *     clientSays({ at: 3 }, clientHello('db.lan'))
 */
import { ACK, PSH } from '../../src/decode/frame.js';
import { build, bytes, ip, u16, u32, zeros } from './layer.js';
import { CLIENT, ethernet, ipv4, ipv6, SERVER, tcp, udp } from './packet.js';
import { CLIENT_ISN, SERVER_ISN, type SegmentFields, type Step } from './scenario.js';

/** Types of records, and response codes. */
export const A = 1;
const CNAME = 5;
export const AAAA = 28;
export const SERVER_FAILURE = 2;
export const NAME_ERROR = 3;
export const REFUSED = 5;

/** The name server of the tests. */
export const RESOLVER = '198.51.100.53';

/** A record of an answer: an address or an alias; of the name that was asked for unless told. */
export interface BuiltRecord {
  name?: string;
  address?: string;
  alias?: string;
}

/** A message; by default a query for an IPv4 address. */
export interface MessageFields {
  id?: number;
  name?: string;
  type?: number;
  isResponse?: boolean;
  isTruncated?: boolean;
  isRecursionDesired?: boolean;
  responseCode?: number;
  records?: readonly BuiltRecord[];
  /** Records behind the answers. */
  additional?: readonly BuiltRecord[];
  /** No question, as in multicast DNS. */
  hasQuestion?: boolean;
  answerCount?: number;
}

/** A name as labels; a byte in it is a character. */
export function wireName(name: string): Uint8Array {
  const labels = name === '' ? [] : name.split('.');
  return bytes(...labels.flatMap((label) => [label.length, latin1(label)]), 0);
}

/** The bytes of text, one for each character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The bytes of a message. The question's name is pointed to by records that have it. */
export function dnsMessage(fields: MessageFields = {}): Uint8Array {
  const { id = 1, name = 'db.lan', type = A, isResponse = false, hasQuestion = true, responseCode = 0 } = fields;
  const { records = [], additional = [], isRecursionDesired = true, isTruncated = false } = fields;
  const flags =
    (isResponse ? 0x8000 : 0) | (isTruncated ? 0x0200 : 0) | (isRecursionDesired ? 0x0100 : 0) | responseCode;
  return bytes(
    u16(id),
    u16(flags),
    u16(hasQuestion ? 1 : 0),
    u16(fields.answerCount ?? records.length),
    u16(0),
    u16(additional.length),
    hasQuestion ? bytes(wireName(name), u16(type), u16(1)) : bytes(),
    ...[...records, ...additional].map((record) => builtRecord(record, name, hasQuestion)),
  );
}

function builtRecord({ name, address, alias }: BuiltRecord, asked: string, hasQuestion: boolean): Uint8Array {
  const owner = hasQuestion && (name === undefined || name === asked) ? u16(0xc00c) : wireName(name ?? asked);
  const data = address === undefined ? wireName(alias ?? asked) : ip(address);
  const type = address === undefined ? CNAME : address.includes(':') ? AAAA : A;
  return bytes(owner, u16(type), u16(1), u32(60), u16(data.length), data);
}

/** A message on its way. */
export interface ExchangeFields extends MessageFields {
  /** Milliseconds. */
  at: number;
  client?: string;
  clientPort?: number;
  resolver?: string;
  /** 53 unless told. */
  port?: number;
  /** The snap length. */
  capturedBytes?: number;
}

/** A client asks for the addresses of a name. */
export function dnsQuery(fields: ExchangeFields): Step {
  return exchange({ ...fields, isResponse: false });
}

/** The name server answers. */
export function dnsAnswer(fields: ExchangeFields): Step {
  return exchange({ ...fields, isResponse: true });
}

/** A question, and its answer a millisecond later. */
export function resolved(fields: ExchangeFields): Step[] {
  return [dnsQuery(fields), dnsAnswer({ ...fields, at: fields.at + 1 })];
}

function exchange(fields: ExchangeFields): Step {
  const { at, client = CLIENT.ipv4, clientPort = 40_000, resolver = RESOLVER, port = 53, capturedBytes } = fields;
  const isAnswer = fields.isResponse === true;
  const [source, destination] = isAnswer ? [resolver, client] : [client, resolver];
  const [sourcePort, destinationPort] = isAnswer ? [port, clientPort] : [clientPort, port];
  const datagram = udp({ sourcePort, destinationPort }, dnsMessage(fields));
  const packet = client.includes(':')
    ? ipv6({ source, destination }, datagram)
    : ipv4({ source, destination }, datagram);
  return { at, bytes: build(ethernet(packet)), capturedBytes };
}

/** A host tells its addresses by multicast DNS. */
export function hostTells({ at, from, name }: { at: number; from: string; name: string }): Step {
  const message = dnsMessage({ id: 0, isResponse: true, hasQuestion: false, records: [{ name, address: from }] });
  const datagram = udp({ sourcePort: 5353, destinationPort: 5353 }, message);
  return { at, bytes: build(ethernet(ipv4({ source: from, destination: '224.0.0.251', timeToLive: 255 }, datagram))) };
}

/** The beginning of a TLS handshake: a client that asks for a server by name, or by none. */
export function clientHello(name?: string): Uint8Array {
  const text = latin1(name ?? '');
  const serverName = bytes(u16(0), u16(text.length + 5), u16(text.length + 3), 0, u16(text.length), text);
  const supportedVersions = bytes(u16(43), u16(3), 2, u16(0x0304));
  const extensions = bytes(supportedVersions, name === undefined ? bytes() : serverName);
  const body = bytes(
    u16(0x0303),
    zeros(32),
    bytes(32, zeros(32)),
    u16(4),
    u32(0x13011302),
    bytes(1, 0),
    u16(extensions.length),
    extensions,
  );
  const handshake = bytes(1, 0, u16(body.length), body);
  return bytes(22, u16(0x0301), u16(handshake.length), handshake);
}

/** An HTTP request. */
export function httpRequest(host: string, target = '/'): Uint8Array {
  return latin1(`GET ${target} HTTP/1.1\r\nUser-Agent: test\r\nHost: ${host}\r\n\r\n`);
}

/** Data of the client of an attempt, from its first byte on. */
export function clientSays(fields: SegmentFields, content: Uint8Array): Step {
  const { at, isn = CLIENT_ISN, serverIsn = SERVER_ISN, client = CLIENT.ipv4, server = SERVER.ipv4 } = fields;
  const { clientPort = CLIENT.port, port = SERVER.port, capturedBytes } = fields;
  const segment = tcp(
    {
      sourcePort: clientPort,
      destinationPort: port,
      flags: ACK | PSH,
      sequence: fields.sequence ?? isn + 1,
      acknowledgement: serverIsn + 1,
    },
    content,
  );
  const ends = { source: client, destination: server };
  const packet = server.includes(':') ? ipv6(ends, segment) : ipv4(ends, segment);
  return { at, bytes: build(ethernet(packet)), capturedBytes };
}
