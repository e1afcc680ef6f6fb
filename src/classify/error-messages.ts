/**
 * What a text that an application printed says about a connection: an error of the system, a time limit of the
 * program's own, the end of a connection that had been made, or something that is not about connecting at all.
 */
import type { NoteCode } from './descriptions/notes.js';
import { SYSTEM_ERRORS, type SystemError, type SystemErrorName, systemError } from './descriptions/system-errors.js';

/** What a text speaks of. */
export type ErrorText =
  | {
      about: 'error';
      /** One, or several where the program does not say which. */
      errors: readonly SystemError[];
      /** Whose time limit it was, if the program gave up before its system. */
      ownLimit?: string;
      /** What to mind about this text. */
      remark?: string;
    }
  /** The handshake was complete, and this happened then. */
  | { about: 'note'; note: NoteCode }
  /** Not connecting: what it is about, as the end of a sentence that begins with 'it is about'. */
  | { about: 'something-else'; what: string };

/** Before any connection is tried, or after it was made; a refusal in such a text is not one of the service. */
const NOT_CONNECTING: readonly { pattern: RegExp; what: string }[] = [
  {
    pattern:
      /getaddrinfo|enotfound|eai again|no such host|name or service not known|name resolution|nodename nor servname|unknownhost|could ?n[o']t resolve|resolving timed out|nxdomain|\blookup [\w.-]+(?: on \S+)?: /,
    what: 'a name that was not resolved, so that no connection was tried',
  },
  {
    pattern: /permission denied \(|permission denied, please try again/,
    what: 'logging in: the connection was made',
  },
];

/** After the connection was made; only where the text names no other error. */
const NOT_CONNECTING_ANY_MORE =
  /read(?:ing)? ?timed ?out|read ?timeout|esockettimedout|operation timed out after \d+ ?\w+ with|while (?:reading|sending)|pre-login handshake|tls handshake timeout/;

/** Time limits of programs, by what only they print. */
const OWN_LIMITS: readonly { pattern: RegExp; whose: string }[] = [
  { pattern: /\bi\/o timeout\b/, whose: 'Go: the Timeout of a net.Dialer, or a deadline' },
  {
    pattern: /deadline ?exceeded|client\.timeout exceeded/,
    whose: 'a deadline of Go or gRPC, which may also have passed after the connection was made',
  },
  { pattern: /deadline has elapsed/, whose: 'Rust: a timeout of tokio' },
  {
    pattern: /sockettimeoutexception: connect|\bconnect timed out|connecttimeout(?:exception|ed)|tcp connect timed out/,
    whose: "Java, Netty or the like: the client's connect timeout",
  },
  { pattern: /failed to connect to \S+ .*after \d+ ?ms(?!\s*:)/, whose: 'OkHttp: its connectTimeout' },
  {
    pattern: /und err connect timeout|connect timeout error/,
    whose: "fetch of Node: undici's connect timeout, 10 s by default",
  },
  {
    pattern:
      /connect timeout=|connecttimeout|connection timeout to host|^(?:\S+: )?timed out\.?$|error timed out>|\(.?timed out.?\)$/,
    whose: 'Python: the timeout of the socket or of the library',
  },
  {
    pattern: /timeout of \d+ ?ms exceeded/,
    whose: 'axios: its timeout for the whole request, which may also have passed after the connection was made',
  },
  {
    pattern: /aborted due to timeout/,
    whose: 'JavaScript: AbortSignal.timeout, which may also have passed after the connection was made',
  },
  {
    pattern: /aggregateerror.*etimedout/,
    whose:
      'Node: a quarter of a second for each address of a name with several (autoSelectFamilyAttemptTimeout), unless they all say ETIMEDOUT after more than a minute',
  },
  {
    pattern: /connection timed out after \d+ ?(?:ms|milliseconds)|timeout was reached/,
    whose: 'curl: --connect-timeout or --max-time',
  },
  { pattern: /timeout expired/, whose: "libpq's connect_timeout, or that of another database driver" },
  {
    pattern: /httpclient\.timeout|a task was canceled|the operation has timed out|timeout period elapsed/,
    whose: '.NET: a timeout of the client, which may also have passed after the connection was made',
  },
  { pattern: /timed out: operation now in progress|ncat: timeout/, whose: 'nc: -w' },
  { pattern: /net::opentimeout|execution expired/, whose: 'Ruby: open_timeout' },
  {
    pattern: /\berror, ?:?timeout\b|^:timeout$|\): timeout$/,
    whose: 'Erlang or Elixir: the timeout of the connect call',
  },
  { pattern: /upstream timed out .*while connecting/, whose: 'nginx: proxy_connect_timeout, 60 s by default' },
  {
    pattern: /reset reason: connection timeout|connection timeout\}/,
    whose: 'Envoy: the connect_timeout of the cluster',
  },
  { pattern: /layer4 timeout|\bl4tout\b/, whose: 'HAProxy: timeout connect, or timeout check' },
  { pattern: /tns:connect timeout|ora-12170/, whose: 'Oracle Net: its connect timeout' },
];

/** The connection was made, and then ended before it was of use. */
const ENDED_AFTER_ACCEPTING =
  /empty reply from server|empty response|closed the connection unexpectedly|connection closed by|socket hang up|unexpected eof|remote end closed connection|reading initial communication packet|server closed the connection/;

/** What programs print for several errors alike. */
const UNSPECIFIC: readonly { pattern: RegExp; errors: readonly SystemErrorName[]; remark: string }[] = [
  {
    pattern: /fetch failed/,
    errors: ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH'],
    remark: 'The fetch of Node does not say why here: the error that it wraps does (`error.cause`).',
  },
  {
    pattern: /tcp connect to .* failed|could not open connection to the host/,
    errors: ['ECONNREFUSED', 'ETIMEDOUT'],
    remark:
      'This program does not say why: a refusal comes within about two seconds on Windows, silence takes some 21 s.',
  },
  {
    pattern: /curl: \(28\)|curl error 28/,
    errors: ['ETIMEDOUT'],
    remark: 'curl 28 is a time limit, of its own (--connect-timeout, --max-time) or of the system.',
  },
  {
    pattern:
      /curl: \(7\)|curl error 7|could ?n[o']t connect|could not be established|could not establish|connection failure|connect failed|unable to connect|failed to connect/,
    errors: ['ECONNREFUSED', 'EHOSTUNREACH', 'ETIMEDOUT'],
    remark:
      'This text does not say why: at once is a refusal, after 3 s nobody answered on the local network, later is silence.',
  },
];

/**
 * What a text that an application printed speaks of, or undefined if it is not known.
 *
 * @example
 * readErrorText('dial tcp 10.0.0.5:5432: i/o timeout') // { about: 'error', errors: [ETIMEDOUT], ownLimit: 'Go: …' }
 */
export function readErrorText(text: string): ErrorText | undefined {
  const words = plain(text);
  const other = NOT_CONNECTING.find(({ pattern }) => pattern.test(words));
  if (other !== undefined) return { about: 'something-else', what: other.what };
  const error = findByName(text.toLowerCase()) ?? findByNumber(words) ?? findByMessage(words);
  if (error !== undefined && error.name !== 'ETIMEDOUT') return { about: 'error', errors: [error] };
  if (NOT_CONNECTING_ANY_MORE.test(words)) {
    return { about: 'something-else', what: 'waiting for an answer on a connection that had been made' };
  }
  const limit = OWN_LIMITS.find(({ pattern }) => pattern.test(words));
  if (limit !== undefined) return { about: 'error', errors: [systemError('ETIMEDOUT')], ownLimit: limit.whose };
  if (error !== undefined) return { about: 'error', errors: [error] };
  if (ENDED_AFTER_ACCEPTING.test(words)) return { about: 'note', note: 'accepted-then-closed' };
  return readUnspecific(words) ?? readAnyTimeout(words);
}

/**
 * The error of the system that a text speaks of: a name (ECONNREFUSED, WSAETIMEDOUT), a number (10061, -111,
 * `os error 113`) or a whole message of a program in which one of them, or the system's wording, occurs. Undefined when
 * it speaks of none, or of something else than connecting.
 *
 * @example
 * findSystemError('dial tcp 10.0.0.5:5432: connect: connection refused')?.name // 'ECONNREFUSED'
 */
export function findSystemError(text: string): SystemError | undefined {
  const found = readErrorText(text);
  return found?.about === 'error' ? found.errors[0] : undefined;
}

/** Lower case, without accents and typographic quotes, blanks for underscores and for any white space. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\s_]+/g, ' ')
    .trim()
    .toLowerCase();
}

function findByName(words: string): SystemError | undefined {
  const names = new Set(words.match(/\b(?:wsa)?e[a-z]+\b/g));
  return SYSTEM_ERRORS.find(
    (error) => names.has(error.name.toLowerCase()) || names.has(error.windowsName.toLowerCase()),
  );
}

/** A number alone, or where programs put error numbers: a port or a time of day must not be taken for one. */
const ERROR_NUMBER =
  /^-?(\d+)$|\b(?:\w*errno|\w*error|code|err)\b[\s:=]*-?(\d+)\b(?!\.\d)|[[(](?:errno )?-?(\d+)(?:[\])]|: )/g;

function findByNumber(words: string): SystemError | undefined {
  for (const match of words.matchAll(ERROR_NUMBER)) {
    const number = Number(match[1] ?? match[2] ?? match[3]);
    const error = SYSTEM_ERRORS.find(
      (each) => number === each.windowsNumber || number === each.linuxNumber || number === each.macosNumber,
    );
    if (error !== undefined) return error;
  }
  return undefined;
}

function findByMessage(words: string): SystemError | undefined {
  return SYSTEM_ERRORS.find((error) => error.messages.some((message) => words.includes(message)));
}

/** curl tells how long it took: from 20 s on it was the system that gave up, as after 21 s on Windows. */
const CURL_TIME = /failed to connect to .* after (\d+) ms/;
const SHORTEST_SYSTEM_LIMIT_MS = 20_000;

function readUnspecific(words: string): ErrorText | undefined {
  const curl = CURL_TIME.exec(words);
  if (curl !== null) {
    const isSilence = Number(curl[1]) >= SHORTEST_SYSTEM_LIMIT_MS;
    const names: SystemErrorName[] = isSilence ? ['ETIMEDOUT'] : ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
    return { about: 'error', errors: names.map(systemError), remark: curlRemark(curl[1], isSilence) };
  }
  const found = UNSPECIFIC.find(({ pattern }) => pattern.test(words));
  return found && { about: 'error', errors: found.errors.map(systemError), remark: found.remark };
}

/** The last resort: whatever says timeout, and nothing else that is known. */
function readAnyTimeout(words: string): ErrorText | undefined {
  if (!/\btime-?out\b/.test(words)) return undefined;
  return {
    about: 'error',
    errors: [systemError('ETIMEDOUT')],
    ownLimit: 'perhaps; it may also have passed after the connection was made',
  };
}

function curlRemark(ms: string, isSilence: boolean): string {
  return isSilence
    ? `curl does not say why; after ${ms} ms it was the system that gave up.`
    : `curl does not say why; this took ${ms} ms. At once it is a refusal (on Windows after 2 s), or the system itself has no route; after 3 s nobody answered on the local network.`;
}
