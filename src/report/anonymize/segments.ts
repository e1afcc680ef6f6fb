/** What of TCP's options and first data is kept: what stacks offer each other, and by what name a server is asked for. */
import { putText, zero } from './dns.js';

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
/** Segment size, window scale, SACK and time stamps tell of stacks, not of people. */
const KEPT: ReadonlySet<number> = new Set([2, 3, 4, 5, 8]);
/** Options whose first bytes say what they are: the subtype of multipath TCP, identifiers of experiments. */
const BYTES_KEPT: ReadonlyMap<number, number> = new Map([
  [30, 1],
  [253, 2],
  [254, 2],
]);

/** Zeroes cookies, signatures and addresses in the options from `at` up to `end`; their kinds and lengths stay. */
export function disguiseTcpOptions(view: DataView, at: number, end: number): void {
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === NO_OPERATION) {
      at += 1;
      continue;
    }
    const length = kind === END_OF_OPTIONS || end - at < 2 ? 0 : view.getUint8(at + 1);
    if (length < 2 || length > end - at) {
      // Nothing behind it is read as an option.
      zero(view, Math.min(end, at + (kind === END_OF_OPTIONS ? 1 : 2)), end);
      return;
    }
    if (!KEPT.has(kind)) zero(view, Math.min(at + length, at + 2 + (BYTES_KEPT.get(kind) ?? 0)), at + length);
    at += length;
  }
}

// A ClientHello that holds nothing but a server name (RFC 8446 sections 5.1, 4 and 4.1.2, RFC 6066 section 3)
const HELLO_BEFORE_SESSION_BYTES = 43;
const TLS_HANDSHAKE = 22;
const CLIENT_HELLO_BEFORE_RANDOM = 11;

/**
 * Puts another name into the first data of a connection, which begins at `at` and was one in which a name stands: what
 * is written is the shortest such data. Gives where it ends.
 */
export function putServerName(view: DataView, at: number, name: string): number {
  if (view.getUint8(at) !== TLS_HANDSHAKE) {
    const request = `GET / HTTP/1.1\r\nHost:${name}\r\n`;
    putText(view, at, request);
    return at + request.length;
  }
  // Type, versions and lengths stay, so that it is seen to be cut off.
  zero(view, at + CLIENT_HELLO_BEFORE_RANDOM, at + HELLO_BEFORE_SESSION_BYTES);
  const hello = at + HELLO_BEFORE_SESSION_BYTES;
  const nameBytes = name.length;
  view.setUint8(hello, 0); // session id
  view.setUint16(hello + 1, 0); // cipher suites
  view.setUint8(hello + 3, 0); // compression methods
  view.setUint16(hello + 4, nameBytes + 9); // extensions
  view.setUint16(hello + 6, 0); // server name
  view.setUint16(hello + 8, nameBytes + 5);
  view.setUint16(hello + 10, nameBytes + 3);
  view.setUint8(hello + 12, 0); // host name
  view.setUint16(hello + 13, nameBytes);
  putText(view, hello + 15, name);
  return hello + 15 + nameBytes;
}
