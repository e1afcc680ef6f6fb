/** The errors of connect() as data: their names, numbers and texts, and what they say. */

/** The systems whose errors are told here, in the order in which they are told. */
export const SYSTEMS = ['linux', 'macos', 'windows'] as const;

export type System = (typeof SYSTEMS)[number];

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
  /** What each system calls it. */
  texts: Readonly<Record<System, string>>;
  /** What systems and common runtimes call it, in lower case, without accents, blanks for underscores. */
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
    texts: {
      linux: 'Connection refused',
      macos: 'Connection refused',
      windows: 'No connection could be made because the target machine actively refused it',
    },
    messages: [
      'connection refused',
      'connectionrefused',
      'actively refused',
      'tns:no listener',
      // The texts of Windows and of glibc in German, French and Spanish.
      'zielcomputer die verbindung verweigert',
      "l'a expressement refusee",
      'denego expresamente dicha conexion',
      'verbindungsaufbau abgelehnt',
      'connexion refusee',
      'conexion rehusada',
    ],
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
    texts: {
      linux: 'Connection timed out',
      macos: 'Operation timed out',
      windows:
        'A connection attempt failed because the connected party did not properly respond after a period of time, ...',
    },
    messages: [
      'connection timed out',
      'operation timed out',
      'connect timed out',
      'connection timeout',
      'timed out',
      'timedout',
      'did not properly respond after a period of time',
      'connected host has failed to respond',
      'gegenstelle nach einer bestimmten zeit',
      "n'a pas repondu convenablement",
      'parte conectada no respondio',
      'wartezeit fur die verbindung ist abgelaufen',
      "expiration du delai d'attente",
      'expiro el tiempo de conexion',
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
    texts: {
      linux: 'No route to host',
      macos: 'No route to host',
      windows: 'A socket operation was attempted to an unreachable host',
    },
    messages: [
      'no route to host',
      'host is unreachable',
      'host unreachable',
      'hostunreachable',
      'address unreachable',
      'unreachable host',
      'keine route zum zielrechner',
      "aucun chemin d'acces pour atteindre",
      'hote impossible a atteindre',
    ],
    meaning:
      'The last hop does not find the host, or a firewall says no in that form: on Linux, ICMP 3/10 and 3/13 of a ' +
      'firewall give this error too, although routing is fine. On macOS 15 and later, a program without the permission ' +
      '"Local Network" gets it for every local address, without any packet.',
  },
  {
    name: 'ENETUNREACH',
    linuxNumber: 101,
    macosNumber: 51,
    windowsName: 'WSAENETUNREACH',
    windowsNumber: 10051,
    texts: {
      linux: 'Network is unreachable',
      macos: 'Network is unreachable',
      windows: 'A socket operation was attempted to an unreachable network',
    },
    messages: [
      'network is unreachable',
      'network unreachable',
      'networkunreachable',
      'unreachable network',
      "le reseau n'est pas accessible",
      'das netzwerk ist nicht erreichbar',
    ],
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
    texts: {
      linux: 'Host is down',
      macos: 'Host is down',
      windows: 'A socket operation failed because the destination host was down',
    },
    messages: ['host is down'],
    meaning: 'The address is on the local network and nobody there answers for it (macOS and the BSDs say so).',
  },
  {
    name: 'ENOPROTOOPT',
    linuxNumber: 92,
    macosNumber: 42,
    windowsName: 'WSAENOPROTOOPT',
    windowsNumber: 10042,
    texts: {
      linux: 'Protocol not available',
      macos: 'Protocol not available',
      windows: 'An unknown, invalid, or unsupported option or level was specified in a getsockopt or setsockopt call',
    },
    messages: ['protocol not available'],
    meaning: 'An ICMP protocol-unreachable error came back; Linux gives it this name.',
  },
  {
    name: 'EACCES',
    linuxNumber: 13,
    macosNumber: 13,
    windowsName: 'WSAEACCES',
    windowsNumber: 10013,
    texts: {
      linux: 'Permission denied',
      macos: 'Permission denied',
      windows: 'An attempt was made to access a socket in a way forbidden by its access permissions',
    },
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
    texts: {
      linux: 'Connection reset by peer',
      macos: 'Connection reset by peer',
      windows: 'An existing connection was forcibly closed by the remote host',
    },
    messages: ['connection reset by peer', 'connection reset', 'forcibly closed by the remote host'],
    meaning:
      'For the client the connection stood already, for a moment at least, and then it was reset. If the handshake is ' +
      'complete in the capture, the reason is above TCP, in the service or a proxy in front of it: see ' +
      '`synwhy explain accepted-then-reset`.',
  },
] as const satisfies readonly SystemError[];

/** The POSIX name of one of them. */
export type SystemErrorName = (typeof SYSTEM_ERRORS)[number]['name'];

/** The error with this name. */
export function systemError(name: SystemErrorName): SystemError {
  return SYSTEM_ERRORS.find((error) => error.name === name)!;
}
