/**
 * What applications are told about a failed handshake, per operating system; and, the other way round, which causes
 * stand behind an error that an application printed.
 */
import { type ApplicationErrorKind, CATALOGUE, type CauseId, describeCause } from './catalogue.js';

/** Names of the error that connect() ends with, when no time limit of the program's own comes first. */
export interface ApplicationError {
  linux: string;
  macos: string;
  /** With its number, as Windows programs print it. */
  windows: string;
}

/** An error of connect() under all the names, numbers and texts that people see it as. */
export interface SystemError {
  /** The POSIX name. */
  name: string;
  /** errno on Linux and macOS. */
  linuxNumber: number;
  macosNumber: number;
  /** Its Winsock counterpart. */
  windowsName: string;
  windowsNumber: number;
  /** What strerror, Windows and common runtimes call it. */
  messages: readonly string[];
  /** What it says about the handshake, in a sentence or two. */
  meaning: string;
}

/** The errors of connect() that say something about a handshake. */
export const SYSTEM_ERRORS = [
  {
    name: 'ECONNREFUSED',
    linuxNumber: 111,
    macosNumber: 61,
    windowsName: 'WSAECONNREFUSED',
    windowsNumber: 10061,
    messages: ['connection refused', 'the target machine actively refused it', 'actively refused'],
    meaning:
      'Somebody answered the SYN with a no: nearly always an RST. On Linux and macOS an ICMP port-unreachable error, ' +
      'which is a firewall, gives the same error.',
  },
  {
    name: 'ETIMEDOUT',
    linuxNumber: 110,
    macosNumber: 60,
    windowsName: 'WSAETIMEDOUT',
    windowsNumber: 10060,
    messages: [
      'connection timed out',
      'operation timed out',
      'connect timed out',
      'connection timeout',
      'timed out',
      'i/o timeout',
      'deadline exceeded',
      'did not properly respond after a period of time',
      'connected host has failed to respond',
    ],
    meaning:
      'No usable answer came before the system, or the time limit of the program, gave up. Windows reports this also ' +
      'where an ICMP error said why.',
  },
  {
    name: 'EHOSTUNREACH',
    linuxNumber: 113,
    macosNumber: 65,
    windowsName: 'WSAEHOSTUNREACH',
    windowsNumber: 10065,
    messages: ['no route to host', 'host is unreachable', 'unreachable host'],
    meaning:
      'The last hop does not find the host, or a firewall says no in that form: on Linux, ICMP 3/10 and 3/13 of a ' +
      'firewall give this error too, although routing is fine.',
  },
  {
    name: 'ENETUNREACH',
    linuxNumber: 101,
    macosNumber: 51,
    windowsName: 'WSAENETUNREACH',
    windowsNumber: 10051,
    messages: ['network is unreachable', 'unreachable network'],
    meaning:
      'A router has no route. At once and without any packet in a capture, it is the routing table of the client ' +
      'itself (often IPv6 without a default route).',
  },
  {
    name: 'EHOSTDOWN',
    linuxNumber: 112,
    macosNumber: 64,
    windowsName: 'WSAEHOSTDOWN',
    windowsNumber: 10064,
    messages: ['host is down'],
    meaning: 'The address is on the local network and nobody there answers for it (macOS and the BSDs say so).',
  },
  {
    name: 'ENOPROTOOPT',
    linuxNumber: 92,
    macosNumber: 42,
    windowsName: 'WSAENOPROTOOPT',
    windowsNumber: 10042,
    messages: ['protocol not available'],
    meaning: 'An ICMP protocol-unreachable error came back; Linux gives it this name.',
  },
  {
    name: 'EACCES',
    linuxNumber: 13,
    macosNumber: 13,
    windowsName: 'WSAEACCES',
    windowsNumber: 10013,
    messages: ['permission denied', 'forbidden by its access permissions'],
    meaning:
      'Over IPv6 on Linux: an ICMPv6 error said that a rule forbids it. Without any packet in a capture, the own ' +
      'system forbids it (a broadcast address, a security policy, a firewall for outgoing connections).',
  },
  {
    name: 'ECONNRESET',
    linuxNumber: 104,
    macosNumber: 54,
    windowsName: 'WSAECONNRESET',
    windowsNumber: 10054,
    messages: ['connection reset by peer', 'connection reset', 'forcibly closed by the remote host'],
    meaning:
      'For the client the connection stood already, for a moment at least, and then it was reset. If the handshake is ' +
      'complete in the capture, the reason is above TCP: in the service or a proxy in front of it.',
  },
] as const satisfies readonly SystemError[];

type SystemErrorName = (typeof SYSTEM_ERRORS)[number]['name'];

/** Which error each system raises: Linux, macOS, Windows. */
type Errors = readonly [linux: SystemErrorName, macos: SystemErrorName, windows: SystemErrorName];

const RESET: Errors = ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'];
const SILENCE: Errors = ['ETIMEDOUT', 'ETIMEDOUT', 'ETIMEDOUT'];
const NEIGHBOR: Errors = ['EHOSTUNREACH', 'EHOSTDOWN', 'ETIMEDOUT'];

/**
 * ICMP errors by IP version and type/code, during SYN-SENT. Linux: icmp_err_convert in net/ipv4/icmp.c, tab_unreach in
 * net/ipv6/icmp.c. macOS: tcp_ctlinput in bsd/netinet/tcp_subr.c drops the connection at once where it says
 * ECONNREFUSED here, and keeps EHOSTUNREACH as a soft error that it raises after a few more SYNs. Windows ignores them all.
 */
const BY_ICMP: Readonly<Record<string, Errors>> = {
  '4 3/0': ['ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '4 3/1': ['EHOSTUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '4 3/2': ['ENOPROTOOPT', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/3': ['ECONNREFUSED', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/9': ['ENETUNREACH', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/10': ['EHOSTUNREACH', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 3/13': ['EHOSTUNREACH', 'ECONNREFUSED', 'ETIMEDOUT'],
  '4 11/0': ['EHOSTUNREACH', 'ETIMEDOUT', 'ETIMEDOUT'],
  '6 1/0': ['ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '6 1/1': ['EACCES', 'ECONNREFUSED', 'ETIMEDOUT'],
  '6 1/3': ['EHOSTUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'],
  '6 1/4': ['ECONNREFUSED', 'ECONNREFUSED', 'ETIMEDOUT'],
  '6 1/5': ['EACCES', 'ETIMEDOUT', 'ETIMEDOUT'],
  '6 1/6': ['EACCES', 'ETIMEDOUT', 'ETIMEDOUT'],
  '6 3/0': ['EHOSTUNREACH', 'ETIMEDOUT', 'ETIMEDOUT'],
};

/** The ICMP errors that each cause of kind 'icmp' is about, as keys of BY_ICMP. */
const ICMP_OF_CAUSE: Partial<Record<CauseId, readonly string[]>> = {
  'admin-prohibited': ['4 3/9', '4 3/10', '4 3/13', '6 1/1', '6 1/5'],
  'reject-port-unreachable': ['4 3/3', '6 1/4'],
  'reject-protocol-unreachable': ['4 3/2'],
  'host-unreachable': ['4 3/1', '6 1/3'],
  'network-unreachable': ['4 3/0', '6 1/0', '6 1/6'],
  'routing-loop': ['4 11/0', '6 3/0'],
};

/** Causes behind an error that no rule above leads to, because the client raised it after its own part was done. */
const FURTHER_CAUSES: Partial<Record<SystemErrorName, readonly CauseId[]>> = {
  ECONNRESET: ['reset-after-syn-ack'],
};

/** What an ICMP error is, as far as systems look at it. */
export interface IcmpKind {
  version: 4 | 6;
  type: number;
  code: number;
}

/**
 * What connect() ends with on each system, if the program is patient; null where it sees no error. `icmp` is asked for
 * by the kind 'icmp'; for an ICMP error that systems don't act upon, the attempt ends in silence.
 */
export function applicationError(kind: ApplicationErrorKind, icmp?: IcmpKind): ApplicationError | null {
  switch (kind) {
    case 'none':
      return null;
    case 'reset':
      return name(RESET);
    case 'silence':
      return name(SILENCE);
    case 'neighbor':
      return name(NEIGHBOR);
    case 'icmp':
      return name((icmp && BY_ICMP[`${icmp.version} ${icmp.type}/${icmp.code}`]) ?? SILENCE);
  }
}

function name([linux, macos, windows]: Errors): ApplicationError {
  const { windowsName, windowsNumber } = SYSTEM_ERRORS.find((error) => error.name === windows)!;
  return { linux, macos, windows: `${windowsName} (${windowsNumber})` };
}

/**
 * The causes that an application may know as this error, on any system, in the order of the catalogue.
 *
 * @example
 * const error = findSystemError('connect: network is unreachable');
 * if (error !== undefined) causesOf(error) // ['admin-prohibited', 'network-unreachable']
 */
export function causesOf(error: SystemError): CauseId[] {
  return CATALOGUE.map(({ id }) => id).filter(
    (cause) =>
      errorsOf(cause).some((errors) => errors.includes(error.name as SystemErrorName)) ||
      FURTHER_CAUSES[error.name as SystemErrorName]?.includes(cause),
  );
}

function errorsOf(cause: CauseId): readonly Errors[] {
  switch (describeCause(cause).applicationError) {
    case 'none':
      return [];
    case 'reset':
      return [RESET];
    case 'silence':
      return [SILENCE];
    case 'neighbor':
      return [NEIGHBOR];
    case 'icmp':
      return (ICMP_OF_CAUSE[cause] ?? []).map((key) => BY_ICMP[key]);
  }
}

/**
 * The error that a text speaks of: a name (ECONNREFUSED, WSAETIMEDOUT), a number (10061, -111, `os error 113`) or a
 * whole message in which one of them, or the system's wording, occurs. Undefined when it speaks of none.
 *
 * @example
 * findSystemError('dial tcp 10.0.0.5:5432: connect: connection refused')?.name // 'ECONNREFUSED'
 */
export function findSystemError(text: string): SystemError | undefined {
  const words = text.toLowerCase().replace(/\s+/g, ' ').trim();
  return findByName(words) ?? findByNumber(words) ?? findByMessage(words);
}

function findByName(words: string): SystemError | undefined {
  const names = new Set(words.match(/\b(?:wsa)?e[a-z]+\b/g));
  return SYSTEM_ERRORS.find(
    (error) => names.has(error.name.toLowerCase()) || names.has(error.windowsName.toLowerCase()),
  );
}

/** A number alone, or where programs put error numbers: a port or a time of day must not be taken for one. */
const ERROR_NUMBER = /^-?(\d+)$|\b(?:\w*errno|\w*error|code|err)\b[\s:=]*-?(\d+)\b|[[(](?:errno )?-?(\d+)[\])]/;

function findByNumber(words: string): SystemError | undefined {
  const match = ERROR_NUMBER.exec(words);
  if (match === null) {
    return undefined;
  }
  const number = Number(match[1] ?? match[2] ?? match[3]);
  return SYSTEM_ERRORS.find(
    (error) => number === error.windowsNumber || number === error.linuxNumber || number === error.macosNumber,
  );
}

function findByMessage(words: string): SystemError | undefined {
  return SYSTEM_ERRORS.find((error) => error.messages.some((message) => words.includes(message)));
}
