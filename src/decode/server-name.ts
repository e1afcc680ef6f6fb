/**
 * The name by which a client asks for its server in the first bytes that it sends: the server name of a TLS handshake
 * (RFC 6066 section 3), the Host of an HTTP request (RFC 9110 section 7.2). Asked of first segments only, so it costs
 * nothing for each packet.
 */
import { parseAddress } from './address.js';

/** The name in the client's first data, of which the captured bytes reach from `at` to `end`; undefined without one. */
export function readServerName(view: DataView, at: number, end: number): string | undefined {
  if (at >= end) return undefined;
  const first = view.getUint8(at);
  const name =
    first === TLS_HANDSHAKE
      ? readClientHello(view, at, end)
      : first >= LETTER_A && first <= LETTER_Z
        ? readHost(view, at, end)
        : undefined;
  return name !== undefined && isHostName(name) ? name.toLowerCase() : undefined;
}

/** A name has 253 characters at most (RFC 1035 section 2.3.4), a name of TLS or HTTP no others than these. */
const HOST_NAME = /^[a-z\d_](?:[a-z\d_.-]{0,251}[a-z\d])?$/i;

function isHostName(name: string): boolean {
  return HOST_NAME.test(name) && parseAddress(name) === undefined;
}

// TLS (RFC 8446 sections 5.1, 4 and 4.1.2)
const TLS_HANDSHAKE = 22;
const TLS_MAJOR_VERSION = 3;
const RECORD_HEADER_BYTES = 5;
const CLIENT_HELLO = 1;
const HANDSHAKE_HEADER_BYTES = 4;
const VERSION_AND_RANDOM_BYTES = 34;
// Extensions (RFC 8446 section 4.2, RFC 6066 section 3)
const EXTENSION_HEADER_BYTES = 4;
const SERVER_NAME = 0;
/** The length of the list, then the type and the length of its first name. */
const SERVER_NAME_HEADER_BYTES = 5;
const HOST_NAME_TYPE = 0;

function readClientHello(view: DataView, at: number, end: number): string | undefined {
  const hello = at + RECORD_HEADER_BYTES;
  if (end - hello <= HANDSHAKE_HEADER_BYTES + VERSION_AND_RANDOM_BYTES) return undefined;
  if (view.getUint8(at + 1) !== TLS_MAJOR_VERSION || view.getUint8(hello) !== CLIENT_HELLO) return undefined;
  at = hello + HANDSHAKE_HEADER_BYTES + VERSION_AND_RANDOM_BYTES;
  at += 1 + view.getUint8(at); // session id
  if (end - at < 2) return undefined;
  at += 2 + view.getUint16(at); // cipher suites
  if (end - at < 1) return undefined;
  at += 1 + view.getUint8(at); // compression methods
  at += 2; // length of the extensions
  while (end - at >= EXTENSION_HEADER_BYTES) {
    const type = view.getUint16(at);
    const data = at + EXTENSION_HEADER_BYTES;
    if (type === SERVER_NAME) return readServerNameList(view, data, end);
    at = data + view.getUint16(at + 2);
  }
  return undefined;
}

function readServerNameList(view: DataView, at: number, end: number): string | undefined {
  if (end - at < SERVER_NAME_HEADER_BYTES || view.getUint8(at + 2) !== HOST_NAME_TYPE) return undefined;
  const nameBytes = view.getUint16(at + 3);
  const name = at + SERVER_NAME_HEADER_BYTES;
  return nameBytes > end - name ? undefined : readText(view, name, name + nameBytes);
}

// HTTP/1.1 (RFC 9112 section 3.2.1)
const LETTER_A = 0x41;
const LETTER_Z = 0x5a;
/** What servers accept. */
const LONGEST_REQUEST_HEAD = 8192;
/** A request for a path: one for a whole URL, and CONNECT, name the server behind a proxy. */
const REQUEST_FOR_PATH = /^[A-Z]{3,20} \/[^\r\n]* HTTP\/1\.[01]\r\n/;
const HOST_FIELD = /\r\nhost:[ \t]*([^\s:]+)(?::\d+)?[ \t]*\r\n/i;

function readHost(view: DataView, at: number, end: number): string | undefined {
  const head = readText(view, at, Math.min(end, at + LONGEST_REQUEST_HEAD));
  if (!REQUEST_FOR_PATH.test(head)) return undefined;
  const body = head.indexOf('\r\n\r\n');
  return HOST_FIELD.exec(body === -1 ? head : head.slice(0, body + 2))?.[1];
}

/** Each byte a character. */
function readText(view: DataView, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(view.getUint8(at));
  return text;
}
